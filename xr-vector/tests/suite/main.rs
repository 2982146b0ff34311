//! Every format against figures from pyogrio 0.13.0 (GDAL 3.12.4) and shapely 2.2.0, and against broken files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod collect;
mod corrupt;
mod counties;
mod csv;
mod geojson;
#[cfg(feature = "gpkg")]
mod geopackage;
mod index;
mod scalars;
