//! What the reader asks of a decoder. The reader itself knows no codec.

use std::error::Error;
use std::ops::Range;

use crate::{Compression, Predictor};

/// What every tile or strip of a batch has in common.
///
/// To decode is to undo the compression, then the predictor, and to put samples into native byte order:
/// * predictor 2 takes differences of samples, so the byte order is changed before it is undone;
/// * predictor 3 orders the bytes itself, most significant first, whatever `big_endian` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileSpec {
    /// The codec.
    pub compression: Compression,
    /// The predictor; `None` for codecs that have none (TIFF 6.0 section 14 and libtiff: `None`, `PackBits`).
    pub predictor: Predictor,
    /// Bytes of a sample, a power of two up to 8; 2-byte floats are left to the reader.
    pub sample_bytes: u8,
    /// Samples of a pixel that lie side by side.
    pub samples: u16,
    /// Pixels of a row. Samples of less than 8 bits come as bytes that hold several, to be unpacked by the reader.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether samples are stored with their most significant byte first.
    pub big_endian: bool,
}

impl TileSpec {
    /// Bytes of a decoded row.
    pub fn row_bytes(&self) -> usize {
        self.width as usize * usize::from(self.samples) * usize::from(self.sample_bytes)
    }

    /// Bytes of a decoded tile or strip. The reader's limits keep it far below `usize::MAX`.
    pub fn tile_bytes(&self) -> usize {
        self.row_bytes() * self.height as usize
    }
}

/// Encoded tiles or strips in one slab.
#[derive(Debug, Clone, Copy)]
pub struct EncodedChunks<'a> {
    /// The slab. Between the chunks there may be bytes of no meaning.
    pub bytes: &'a [u8],
    /// Where in the slab each lies; the same bytes may serve several.
    pub ranges: &'a [Range<usize>],
}

impl<'a> EncodedChunks<'a> {
    /// Each chunk's bytes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.ranges.iter().map(move |range| bytes.get(range.clone()).unwrap_or_default())
    }
}

/// Decodes a batch of tiles or strips: the program does it with a backend's batch operation.
pub trait TileDecode {
    /// Makes `out` as long as all decoded chunks, chunk `i` from `i * spec.tile_bytes()` on, samples in native byte
    /// order; what it held before is of no interest. The answer has a result for each chunk, an error being a sentence
    /// about its bytes, which may be any at all. A stream that is longer or shorter than `spec.tile_bytes()` is an
    /// error; bytes after the end of a stream are ignored.
    ///
    /// # Errors
    /// What concerns no single chunk: memory, the device.
    fn decode(
        &mut self,
        spec: &TileSpec,
        chunks: &EncodedChunks<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Vec<Result<(), String>>, Box<dyn Error + Send + Sync>>;
}
