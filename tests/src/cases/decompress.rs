//! Batch decode: of what somebody else encoded, and of what nobody did.

use super::codec::{noise, terrain};
use crate::{
    Verdict, decode, encode,
    oracle::Random,
    run::{Full, balanced, codec, session, traffic},
    verdict::{Failure, expect},
};
use xr_core::{
    ByteOrder, Codec, DataType, Decoded, Decoding, Engine, Error, HostDecoder, Predictor, Result, Session, StoredTiles,
    batch,
};

/// Encoded tiles as in a file: not in order, and with other bytes between them.
struct File {
    bytes: Vec<u8>,
    table: Vec<[u64; 2]>,
}

impl File {
    fn new(tiles: &[Vec<u8>]) -> Self {
        let mut file = Self { bytes: Vec::new(), table: vec![[0; 2]; tiles.len()] };
        for (n, tile) in tiles.iter().enumerate().rev() {
            file.bytes.extend_from_slice(&[0xee; 7][..n % 8]);
            file.table[n] = [file.bytes.len() as u64, tile.len() as u64];
            file.bytes.extend_from_slice(tile);
        }
        file
    }

    fn tiles(&self) -> StoredTiles<'_> {
        StoredTiles { bytes: &self.bytes, table: &self.table }
    }
}

/// One letter per tile: decoded on the Device, on the Host, Failed under its own name or under aNother.
fn fates(decoded: &[Decoded]) -> String {
    let letter = |(n, fate): (usize, &Decoded)| match fate {
        Decoded::Device => 'D',
        Decoded::Host => 'H',
        Decoded::Failed(Error::Tile { tile, .. }) if *tile == n => 'F',
        Decoded::Failed(_) => 'N',
    };
    decoded.iter().enumerate().map(letter).collect()
}

/// Pixels and fates, the same through a slab and in place or wrong.
fn decoded<B: Full>(
    session: &mut Session<B>,
    decoding: &Decoding,
    file: &File,
    host: Option<HostDecoder<'_>>,
) -> Verdict<(Vec<u8>, String)> {
    let mut pixels = vec![0x77; file.table.len() * decoding.tile_bytes()];
    let fates_in_slab = fates(&batch::decompress(session, decoding, file.tiles(), host, &mut pixels)?);
    let mut in_place = vec![0x55; pixels.len()];
    let fates_in_place = fates(&Engine::decompress(session, decoding, file.tiles(), host, &mut in_place)?);
    expect(fates_in_slab == fates_in_place, || {
        format!("{decoding:?}: {fates_in_slab} through a slab, {fates_in_place} in place")
    })?;
    expect(pixels == in_place, || format!("{decoding:?}: other pixels through a slab than in place"))?;
    Ok((pixels, fates_in_slab))
}

fn deflated(dtype: DataType, predictor: Predictor, (tile_width, tile_height): (u32, u32)) -> Decoding {
    let (codec, byte_order) = (Codec::Deflate, ByteOrder::Little);
    Decoding { codec, predictor, sample_size: dtype.size(), byte_order, samples: 1, tile_width, tile_height }
}

/// Tiles back to back, and what a file holds of them.
fn stored(random: &mut Random, decoding: &Decoding, dtype: DataType, tiles: u32) -> Verdict<(Vec<u8>, Vec<Vec<u8>>)> {
    let size = (decoding.tile_width * u32::from(decoding.samples), decoding.tile_height);
    let make = |n: u32| if n.is_multiple_of(2) { terrain(random, dtype, size) } else { noise(random, dtype, size) };
    let pixels: Vec<Vec<u8>> = (0..tiles).map(make).collect();
    let encoded = pixels.iter().map(|tile| encode::stored(decoding, tile)).collect::<Result<_, _>>();
    Ok((pixels.concat(), encoded.map_err(Failure::Wrong)?))
}

/// Tiles of an independent encoder come back, for every codec of the device, predictor, size and number of samples, in
/// either byte order.
pub fn tiles_come_back<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(15);
    let dtypes = [DataType::U8, DataType::I16, DataType::F32, DataType::F64]; // of two bytes: halves, too
    for (codec, dtype) in session.backend().caps().decoders.iter().flat_map(|&codec| dtypes.map(|dtype| (codec, dtype))) {
        let predictors = [Predictor::None, Predictor::Horizontal, Predictor::Float];
        for &predictor in &predictors[..if dtype.size() == 1 { 2 } else { 3 }] {
            for (byte_order, samples) in [(ByteOrder::Little, [1, 2, 3]), (ByteOrder::Big, [1, 4, 5])] {
                for samples in samples {
                    let decoding =
                        Decoding { codec, byte_order, samples, ..deflated(dtype, predictor, (13, 5)) };
                    let (pixels, tiles) = stored(&mut random, &decoding, dtype, 3)?;
                    let (got, fates) = decoded(&mut session, &decoding, &File::new(&tiles), None)?;
                    expect(fates == "DDD", || format!("{decoding:?}: {fates}"))?;
                    expect(got == pixels, || format!("{decoding:?}: other pixels"))?;
                }
            }
        }
    }
    // LZW codes of every width, and tables that run full.
    for &codec in session.backend().caps().decoders {
        let decoding = Decoding { codec, ..deflated(DataType::U8, Predictor::None, (128, 96)) };
        let (pixels, tiles) = stored(&mut random, &decoding, DataType::U8, 2)?;
        let (got, _) = decoded(&mut session, &decoding, &File::new(&tiles), None)?;
        expect(got == pixels, || format!("{decoding:?}: other pixels"))?;
    }
    balanced(&session, "batches")
}

/// Tiles that the device cannot decode come back encoded, all in one readback, and the host's decoder gets them; without
/// one, or where it fails too, the tile is named and the others are there.
pub fn fallback_is_batched<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let decoding = deflated(DataType::U16, Predictor::Horizontal, (16, 8));
    let (pixels, mut tiles) = stored(&mut Random::new(16), &decoding, DataType::U16, 60)?;
    // Every third in a form that no device knows.
    let inverted = |bytes: &[u8]| -> Vec<u8> { bytes.iter().map(|byte| !byte).collect() };
    tiles.iter_mut().step_by(3).for_each(|tile| *tile = inverted(tile));
    let file = File::new(&tiles);
    let host = |_: usize, encoded: &[u8], place: &mut [u8]| {
        place.copy_from_slice(&decode::stored(&decoding, &inverted(encoded))?);
        Ok(())
    };
    let mut got = vec![0x77; pixels.len()];
    let before = traffic(&session);
    let said = fates(&batch::decompress(&session, &decoding, file.tiles(), Some(&host), &mut got)?);
    let moved = traffic(&session) - before;
    expect(said == "HDD".repeat(20), || format!("fates are {said}"))?;
    expect(got == pixels, || "other pixels".into())?;
    expect((moved.probes, moved.downloads) == (1, 2) && moved.uploads <= 2 && moved.gathers <= 1, || {
        format!("20 of 60 tiles to the host: {moved:?}")
    })?;
    decoded(&mut session, &decoding, &file, Some(&host))?;

    let fails_at_6 = |tile: usize, encoded: &[u8], place: &mut [u8]| {
        if tile == 6 { Err("is not for us".into()) } else { host(tile, encoded, place) }
    };
    let (got, said) = decoded(&mut session, &decoding, &file, Some(&fails_at_6))?;
    expect(said == "HDD".repeat(20).replacen("HDDHDDHDD", "HDDHDDFDD", 1), || format!("with tile 6 failing: {said}"))?;
    let tile = decoding.tile_bytes();
    expect(got[..6 * tile] == pixels[..6 * tile] && got[7 * tile..] == pixels[7 * tile..], || "other pixels".into())?;
    expect(got[6 * tile..7 * tile].iter().all(|&byte| byte == 0), || "a failed tile has pixels".into())?;

    let (_, said) = decoded(&mut session, &decoding, &file, None)?;
    expect(said == "FDD".repeat(20), || format!("without a decoder on the host: {said}"))?;
    balanced(&session, "batches with a fallback")
}

/// A thousand damaged tiles, each beside a sound one: each is refused, or decoded as the specification has it, the same
/// way every time; the sound ones are as they should be. That the case ends shows that no stream holds a decoder up.
pub fn corrupt_tiles_are_named<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(17);
    let codecs = session.backend().caps().decoders;
    for &codec in codecs {
        let decoding = Decoding { codec, ..deflated(DataType::I16, Predictor::Horizontal, (24, 9)) };
        let count = 2 * 1000usize.div_ceil(codecs.len());
        let (pixels, mut tiles) = stored(&mut random, &decoding, DataType::I16, count as u32)?;
        for n in (0..count).step_by(2) {
            let other = tiles[(n + 7) % count].clone();
            damage(&mut random, &mut tiles[n], &other);
        }
        let file = File::new(&tiles);
        let (got, said) = decoded(&mut session, &decoding, &file, None)?;
        let (again, said_again) = decoded(&mut session, &decoding, &file, None)?;
        expect(said == said_again && got == again, || format!("{codec}: another verdict the second time"))?;
        let tile_bytes = decoding.tile_bytes();
        for (n, (fate, place)) in said.chars().zip(got.chunks_exact(tile_bytes)).enumerate() {
            let want = match n % 2 {
                1 => Ok(pixels[n * tile_bytes..][..tile_bytes].to_vec()),
                _ => decode::stored(&decoding, &tiles[n]),
            };
            let (right, want) = match want {
                Ok(want) => (fate == 'D' && place == want, "decoded".to_string()),
                Err(why) => (fate == 'F' && place.iter().all(|&byte| byte == 0), why),
            };
            expect(right, || format!("{codec}: tile {n} has fate {fate}, or other pixels; it is to be: {want}"))?;
        }
    }
    balanced(&session, "damaged batches")
}

/// Changes an encoded tile, somehow.
fn damage(random: &mut Random, tile: &mut Vec<u8>, other: &[u8]) {
    let mut below = |n: usize| (random.bits() % n.max(1) as u64) as usize;
    let len = tile.len();
    match below(8) {
        0..3 => (0..1 + below(4)).for_each(|_| tile[below(len)] ^= 1 << below(8)),
        3 => tile.truncate(below(len)),
        4 => *tile = (0..below(2 * len)).map(|_| below(256) as u8).collect(),
        5 => {
            let (from, byte) = (below(len), [0, 0x80, 0xff][below(3)]);
            tile[from..].iter_mut().take(1 + below(20)).for_each(|b| *b = byte);
        }
        6 => drop(tile.drain(below(len)..).next()),
        _ => {
            let at = below(len.min(other.len()));
            tile.truncate(at);
            tile.extend_from_slice(&other[at..]);
        }
    }
}

/// 1,024 tiles of 16 KiB are one allocation, two uploads, one probe and one readback.
pub fn decoded_batch_is_one_slab<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session: Session<B> = session(open)?;
    let codec = codec(&session);
    let decoding = Decoding { codec, ..deflated(DataType::U8, Predictor::Horizontal, (128, 128)) };
    let (pixels, tiles) = stored(&mut Random::new(18), &decoding, DataType::U8, 8)?;
    let file = File::new(&vec![tiles; 128].concat());
    let mut got = vec![0x77; 1024 * decoding.tile_bytes()];
    let said = fates(&batch::decompress(&session, &decoding, file.tiles(), None, &mut got)?);
    let moved = traffic(&session);
    let counts = (moved.allocations, moved.uploads, moved.probes, moved.downloads, moved.gathers);
    expect(counts == (1, 2, 1, 1, 0), || {
        format!("allocations, uploads, probes, readbacks, gathers are {counts:?} instead of (1, 2, 1, 1, 0)")
    })?;
    expect(said.chars().all(|fate| fate == 'D'), || format!("fates are {said}"))?;
    expect(got == pixels.repeat(128), || "other pixels".into())
}
