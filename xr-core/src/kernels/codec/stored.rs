//! Stored tiles: their streams where decoders may read them, and whether they decoded to what they promise.

use super::{Decoded, ITEMS, SEGMENT, framing_source};
use crate::{
    DecodeIo, Decoding, Result, Span,
    kernels::{
        Kernels,
        launch::{slab, value},
    },
};
use bytemuck::{Pod, Zeroable};

/// Streams begin at multiples of it in [`Aligned::bytes`].
pub const STREAM_ALIGNMENT: usize = 16;

/// What a stored tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A stream of its own length, at most so many bytes: longer ones fail.
    Whole(usize),
    /// Likewise between the header and the checksum of RFC 1950, which are taken off; what is no such header fails.
    Zlib(usize),
    /// Exactly so many bytes, behind which others may follow; fewer fail.
    Fixed(usize),
}

/// Streams of a part of a batch, each in a place of its own.
#[derive(Clone, Copy, Debug)]
pub struct Aligned {
    /// The first tile.
    pub first: usize,
    /// How many.
    pub tiles: usize,
    /// The stream of tile `first + i` from byte `i × stride` on, then zeros up to a multiple of [`STREAM_ALIGNMENT`].
    pub bytes: Span,
    /// From stream to stream: a multiple of that, and no less than the longest stream.
    pub stride: usize,
    /// One u32 for each tile of the batch: the stream's bytes, or [`FAILED`](crate::FAILED).
    pub lengths: Span,
    /// One u32 for each tile of the batch: the Adler-32 behind a [`Stream::Zlib`].
    pub checks: Span,
}

/// Work-groups that copy a tile, at most.
const PARTS: usize = 64;

/// As kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Aligning {
    table: u64,
    input: u64,
    aligned: u64,
    stride: u64,
    lengths: u64,
    checks: u64,
    first: u32,
    parts: u32,
    limit: u32,
    kind: u32,
}

/// Enqueues that streams get from `io.input` to their places.
///
/// # Errors
/// Those of the device.
pub fn align<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    stream: Stream,
    io: &DecodeIo<'_, B>,
    to: &Aligned,
) -> Result<()> {
    let (kind, limit) = match stream {
        Stream::Whole(limit) => (0, limit),
        Stream::Zlib(limit) => (1, limit),
        Stream::Fixed(bytes) => (2, bytes),
    };
    let parts = to.stride.div_ceil(SEGMENT).clamp(1, PARTS);
    let aligning = Aligning {
        table: io.table.at as u64,
        input: io.input.at as u64,
        aligned: to.bytes.at as u64,
        stride: to.stride as u64,
        lengths: to.lengths.at as u64,
        checks: to.checks.at as u64,
        first: to.first as u32,
        parts: parts as u32,
        limit: limit.min(to.stride) as u32,
        kind,
    };
    let program = backend.program(&framing_source())?;
    backend.launch(on, &program, "align", &[value(&aligning), slab(io.slab)], to.tiles * parts, ITEMS)
}

/// Enqueues that decoded tiles whose Adler-32 is not the one in `decoded.checks`, or whose length is not the tile's, fail:
/// `decoded.lengths` says so.
///
/// # Errors
/// Those of the device.
pub fn verify<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    decoding: &Decoding,
    decoded: &Decoded,
    io: &DecodeIo<'_, B>,
) -> Result<()> {
    let (tiles, tile_bytes) = (decoded.tiles as u32, decoding.tile_bytes() as u32);
    let parts = decoding.tile_bytes().div_ceil(SEGMENT) as u32;
    let [adlers, none] = decoded.joined;
    let spans = [decoded.raw, decoded.partial, adlers, none, decoded.checks, decoded.lengths];
    let at = spans.map(|span| span.at as u64);
    let [raw, partial, adlers, none, checks, lengths] = at.each_ref().map(value);
    let (stride, slab) = (decoded.stride as u64, slab(io.slab));
    let [tiles, tile_bytes, each] = [&tiles, &tile_bytes, &parts].map(value);
    let program = backend.program(&framing_source())?;
    let launch = |name, arguments: &[_], groups| backend.launch(on, &program, name, arguments, groups, ITEMS);
    let sums = [tile_bytes, each, slab, raw, value(&stride), partial];
    launch("sum_parts", &sums, decoded.tiles * parts as usize)?;
    launch("join_parts", &[tile_bytes, each, slab, partial, adlers, none], decoded.tiles)?;
    launch("verify", &[tiles, tile_bytes, slab, adlers, checks, lengths], decoded.tiles.div_ceil(ITEMS))
}
