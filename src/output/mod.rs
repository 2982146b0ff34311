//! Writing rasters: options of the file, and the way from rows of pixels to tiles of all levels.

mod blocks;
mod levels;
mod like;
pub mod options;
mod pending;
pub mod predictor;
mod reduce;
pub mod target;
pub mod tiles;

pub use blocks::{BlockSize, BlockWriter};
pub use levels::{Levels, RowWriter};
pub use pending::Pending;
pub use reduce::PixelRows;

use crate::{failure::Failure, statistics::BandStatistics};
use std::time::Duration;
use xr::{Encoding, Engine, Window};
use xr_geotiff::GeoTiffWriter;

/// Takes the windows of an image and writes the tiles that they complete, those of overviews too.
pub enum WindowWriter<'a> {
    /// Windows of whole rows.
    Rows(Box<RowWriter<'a>>),
    /// Windows of blocks.
    Blocks(Box<BlockWriter<'a>>),
}

impl<'a> WindowWriter<'a> {
    pub fn new(
        engine: &'a mut dyn Engine,
        encoding: Encoding,
        writer: GeoTiffWriter,
        levels: Levels<'a>,
        blocks: Option<BlockSize>,
    ) -> Result<Self, Failure> {
        Ok(match blocks {
            None => Self::Rows(Box::new(RowWriter::new(engine, encoding, writer, &levels)?)),
            Some(size) => Self::Blocks(Box::new(BlockWriter::new(engine, encoding, writer, levels, size)?)),
        })
    }

    pub fn push(&mut self, window: Window, rows: PixelRows<'_>) -> Result<(), Failure> {
        match self {
            Self::Rows(writer) => writer.push(rows),
            Self::Blocks(writer) => writer.push(window, rows),
        }
    }

    /// Time in the encoder.
    pub fn encode(&self) -> Duration {
        match self {
            Self::Rows(writer) => writer.encode,
            Self::Blocks(writer) => writer.encode(),
        }
    }

    /// The writer, ready to finish once all windows were given, and the statistics that it was given.
    pub fn finish(self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        match self {
            Self::Rows(writer) => writer.finish(),
            Self::Blocks(writer) => writer.finish(),
        }
    }
}
