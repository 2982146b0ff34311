//! Geometry as flat tables: what files hold, laid out so that it crosses the bus once.
//!
//! Nothing in here depends on a grid: what is derived from vertices and a grid (edges, buckets, tiles) is the
//! backend's, see [`Rasterize::scene`](crate::Rasterize::scene).

mod builder;
mod tables;
mod words;

pub use builder::{Accepted, GeometryBuilder, Skip};
pub use tables::{Bounds, FeatureView, GeometryTables, GeometryView, Kind, Part, Path, StagedGeometry};
