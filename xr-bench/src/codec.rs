//! Tiles encoded and decoded on devices that hold the raster, beside the CPU on the same pixels.

use crate::{
    Failure,
    device::{Full, OnDevice, on_device},
    landscape,
    times::Times,
};
use clap::Args;
use std::time::Instant;
use xr::{
    BatchIo, Codec, DataType, DecodeIo, Encoding, FAILED, Image, Layout, OpenOptions, Predictor, Purpose, Session,
    Span, StoredTiles,
};

#[derive(Args)]
pub struct Options {
    /// Pixels a side.
    #[arg(long, default_value_t = 8192)]
    size: u32,
    /// Pixels a side of a tile.
    #[arg(long, default_value_t = 256)]
    tile: u32,
    /// deflate or zstd.
    #[arg(long, default_value = "deflate")]
    codec: String,
    /// Levels to compare.
    #[arg(long, value_delimiter = ',', default_values_t = [6])]
    levels: Vec<i32>,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Backends to compare. `nvcomp` is that of CUDA with NVIDIA's codecs in place of ours.
    #[arg(long, value_delimiter = ',', default_values_t = ["cpu".to_owned()])]
    backends: Vec<String>,
    /// Timed runs.
    #[arg(long, default_value_t = 7)]
    repeat: usize,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Pixels, and how they are predicted.
struct Row {
    name: &'static str,
    predictor: Predictor,
    dtype: DataType,
    pixels: Vec<u8>,
}

/// Elevation in full precision, in centimetres, in metres, and classes.
fn rows(size: u32, only: &str) -> Vec<Row> {
    use Predictor::{Float, Horizontal, None};
    let kinds = [
        ("f32, predictor 2", Horizontal, DataType::F32),
        ("f32, predictor 3", Float, DataType::F32),
        ("f32 of centimetres, predictor 2", Horizontal, DataType::F32),
        ("f32 of centimetres, predictor 3", Float, DataType::F32),
        ("i16 of metres, predictor 2", Horizontal, DataType::I16),
        ("u8 of classes", None, DataType::U8),
    ];
    let wanted: Vec<_> = kinds.into_iter().filter(|(name, ..)| name.contains(only)).collect();
    let heights =
        if wanted.iter().all(|(.., dtype)| *dtype == DataType::U8) { Vec::new() } else { landscape::elevation(size) };
    let bytes = |name: &str, dtype: DataType| -> Vec<u8> {
        match dtype {
            DataType::U8 => landscape::land_cover(size),
            DataType::I16 => heights.iter().flat_map(|&height| (height as i16).to_ne_bytes()).collect(),
            _ if name.contains("centimetres") => {
                heights.iter().flat_map(|&height| ((height * 100.0).round() / 100.0).to_ne_bytes()).collect()
            }
            _ => bytemuck::cast_slice(&heights).to_vec(),
        }
    };
    wanted
        .into_iter()
        .map(|(name, predictor, dtype)| Row { name, predictor, dtype, pixels: bytes(name, dtype) })
        .collect()
}

/// Runs every row.
pub fn run(options: &Options) -> Result<(), Failure> {
    let codec = match &*options.codec {
        "deflate" => Codec::Deflate,
        "zstd" => Codec::Zstd,
        other => return Err(format!("`{other}` is neither deflate nor zstd").into()),
    };
    for row in rows(options.size, &options.only) {
        for &level in &options.levels {
            let encoding = Encoding {
                codec,
                level,
                predictor: row.predictor,
                dtype: row.dtype,
                samples: 1,
                tile_width: options.tile,
                tile_height: options.tile,
                sparse: None,
            };
            let image = Image { pixels: &row.pixels, width: options.size, height: options.size };
            if !options.json {
                println!("{}, {codec} {level}, {}² in tiles of {}²", row.name, options.size, options.tile);
            }
            for backend in &options.backends {
                let work = Coding { encoding, image, repeat: options.repeat };
                let coded = match on_device(backend, work)? {
                    Some(coded) => coded,
                    None => on_host(backend, encoding, image, options.repeat)?,
                };
                report(options, &row, level, backend, &coded);
            }
        }
    }
    Ok(())
}

struct Coding<'a> {
    encoding: Encoding,
    image: Image<'a>,
    repeat: usize,
}

/// What a backend took.
struct Coded {
    /// Encoded bytes.
    bytes: usize,
    /// Where both sides are on the device.
    there: Option<[Times; 2]>,
    /// Pixels there, encoded bytes on the host; and back. On the CPU both are the host's.
    across: [Times; 2],
    /// Of an encoded batch: uploads, probes and readbacks.
    transfers: [u64; 3],
}

/// Decodes tiles on the host's cores.
fn decoded(encoding: &Encoding, tiles: StoredTiles<'_>, pixels: &mut [u8]) -> Result<(), Failure> {
    let mut engine = xr::engine("cpu", OpenOptions::default())?;
    engine.decompress(&encoding.decoding(), tiles, None, pixels)?;
    Ok(())
}

/// Where each tile is in a run of them.
fn places(sizes: &[u32]) -> Vec<[u64; 2]> {
    let starts = sizes.iter().scan(0, |at, &size| {
        let start = *at;
        *at += u64::from(size);
        Some([start, u64::from(size)])
    });
    starts.collect()
}

fn on_host(backend: &str, encoding: Encoding, image: Image<'_>, repeat: usize) -> Result<Coded, Failure> {
    let mut engine = xr::engine(backend, OpenOptions::default())?;
    let (mut encode, mut decode) = (Vec::new(), Vec::new());
    let mut pixels = vec![0; image.pixels.len()];
    let mut bytes = 0;
    for _ in 0..=repeat {
        let start = Instant::now();
        let batch = engine.compress(&encoding, image)?;
        encode.push(start.elapsed().as_secs_f64());
        let table = places(batch.tiles().sizes);
        bytes = batch.tiles().bytes.len();
        let start = Instant::now();
        engine.decompress(
            &encoding.decoding(),
            StoredTiles { bytes: batch.tiles().bytes, table: &table },
            None,
            &mut pixels,
        )?;
        decode.push(start.elapsed().as_secs_f64());
    }
    let across = [Times::of(&encode[1..]), Times::of(&decode[1..])];
    Ok(Coded { bytes, there: None, across, transfers: [0; 3] })
}

impl OnDevice for Coding<'_> {
    type Output = Coded;

    fn run<B: Full>(self, session: &Session<B>) -> Result<Coded, Failure> {
        let (encoding, image, lane, backend) = (&self.encoding, self.image, session.lane(0), session.backend());
        let (across, down) = encoding.tiles(image.width, image.height);
        let tiles = across * down;
        let plan = backend.compress_plan(encoding, tiles)?;
        let mut layout = Layout::default();
        let (pixels, sizes) = (layout.add(image.pixels.len())?, layout.add(tiles * size_of::<u32>())?);
        let (output, scratch) = (layout.add(plan.output)?, layout.add(plan.scratch)?);
        let slab = session.slab(lane, &layout)?;
        session.put(lane, image.pixels, &slab, pixels)?;
        let io =
            BatchIo { slab: &slab, image: pixels, width: image.width, height: image.height, sizes, output, scratch };
        let (mut encode, mut encode_there) = (Vec::new(), Vec::new());
        let (mut found, mut encoded, mut transfers) = (Vec::new(), Vec::new(), [0; 3]);
        for _ in 0..=self.repeat {
            session.drain()?;
            let start = Instant::now();
            backend.compress(&lane.stream, encoding, &io)?;
            session.drain()?;
            encode_there.push(start.elapsed().as_secs_f64());
            let before = session.books().1;
            let start = Instant::now();
            backend.compress(&lane.stream, encoding, &io)?;
            let probe = session.read(lane, &slab, &[sizes], Purpose::Probe)?.wait()?;
            found = bytemuck::allocation::pod_collect_to_vec::<u8, u32>(probe.part(0));
            let len = found.iter().map(|&size| size as usize).sum();
            let payload = session.read(lane, &slab, &[Span { at: output.at, len }], Purpose::Payload)?.wait()?;
            encode.push(start.elapsed().as_secs_f64());
            let moved = session.books().1 - before;
            transfers = [moved.uploads, moved.probes, moved.downloads];
            encoded = payload.part(0).to_vec();
        }
        if found.contains(&FAILED) {
            return Err("a tile could not be encoded".into());
        }
        let table = places(&found);
        let stored = StoredTiles { bytes: &encoded, table: &table };
        // A raster of whole tiles, tile after tile.
        let mut expected = vec![0; tiles * encoding.tile_bytes()];
        decoded(encoding, stored, &mut expected)?;
        if !in_tiles(encoding, image, &expected) {
            return Err("the tiles decode to other pixels".into());
        }
        drop(slab);

        let decoding = encoding.decoding();
        let mut layout = Layout::default();
        let (places, sizes) = (layout.add(size_of_val(&table[..]))?, layout.add(tiles * size_of::<u32>())?);
        let (input, output) = (layout.add(encoded.len())?, layout.add(expected.len())?);
        let scratch = layout.add(backend.decompress_scratch(&decoding, tiles)?)?;
        let slab = session.slab(lane, &layout)?;
        let io = DecodeIo { slab: &slab, table: places, input, sizes, output, scratch };
        let (mut decode, mut decode_there) = (Vec::new(), Vec::new());
        for _ in 0..=self.repeat {
            session.drain()?;
            let start = Instant::now();
            session.put(lane, bytemuck::cast_slice(&table), &slab, places)?;
            session.put(lane, &encoded, &slab, input)?;
            backend.decompress(&lane.stream, &decoding, &io)?;
            session.read(lane, &slab, &[sizes], Purpose::Probe)?.wait()?;
            decode.push(start.elapsed().as_secs_f64());
            let start = Instant::now();
            backend.decompress(&lane.stream, &decoding, &io)?;
            session.drain()?;
            decode_there.push(start.elapsed().as_secs_f64());
        }
        let read = session.read(lane, &slab, &[output], Purpose::Payload)?.wait()?;
        if read.part(0) != expected {
            return Err("the device decodes to other pixels".into());
        }
        let times = |[a, b]: [&[f64]; 2]| [Times::of(&a[1..]), Times::of(&b[1..])];
        Ok(Coded {
            bytes: encoded.len(),
            there: Some(times([&encode_there, &decode_there])),
            across: times([&encode, &decode]),
            transfers,
        })
    }
}

/// Whether tiles one after another hold the pixels of an image of whole tiles.
fn in_tiles(encoding: &Encoding, image: Image<'_>, tiles: &[u8]) -> bool {
    let size = encoding.dtype.size();
    let (line, row) = (encoding.tile_width as usize * size, image.width as usize * size);
    let across = image.width as usize / encoding.tile_width as usize;
    tiles.chunks_exact(encoding.tile_bytes()).enumerate().all(|(n, tile)| {
        let (column, first) = (n % across * line, n / across * encoding.tile_height as usize);
        tile.chunks_exact(line)
            .enumerate()
            .all(|(y, pixels)| image.pixels[(first + y) * row + column..][..line] == *pixels)
    })
}

fn report(options: &Options, row: &Row, level: i32, backend: &str, coded: &Coded) {
    let raw = row.pixels.len() as f64;
    let Coded { bytes, there, across, transfers } = coded;
    let ratio = raw / *bytes as f64;
    if options.json {
        let seconds = |times: &[Times; 2]| times.map(|times| times.median);
        let line = serde_json::json!({
            "suite": "codec", "row": row.name, "codec": options.codec, "level": level, "size": options.size,
            "tile": options.tile, "backend": backend, "ratio": ratio, "there_s": there.as_ref().map(seconds),
            "across_s": seconds(across), "uploads": transfers[0], "probes": transfers[1], "downloads": transfers[2],
        });
        println!("{line}");
        return;
    }
    let rate = |times: Times| raw / times.median / 1e9;
    print!("  {backend:8} ratio {ratio:7.3}");
    if let Some([encode, decode]) = *there {
        print!("  there {:7.2} GB/s, back {:7.2}", rate(encode), rate(decode));
    }
    println!(
        "  to the host's bytes {:8.2} ms ({:.2} to {:.2}), back {:8.2} ms ({:.2} to {:.2})",
        across[0].median * 1e3,
        across[0].min * 1e3,
        across[0].max * 1e3,
        across[1].median * 1e3,
        across[1].min * 1e3,
        across[1].max * 1e3,
    );
}
