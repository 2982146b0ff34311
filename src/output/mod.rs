//! Writing rasters: options of the file, and the way from rows of pixels to tiles of all levels.

mod levels;
pub mod options;
pub mod predictor;
pub mod target;

pub use levels::RowWriter;
