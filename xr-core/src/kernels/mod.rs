//! Kernels, one source for OpenCL C and CUDA, and the host's side of them: a backend that compiles and launches them
//! ([`Kernels`]) rasterizes and interpolates.
//!
//! What is *defined* once is shared: where an edge crosses a row, what a pixel gets, in which order. See the files in
//! `c/` for how.

pub mod codec;
pub mod deflate;
mod gather;
pub mod inflate;
mod launch;
mod raster;
mod spline;

pub use gather::{gather, gather_source};
pub use launch::{Argument, Kernels, Source};
pub use raster::{Scene, burn_source, scene_source};
pub use spline::{COLUMNS_AT_ONCE, Fast, Field, Nodes, Shown, direct_source, fast_source, places_source, tree_source};

/// What OpenCL C needs before every source.
pub const OPENCL_PRELUDE: &str = include_str!("c/prelude_opencl.h");
/// What CUDA C++ needs likewise.
pub const CUDA_PRELUDE: &str = include_str!("c/prelude_cuda.h");
