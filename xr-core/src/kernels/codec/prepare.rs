//! Image → predicted tiles.

use super::{ITEMS, MARGIN, Prepared, SEGMENT, element, within};
use crate::{
    BatchIo, Encoding, Predictor, Result,
    expr::SUPPORT,
    kernels::{
        Kernels, Source,
        launch::{slab, value},
    },
};
use bytemuck::{Pod, Zeroable};

/// An image cut into tiles as kernels see it; widths are in samples.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Cut {
    image: u64,
    raw: u64,
    stride: u64,
    partial: u64,
    sparse: u64,
    width: u32,
    height: u32,
    tile_width: u32,
    tile_height: u32,
    samples: u32,
    across: u32,
    tiles: u32,
    parts: u32,
    tile_bytes: u32,
    has_sparse: u32,
}

/// The kernels `prepare` and `join_parts`, for samples of so many bytes.
pub fn prepare_source(size: usize, predictor: Predictor) -> Source {
    let predictor = match predictor {
        Predictor::None => 1,
        Predictor::Horizontal => 2,
        Predictor::Float => 3,
    };
    let unit = if size == 8 { "xr_u64" } else { "uint" };
    let definitions = format!(
        "#define ITEMS {ITEMS}u\n#define SEGMENT {SEGMENT}u\n#define MARGIN {MARGIN}u\n#define SIZE {size}u\n\
         #define ELEMENT {}\n#define UNIT {unit}\n#define PREDICTOR {predictor}\n",
        element(size)
    );
    let bodies = vec![SUPPORT, include_str!("../c/codec/adler.c"), include_str!("../c/codec/prepare.c")];
    Source::new(definitions, bodies)
}

/// Enqueues that `into` is filled from the image of `io`.
///
/// # Errors
/// Those of the device; [`Error::Limit`](crate::Error::Limit) for more samples in a row, or rows, than 32 bits count.
pub fn prepare<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    encoding: &Encoding,
    io: &BatchIo<'_, B>,
    into: &Prepared,
) -> Result<()> {
    let samples = u32::from(encoding.samples);
    let (across, _) = encoding.tiles(io.width, io.height);
    let in_samples = |pixels: u32| u64::from(pixels) * u64::from(samples);
    // Tiles reach beyond the image, by less than one of them.
    within("samples of a row", in_samples(io.width) + in_samples(encoding.tile_width))?;
    within("rows", u64::from(io.height) + u64::from(encoding.tile_height))?;
    let mut sparse = [0; 8];
    if let Some(value) = encoding.sparse {
        sparse[..encoding.dtype.size()].copy_from_slice(value.bytes());
    }
    let parts = into.tile_bytes.div_ceil(SEGMENT);
    let cut = Cut {
        image: io.image.at as u64,
        raw: into.raw.at as u64,
        stride: into.stride as u64,
        partial: into.partial.at as u64,
        sparse: u64::from_le_bytes(sparse),
        width: io.width * samples,
        height: io.height,
        tile_width: encoding.tile_width * samples,
        tile_height: encoding.tile_height,
        samples,
        across: across as u32,
        tiles: into.tiles as u32,
        parts: parts as u32,
        tile_bytes: into.tile_bytes as u32,
        has_sparse: encoding.sparse.is_some().into(),
    };
    let program = backend.program(&prepare_source(encoding.dtype.size(), encoding.predictor))?;
    let slab = slab(io.slab);
    backend.launch(on, &program, "prepare", &[value(&cut), slab], into.tiles * parts, ITEMS)?;
    let at = [into.partial, into.adlers, into.empty].map(|span| span.at as u64);
    let [partial, adlers, empty] = at.each_ref().map(value);
    let joined = [value(&cut.tile_bytes), value(&cut.parts), slab, partial, adlers, empty];
    backend.launch(on, &program, "join_parts", &joined, into.tiles, ITEMS)
}
