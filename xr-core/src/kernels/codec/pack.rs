//! Encoded tiles → packed output.

use super::{Encoded, ITEMS, Prepared, SEGMENT, framing_source};
use crate::{
    BatchIo, Result,
    kernels::{
        Kernels,
        launch::{slab, value},
    },
};
use bytemuck::{Pod, Zeroable};

/// What goes around the stream of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Nothing.
    None,
    /// That of RFC 1950, around a raw deflate stream of a level.
    Zlib {
        /// What the header tells, in four grades.
        level: i32,
    },
}

impl Frame {
    /// Its bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::None => 0,
            Self::Zlib { .. } => 6,
        }
    }

    /// CMF and FLG: deflate with a window of 32 KiB, and the grade that zlib gives a level.
    pub(in crate::kernels) fn header(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Zlib { level: ..=1 } => 0x7801,
            Self::Zlib { level: 2..=5 } => 0x785e,
            Self::Zlib { level: 6 } => 0x789c,
            Self::Zlib { level: 7.. } => 0x78da,
        }
    }
}

/// Work-groups that copy a tile, at most.
const PARTS: usize = 64;

/// As kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Packing {
    encoded: u64,
    stride: u64,
    lengths: u64,
    empty: u64,
    adlers: u64,
    sizes: u64,
    offsets: u64,
    output: u64,
    first: u32,
    tiles: u32,
    parts: u32,
    same: u32,
    header: u32,
    unused: u32,
}

/// Enqueues that encoded tiles get to `io.output`, back to back and framed, and their sizes to `io.sizes`: 0 for empty
/// tiles, [`FAILED`](crate::FAILED) for failed ones. A batch in several parts is packed from the first to the last.
///
/// # Errors
/// Those of the device.
pub fn pack<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    prepared: &Prepared,
    encoded: &Encoded,
    frame: Frame,
    io: &BatchIo<'_, B>,
) -> Result<()> {
    let parts = encoded.stride.div_ceil(SEGMENT).clamp(1, PARTS);
    let packing = Packing {
        encoded: encoded.bytes.at as u64,
        stride: encoded.stride as u64,
        lengths: encoded.lengths.map_or(0, |lengths| lengths.at as u64),
        empty: prepared.empty.at as u64,
        adlers: prepared.adlers.at as u64,
        sizes: io.sizes.at as u64,
        offsets: prepared.offsets.at as u64,
        output: io.output.at as u64,
        first: encoded.first as u32,
        tiles: encoded.tiles as u32,
        parts: parts as u32,
        same: if encoded.lengths.is_none() { prepared.tile_bytes as u32 } else { 0 },
        header: frame.header(),
        unused: 0,
    };
    let program = backend.program(&framing_source())?;
    let arguments = [value(&packing), slab(io.slab)];
    backend.launch(on, &program, "place", &arguments, 1, ITEMS)?;
    backend.launch(on, &program, "pack", &arguments, encoded.tiles * parts, ITEMS)
}
