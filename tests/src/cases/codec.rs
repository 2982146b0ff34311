//! Batch encode, decoded by somebody else.

use crate::{
    Verdict, decode,
    oracle::Random,
    run::{Full, codec, session, traffic},
    verdict::{Failure, expect},
};
use xr_core::{
    Caps, Codec, DataType, EncodedBatch, Encoding, Engine, Error, Image, Pixel, Predictor, Result, Scalar, Session,
    StoredTiles, batch, with_pixel,
};

fn encoding(codec: Codec, predictor: Predictor, dtype: DataType, (tile_width, tile_height): (u32, u32)) -> Encoding {
    Encoding { codec, level: 6, predictor, dtype, samples: 1, tile_width, tile_height, sparse: None }
}

/// A slope with noise, in native bytes.
pub(crate) fn terrain(random: &mut Random, dtype: DataType, (width, height): (u32, u32)) -> Vec<u8> {
    with_pixel!(dtype, T => {
        let mut pixel = |n: u32| {
            let (column, row) = (f64::from(n % width), f64::from(n / width));
            let value = (column * 0.9 + row * 0.4).floor() + random.integer(0, 3) as f64;
            let value = if dtype.is_float() { value / 7.0 } else { value };
            <T as Pixel>::from_float(value).unwrap_or_default()
        };
        let pixels: Vec<T> = (0..width * height).map(&mut pixel).collect();
        bytemuck::cast_slice(&pixels).to_vec()
    })
}

/// Any bits at all, NaNs of every kind included.
pub(crate) fn noise(random: &mut Random, dtype: DataType, (width, height): (u32, u32)) -> Vec<u8> {
    (0..width as usize * height as usize * dtype.size()).map(|_| random.bits() as u8).collect()
}

/// Wrong unless each tile decodes to its padded pixels; one in `every` is tried.
fn decodes(every: usize, batch: &EncodedBatch, encoding: &Encoding, image: &Image<'_>, what: impl Fn() -> String) -> Verdict {
    let tiles = batch.tiles();
    let (across, down) = encoding.tiles(image.width, image.height);
    let total: usize = tiles.sizes.iter().map(|&size| size as usize).sum();
    expect(tiles.sizes.len() == across * down && total == tiles.bytes.len(), || {
        format!("{}: {} sizes of {total} bytes for {} tiles of {} bytes", what(), tiles.sizes.len(), across * down, tiles.bytes.len())
    })?;
    for (n, tile) in tiles.iter().enumerate().step_by(every) {
        let decoded = decode::tile(encoding, tile);
        let decoded = decoded.map_err(|detail| Failure::Wrong(format!("{}: tile {n}: {detail}", what())))?;
        expect(decoded == decode::padded(encoding, image, n), || {
            format!("{}: tile {n} of {across} × {down} decodes to other pixels", what())
        })?;
    }
    Ok(())
}

fn predictors(dtype: DataType) -> &'static [Predictor] {
    if dtype.is_float() {
        &[Predictor::None, Predictor::Horizontal, Predictor::Float]
    } else {
        &[Predictor::None, Predictor::Horizontal]
    }
}

/// decode(encode(x)) is x, edge tiles padded, for every codec of the device, predictor, type and number of samples.
pub fn tiles_decode<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(12);
    // Whole tiles; tiles cut at the right and bottom; an image smaller than its tile; tiles back to back; a single column.
    let shapes = [((64, 32), (32, 16)), ((75, 50), (32, 16)), ((11, 5), (48, 32)), ((16, 96), (16, 16)), ((3, 7), (1, 3))];
    for &codec in session.backend().caps().codecs {
        for dtype in DataType::ALL {
            for &predictor in predictors(dtype) {
                for (n, (size, tile)) in shapes.into_iter().enumerate() {
                    let make = if n % 2 == 0 { terrain } else { noise };
                    let samples = [3, 1, 4, 2, 1][n];
                    let pixels = make(&mut random, dtype, (size.0 * u32::from(samples), size.1));
                    let image = Image { pixels: &pixels, width: size.0, height: size.1 };
                    let mut encoding = encoding(codec, predictor, dtype, tile);
                    (encoding.level, encoding.samples) = ([1, 6, 9, 12, 3][n], samples);
                    let what = || format!("{codec}, {predictor:?}, {samples} × {dtype}, {size:?} in tiles of {tile:?}");
                    let batch = batch::compress(&session, &encoding, image)?;
                    decodes(1, &batch, &encoding, &image, what)?;
                    let by_engine = session.compress(&encoding, image)?;
                    expect(batch == by_engine, || format!("{}: other bytes through a slab than by the engine", what()))?;
                }
            }
        }
    }
    Ok(())
}

/// A tile all of whose pixels in the image are the sparse value has no bytes; any other has some. Values are the same
/// if their bits are.
pub fn sparse_tiles_are_empty<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    for dtype in [DataType::U8, DataType::I16, DataType::F32, DataType::F64] {
        with_pixel!(dtype, T => {
            let sparse: T = if dtype.is_float() { <T as Pixel>::from_float(f64::NAN) } else { T::from_integer(7) }.unwrap_or_default();
            let (width, height) = (75u32, 50u32);
            for samples in [1, 3] {
                let mut pixels = vec![sparse; 75 * 50 * samples];
                // The last sample of the first tile and of the last, and a whole tile.
                pixels[(15 * 75 + 32) * samples - 1] = T::default();
                pixels[50 * 75 * samples - 1] = T::default();
                (16..32).for_each(|row| pixels[(row * 75 + 32) * samples..(row * 75 + 64) * samples].fill(T::default()));
                let image = Image { pixels: bytemuck::cast_slice(&pixels), width, height };
                let mut encoding = encoding(codec(&session), Predictor::Horizontal, dtype, (32, 16));
                (encoding.sparse, encoding.samples) = (Some(Scalar::of(sparse)), samples as u16);
                let batch = session.compress(&encoding, image)?;
                let full: Vec<usize> = (0..12).filter(|&n| batch.tiles().sizes.get(n).is_some_and(|&size| size > 0)).collect();
                expect(full == [0, 4, 11], || format!("{samples} × {dtype}: tiles {full:?} have bytes, not 0, 4 and 11"))?;
                decodes(1, &batch, &encoding, &image, || format!("sparse {samples} × {dtype}"))?;
            }
        });
    }
    Ok(())
}

/// What the device does not list it refuses, instead of doing it somewhere else in silence.
pub fn unlisted_codecs_are_refused<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    for codec in [Codec::None, Codec::Deflate, Codec::Zstd, Codec::Lzw, Codec::PackBits] {
        let encoding = encoding(codec, Predictor::None, DataType::U8, (16, 16));
        let Caps { codecs, decoders, .. } = *session.backend().caps();
        let listed = [codecs.contains(&codec), decoders.contains(&codec)];
        let encoded = session.compress(&encoding, Image { pixels: &[1; 256], width: 16, height: 16 }).map(drop);
        let tiles = StoredTiles { bytes: &[1; 9], table: &[[0, 9]] };
        let decoded = session.decompress(&encoding.decoding(), tiles, None, &mut [0; 256]).map(drop);
        for ((what, result), listed) in [("encoded", encoded), ("decoded", decoded)].into_iter().zip(listed) {
            match result {
                Ok(()) if listed => {}
                Err(Error::Unsupported { .. }) if !listed => {}
                Ok(()) => return Err(Failure::Wrong(format!("{codec} is not listed, and {what}"))),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// 1,024 tiles of 16 KiB are one allocation, one upload, one probe and one readback.
pub fn batch_is_one_slab<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session: Session<B> = session(open)?;
    let (width, height) = (128u32, 128 * 1024u32);
    let pixels: Vec<u8> = (0..width * height).map(|n| (n / 97 + n % width / 5) as u8).collect();
    let image = Image { pixels: &pixels, width, height };
    let mut encoding = encoding(codec(&session), Predictor::Horizontal, DataType::U8, (128, 128));
    encoding.level = 1;
    let batch = batch::compress(&session, &encoding, image)?;
    let moved = traffic(&session);
    let counts = (moved.allocations, moved.uploads, moved.probes, moved.downloads, moved.gathers);
    expect(counts == (1, 1, 1, 1, 0), || {
        format!("allocations, uploads, probes, readbacks, gathers are {counts:?} instead of (1, 1, 1, 1, 0)")
    })?;
    decodes(16, &batch, &encoding, &image, || "1,024 tiles".into())
}
