//! Vector files read as a stream of features.
//!
//! [`open`] recognises the format by content, [`Source`] tells what the file says of itself, and [`Source::read`] hands
//! every feature, in file order, to a [`Visitor`]. No format is held in memory as a whole.
//!
//! | format | decoder | CRS | Cargo feature and its cost |
//! |---|---|---|---|
//! | GeoJSON, newline-delimited or RS-separated too | own serde visitor into flat coordinates, in parallel | CRS84, or the legacy `crs` member | – |
//! | Shapefile | own (see below) | `.prj` | – |
//! | FlatGeobuf | `flatgeobuf` | header | – |
//! | CSV with a WKT column or x and y columns | `csv`, own WKT | none | – |
//! | GeoPackage | `rusqlite`, own WKB | `gpkg_spatial_ref_sys` | `gpkg`: compiles SQLite (a C compiler, about a minute) |
//! | GeoParquet | `parquet`, own WKB | PROJJSON | `parquet`: about 40 crates of parquet and arrow |
//!
//! Shapefile records are decoded here because the existing reader rounds integers above 2⁵³, narrows `F` fields to f32
//! and fails on a hole that precedes its shell; a polygon's rings are passed on flat, for even-odd filling.
//!
//! ```no_run
//! use std::{ops::ControlFlow, path::Path};
//! use geo_traits::GeometryTrait;
//! use xr_core::Value;
//!
//! struct Count(u64);
//! impl xr_vector::Visitor for Count {
//!     fn feature<G: GeometryTrait<T = f64>>(&mut self, _: u64, _: Option<&G>, _: &[Value<'_>]) -> ControlFlow<()> {
//!         self.0 += 1;
//!         ControlFlow::Continue(())
//!     }
//!     fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
//!         eprintln!("feature {index}: {reason}");
//!         ControlFlow::Continue(())
//!     }
//! }
//!
//! let source = xr_vector::open(Path::new("counties.gpkg"), &xr_vector::OpenOptions::default())?;
//! let mut count = Count(0);
//! source.read(&["area_km2"], &mut count)?;
//! # Ok::<(), xr_vector::VectorError>(())
//! ```

mod delimited;
mod error;
mod flatgeobuf;
mod format;
mod geojson;
mod geometry;
#[cfg(feature = "gpkg")]
mod geopackage;
#[cfg(feature = "parquet")]
mod geoparquet;
mod scalar;
mod shapefile;
mod source;
#[cfg(any(feature = "gpkg", feature = "parquet"))]
mod wkb;
mod wkt;

pub use error::VectorError;
pub use format::Format;
pub use geometry::{Geometry, Position};
pub use source::{Column, ColumnKind, OpenOptions, Source, Visitor, open};
