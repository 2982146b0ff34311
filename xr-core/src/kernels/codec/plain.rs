//! [`Codec::None`]: tiles as they are prepared, on any device.

use super::{Aligned, Decoded, Encoded, Frame, Prepared, Stream, align, pack, prepare, restore};
use crate::{BatchIo, DecodeIo, Decoding, Encoding, Layout, Plan, Result, kernels::Kernels};

/// [`Compress::compress_plan`](crate::Compress::compress_plan).
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) when a sum leaves the address space.
pub fn compress_plan(encoding: &Encoding, tiles: usize) -> Result<Plan> {
    let mut layout = Layout::default();
    let prepared = Prepared::reserve(&mut layout, encoding, tiles)?;
    Ok(Plan { output: tiles * prepared.tile_bytes, scratch: layout.total() })
}

/// [`Compress::compress`](crate::Compress::compress).
///
/// # Errors
/// Those of the device.
pub fn compress<B: Kernels>(backend: &B, on: &B::Stream, encoding: &Encoding, io: &BatchIo<'_, B>) -> Result<()> {
    let (across, down) = encoding.tiles(io.width, io.height);
    let prepared = Prepared::reserve(&mut Layout::within(io.scratch), encoding, across * down)?;
    prepare(backend, on, encoding, io, &prepared)?;
    let Prepared { raw: bytes, stride, tiles, .. } = prepared;
    pack(backend, on, &prepared, &Encoded { first: 0, tiles, bytes, stride, lengths: None }, Frame::None, io)
}

/// [`Decompress::decompress_scratch`](crate::Decompress::decompress_scratch).
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) when a sum leaves the address space.
pub fn decompress_scratch(decoding: &Decoding, tiles: usize) -> Result<usize> {
    let mut layout = Layout::default();
    Decoded::reserve(&mut layout, decoding, tiles, crate::Span { at: 0, len: 0 })?;
    Ok(layout.total())
}

/// [`Decompress::decompress`](crate::Decompress::decompress).
///
/// # Errors
/// Those of the device.
pub fn decompress<B: Kernels>(backend: &B, on: &B::Stream, decoding: &Decoding, io: &DecodeIo<'_, B>) -> Result<()> {
    let tiles = io.sizes.len / size_of::<u32>();
    let decoded = Decoded::reserve(&mut Layout::within(io.scratch), decoding, tiles, io.sizes)?;
    let Decoded { raw: bytes, stride, lengths, checks, .. } = decoded;
    let aligned = Aligned { first: 0, tiles, bytes, stride, lengths, checks };
    align(backend, on, Stream::Fixed(decoding.tile_bytes()), io, &aligned)?;
    restore(backend, on, decoding, &decoded, io)
}
