//! Batch encode and decode on a session: one slab, one probe, one payload readback, at any number of tiles. What the
//! device cannot decode comes back encoded, in one more readback.

use crate::{
    BatchIo, Compress, DecodeIo, Decoded, Decoding, Decompress, EncodedTiles, Encoding, Error, FAILED, HostDecoder,
    Image, Layout, Purpose, Result, Session, Span, StoredTiles, traffic::PROBE_LIMIT,
};

/// Encoded tiles, owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodedBatch {
    bytes: Vec<u8>,
    sizes: Vec<u32>,
}

impl EncodedBatch {
    /// Of tiles back to back and the length of each.
    pub fn new(bytes: Vec<u8>, sizes: Vec<u32>) -> Self {
        Self { bytes, sizes }
    }

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
    check_tiles(tiles)?;
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

/// Decodes tiles on the device, through a slab: two uploads (table and bytes), one probe, one readback of pixels. Tiles
/// that the device cannot decode come back encoded in one gather and one readback, and go to `host`.
///
/// # Errors
/// As for [`Engine::decompress`](crate::Engine::decompress); [`Error::Limit`] for more tiles than one probe tells the
/// lengths of.
pub fn decompress<B: Decompress>(
    session: &Session<B>,
    decoding: &Decoding,
    tiles: StoredTiles<'_>,
    host: Option<HostDecoder<'_>>,
    pixels: &mut [u8],
) -> Result<Vec<Decoded>> {
    check_batch(decoding, tiles, pixels)?;
    let (count, tile_bytes) = (tiles.table.len(), decoding.tile_bytes());
    check_tiles(count)?;
    let scratch = session.backend().decompress_scratch(decoding, count)?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut layout = Layout::default();
    let (table, sizes) = (layout.add(size_of_val(tiles.table))?, layout.add(count * size_of::<u32>())?);
    let (input, output) = (layout.add(tiles.bytes.len())?, layout.add(pixels.len())?);
    let scratch = layout.add(scratch)?;
    let lane = session.lane(0);
    let slab = session.slab(lane, &layout)?;
    session.put(lane, bytemuck::cast_slice(tiles.table), &slab, table)?;
    session.put(lane, tiles.bytes, &slab, input)?;
    let io = DecodeIo { slab: &slab, table, input, sizes, output, scratch };
    session.backend().decompress(&lane.stream, decoding, &io)?;
    let sizes = read_sizes(session.read(lane, &slab, &[sizes], Purpose::Probe)?.wait()?.part(0));
    let done = |n: &usize| sizes[*n] as usize == tile_bytes;

    // One run of pixels from the first decoded tile to the last, the places of failed ones between them included.
    let run = (0..count)
        .find(done)
        .zip((0..count).rfind(done))
        .map(|(first, last)| (first * tile_bytes, (last + 1) * tile_bytes));
    let (from, to) = run.unwrap_or_default();
    let decoded = session.read(lane, &slab, &[Span { at: output.at + from, len: to - from }], Purpose::Payload)?;
    let failed: Vec<usize> = (0..count).filter(|n| !done(n)).collect();
    let spans: Vec<Span> = failed.iter().map(|&n| within(input, tiles.table[n])).collect();
    let wanted: &[Span] = if host.is_some() { &spans } else { &[] };
    let encoded = session.read(lane, &slab, wanted, Purpose::Payload)?;
    pixels[from..to].copy_from_slice(decoded.wait()?.part(0));

    let mut fates: Vec<Decoded> = (0..count).map(|_| Decoded::Device).collect();
    let encoded = encoded.wait()?;
    for (part, &tile) in failed.iter().enumerate() {
        let place = &mut pixels[tile * tile_bytes..][..tile_bytes];
        fates[tile] = on_host(tile, encoded.part(part), host, place);
    }
    Ok(fates)
}

/// Decodes tiles where the caller wants them, on a device that writes the host's memory.
pub(crate) fn decompress_in_place<B: Decompress>(
    session: &Session<B>,
    decoding: &Decoding,
    tiles: StoredTiles<'_>,
    host: Option<HostDecoder<'_>>,
    pixels: &mut [u8],
) -> Result<Vec<Decoded>> {
    check_batch(decoding, tiles, pixels)?;
    let mut sizes = vec![FAILED; tiles.table.len()];
    session.backend().decompress_host(decoding, tiles, &mut sizes, pixels)?;
    let places = pixels.chunks_exact_mut(decoding.tile_bytes()).zip(sizes).enumerate();
    let fate = |(tile, (place, size)): (usize, (&mut [u8], u32))| {
        if size as usize == place.len() {
            Decoded::Device
        } else {
            on_host(tile, tiles.get(tile).unwrap_or_default(), host, place)
        }
    };
    Ok(places.map(fate).collect())
}

/// What the host makes of a tile that the device could not decode.
fn on_host(tile: usize, encoded: &[u8], host: Option<HostDecoder<'_>>, place: &mut [u8]) -> Decoded {
    let result = match host {
        Some(decode) => decode(tile, encoded, place),
        None => Err("the device could not decode it, and there is no decoder on the host".into()),
    };
    match result {
        Ok(()) => Decoded::Host,
        Err(detail) => {
            place.fill(0);
            Decoded::Failed(Error::Tile { tile, detail })
        }
    }
}

fn check_batch(decoding: &Decoding, tiles: StoredTiles<'_>, pixels: &[u8]) -> Result<()> {
    decoding.check()?;
    if decoding.tile_bytes().checked_mul(tiles.table.len()) != Some(pixels.len()) {
        return Err(Error::Misuse { what: "the target holds the pixels of all tiles" });
    }
    tiles.check()
}

/// Where a tile of a checked table lies in the slab.
fn within(input: Span, [at, len]: [u64; 2]) -> Span {
    Span { at: input.at + at as usize, len: len as usize }
}

/// One probe tells of all tiles.
fn check_tiles(tiles: usize) -> Result<()> {
    let limit = PROBE_LIMIT / size_of::<u32>();
    if tiles > limit {
        return Err(Error::Limit { what: "tiles of a batch", got: tiles as u64, limit: limit as u64 });
    }
    Ok(())
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
