//! The program `xr` as its users meet it: run on files, judged by its output, its messages and its exit status.
//!
//! Rasters are read with the `tiff` crate. Expected grids are literals, derived by hand from `docs/semantics.md`; figures
//! for the counties come from GDAL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "functions of tests")]

mod burning;
mod describing;
mod features;
mod help;
mod interrupting;
mod program;
mod raster;
mod refusing;
mod remote;
#[cfg(feature = "http")]
#[path = "../../xr-geotiff/tests/http/server.rs"]
mod server;
mod skipping;
mod spline;
mod translating;
mod updating;
