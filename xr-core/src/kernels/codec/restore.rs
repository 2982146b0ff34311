//! Decoded tiles → native pixels.

use super::{Decoded, ITEMS, element};
use crate::{
    ByteOrder, DecodeIo, Decoding, Predictor, Result,
    expr::SUPPORT,
    kernels::{
        Kernels, Source,
        launch::{slab, value},
    },
};
use bytemuck::{Pod, Zeroable};

/// Work-items that add up a row together: `LANES` of `restore.c`.
const LANES: usize = 32;
/// Samples that a work-item puts in order.
const EACH: usize = 16;

/// As kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Restoring {
    from: u64,
    from_stride: u64,
    to: u64,
    to_stride: u64,
    width: u32,
    rows: u32,
    samples: u32,
    parts: u32,
}

/// The kernels `put_in_order`, `add_up` and, for samples of several bytes, `regroup`.
pub fn restore_source(size: usize, swapped: bool) -> Source {
    let (element, swapped) = (element(size), u8::from(swapped));
    let definitions =
        format!("#define ITEMS {ITEMS}u\n#define SIZE {size}u\n#define ELEMENT {element}\n#define SWAPPED {swapped}\n");
    Source::new(definitions, vec![SUPPORT, include_str!("../c/codec/restore.c")])
}

/// Enqueues that `decoded` becomes pixels in `io.output`; what becomes of failed tiles is undefined, and so is `decoded`
/// afterwards.
///
/// # Errors
/// Those of the device.
pub fn restore<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    decoding: &Decoding,
    decoded: &Decoded,
    io: &DecodeIo<'_, B>,
) -> Result<()> {
    let (size, samples) = (decoding.sample_size, u32::from(decoding.samples));
    let elements = decoding.tile_bytes() / size;
    let sequences = decoding.tile_height as usize * usize::from(decoding.samples);
    let row_groups = sequences.div_ceil(ITEMS / LANES);
    let pixels = Restoring {
        from: decoded.raw.at as u64,
        from_stride: decoded.stride as u64,
        to: io.output.at as u64,
        to_stride: decoding.tile_bytes() as u64,
        width: decoding.tile_width,
        rows: decoding.tile_height,
        samples,
        parts: 0,
    };
    let launch = |source: &Source, name, restoring: Restoring, parts: usize| {
        let restoring = Restoring { parts: parts as u32, ..restoring };
        let program = backend.program(source)?;
        backend.launch(on, &program, name, &[value(&restoring), slab(io.slab)], decoded.tiles * parts, ITEMS)
    };
    let source = restore_source(size, decoding.byte_order == ByteOrder::Big);
    match decoding.predictor {
        Predictor::None => launch(&source, "put_in_order", pixels, elements.div_ceil(ITEMS * EACH)),
        Predictor::Horizontal => launch(&source, "add_up", pixels, row_groups),
        Predictor::Float => {
            let bytes = Restoring {
                to: pixels.from,
                to_stride: pixels.from_stride,
                width: decoding.tile_width * size as u32,
                ..pixels
            };
            launch(&restore_source(1, false), "add_up", bytes, row_groups)?;
            launch(&source, "regroup", pixels, elements.div_ceil(ITEMS * EACH))
        }
    }
}
