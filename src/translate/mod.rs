//! `xr translate`: any GeoTIFF that can be read into one of the layout asked for, pixel by pixel the same.

mod verify;

use crate::{
    args::Global,
    carried::image_spec,
    failure::Failure,
    machine,
    output::{
        Levels, PixelRows, RowWriter,
        options::{OutputOptions, PredictorName, data_type, predictor},
        predictor::smallest,
        target::{refuse_existing, same_file},
    },
    progress,
    rows::{ImageRows, mask_of, nodata},
    statistics::to_json,
    stdout,
};
use clap::Args;
use std::{path::PathBuf, time::Instant};
use xr::{Encoding, Engine, Image, Predictor};
use xr_geotiff::{GeoTiffWriter, Limits, PixelWindow, Reader};

/// Re-encode a GeoTIFF.
///
/// Reads classic TIFF and BigTIFF in tiles or strips, of any codec and predictor that xr knows, and writes tiles. Pixels,
/// transform, coordinate reference system, nodata and metadata stay what they are.
#[derive(Args)]
pub struct Translate {
    /// The GeoTIFF to read, a file or (feature http) a URL
    #[arg(value_name = "IN.tif")]
    input: PathBuf,
    /// The GeoTIFF to write
    #[arg(value_name = "OUT.tif")]
    output: PathBuf,
    /// Only a part: first column, first row, columns, rows
    #[arg(long, value_name = "COL,ROW,W,H", value_parser = window)]
    window: Option<PixelWindow>,
    /// Read the result again and compare every pixel
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    file: OutputOptions,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096), help_heading = "Machine")]
    threads: Option<u32>,
    /// Bound on working memory, such as 512MiB or 4GB
    #[arg(long, value_name = "SIZE", value_parser = crate::args::bytes, help_heading = "Machine")]
    max_memory: Option<u64>,
    /// Print one JSON object about the run to stdout
    #[arg(long, help_heading = "Machine")]
    json: bool,
}

fn window(text: &str) -> Result<PixelWindow, String> {
    let [column, row, width, height] = crate::args::numbers(text)?;
    if width == 0 || height == 0 {
        return Err("a window has at least one column and one row".into());
    }
    Ok(PixelWindow { column, row, width, height })
}

pub fn run(options: &Translate, global: &Global) -> Result<(), Failure> {
    let start = Instant::now();
    refuse_existing(&options.output, options.file.overwrite)?;
    if same_file(&options.input, &options.output) {
        let message = format!("{}: the output would replace the input", options.output.display());
        return Err(Failure::usage(message, "name another file"));
    }
    machine::use_threads(options.threads)?;
    let open = || xr::engine("cpu", xr::OpenOptions::default());
    let (mut decoder, mut encoder) = (open()?, open()?);

    let reader = Reader::open(&options.input, &Limits::default())?;
    let image = reader.directory(0)?;
    let area = options.window.unwrap_or(PixelWindow::of(image));
    let dtype = data_type(image.pixel_type()?);
    let nodata = nodata(image, dtype);
    let encoding = options.file.encoding(dtype, image.samples(), nodata, Predictor::None)?;
    let rows = plan(&reader, area, &encoding, options.max_memory)?;
    let encoding = match options.file.predictor() {
        PredictorName::Auto => {
            let predictor = pick_predictor(&rows, &encoding, &mut *decoder, &mut *encoder)?;
            Encoding { predictor, ..encoding }
        }
        _ => encoding,
    };
    let overviews = options.file.overviews(area.width, area.height);
    // Statistics of the whole do not hold for a part.
    let keeps_statistics = area == PixelWindow::of(image) && !options.file.stats;
    let spec = image_spec(&options.input, &options.file, keeps_statistics, &rows, &encoding, &overviews)?;
    let writer = GeoTiffWriter::create(&options.output, &spec, options.file.overwrite)?;
    let levels = Levels {
        size: (area.width, area.height),
        overviews: &overviews,
        nodata,
        resampling: options.file.resampling(),
        mask: spec.mask,
        statistics: spec.statistics,
    };
    let mut out = RowWriter::new(&mut *encoder, encoding, writer, &levels)?;
    let bar = progress::windows(global, "translating");
    bar.set_length(rows.windows().len() as u64);
    rows.each(&mut *decoder, |read| {
        bar.inc(1);
        out.push(PixelRows { pixels: &read.pixels, mask: read.mask.as_deref() })
    })?;
    bar.finish_and_clear();
    let encode = out.encode;
    let (writer, statistics) = out.finish()?;
    let file = writer.complete()?;
    if options.verify {
        verify::same(&rows, file.path(), &options.output, &mut *decoder)?;
    }
    let summary = file.publish()?;
    let wall = start.elapsed().as_secs_f64();
    if options.json {
        let report = serde_json::json!({
            "output": options.output.display().to_string(),
            "width": area.width,
            "height": area.height,
            "bands": image.samples(),
            "dtype": dtype.name(),
            "mask": spec.mask,
            "pixels": u64::from(area.width) * u64::from(area.height),
            "backend": "cpu",
            "predictor": predictor(encoding.predictor).code(),
            "bytes": summary.bytes,
            "tiles": summary.tiles,
            "sparse_tiles": summary.sparse_tiles,
            "statistics": statistics.as_deref().map(to_json),
            "verified": options.verify,
            "wall": wall,
            "phases": { "encode": encode.as_secs_f64() },
            "peak_memory": machine::peak_memory(),
        });
        return stdout::print(&format!("{report}\n"));
    }
    if global.quiet {
        return Ok(());
    }
    let verified = if options.verify { ", verified" } else { "" };
    stdout::print(&format!(
        "{}: {} × {} × {} {dtype}, {} bytes{verified}, {wall:.2} s\n",
        options.output.display(),
        area.width,
        area.height,
        image.samples(),
        summary.bytes
    ))
}

/// Rows of the image, as many at a time as memory allows, in whole rows of output tiles.
fn plan<'a>(
    reader: &'a Reader,
    area: PixelWindow,
    encoding: &Encoding,
    bound: Option<u64>,
) -> Result<ImageRows<'a>, Failure> {
    /// Bytes of decoded pixels at a time when nobody asks for a bound: memory that is used again is faster than new.
    const COMFORTABLE: u64 = 16 << 20;
    /// Pixels, their overviews, the encoder's memory for both, and encoded tiles on their way through it, which may be as
    /// large as the pixels: alone, put together, in a block, and for the writer. Pixels read ahead, their tiles before and
    /// after decoding.
    const COPIES: u64 = 11;
    /// What the reader and the program hold.
    const BASE: u64 = 48 << 20;
    let mask = mask_of(reader, 0)?;
    // Waiting rows of masked levels are pairs of value and validity.
    let pixel = encoding.pixel_bytes() as u64 + mask.map_or(0, |_| 1 + u64::from(encoding.samples));
    let tile_row = u64::from(area.width) * pixel * u64::from(encoding.tile_height);
    let tiles_for_all = 2 * rayon::current_num_threads() as u64 * encoding.tile_bytes() as u64;
    let comfortable = COMFORTABLE.max(tile_row).max(tiles_for_all);
    let budget = bound.map_or(comfortable, |bound| comfortable.min(bound.saturating_sub(BASE) / COPIES));
    if budget < tile_row {
        let least = (tile_row * COPIES + BASE).div_ceil(1 << 20);
        return Err(Failure::usage(
            format!("--max-memory is too small for a row of tiles of {}", encoding.tile_height),
            format!("pass --max-memory {least}MiB or more, or a smaller --tile-size"),
        ));
    }
    let count = (budget / tile_row).clamp(1, u64::from(area.height.div_ceil(encoding.tile_height)));
    // Tiles of a window are few; only a huge strip takes this much.
    let memory = if bound.is_some() { budget.max(32 << 20) } else { 1 << 30 };
    let height = count as u32 * encoding.tile_height;
    Ok(ImageRows { reader, image: 0, mask, area, height, memory })
}

/// The predictor that suits a few tiles from the middle of the image.
fn pick_predictor(
    rows: &ImageRows<'_>,
    encoding: &Encoding,
    decoder: &mut dyn Engine,
    encoder: &mut dyn Engine,
) -> Result<Predictor, Failure> {
    let (width, height) = (rows.area.width.min(8 * encoding.tile_width), rows.area.height.min(encoding.tile_height));
    let middle = |from: u32, all: u32, part: u32| from + (all - part) / 2;
    let column = middle(rows.area.column, rows.area.width, width);
    let row = middle(rows.area.row, rows.area.height, height);
    let read = rows.read(PixelWindow { column, row, width, height }, decoder)?;
    smallest(encoder, encoding, Image { pixels: &read.pixels, width, height })
}
