//! `xr rasterize` on good input.

mod coverage;
mod encoding;
mod formats;
mod grid;
mod inputs;
mod merge;
mod merge_expr;
mod pixels;
mod preview;
mod report;
mod shapes;
mod strips;
mod windows;
mod z;
