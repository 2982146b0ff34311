//! Writing rasters: options of the file, and the way from rows of pixels to tiles of all levels.

mod levels;
pub mod options;
pub mod predictor;

pub use levels::RowWriter;
