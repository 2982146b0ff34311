//! Deflate, LZW and PackBits on a device: stored tiles → pixels. See the files in `c/inflate/` for how.

use super::{
    Kernels, Source,
    codec::{Decoded, restore, verify},
    launch::{slab, value},
};
use crate::{Codec, DecodeIo, Decoding, Layout, Result, expr::SUPPORT};
use bytemuck::{Pod, Zeroable};

/// Work-items of a group, which has a tile. One reads codes, so that more would wait.
const DECODE_ITEMS: usize = 32;

/// As kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Stored {
    table: u64,
    input: u64,
    raw: u64,
    lengths: u64,
    checks: u64,
    tiles: u32,
    tile_bytes: u32,
    stride: u32,
    padding: u32,
}

/// The kernel that decodes, and its source; nothing for other codecs.
pub fn kernel(codec: Codec) -> Option<(&'static str, Source)> {
    let definitions = format!("#define DECODE_ITEMS {DECODE_ITEMS}u\n");
    let tiles = include_str!("c/inflate/tiles.h");
    let (name, bodies) = match codec {
        Codec::Deflate => {
            let (symbols, codes) = (include_str!("c/deflate/symbols.h"), include_str!("c/inflate/codes.h"));
            ("inflate", vec![SUPPORT, symbols, tiles, codes, include_str!("c/inflate/inflate.c")])
        }
        Codec::Lzw => ("lzw", vec![SUPPORT, tiles, include_str!("c/inflate/lzw.c")]),
        Codec::PackBits => ("packbits", vec![SUPPORT, tiles, include_str!("c/inflate/packbits.c")]),
        _ => return None,
    };
    Some((name, Source::new(definitions, bodies)))
}

/// [`Decompress::decompress`](crate::Decompress::decompress) of these codecs; `false` for others, of which nothing is done.
///
/// # Errors
/// Those of the device.
pub fn decompress<B: Kernels>(backend: &B, on: &B::Stream, decoding: &Decoding, io: &DecodeIo<'_, B>) -> Result<bool> {
    let Some((name, source)) = kernel(decoding.codec) else { return Ok(false) };
    let tiles = io.sizes.len / size_of::<u32>();
    let decoded = Decoded::reserve(&mut Layout::within(io.scratch), decoding, tiles, io.sizes)?;
    let stored = Stored {
        table: io.table.at as u64,
        input: io.input.at as u64,
        raw: decoded.raw.at as u64,
        lengths: decoded.lengths.at as u64,
        checks: decoded.checks.at as u64,
        tiles: tiles as u32,
        tile_bytes: decoding.tile_bytes() as u32,
        stride: decoded.stride as u32,
        padding: 0,
    };
    let program = backend.program(&source)?;
    backend.launch(on, &program, name, &[value(&stored), slab(io.slab)], tiles, DECODE_ITEMS)?;
    if decoding.codec == Codec::Deflate {
        verify(backend, on, decoding, &decoded, io)?;
    }
    restore(backend, on, decoding, &decoded, io)?;
    Ok(true)
}
