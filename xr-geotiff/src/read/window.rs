//! What of an image is to be read, and what comes of it.

use std::ops::Range;

use super::directory::Directory;
use crate::{GeoTiffError, Result, SampleType};

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelWindow {
    /// First column.
    pub column: u32,
    /// First row.
    pub row: u32,
    /// Columns, not 0.
    pub width: u32,
    /// Rows, not 0.
    pub height: u32,
}

impl PixelWindow {
    /// All pixels of an image.
    pub fn of(image: &Directory) -> Self {
        Self { column: 0, row: 0, width: image.width(), height: image.height() }
    }
}

/// Order of the samples in memory; rows run from top to bottom in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Interleave {
    /// One band after the other.
    #[default]
    Band,
    /// The bands of a pixel side by side.
    Pixel,
}

/// What is to be read.
#[derive(Debug, Clone)]
pub struct WindowRequest<'a> {
    /// Number of the directory; see [`Reader`](crate::Reader) for those of overviews and masks.
    pub image: usize,
    /// The pixels.
    pub window: PixelWindow,
    /// The bands, from 0, in the order wanted; `None` for all.
    pub bands: Option<&'a [u16]>,
    /// Order of the result.
    pub interleave: Interleave,
    /// Bytes that encoded and decoded tiles may take beside the result.
    pub memory: u64,
}

/// Pixels of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bands.
    pub bands: usize,
    /// Type of every sample.
    pub sample_type: SampleType,
    /// Order of the samples.
    pub interleave: Interleave,
    /// Samples in native byte order.
    pub bytes: Vec<u8>,
}

/// A request that fits its image: bands named, sizes known.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub window: PixelWindow,
    pub bands: std::borrow::Cow<'a, [u16]>,
    pub interleave: Interleave,
    pub sample_type: SampleType,
}

impl<'a> Frame<'a> {
    pub fn new(request: &WindowRequest<'a>, image: &Directory, most_samples: u64) -> Result<Self> {
        let refuse =
            |reason| Err(GeoTiffError::Request { path: image.path().to_owned(), directory: image.index(), reason });
        let PixelWindow { column, row, width, height } = request.window;
        let beyond = |first: u32, length: u32, size| u64::from(first) + u64::from(length) > u64::from(size);
        if width == 0 || height == 0 || beyond(column, width, image.width()) || beyond(row, height, image.height()) {
            return refuse(format!(
                "a window of {width} × {height} pixels at column {column}, row {row} was asked of an image of {} × {}",
                image.width(),
                image.height()
            ));
        }
        let bands = request.bands.map_or_else(|| (0..image.samples()).collect(), std::borrow::Cow::from);
        if let Some(band) = bands.iter().find(|&&band| band >= image.samples()) {
            return refuse(format!("band {band} was asked, counted from 0; there are {}", image.samples()));
        }
        let samples = u64::from(width).saturating_mul(height.into()).saturating_mul(bands.len() as u64);
        if samples == 0 || samples > most_samples {
            return refuse(format!("a window of {samples} samples was asked; 1 to {most_samples} can be read at once"));
        }
        Ok(Self { window: request.window, bands, interleave: request.interleave, sample_type: image.pixel_type()? })
    }

    /// Bytes of the result.
    pub fn bytes(&self) -> Option<usize> {
        let pixels = u64::from(self.window.width).checked_mul(self.window.height.into())?;
        let samples = pixels.checked_mul(self.bands.len() as u64)?;
        usize::try_from(samples.checked_mul(self.sample_type.bytes() as u64)?).ok()
    }

    /// Columns of the grid's chunks that the window touches.
    pub fn chunk_columns(&self, chunk_width: u32) -> Range<u32> {
        touched(self.window.column, self.window.width, chunk_width)
    }

    /// Rows of the grid's chunks that the window touches.
    pub fn chunk_rows(&self, chunk_height: u32) -> Range<u32> {
        touched(self.window.row, self.window.height, chunk_height)
    }
}

fn touched(first: u32, length: u32, chunk: u32) -> Range<u32> {
    first / chunk..(first + (length - 1)) / chunk + 1
}
