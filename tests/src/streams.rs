//! Streams that devices make and read by the shared kernels, beside those of other programs: cases of such a backend's own.

use crate::{
    Verdict,
    cases::codec::terrain,
    decode, encode,
    oracle::Random,
    run::{Full, session},
    verdict::{Failure, expect},
};
use flate2::{Compression, Decompress, FlushDecompress, Status, write::ZlibEncoder};
use std::io::Write;
use xr_core::{
    ByteOrder, Codec, DataType, Decoding, Encoding, Image, Predictor, Result, StoredTiles, batch,
    kernels::codec::TILE_ALIGNMENT,
};

/// Bytes of a deflate block that devices make.
const SEGMENT: usize = 32 << 10;

fn encoding(level: i32, dtype: DataType, predictor: Predictor, tile: (u32, u32)) -> Encoding {
    let (tile_width, tile_height) = tile;
    Encoding { codec: Codec::Deflate, level, predictor, dtype, samples: 1, tile_width, tile_height, sparse: None }
}

fn decoding(codec: Codec, bytes: usize) -> Decoding {
    let (predictor, byte_order) = (Predictor::None, ByteOrder::Little);
    Decoding { codec, predictor, sample_size: 1, byte_order, samples: 1, tile_width: bytes as u32, tile_height: 1 }
}

/// Bytes of every kind that an encoder treats differently, so many of each: of one value, noise, runs, of a period, with
/// rare exceptions, of ever rarer values, and noise that repeats after a long while.
fn kinds(random: &mut Random, len: usize) -> Vec<Vec<u8>> {
    let noise: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
    let mut runs = Vec::new();
    while runs.len() < len {
        let (byte, length) = (random.integer(0, 3) as u8, random.integer(1, 700) as usize);
        runs.resize(len.min(runs.len() + length), byte);
    }
    let period = noise.iter().copied().cycle().take(7).cycle().take(len).collect();
    let rare = noise.iter().enumerate().map(|(n, &byte)| if n % 997 == 3 { byte } else { 9 }).collect();
    // Half of them 0, a quarter 1, and so on: codes of all lengths.
    let few = (0..len).map(|_| random.bits().trailing_zeros() as u8).collect();
    let far = (0..len).map(|n| noise[n % (len / 2 + 1).min(9000)]).collect();
    vec![vec![0x5a; len], noise, runs, period, rare, few, far]
}

/// Tiles of lengths around those of the kernels' parts, of every kind of bytes, at levels of every effort, inflate to their
/// bytes by flate2 and by libdeflate, and never take more than stored blocks do.
pub fn streams_inflate<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(61);
    let around = |n: usize| [n - 1, n, n + 1];
    let lengths = [1, 2, 3].into_iter().chain(around(32)).chain(around(TILE_ALIGNMENT)).chain(around(SEGMENT));
    for len in lengths.chain([5000, 2 * SEGMENT, 70_001]) {
        let tiles = kinds(&mut random, len);
        let pixels = tiles.concat();
        let image = Image { pixels: &pixels, width: len as u32, height: tiles.len() as u32 };
        for level in [1, 6, 9] {
            let encoding = encoding(level, DataType::U8, Predictor::None, (len as u32, 1));
            let encoded = batch::compress(&session, &encoding, image)?;
            for (n, (stream, want)) in encoded.tiles().iter().zip(&tiles).enumerate() {
                let what = || format!("{len} bytes of kind {n} at level {level}");
                let bound = len + 6 * len.div_ceil(SEGMENT) + 6;
                expect(stream.len() <= bound, || format!("{} take {}, not {bound}", what(), stream.len()))?;
                let got = decode::tile(&encoding, stream).map_err(|e| Failure::Wrong(format!("{}: {e}", what())))?;
                expect(got == *want, || format!("{} inflate to others by flate2", what()))?;
                let mut got = vec![0; len];
                let inflated = xr_cpu::decode_tile(&encoding.decoding(), stream, &mut got);
                expect(inflated.is_ok() && got == *want, || format!("{}: libdeflate says {inflated:?}", what()))?;
            }
        }
    }
    Ok(())
}

/// Terrain of every kind of sample, whose matches begin at other places and have other distances, comes back from tiles of
/// several blocks, at levels of every effort; and it is the same stream every time.
pub fn terrain_inflates<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(62);
    let (none, horizontal, float) = (Predictor::None, Predictor::Horizontal, Predictor::Float);
    for (dtype, predictor) in [
        (DataType::U8, horizontal),
        (DataType::I16, horizontal),
        (DataType::F32, horizontal),
        (DataType::F32, float),
        (DataType::F64, none),
    ] {
        let (size, tile) = ((300, 290), (190, 180));
        let pixels = terrain(&mut random, dtype, size);
        let image = Image { pixels: &pixels, width: size.0, height: size.1 };
        for level in [2, 7, 12] {
            let encoding = encoding(level, dtype, predictor, tile);
            let encoded = batch::compress(&session, &encoding, image)?;
            let again = batch::compress(&session, &encoding, image)?;
            expect(encoded == again, || format!("{dtype}, {predictor:?}, level {level}: other bytes the second time"))?;
            for (n, stream) in encoded.tiles().iter().enumerate() {
                let got = decode::tile(&encoding, stream);
                expect(got.as_deref() == Ok(&decode::padded(&encoding, &image, n)), || {
                    format!("{dtype}, {predictor:?}, level {level}: tile {n} is {:?}", got.map(|_| "another"))
                })?;
            }
        }
    }
    Ok(())
}

/// What other programs make of bytes.
fn streams(codec: Codec, bytes: &[u8]) -> Verdict<Vec<Vec<u8>>> {
    let of_tile = decoding(codec, bytes.len());
    if codec != Codec::Deflate {
        return Ok(vec![encode::stored(&of_tile, bytes).map_err(Failure::Wrong)?]);
    }
    let image = Image { pixels: bytes, width: bytes.len() as u32, height: 1 };
    let best = Encoding { level: 12, ..encoding(12, DataType::U8, Predictor::None, (bytes.len() as u32, 1)) };
    let mut output = vec![0; 2 * bytes.len() + 64];
    let mut sizes = [0];
    xr_cpu::encode(&best, image, &mut sizes, &mut output)?;
    output.truncate(sizes[0] as usize);
    let by_flate2 = [0, 1, 6, 9].map(|level| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        // Flushed in the middle: a stored block of nothing, and another block.
        let (first, second) = bytes.split_at(bytes.len() / 3);
        encoder.write_all(first).and_then(|()| encoder.flush()).and_then(|()| encoder.write_all(second))?;
        encoder.finish()
    });
    let mut all = vec![output];
    for stream in by_flate2 {
        all.push(stream.map_err(|e| Failure::Wrong(e.to_string()))?);
    }
    Ok(all)
}

/// Tiles of the device, or where it failed none.
fn decoded<B: Full>(session: &xr_core::Session<B>, of: &Decoding, tiles: &[Vec<u8>]) -> Verdict<Vec<Option<Vec<u8>>>> {
    let mut table = Vec::new();
    let mut bytes = Vec::new();
    for (n, tile) in tiles.iter().enumerate() {
        bytes.resize(bytes.len() + n % 5, 0xff);
        table.push([bytes.len() as u64, tile.len() as u64]);
        bytes.extend_from_slice(tile);
    }
    let mut pixels = vec![0x77; tiles.len() * of.tile_bytes()];
    let fates = batch::decompress(session, of, StoredTiles { bytes: &bytes, table: &table }, None, &mut pixels)?;
    let is_done = |fate: &xr_core::Decoded| matches!(fate, xr_core::Decoded::Device);
    Ok(pixels.chunks(of.tile_bytes()).zip(&fates).map(|(tile, fate)| is_done(fate).then(|| tile.to_vec())).collect())
}

/// Streams of other programs, of lengths around those of the kernels' parts, of every kind of bytes, stored, in fixed
/// codes and in dynamic ones, come back; those of longer and shorter tiles do not.
pub fn foreign_streams_come_back<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(63);
    for codec in [Codec::Deflate, Codec::Lzw, Codec::PackBits] {
        for len in [1, 2, 5, 511, 512, 513, 20_000, 100_000] {
            let kinds = kinds(&mut random, len);
            let (mut tiles, mut want) = (Vec::new(), Vec::new());
            for bytes in &kinds {
                for stream in streams(codec, bytes)? {
                    tiles.push(stream);
                    want.push(bytes);
                }
            }
            for (n, got) in decoded(&session, &decoding(codec, len), &tiles)?.iter().enumerate() {
                expect(got.as_ref() == Some(want[n]), || {
                    format!(
                        "{codec}: stream {n} of {len} bytes is {}",
                        if got.is_some() { "others" } else { "refused" }
                    )
                })?;
            }
            // PackBits has no end: what is behind a tile is not looked at, unless a run goes on.
            let others: &[usize] = if codec == Codec::PackBits { &[len + 1] } else { &[len + 1, len - 1] };
            for &other in others.iter().filter(|&&other| other > 0) {
                let accepted = decoded(&session, &decoding(codec, other), &tiles)?.iter().position(Option::is_some);
                expect(accepted.is_none(), || format!("{codec}: stream {accepted:?} of {len} bytes fills {other}"))?;
            }
        }
    }
    Ok(())
}

/// A zlib stream with the Adler-32 that its bytes have, if it inflates at all: damage is then not only noticed by that.
fn sealed(stream: &mut Vec<u8>, most: usize) {
    let Some(blocks) = stream.get(2..) else { return };
    let (mut inflater, mut bytes) = (Decompress::new(false), Vec::with_capacity(most + 1));
    let ends = matches!(inflater.decompress_vec(blocks, &mut bytes, FlushDecompress::Finish), Ok(Status::StreamEnd));
    if ends {
        let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), &byte| {
            let a = (a + u32::from(byte)) % 65_521;
            (a, (a + b) % 65_521)
        });
        stream.truncate(2 + inflater.total_in() as usize);
        stream.extend((b << 16 | a).to_be_bytes());
    }
}

/// Some change of a stream.
fn damage(random: &mut Random, stream: &mut Vec<u8>) {
    let mut below = |n: usize| (random.bits() % n.max(1) as u64) as usize;
    let len = stream.len();
    match below(6) {
        0 | 1 => (0..1 + below(3)).for_each(|_| stream[below(len)] ^= 1 << below(8)),
        // The header of a block of dynamic codes is at the start.
        2 => {
            stream[2 + below(len.min(60).saturating_sub(2).max(1))..].iter_mut().take(1).for_each(|byte| *byte ^= 0x55)
        }
        3 => stream.truncate(below(len)),
        4 => {
            let from = 2 + below(20);
            stream.truncate(from);
            stream.extend((0..below(300)).map(|_| below(256) as u8));
        }
        _ => {
            let (from, byte) = (below(len), [0, 0x80, 0xff][below(3)]);
            stream[from..].iter_mut().take(1 + below(9)).for_each(|b| *b = byte);
        }
    }
}

/// Damaged streams are accepted where the CPU accepts them, with the same bytes, and refused where it does. That the case
/// ends shows that none holds a decoder up.
pub fn damaged_streams_have_the_cpu_s_verdict<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(64);
    for (codec, rounds) in [(Codec::Deflate, 36), (Codec::Lzw, 60), (Codec::PackBits, 60)] {
        let of_tile = decoding(codec, 1500);
        let (mut tiles, mut sealed_ones) = (Vec::new(), 0);
        for _ in 0..rounds {
            for bytes in kinds(&mut random, 1500) {
                for mut stream in streams(codec, &bytes)? {
                    damage(&mut random, &mut stream);
                    if codec == Codec::Deflate && random.chance(0.7) {
                        sealed(&mut stream, 1500);
                    }
                    tiles.push(stream);
                }
            }
        }
        let got = decoded(&session, &of_tile, &tiles)?;
        for (n, (stream, got)) in tiles.iter().zip(&got).enumerate() {
            let mut place = vec![0; 1500];
            let verdict = xr_cpu::decode_tile(&of_tile, stream, &mut place);
            sealed_ones += usize::from(verdict.is_ok());
            let want = verdict.is_ok().then_some(&place);
            expect(got.as_ref() == want, || {
                format!("{codec}: stream {n}, of which the CPU says {verdict:?}: {stream:02x?}")
            })?;
        }
        expect(sealed_ones > tiles.len() / 50, || {
            format!("{codec}: {sealed_ones} of {} streams are right", tiles.len())
        })?;
    }
    Ok(())
}
