//! Tiles by nvCOMP: prepared, compressed batch after batch, each packed behind the one before.
#![allow(unsafe_code, reason = "nvCOMP is C")]

use super::batch::{Batch, Idle, Task, most, refused};
use crate::{Cuda, Stream};
use nvcomp_sys::{Chunks, Codec, Nvcomp};
use xr_core::{
    BatchIo, Encoding, Error, Layout, Plan, Result, Slab, Span,
    kernels::codec::{Encoded, Frame, Prepared, pack, prepare},
};

/// Bytes of the largest chunk that nvCOMP's headers allow its Zstandard encoder.
const LARGEST_ZSTD: usize = 16 << 20;

/// Any bytes: a tile that is passed over is compressed for nothing, but this short.
const IDLE: Idle = Idle { words: [0; 3], bytes: 1 };

/// Where things are in the scratch.
struct Places {
    prepared: Prepared,
    streams: Span,
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
        encoding: &Encoding,
        tiles: usize,
    ) -> Result<Self> {
        let longest = encoding.tile_bytes();
        if with == Codec::Zstd && longest > LARGEST_ZSTD {
            let (got, limit) = (longest as u64, LARGEST_ZSTD as u64);
            return Err(Error::Limit { what: "bytes of a tile that nvCOMP compresses by zstd", got, limit });
        }
        cuda.device.context.enter()?;
        let prepared = Prepared::reserve(layout, encoding, tiles)?;
        let stride = nvcomp.bound(with, longest).map_err(refused)?.next_multiple_of(256);
        let temp = |count| nvcomp.compress_temp(with, Chunks { count, longest }).map_err(refused);
        let batch = most(tiles, |count| Ok(temp(count)?.saturating_add(count.saturating_mul(stride))))?;
        let streams = layout.add(batch.saturating_mul(stride))?;
        let lengths = layout.add(tiles * size_of::<u32>())?;
        Ok(Self { prepared, streams, stride, lengths, batch: Batch::reserve(layout, batch, temp(batch)?)? })
    }
}

fn frame(with: Codec, encoding: &Encoding) -> Frame {
    match with {
        Codec::Deflate { .. } => Frame::Zlib { level: encoding.level },
        Codec::Zstd => Frame::None,
    }
}

pub fn plan(cuda: &Cuda, nvcomp: &Nvcomp, with: Codec, encoding: &Encoding, tiles: usize) -> Result<Plan> {
    let mut layout = Layout::default();
    let places = Places::reserve(&mut layout, cuda, nvcomp, with, encoding, tiles)?;
    let output = tiles.saturating_mul(places.stride + frame(with, encoding).bytes());
    Ok(Plan { output, scratch: layout.total() })
}

pub fn run(
    cuda: &Cuda,
    on: &Stream,
    nvcomp: &Nvcomp,
    with: Codec,
    encoding: &Encoding,
    io: &BatchIo<'_, Cuda>,
) -> Result<()> {
    let (across, down) = encoding.tiles(io.width, io.height);
    let tiles = across * down;
    let layout = &mut Layout::within(io.scratch);
    let Places { prepared, streams, stride, lengths, batch } =
        Places::reserve(layout, cuda, nvcomp, with, encoding, tiles)?;
    prepare(cuda, on, encoding, io, &prepared)?;
    for (first, tiles) in batch.parts(tiles) {
        let from = Span { at: prepared.raw.at + first * prepared.stride, len: tiles * prepared.stride };
        let task = Task {
            first,
            tiles,
            from: (from, prepared.stride),
            to: (streams, stride),
            room: stride,
            length: prepared.tile_bytes,
            lengths: None,
            empty: Some(prepared.empty),
            wanted: None,
            idle: IDLE,
            results: lengths,
        };
        batch.run(cuda, on, Slab::buffer(io.slab), &task, |chunks, places, on| {
            // SAFETY: the tables and what they point to are in the slab, which outlives the stream's work; `reserve` has
            // asked nvCOMP for bounds, and spans and strides are multiples of 256.
            unsafe { nvcomp.compress(with, chunks, places, on) }
        })?;
        let encoded = Encoded { first, tiles, bytes: streams, stride, lengths: Some(lengths) };
        pack(cuda, on, &prepared, &encoded, frame(with, encoding), io)?;
    }
    Ok(())
}
