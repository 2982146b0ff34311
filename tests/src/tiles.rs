//! What surrounds codecs on devices that run the shared kernels, each step for itself: cases of such a backend's own.

use crate::{
    Verdict,
    cases::codec::{noise, terrain},
    decode, encode,
    oracle::Random,
    run::session,
    verdict::{Failure, expect},
};
use std::sync::Arc;
use xr_core::{
    BatchIo, Codec, Compress, DataType, DecodeIo, Decoding, Decompress, Encoding, FAILED, Image, Interpolate, Layout,
    Predictor, Purpose, Rasterize, Result, Scalar, Session, Slab, Span,
    kernels::{
        Kernels,
        codec::{Aligned, Decoded, Encoded, Frame, Prepared, Stream, align, pack, prepare, verify},
    },
};

/// Everything that a backend of kernels implements.
pub trait OfKernels: Kernels + Rasterize + Interpolate + Compress + Decompress {}
impl<B: Kernels + Rasterize + Interpolate + Compress + Decompress> OfKernels for B {}

fn words(numbers: &[u32]) -> &[u8] {
    bytemuck::cast_slice(numbers)
}

/// Spans of a slab.
fn read<B: OfKernels>(session: &Session<B>, slab: &Arc<Slab<B>>, spans: &[Span]) -> Result<Vec<Vec<u8>>> {
    let view = session.read(session.lane(0), slab, spans, Purpose::Payload)?.wait()?;
    Ok((0..spans.len()).map(|n| view.part(n).to_vec()).collect())
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytemuck::allocation::pod_collect_to_vec(bytes)
}

/// A zlib stream of another program.
fn zlib(decoding: &Decoding, pixels: &[u8]) -> Verdict<Vec<u8>> {
    encode::stored(&Decoding { codec: Codec::Deflate, ..*decoding }, pixels).map_err(Failure::Wrong)
}

/// Tiles have the specification's bytes and Adler-32, and zeros behind them, with tiles of less than a work-group's part
/// and of many; those of the sparse value alone are told.
pub fn tiles_are_prepared<B: OfKernels, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(51);
    let lane = session.lane(0);
    for dtype in DataType::ALL {
        let predictors = [Predictor::None, Predictor::Horizontal, Predictor::Float];
        for &predictor in &predictors[..if dtype.is_float() { 3 } else { 2 }] {
            for ((width, height), (tile_width, tile_height), samples) in
                [((13, 9), (5, 4), 3u16), ((300, 130), (190, 101), 1), ((70, 200), (67, 129), 5)]
            {
                let size = (width * u32::from(samples), height);
                let mut pixels = if samples == 3 { noise } else { terrain }(&mut random, dtype, size);
                let sparse = Scalar::new(dtype, xr_core::Number::Int(3))?;
                // The first tile is of the sparse value.
                let row = width as usize * usize::from(samples) * dtype.size();
                for n in 0..tile_height as usize {
                    let bytes = tile_width as usize * usize::from(samples) * dtype.size();
                    let repeated = sparse.bytes().repeat(bytes / dtype.size());
                    pixels[n * row..][..bytes].copy_from_slice(&repeated);
                }
                let encoding = Encoding {
                    codec: Codec::None,
                    level: 1,
                    predictor,
                    dtype,
                    samples,
                    tile_width,
                    tile_height,
                    sparse: Some(sparse),
                };
                let image = Image { pixels: &pixels, width, height };
                let (across, down) = encoding.tiles(width, height);
                let tiles = across * down;
                let mut layout = Layout::default();
                let span = layout.add(pixels.len())?;
                let prepared = Prepared::reserve(&mut layout, &encoding, tiles)?;
                let slab = session.slab(lane, &layout)?;
                session.put(lane, &pixels, &slab, span)?;
                session.put(lane, &vec![0xa5; prepared.raw.len], &slab, prepared.raw)?;
                let nothing = Span { at: 0, len: 0 };
                let io = BatchIo {
                    slab: &slab,
                    image: span,
                    width,
                    height,
                    sizes: nothing,
                    output: nothing,
                    scratch: nothing,
                };
                prepare(session.backend(), &lane.stream, &encoding, &io, &prepared)?;
                let got = read(&session, &slab, &[prepared.raw, prepared.adlers, prepared.empty])?;
                let what =
                    |n: usize| format!("tile {n}: {samples} × {dtype}, {predictor:?}, of {tile_width} × {tile_height}");
                for n in 0..tiles {
                    let padded = decode::padded(&encoding, &image, n);
                    let mut want = encode::stored(&encoding.decoding(), &padded).map_err(Failure::Wrong)?;
                    let stream = zlib(&encoding.decoding(), &padded)?;
                    let adler = stream.last_chunk().map(|bytes| u32::from_be_bytes(*bytes));
                    want.resize(if n + 1 == tiles { got[0].len() - n * prepared.stride } else { prepared.stride }, 0);
                    expect(got[0][n * prepared.stride..][..want.len()] == want, || {
                        format!("{} has other bytes", what(n))
                    })?;
                    expect(numbers(&got[1]).get(n).copied() == adler, || format!("{} has another Adler-32", what(n)))?;
                    let empty = numbers(&got[2])[n] != 0;
                    expect(empty == (n == 0), || format!("{}: empty is {empty}", what(n)))?;
                }
                expect(prepared.raw.len >= tiles * prepared.stride + 8, || "no zeros behind the last tile".into())?;
            }
        }
    }
    Ok(())
}

/// Streams of another program, packed in two parts, are the files' tiles.
pub fn streams_are_packed<B: OfKernels, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(52);
    let lane = session.lane(0);
    let (width, height, tiles) = (200, 4 * 150, 8);
    let sparse = Some(Scalar::of(0u16));
    let encoding = Encoding {
        codec: Codec::Deflate,
        level: 6,
        predictor: Predictor::Horizontal,
        dtype: DataType::U16,
        samples: 1,
        tile_width: 100,
        tile_height: 150,
        sparse,
    };
    let mut pixels = noise(&mut random, DataType::U16, (width, height / 2));
    pixels.extend(terrain(&mut random, DataType::U16, (width, height / 2)));
    let image = Image { pixels: &pixels, width, height };
    let padded: Vec<Vec<u8>> = (0..tiles).map(|n| decode::padded(&encoding, &image, n)).collect();
    let streams: Vec<Vec<u8>> = padded.iter().map(|tile| zlib(&encoding.decoding(), tile)).collect::<Verdict<_>>()?;

    let mut layout = Layout::default();
    let (span, sizes) = (layout.add(pixels.len())?, layout.add(4 * tiles)?);
    let prepared = Prepared::reserve(&mut layout, &encoding, tiles)?;
    let stride = prepared.stride + 256;
    let (bytes, lengths) = (layout.add(5 * stride)?, layout.add(4 * tiles)?);
    let output = layout.add(tiles * stride)?;
    let slab = session.slab(lane, &layout)?;
    session.put(lane, &pixels, &slab, span)?;
    let nothing = Span { at: 0, len: 0 };
    let io = BatchIo { slab: &slab, image: span, width, height, sizes, output, scratch: nothing };
    prepare(session.backend(), &lane.stream, &encoding, &io, &prepared)?;
    // Tile 2 is empty, tile 5 has failed; each stream ends where the next begins within a word.
    let empty: Vec<u32> = (0..tiles).map(|n| u32::from(n == 2)).collect();
    session.put(lane, words(&empty), &slab, prepared.empty)?;
    let bare = |n: usize| &streams[n][2..streams[n].len() - 4];
    let told: Vec<u32> = (0..tiles).map(|n| if n == 5 { FAILED } else { bare(n).len() as u32 }).collect();
    session.put(lane, words(&told), &slab, lengths)?;
    for (first, count) in [(0, 5), (5, 3)] {
        for n in 0..count {
            session.put(lane, bare(first + n), &slab, Span { at: bytes.at + n * stride, len: stride })?;
        }
        let encoded = Encoded { first, tiles: count, bytes, stride, lengths: Some(lengths) };
        pack(session.backend(), &lane.stream, &prepared, &encoded, Frame::Zlib { level: 6 }, &io)?;
    }
    let got = read(&session, &slab, &[sizes, output])?;
    let mut at = 0;
    for (n, size) in numbers(&got[0]).into_iter().enumerate() {
        let want = match n {
            2 => 0,
            5 => FAILED,
            n => streams[n].len() as u32,
        };
        expect(size == want, || format!("tile {n} has {size} bytes instead of {want}"))?;
        if matches!(n, 2 | 5) {
            continue;
        }
        let tile = &got[1][at..at + size as usize];
        at += size as usize;
        expect(tile[..2] == [0x78, 0x9c], || format!("tile {n} begins with {:02x?}", &tile[..2]))?;
        let decoded =
            decode::stored(&encoding.decoding(), tile).map_err(|why| Failure::Wrong(format!("tile {n}: {why}")))?;
        expect(decoded == padded[n], || format!("tile {n} decodes to other pixels"))?;
    }
    Ok(())
}

/// Streams get to places of their own without frames; those with other headers, too long or too short fail, and so do tiles
/// that decode to something else than was promised.
pub fn streams_are_aligned_and_verified<B: OfKernels, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let mut random = Random::new(53);
    let lane = session.lane(0);
    let decoding = Decoding {
        codec: Codec::Deflate,
        predictor: Predictor::None,
        sample_size: 1,
        byte_order: xr_core::ByteOrder::Little,
        samples: 1,
        tile_width: 211,
        tile_height: 163,
    };
    let pixels: Vec<Vec<u8>> =
        (0..9).map(|n| if n % 2 == 0 { noise } else { terrain }(&mut random, DataType::U8, (211, 163))).collect();
    let mut streams: Vec<Vec<u8>> = pixels.iter().map(|tile| zlib(&decoding, tile)).collect::<Verdict<_>>()?;
    streams[3][0] = 0x79; // another method
    streams[4][1] ^= 1; // check bits
    streams[5].truncate(5);
    streams[6] = [&[0x78, 0x9c][..], &[0; 60000]].concat();
    streams[7][1] = 0xbb; // a dictionary, check bits right
    let (mut file, mut table) = (Vec::new(), Vec::new());
    for (n, stream) in streams.iter().enumerate() {
        file.extend_from_slice(&[0xee; 5][..n % 6]);
        table.push([file.len() as u64, stream.len() as u64]);
        file.extend_from_slice(stream);
    }
    let (tiles, limit) = (streams.len(), 50000);
    let mut layout = Layout::default();
    let (at, input) = (layout.add(16 * tiles)?, layout.add(file.len())?);
    let (sizes, output) = (layout.add(4 * tiles)?, layout.add(0)?);
    let (stride, lengths) = (50048, layout.add(4 * tiles)?);
    let bytes = layout.add(tiles * stride)?;
    let decoded = Decoded::reserve(&mut layout, &decoding, tiles, sizes)?;
    let slab = session.slab(lane, &layout)?;
    session.put(lane, bytemuck::cast_slice(&table), &slab, at)?;
    session.put(lane, &file, &slab, input)?;
    session.put(lane, &vec![0xa5; bytes.len], &slab, bytes)?;
    let nothing = Span { at: 0, len: 0 };
    let io = DecodeIo { slab: &slab, table: at, input, sizes, output, scratch: nothing };
    for (first, count) in [(0, 4), (4, 5)] {
        let bytes = Span { at: bytes.at + first * stride, len: count * stride };
        let aligned = Aligned { first, tiles: count, bytes, stride, lengths, checks: decoded.checks };
        align(session.backend(), &lane.stream, Stream::Zlib(limit), &io, &aligned)?;
    }
    let got = read(&session, &slab, &[bytes, lengths, decoded.checks])?;
    for (n, stream) in streams.iter().enumerate() {
        let (length, check) = (numbers(&got[1])[n], numbers(&got[2])[n]);
        if (3..8).contains(&n) {
            expect(length == FAILED, || format!("stream {n} has a length of {length}"))?;
            continue;
        }
        let (bare, trailer) = stream[2..].split_at(stream.len() - 6);
        expect(length as usize == bare.len(), || format!("stream {n} has {length} bytes, not {}", bare.len()))?;
        expect(check.to_be_bytes() == trailer, || format!("stream {n} promises {check:08x}"))?;
        let place = &got[0][n * stride..][..stride];
        let padding = bare.len().next_multiple_of(16) - bare.len();
        expect(place.starts_with(bare) && place[bare.len()..][..padding].iter().all(|&byte| byte == 0), || {
            format!("stream {n} has other bytes")
        })?;
    }
    for (n, tile) in pixels.iter().enumerate() {
        let mut raw = tile.clone();
        raw[tile.len() - 1] ^= u8::from(n == 1);
        session.put(lane, &raw, &slab, Span { at: decoded.raw.at + n * decoded.stride, len: decoded.stride })?;
    }
    let bytes = decoding.tile_bytes() as u32;
    let told: Vec<u32> = (0..tiles).map(|n| if n == 8 { bytes - 1 } else { bytes }).collect();
    session.put(lane, words(&told), &slab, sizes)?;
    verify(session.backend(), &lane.stream, &decoding, &decoded, &io)?;
    let got = read(&session, &slab, &[sizes])?;
    let done: Vec<usize> =
        numbers(&got[0]).iter().enumerate().filter(|(_, size)| **size == bytes).map(|(n, _)| n).collect();
    expect(done == [0, 2], || format!("tiles {done:?} are verified, not 0 and 2"))
}
