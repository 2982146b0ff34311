//! What surrounds a codec on a device, the same for all codecs: image → [`Prepared`] tiles → codec → [`Encoded`] streams →
//! packed output; and stored tiles → codec → [`Decoded`] bytes → pixels.
//!
//! Everything lies in the one slab of a batch, in spans that begin at multiples of 256. Kernels get the slab and where in
//! it. Devices are little-endian.
//!
//! A codec of one's own goes between: it reads a [`Prepared`] and writes an [`Encoded`] (or packed output by itself), or
//! reads the table and input of a [`DecodeIo`](crate::DecodeIo) and writes a [`Decoded`].

use crate::{Decoding, Encoding, Layout, Result, Span};

/// Tiles begin at multiples of it in [`Prepared::raw`] and [`Decoded::raw`].
pub const TILE_ALIGNMENT: usize = 1024;

/// Zero bytes behind the last prepared tile, at least: whoever reads words may read beyond a tile.
const MARGIN: usize = 16;

/// Bytes of a tile that a work-group has at a time.
const SEGMENT: usize = 16 << 10;

/// From tile to tile, in bytes.
fn stride(tile_bytes: usize) -> usize {
    tile_bytes.next_multiple_of(TILE_ALIGNMENT)
}

/// A batch's tiles as encoders get them: padded, predicted, little-endian.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// Tile `i` from byte `i × stride` on; zero behind each tile up to the next, and at least 8 bytes behind the last.
    pub raw: Span,
    /// From tile to tile in `raw`: `tile_bytes` rounded up to [`TILE_ALIGNMENT`].
    pub stride: usize,
    /// Bytes of a tile.
    pub tile_bytes: usize,
    /// How many.
    pub tiles: usize,
    /// One u32 per tile: Adler-32 (RFC 1950) of its bytes.
    pub adlers: Span,
    /// One u32 per tile: not 0 if all its samples have the bits of the sparse value; nothing is to be encoded then.
    pub empty: Span,
    /// Sums over parts of tiles, three u32 for each: undefined outside of [`prepare`](prepare()).
    partial: Span,
}

/// Encoded tiles where an encoder left them.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    /// Tile `i` from byte `i × stride` on.
    pub bytes: Span,
    /// From tile to tile, a multiple of 4.
    pub stride: usize,
    /// One u32 per tile: bytes of its stream without framing, or [`FAILED`](crate::FAILED); undefined for empty tiles.
    pub lengths: Span,
}

/// Decoded tiles before predictor and byte order are undone.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// Tile `i` from byte `i × stride` on; what is behind a tile is undefined.
    pub raw: Span,
    /// From tile to tile: the tile's bytes rounded up to [`TILE_ALIGNMENT`].
    pub stride: usize,
    /// One u32 per tile: decoded bytes, or [`FAILED`](crate::FAILED). What is not [`Decoding::tile_bytes`] has failed.
    pub lengths: Span,
    /// One u32 per tile: the Adler-32 that the stream promises, for [`verify`](verify()); unused by codecs without.
    pub checks: Span,
}

impl Prepared {
    /// Reserves memory for a batch.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the sum leaves the address space.
    pub fn reserve(layout: &mut Layout, encoding: &Encoding, tiles: usize) -> Result<Self> {
        let tile_bytes = encoding.tile_bytes();
        let stride = stride(tile_bytes);
        let raw = layout.add(tiles.saturating_mul(stride).saturating_add(MARGIN))?;
        let words = tiles * size_of::<u32>();
        let (adlers, empty) = (layout.add(words)?, layout.add(words)?);
        let partial = layout.add(tiles * tile_bytes.div_ceil(SEGMENT) * 3 * size_of::<u32>())?;
        Ok(Self { raw, stride, tile_bytes, tiles, adlers, empty, partial })
    }
}

impl Decoded {
    /// Reserves memory for a batch whose lengths go to `lengths`: those of the [`DecodeIo`](crate::DecodeIo).
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the sum leaves the address space.
    pub fn reserve(layout: &mut Layout, decoding: &Decoding, tiles: usize, lengths: Span) -> Result<Self> {
        let stride = stride(decoding.tile_bytes());
        let raw = layout.add(tiles.saturating_mul(stride))?;
        let checks = layout.add(tiles * size_of::<u32>())?;
        Ok(Self { raw, stride, lengths, checks })
    }
}
