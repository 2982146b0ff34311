//! Writing rasters: options of the file, and the way from rows of pixels to tiles of all levels.

mod levels;
mod like;
pub mod options;
pub mod predictor;
mod reduce;
pub mod target;

pub use levels::{Levels, RowWriter};
pub use reduce::PixelRows;
