//! How the bytes of tiles become pixels: [`Encoding`](crate::Encoding) read backwards, for whatever others wrote.

use crate::{Codec, Error, Predictor, Result};

/// Which byte of a stored sample comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// The least significant.
    Little,
    /// The most significant.
    Big,
}

impl ByteOrder {
    /// That of this machine.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };
}

/// What a batch decode does to each tile. Byte order of the result is native.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoding {
    /// The codec.
    pub codec: Codec,
    /// The transform to undo.
    pub predictor: Predictor,
    /// Bytes of a sample: 1, 2, 4 or 8. Their meaning is the caller's: half floats have 2, and a row of samples of fewer
    /// than 8 bits is one of bytes.
    pub sample_size: usize,
    /// That of the stored samples. [`Predictor::Float`] stores the most significant byte first in either order.
    pub byte_order: ByteOrder,
    /// Samples of a pixel, which lie side by side.
    pub samples: u16,
    /// Columns of a tile.
    pub tile_width: u32,
    /// Rows of a tile.
    pub tile_height: u32,
}

/// Bytes of the largest tile.
const MAX_TILE: u64 = 1 << 30;

impl Decoding {
    /// Bytes of one decoded row of a tile.
    pub fn row_bytes(&self) -> usize {
        self.tile_width as usize * usize::from(self.samples) * self.sample_size
    }

    /// Bytes of one decoded tile.
    pub fn tile_bytes(&self) -> usize {
        self.row_bytes() * self.tile_height as usize
    }

    /// Refuses what no backend could do.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an empty tile, samples of another size, or a float predictor on bytes; [`Error::Limit`] for
    /// a tile that is too large.
    pub fn check(&self) -> Result<()> {
        let sides = [self.tile_width.into(), self.tile_height.into(), self.samples.into(), self.sample_size as u64];
        let bytes = sides.into_iter().fold(1u64, u64::saturating_mul);
        if !matches!(self.sample_size, 1 | 2 | 4 | 8) {
            Err(Error::Misuse { what: "a sample has 1, 2, 4 or 8 bytes" })
        } else if bytes == 0 {
            Err(Error::Misuse { what: "a tile has pixels" })
        } else if bytes > MAX_TILE {
            Err(Error::Limit { what: "tile bytes", got: bytes, limit: MAX_TILE })
        } else if self.predictor == Predictor::Float && self.sample_size == 1 {
            Err(Error::Misuse { what: "the float predictor is for floats" })
        } else {
            Ok(())
        }
    }
}
