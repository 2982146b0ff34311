//! Writing rasters: options of the file, and the way from rows of pixels to tiles of all levels.

mod levels;
mod like;
pub mod options;
mod pending;
pub mod predictor;
mod reduce;
pub mod target;
pub mod tiles;

pub use levels::{Levels, RowWriter};
pub use pending::Pending;
pub use reduce::PixelRows;
