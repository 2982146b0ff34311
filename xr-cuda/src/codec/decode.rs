//! Tiles by nvCOMP, batch after batch: streams aligned, decompressed and, where they promise a checksum, verified.
#![allow(unsafe_code, reason = "nvCOMP is C")]

use super::batch::{Batch, Idle, Task, most, refused};
use crate::{Cuda, Stream};
use nvcomp_sys::{Chunks, Codec, Nvcomp};
use xr_core::{
    DecodeIo, Decoding, Layout, Result, Slab, Span,
    kernels::codec::{Aligned, Decoded, Stream as Framed, align, restore, verify},
};

/// A stream of one byte: a stored block (RFC 1951, section 3.2.4).
const INFLATED: Idle = Idle { words: [0xfe00_0101, 0x0000_00ff, 0], bytes: 6 };
/// A frame of one byte: magic, a single segment of one byte, one last raw block (RFC 8878).
const UNZSTD: Idle = Idle { words: [0xfd2f_b528, 0x0009_0120, 0], bytes: 10 };

/// Where things are in the scratch.
struct Places {
    decoded: Decoded,
    streams: Span,
    /// From stream to stream, and the longest: tiles that are stored in more go to the host.
    stride: usize,
    lengths: Span,
    batch: Batch,
}

impl Places {
    fn reserve(
        layout: &mut Layout,
        cuda: &Cuda,
        nvcomp: &Nvcomp,
        with: Codec,
        decoding: &Decoding,
        sizes: Span,
    ) -> Result<Self> {
        cuda.device.context.enter()?;
        let (tiles, longest) = (sizes.len / size_of::<u32>(), decoding.tile_bytes());
        let decoded = Decoded::reserve(layout, decoding, tiles, sizes)?;
        let stride = (longest + longest / 8 + 256).next_multiple_of(256);
        let temp = |count| nvcomp.decompress_temp(with, Chunks { count, longest }).map_err(refused);
        let batch = most(tiles, |count| Ok(temp(count)?.saturating_add(count.saturating_mul(stride))))?;
        let streams = layout.add(batch.saturating_mul(stride))?;
        let lengths = layout.add(tiles * size_of::<u32>())?;
        Ok(Self { decoded, streams, stride, lengths, batch: Batch::reserve(layout, batch, temp(batch)?)? })
    }
}

pub fn scratch(cuda: &Cuda, nvcomp: &Nvcomp, with: Codec, decoding: &Decoding, tiles: usize) -> Result<usize> {
    let mut layout = Layout::default();
    let sizes = Span { at: 0, len: tiles * size_of::<u32>() };
    Places::reserve(&mut layout, cuda, nvcomp, with, decoding, sizes)?;
    Ok(layout.total())
}

pub fn run(
    cuda: &Cuda,
    on: &Stream,
    nvcomp: &Nvcomp,
    with: Codec,
    decoding: &Decoding,
    io: &DecodeIo<'_, Cuda>,
) -> Result<()> {
    let layout = &mut Layout::within(io.scratch);
    let Places { decoded, streams, stride, lengths, batch } =
        Places::reserve(layout, cuda, nvcomp, with, decoding, io.sizes)?;
    let (framed, idle) = match with {
        Codec::Deflate { .. } => (Framed::Zlib(stride), INFLATED),
        Codec::Zstd => (Framed::Whole(stride), UNZSTD),
    };
    for (first, tiles) in batch.parts(decoded.tiles) {
        let aligned = Aligned { first, tiles, bytes: streams, stride, lengths, checks: decoded.checks };
        align(cuda, on, framed, io, &aligned)?;
        let to = Span { at: decoded.raw.at + first * decoded.stride, len: tiles * decoded.stride };
        let task = Task {
            first,
            tiles,
            from: (streams, stride),
            to: (to, decoded.stride),
            room: decoding.tile_bytes(),
            length: decoding.tile_bytes(),
            lengths: Some(lengths),
            empty: None,
            wanted: Some(decoding.tile_bytes()),
            idle,
            results: io.sizes,
        };
        batch.run(cuda, on, Slab::buffer(io.slab), &task, |chunks, places, on| {
            // SAFETY: as for encoding. Corrupt streams are another matter: nvCOMP's headers leave open what they do. It
            // is told how much room outputs have, streams end in zeros, and what it says of each tile is not believed
            // unless the length is right and the checksum, if the codec has one.
            unsafe { nvcomp.decompress(with, chunks, places, on) }
        })?;
    }
    if matches!(with, Codec::Deflate { .. }) {
        verify(cuda, on, decoding, &decoded, io)?;
    }
    restore(cuda, on, decoding, &decoded, io)
}
