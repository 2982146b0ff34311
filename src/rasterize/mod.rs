//! `xr rasterize`: read, choose grid and type, burn and encode window by window, write.

mod grid;
mod input;
mod memory;
pub mod options;
mod picture;
mod report;
mod skipped;

use crate::{args::Global, failure::Failure, interrupt, progress};
use input::Features;
use options::{CodecName, PredictorName, Rasterize};
use report::Report;
use std::{path::Path, time::Instant};
use xr::{
    Codec, Control, DataType, Encoding, Error, Grid, Merge, Number, Predictor, RasterizeJob, Rule, Scalar, ValueTable,
    Window,
};
use xr_crs::Crs;
use xr_geotiff::{Compression, GeoTiffWriter, ImageSpec, SampleType};

pub fn run(options: &Rasterize, global: &Global) -> Result<(), Failure> {
    let start = Instant::now();
    refuse_existing(options)?;
    if let Some(threads) = options.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global();
        pool.map_err(|e| Failure::usage(format!("--threads {threads}: {e}"), "pass fewer threads"))?;
    }
    let mut engine = xr::engine(options.backend.name(), xr::OpenOptions::default())?;

    let features = input::read(options)?;
    let parse = start.elapsed();
    features.skipped.warn();
    let (grid, like_crs) = grid::choose(options, features.geometry.bounds())?;
    let crs = output_crs(options, features.crs.as_ref(), like_crs)?;
    let burn = Burn::new(options, &features)?;
    let encoding = encoding(options, burn.dtype, burn.nodata)?;

    let tables = (features.geometry.bytes() + burn.values.bytes().len()) as u64;
    let window = memory::window(&*engine, &grid, &encoding, 2 * tables, options.max_memory)?;
    tracing::info!("{} × {} {}, windows of {} × {}", grid.width, grid.height, burn.dtype, window.0, window.1);
    let job = RasterizeJob { geometry: &features.geometry, values: &burn.values, grid, rule: burn.rule, window };

    let mut writer = GeoTiffWriter::create(&options.output, &image(options, &grid, &encoding, crs), options.overwrite)?;
    let bar = progress::windows(global);
    let update = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let control = Control { cancel: Some(interrupt::flag()), progress: Some(&update) };
    let across = u64::from(grid.width.div_ceil(encoding.tile_width));
    let mut sink = |window: Window, tiles: xr::EncodedTiles<'_>| {
        let (left, top) = (window.col / encoding.tile_width, window.row / encoding.tile_height);
        let per_row = encoding.tiles(window.width, window.height).0 as u64;
        for (n, tile) in (0..).zip(tiles.iter()) {
            let index = (u64::from(top) + n / per_row) * across + u64::from(left) + n % per_row;
            writer.write_tile(index, tile).map_err(|e| Error::Sink(Box::new(e)))?;
        }
        Ok(())
    };
    let before = engine.books().1;
    let phases = engine.rasterize_encoded(&job, &encoding, control, &mut sink);
    bar.finish_and_clear();
    let phases = phases?;
    let traffic = engine.books().1 - before;

    let picture = match &options.preview {
        Some(path) => Some((path, picture::draw(&mut *engine, &job, &title(options, &burn), burn.nodata)?)),
        None => None,
    };
    let summary = writer.finish()?;
    if let Some((path, png)) = picture {
        picture::write(path, &png)?;
    }
    let report = Report {
        output: options.output.display().to_string(),
        width: grid.width,
        height: grid.height,
        dtype: burn.dtype,
        features: features.read,
        burned: features.geometry.features(),
        skipped: features.skipped.to_json(),
        backend: engine.caps().backend,
        device: engine.caps().device.clone(),
        parse,
        phases,
        wall: start.elapsed(),
        traffic,
        bytes: summary.bytes,
        tiles: summary.tiles,
        sparse_tiles: summary.sparse_tiles,
    };
    if options.json {
        println!("{}", report.to_json());
    } else if !global.quiet {
        println!("{}", report.to_text());
    }
    Ok(())
}

/// Before any work: the writer checks its own target again.
fn refuse_existing(options: &Rasterize) -> Result<(), Failure> {
    let outputs = [Some(&options.output), options.preview.as_ref()];
    for path in outputs.into_iter().flatten() {
        if !options.overwrite && path.exists() {
            return Err(xr_geotiff::GeoTiffError::Exists { path: path.clone() }.into());
        }
    }
    Ok(())
}

fn output_crs(options: &Rasterize, data: Option<&Crs>, like: Option<Crs>) -> Result<Option<Crs>, Failure> {
    let Some(text) = &options.crs else {
        if let (Some(data), Some(like)) = (data, &like)
            && !data.same(like)
        {
            return Err(Failure::data(
                format!("the inputs are in {data}, the raster of --like in {like}"),
                "reproject the inputs first, or pass --crs if one of them is wrong",
            ));
        }
        let crs = data.cloned().or(like);
        if crs.is_none() {
            tracing::warn!("no input states a coordinate reference system, so the output has none; pass --crs EPSG:n");
        }
        return Ok(crs);
    };
    let crs = if Path::new(text).is_file() {
        let wkt = std::fs::read_to_string(text).map_err(|source| Failure::Io { path: text.into(), source })?;
        Crs::parse(&wkt)
    } else {
        Crs::parse(text)
    };
    let crs =
        crs.map_err(|e| Failure::usage(format!("--crs: {e}"), "write EPSG:5070, or name a file that holds WKT"))?;
    if let Some(data) = data.filter(|data| !data.same(&crs)) {
        tracing::warn!("the inputs state {data}; the output is labelled {crs} without reprojection");
    }
    Ok(Some(crs))
}

/// Values, rule and type of a burn.
struct Burn {
    dtype: DataType,
    values: ValueTable,
    rule: Rule,
    nodata: Option<Scalar>,
}

impl Burn {
    fn new(options: &Rasterize, features: &Features) -> Result<Self, Failure> {
        let merge = Merge::from(options.merge);
        let count = features.geometry.features();
        let constant = options.column.is_none().then(|| options.value.unwrap_or(Number::Int(1)));
        let dtype = options.dtype.unwrap_or_else(|| match (merge, constant) {
            (Merge::Count, _) => DataType::U32,
            (Merge::Mean, _) => DataType::F64,
            (_, None) => DataType::smallest(features.numbers.iter().copied()),
            (_, Some(value)) if value.to::<u8>().is_ok() => DataType::U8,
            (_, Some(value)) => DataType::smallest([value]),
        });
        if merge == Merge::Mean && !dtype.is_float() && !options.round {
            return Err(Failure::usage(
                format!("--merge mean makes fractions, and --dtype {dtype} is an integer type"),
                "pass --dtype f64, or --round to round to nearest",
            ));
        }
        let values = match constant {
            // Counting never looks at values, so they need not fit.
            _ if merge == Merge::Count => ValueTable::new(dtype, std::iter::repeat_n(Number::Int(1), count)),
            Some(value) => ValueTable::new(dtype, std::iter::repeat_n(value, count)),
            None => ValueTable::new(dtype, features.numbers.iter().copied()),
        };
        let values = values.map_err(|error| match (error, constant) {
            (Error::FeatureValue { value, dtype, .. }, Some(_)) => {
                Failure::usage(format!("--value {value} does not fit --dtype {dtype}"), "pass another --dtype")
            }
            (Error::FeatureValue { feature, value, dtype }, None) => Failure::data(
                format!("{}: the value {value} does not fit {dtype}", features.origin(feature)),
                format!(
                    "pass a --dtype that holds it, such as {}",
                    DataType::smallest(features.numbers.iter().copied())
                ),
            ),
            (other, _) => other.into(),
        })?;
        let scalar = |option: &str, number: Number| {
            Scalar::new(dtype, number).map_err(|_| {
                Failure::usage(
                    format!("{option} {number} does not fit {dtype}"),
                    "pass another value, or another --dtype",
                )
            })
        };
        let nodata = options.nodata.map(|v| scalar("--nodata", v)).transpose()?;
        let fill = match (options.fill, nodata) {
            (Some(fill), _) => scalar("--fill", fill)?,
            (None, Some(nodata)) => nodata,
            (None, None) => scalar("--fill", Number::Int(0))?,
        };
        let rule = Rule { merge, all_touched: options.all_touched, fill };
        Ok(Self { dtype, values, rule, nodata })
    }
}

fn encoding(options: &Rasterize, dtype: DataType, nodata: Option<Scalar>) -> Result<Encoding, Failure> {
    if !options.tile_size.is_multiple_of(16) {
        return Err(Failure::usage(
            format!("--tile-size {} is not a multiple of 16", options.tile_size),
            format!("TIFF asks for multiples of 16: pass {}", options.tile_size.next_multiple_of(16)),
        ));
    }
    let predictor = match options.predictor {
        PredictorName::None | PredictorName::Auto => Predictor::None,
        _ if options.compress == CodecName::None => Predictor::None,
        PredictorName::Horizontal => Predictor::Horizontal,
        PredictorName::Float if dtype.is_float() => Predictor::Float,
        PredictorName::Float => {
            return Err(Failure::usage(format!("--predictor float is not for {dtype}"), "pass --predictor horizontal"));
        }
    };
    let level = options.level.unwrap_or(if options.compress == CodecName::Zstd { 9 } else { 6 });
    let tile = options.tile_size;
    let codec = Codec::from(options.compress);
    let encoding = Encoding { codec, level, predictor, dtype, tile_width: tile, tile_height: tile, sparse: nodata };
    encoding.check().map_err(|e| Failure::usage(e.to_string(), "see xr rasterize --help for the ranges"))?;
    Ok(encoding)
}

fn image(options: &Rasterize, grid: &Grid, encoding: &Encoding, crs: Option<Crs>) -> ImageSpec {
    ImageSpec {
        width: grid.width,
        height: grid.height,
        samples: 1,
        sample_type: match encoding.dtype {
            DataType::U8 => SampleType::U8,
            DataType::I8 => SampleType::I8,
            DataType::U16 => SampleType::U16,
            DataType::I16 => SampleType::I16,
            DataType::U32 => SampleType::U32,
            DataType::I32 => SampleType::I32,
            DataType::U64 => SampleType::U64,
            DataType::I64 => SampleType::I64,
            DataType::F32 => SampleType::F32,
            DataType::F64 => SampleType::F64,
        },
        tile_width: encoding.tile_width,
        tile_height: encoding.tile_height,
        compression: match options.compress {
            CodecName::None => Compression::None,
            CodecName::Deflate => Compression::Deflate,
            CodecName::Zstd => Compression::Zstd,
        },
        predictor: match encoding.predictor {
            Predictor::None => xr_geotiff::Predictor::None,
            Predictor::Horizontal => xr_geotiff::Predictor::Horizontal,
            Predictor::Float => xr_geotiff::Predictor::Float,
        },
        transform: [grid.x0, grid.dx, 0.0, grid.y0, 0.0, grid.dy],
        crs,
        nodata: options.nodata.map(|v| if v.is_nan() { "nan".into() } else { v.to_string() }),
        description: None,
        bigtiff: options.bigtiff.into(),
    }
}

fn title(options: &Rasterize, burn: &Burn) -> String {
    let what = match (&options.column, burn.rule.merge) {
        (_, Merge::Count) => "features".into(),
        (Some(column), _) => column.clone(),
        (None, _) => options.value.map_or("1".into(), |v| v.to_string()),
    };
    format!("{what}, {}", burn.rule.merge)
}
