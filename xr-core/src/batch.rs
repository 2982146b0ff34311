//! Batch encode on a session: one slab, one upload, one probe, one payload readback, at any number of tiles.

use crate::{
    BatchIo, Compress, EncodedTiles, Encoding, Error, FAILED, Image, Layout, Purpose, Result, Session, Span,
    traffic::PROBE_LIMIT,
};

/// Encoded tiles, owned.
#[derive(Clone, Debug, Default)]
pub struct EncodedBatch {
    bytes: Vec<u8>,
    sizes: Vec<u32>,
}

impl EncodedBatch {
    /// The tiles.
    pub fn tiles(&self) -> EncodedTiles<'_> {
        EncodedTiles { bytes: &self.bytes, sizes: &self.sizes }
    }
}

/// Encodes an image's tiles on the device.
///
/// # Errors
/// Those of the device; [`Error::Limit`] for more tiles than one probe tells the sizes of.
pub fn compress<B: Compress>(session: &Session<B>, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch> {
    image.check(encoding)?;
    let (across, down) = encoding.tiles(image.width, image.height);
    let tiles = across * down;
    if tiles * size_of::<u32>() > PROBE_LIMIT {
        let limit = (PROBE_LIMIT / size_of::<u32>()) as u64;
        return Err(Error::Limit { what: "tiles of a batch", got: tiles as u64, limit });
    }
    let plan = session.backend().compress_plan(encoding, tiles)?;
    let mut layout = Layout::default();
    let (pixels, sizes) = (layout.add(image.pixels.len())?, layout.add(tiles * size_of::<u32>())?);
    let (output, scratch) = (layout.add(plan.output)?, layout.add(plan.scratch)?);
    let lane = session.lane(0);
    let slab = session.slab(lane, &layout)?;
    session.put(lane, image.pixels, &slab, pixels)?;
    let io = BatchIo { slab: &slab, image: pixels, width: image.width, height: image.height, sizes, output, scratch };
    session.backend().compress(&lane.stream, encoding, &io)?;
    let sizes = read_sizes(session.read(lane, &slab, &[sizes], Purpose::Probe)?.wait()?.part(0));
    let span = Span { at: output.at, len: refuse_failed(&sizes, output.len)? };
    let bytes = session.read(lane, &slab, &[span], Purpose::Payload)?.wait()?.part(0).to_vec();
    Ok(EncodedBatch { bytes, sizes })
}

/// A probe's tile lengths.
pub(crate) fn read_sizes(probe: &[u8]) -> Vec<u32> {
    bytemuck::allocation::pod_collect_to_vec(probe)
}

/// Sum of the lengths; refuses tiles the device could not do and sums beyond what was planned.
pub(crate) fn refuse_failed(sizes: &[u32], planned: usize) -> Result<usize> {
    if let Some(tile) = sizes.iter().position(|&n| n == FAILED) {
        return Err(Error::Tile { tile, detail: "the device could not encode it".into() });
    }
    let total: u64 = sizes.iter().map(|&n| u64::from(n)).sum();
    if total > planned as u64 {
        return Err(Error::Limit { what: "encoded bytes", got: total, limit: planned as u64 });
    }
    Ok(total as usize)
}
