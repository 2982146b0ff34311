//! How pixels become the bytes of tiles.

use crate::{ByteOrder, DataType, Decoding, Error, Result, Scalar};
use std::fmt;

/// Lossless codecs of tiles. [`Caps::codecs`](crate::Caps::codecs) lists those that run on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// Bytes as they are.
    None,
    /// zlib stream (RFC 1950), TIFF compression 8.
    Deflate,
    /// Zstandard frame (RFC 8878), TIFF compression 50000.
    Zstd,
    /// LZW of TIFF 6.0, section 13: most significant bit first, widths switched one code early. TIFF compression 5.
    Lzw,
    /// Runs of bytes, row by row (TIFF 6.0, section 9), TIFF compression 32773.
    PackBits,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Lzw => "lzw",
            Self::PackBits => "packbits",
        })
    }
}

/// Reversible transforms before the codec, as TIFF's tag 317 numbers them. Applied row by row within a tile; where pixels
/// have several samples, the left neighbour is the same sample of the pixel to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Predictor {
    /// 1: pixels as they are.
    None,
    /// 2: each sample minus its left neighbour, wrapping; floats by their bits.
    Horizontal,
    /// 3: the bytes of a row regrouped by significance, most significant first, then each byte minus the one as many
    /// bytes before it as pixels have samples. Floats only. (Adobe Photoshop TIFF Technical Note 3.)
    Float,
}

/// What a batch encode does to each tile. Byte order of the result is little-endian.
#[derive(Clone, Copy, Debug)]
pub struct Encoding {
    /// The codec.
    pub codec: Codec,
    /// Effort: 1…12 for deflate, 1…22 for zstd; ignored by the others.
    pub level: i32,
    /// The transform before the codec.
    pub predictor: Predictor,
    /// Type of the samples.
    pub dtype: DataType,
    /// Samples of a pixel, which lie side by side.
    pub samples: u16,
    /// Columns of a tile. Edge tiles are padded by repeating their last column and row.
    pub tile_width: u32,
    /// Rows of a tile.
    pub tile_height: u32,
    /// A tile in which every sample has this value is encoded as no bytes at all.
    pub sparse: Option<Scalar>,
}

impl Encoding {
    /// Bytes of one pixel.
    pub fn pixel_bytes(&self) -> usize {
        usize::from(self.samples) * self.dtype.size()
    }

    /// Bytes of one decoded tile.
    pub fn tile_bytes(&self) -> usize {
        self.tile_width as usize * self.tile_height as usize * self.pixel_bytes()
    }

    /// Tiles across and down an image of `width × height` pixels.
    pub fn tiles(&self, width: u32, height: u32) -> (usize, usize) {
        (width.div_ceil(self.tile_width) as usize, height.div_ceil(self.tile_height) as usize)
    }

    /// How to get the pixels back.
    pub fn decoding(&self) -> Decoding {
        Decoding {
            codec: self.codec,
            predictor: self.predictor,
            sample_size: self.dtype.size(),
            byte_order: ByteOrder::Little,
            samples: self.samples,
            tile_width: self.tile_width,
            tile_height: self.tile_height,
        }
    }

    /// Refuses what no backend could do.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty tile, a float predictor on integers, or a sparse value of another type;
    /// [`Error::Limit`] for a tile or level out of range.
    pub fn check(&self) -> Result<()> {
        let levels = match self.codec {
            Codec::None | Codec::Lzw | Codec::PackBits => None,
            Codec::Deflate => Some(12),
            Codec::Zstd => Some(22),
        };
        self.decoding().check()?;
        if self.predictor == Predictor::Float && !self.dtype.is_float() {
            Err(Error::Misuse { what: "the float predictor is for f32 and f64" })
        } else if self.sparse.is_some_and(|s| s.dtype() != self.dtype) {
            Err(Error::Misuse { what: "the sparse value has the pixels' type" })
        } else if let Some(max) = levels.filter(|max| !(1..=*max).contains(&self.level)) {
            let got = self.level.unsigned_abs().into();
            Err(Error::Limit { what: "compression level", got, limit: max.unsigned_abs().into() })
        } else {
            Ok(())
        }
    }
}
