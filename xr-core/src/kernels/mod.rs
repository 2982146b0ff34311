//! Kernel source, one for OpenCL C and CUDA: a backend puts its language's prelude before it and compiles it.
//!
//! What is *defined* once is shared: where an edge crosses a row, what a pixel gets, in which order. See the files in
//! `c/` for how.

mod burn;
pub mod codec;
mod launch;
mod spline;

pub use launch::{Argument, Kernels, Source};
pub use burn::{BURN_ITEMS, burn_source};
pub use spline::{
    COLUMNS_AT_ONCE, DIRECT_ITEMS, FAST_ROWS, Nodes, Shown, TREE_ITEMS, VECTORS_EACH, direct_source, far_offsets,
    fast_source, places_source, tree_source,
};

use crate::expr::SUPPORT;

/// What OpenCL C needs before every source.
pub const OPENCL_PRELUDE: &str = include_str!("c/prelude_opencl.h");
/// What CUDA C++ needs before every source.
pub const CUDA_PRELUDE: &str = include_str!("c/prelude_cuda.h");

/// Work-items of a group in kernels over tables: `ITEMS`.
pub const TABLE_ITEMS: usize = 256;
/// Side of a tile of pixels.
pub const TILE: u32 = 32;
/// Vertices that a work-item of `transform` takes.
pub const TRANSFORM_EACH: usize = 4;
/// Numbers that a work-item of a scan takes.
pub const SCAN_EACH: usize = 8;
/// Pairs of a tile beyond which its list is sorted by `sort_long`.
pub const SHORT_LIST: u32 = 256;

const TABLES: &str = include_str!("c/raster/tables.h");
const EXACT: &str = include_str!("c/raster/exact.h");
const EDGE: &str = include_str!("c/raster/edge.h");
const LINE: &str = include_str!("c/raster/line.h");
const DRAW: &str = include_str!("c/raster/draw.h");

/// The kernels that derive a scene from staged geometry: `transform`, `count_paths`, `kinds`, `count_pairs`, `enter`,
/// `backdrops`, `list_pairs`, `sort_long`, and the scans `scan_blocks`, `scan_sums`, `scan_apply`.
pub fn scene_source() -> String {
    let items = format!("#define ITEMS {TABLE_ITEMS}u\n#define EXACT 0\n");
    [
        &items,
        SUPPORT,
        TABLES,
        EXACT,
        EDGE,
        LINE,
        DRAW,
        include_str!("c/scan.c"),
        include_str!("c/raster/transform.c"),
        include_str!("c/raster/kinds.c"),
        include_str!("c/raster/pairs.c"),
        include_str!("c/raster/lists.c"),
        include_str!("c/raster/sort.c"),
    ]
    .join("\n")
}
