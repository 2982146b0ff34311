//! What surrounds a codec on a device, the same for all codecs: image → [`Prepared`] tiles → codec → [`Encoded`] streams →
//! packed output; and stored tiles → codec → [`Decoded`] bytes → pixels.
//!
//! Everything lies in the one slab of a batch, in spans that begin at multiples of 256. Kernels get the slab and where in
//! it. Devices are little-endian.
//!
//! A codec of one's own goes between: it reads a [`Prepared`] and writes an [`Encoded`] (or packed output by itself), or
//! reads the table and input of a [`DecodeIo`](crate::DecodeIo) and writes a [`Decoded`].

mod pack;
mod plain;
mod prepare;
mod restore;
mod stored;

pub use pack::{Frame, pack};
pub use plain::{compress, compress_plan, decompress, decompress_scratch};
pub use prepare::{prepare, prepare_source};
pub use restore::{restore, restore_source};
pub use stored::{Aligned, STREAM_ALIGNMENT, Stream, align, verify};

use super::Source;
use crate::{Decoding, Encoding, Error, Layout, Result, Span, expr::SUPPORT};

/// Work-items of a group: `ITEMS`.
const ITEMS: usize = 256;
/// Bytes of a tile that a work-group has at a time: `SEGMENT`.
const SEGMENT: usize = 16 << 10;

/// Tiles begin at multiples of it in [`Prepared::raw`] and [`Decoded::raw`].
pub const TILE_ALIGNMENT: usize = 1024;

/// Zero bytes behind the last prepared tile, at least: whoever reads words may read beyond a tile.
const MARGIN: usize = 16;

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
    partial: Span,
    /// One u64 per tile and one more: where packed tiles begin.
    pub(super) offsets: Span,
}

/// Encoded tiles where an encoder left them: a batch, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    /// The first tile.
    pub first: usize,
    /// How many.
    pub tiles: usize,
    /// Tile `first + i` from byte `i × stride` on.
    pub bytes: Span,
    /// From tile to tile, a multiple of 4.
    pub stride: usize,
    /// One u32 for each tile of the batch: bytes of its stream without framing, or [`FAILED`](crate::FAILED); undefined for
    /// empty tiles. Without it streams have as many bytes as tiles.
    pub lengths: Option<Span>,
}

/// Decoded tiles before predictor and byte order are undone.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// How many.
    pub tiles: usize,
    /// Tile `i` from byte `i × stride` on; what is behind a tile is undefined.
    pub raw: Span,
    /// From tile to tile: the tile's bytes rounded up to [`TILE_ALIGNMENT`].
    pub stride: usize,
    /// One u32 per tile: decoded bytes, or [`FAILED`](crate::FAILED). What is not [`Decoding::tile_bytes`] has failed.
    pub lengths: Span,
    /// One u32 per tile: the Adler-32 that the stream promises, for [`verify()`]; unused by codecs without.
    pub checks: Span,
    /// What `join_parts` finds: the Adler-32 of each tile, and a word that says nothing of decoded tiles.
    joined: [Span; 2],
    partial: Span,
}

impl Prepared {
    /// Reserves memory for a batch.
    ///
    /// # Errors
    /// [`Error::Limit`] when the sum leaves the address space.
    pub fn reserve(layout: &mut Layout, encoding: &Encoding, tiles: usize) -> Result<Self> {
        let tile_bytes = encoding.tile_bytes();
        let stride = stride(tile_bytes);
        let raw = layout.add(tiles.saturating_mul(stride).saturating_add(MARGIN))?;
        let words = tiles * size_of::<u32>();
        let (adlers, empty) = (layout.add(words)?, layout.add(words)?);
        let partial = layout.add(partial_bytes(tiles, tile_bytes))?;
        let offsets = layout.add((tiles + 1) * size_of::<u64>())?;
        Ok(Self { raw, stride, tile_bytes, tiles, adlers, empty, partial, offsets })
    }
}

impl Decoded {
    /// Reserves memory for a batch whose lengths go to `lengths`: those of the [`DecodeIo`](crate::DecodeIo).
    ///
    /// # Errors
    /// [`Error::Limit`] when the sum leaves the address space.
    pub fn reserve(layout: &mut Layout, decoding: &Decoding, tiles: usize, lengths: Span) -> Result<Self> {
        let stride = stride(decoding.tile_bytes());
        let raw = layout.add(tiles.saturating_mul(stride))?;
        let words = tiles * size_of::<u32>();
        let (checks, joined) = (layout.add(words)?, [layout.add(words)?, layout.add(words)?]);
        let partial = layout.add(partial_bytes(tiles, decoding.tile_bytes()))?;
        Ok(Self { tiles, raw, stride, lengths, checks, joined, partial })
    }
}

/// What the kernels of `adler.c` keep of the parts of tiles.
fn partial_bytes(tiles: usize, tile_bytes: usize) -> usize {
    tiles * tile_bytes.div_ceil(SEGMENT) * 3 * size_of::<u32>()
}

/// The unsigned type of a sample's bits.
fn element(size: usize) -> &'static str {
    match size {
        1 => "xr_u8",
        2 => "xr_u16",
        4 => "xr_u32",
        _ => "xr_u64",
    }
}

/// Kernels that pack, align and verify, which are the same for all types.
pub fn framing_source() -> Source {
    let definitions = format!("#define ITEMS {ITEMS}u\n#define SEGMENT {SEGMENT}u\n#define UNIT uint\n");
    let bodies = vec![
        SUPPORT,
        include_str!("../c/codec/adler.c"),
        include_str!("../c/codec/pack.c"),
        include_str!("../c/codec/align.c"),
        include_str!("../c/codec/verify.c"),
    ];
    Source::new(definitions, bodies)
}

/// A count that kernels have in 32 bits.
fn within(what: &'static str, got: u64) -> Result<u32> {
    let limit = u32::MAX;
    u32::try_from(got).map_err(|_| Error::Limit { what, got, limit: limit.into() })
}
