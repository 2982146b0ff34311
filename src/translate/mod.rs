//! `xr translate`: any GeoTIFF that can be read into one of the layout asked for, pixel by pixel the same.

mod verify;

use crate::{
    args::Global,
    failure::Failure,
    interrupt, machine,
    output::{
        RowWriter,
        options::{OutputOptions, PredictorName, compression, data_type, predictor},
        predictor::smallest,
        target::{refuse_existing, same_file},
    },
    progress, stdout,
};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    sync::atomic::Ordering::Relaxed,
    time::Instant,
};
use xr::{DataType, Encoding, Engine, EngineDecoder, Image, Number, Predictor, Scalar};
use xr_geotiff::{
    Directory, GeoTiffWriter, ImageSpec, Interleave, Limits, Photometric, PixelWindow, Pixels, Reader, WindowRequest,
};

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
    if reader.mask(0).is_some() {
        tracing::warn!("{}: its internal mask is not carried over", options.input.display());
    }
    let area = options.window.unwrap_or(PixelWindow::of(image));
    let dtype = data_type(image.pixel_type()?);
    let nodata = nodata(image, dtype);
    let encoding = options.file.encoding(dtype, image.samples(), nodata, Predictor::None)?;
    let rows = Rows::plan(image, area, &encoding, options.max_memory)?;
    let encoding = match options.file.predictor {
        PredictorName::Auto => {
            let predictor = pick_predictor(&reader, &rows, &encoding, &mut *decoder, &mut *encoder)?;
            Encoding { predictor, ..encoding }
        }
        _ => encoding,
    };
    let spec = spec(options, image, area, &encoding)?;
    let overviews = options.file.overviews(area.width, area.height);
    let writer = GeoTiffWriter::create(&options.output, &spec, options.file.overwrite)?;
    let (size, resampling) = ((area.width, area.height), options.file.resampling());
    let mut out = RowWriter::new(&mut *encoder, encoding, writer, size, &overviews, nodata, resampling)?;
    let bar = progress::windows(global, "translating");
    bar.set_length(rows.windows().len() as u64);
    for window in rows.windows() {
        if interrupt::flag().load(Relaxed) {
            return Err(Failure::Interrupted);
        }
        out.push(&rows.read(&reader, window, &mut *decoder)?.bytes)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let encode = out.encode;
    let summary = out.into_writer().finish()?;
    if options.verify {
        verify::same(&reader, &rows, &options.output, &mut *decoder)?;
    }
    let wall = start.elapsed().as_secs_f64();
    if options.json {
        let report = serde_json::json!({
            "output": options.output.display().to_string(),
            "width": area.width,
            "height": area.height,
            "bands": image.samples(),
            "dtype": dtype.name(),
            "pixels": u64::from(area.width) * u64::from(area.height),
            "backend": "cpu",
            "predictor": predictor(encoding.predictor).code(),
            "bytes": summary.bytes,
            "tiles": summary.tiles,
            "sparse_tiles": summary.sparse_tiles,
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
pub struct Rows {
    area: PixelWindow,
    height: u32,
    memory: u64,
}

impl Rows {
    /// Bytes of decoded pixels at a time when nobody asks for a bound.
    const COMFORTABLE: u64 = 64 << 20;

    fn plan(image: &Directory, area: PixelWindow, encoding: &Encoding, bound: Option<u64>) -> Result<Self, Failure> {
        let row = u64::from(area.width) * encoding.pixel_bytes() as u64;
        let tile_row = row * u64::from(encoding.tile_height);
        // Pixels, the encoder's copy of them, its output, rows that wait in the levels, and what the reader holds.
        let (copies, base) = (5, 48 << 20);
        let budget = match bound {
            None => Self::COMFORTABLE.max(tile_row),
            Some(bound) => bound.saturating_sub(base) / copies,
        };
        if budget < tile_row {
            let least = (tile_row * copies + base).div_ceil(1 << 20);
            return Err(Failure::usage(
                format!("--max-memory is too small for a row of tiles of {}", encoding.tile_height),
                format!("pass --max-memory {least}MiB or more, or a smaller --tile-size"),
            ));
        }
        let count = (budget / tile_row).clamp(1, u64::from(image.height().div_ceil(encoding.tile_height)));
        Ok(Self { area, height: count as u32 * encoding.tile_height, memory: budget.max(32 << 20) })
    }

    fn windows(&self) -> impl ExactSizeIterator<Item = PixelWindow> + use<> {
        let (area, height) = (self.area, self.height);
        (0..area.height.div_ceil(height)).map(move |n| {
            let row = n * height;
            PixelWindow { row: area.row + row, height: height.min(area.height - row), ..area }
        })
    }

    fn read(&self, reader: &Reader, window: PixelWindow, engine: &mut dyn Engine) -> Result<Pixels, Failure> {
        let (interleave, memory) = (Interleave::Pixel, self.memory);
        let request = WindowRequest { image: 0, window, bands: None, interleave, memory };
        Ok(reader.read_window(&request, &mut EngineDecoder(engine))?)
    }
}

/// The predictor that suits a few tiles from the middle of the image.
fn pick_predictor(
    reader: &Reader,
    rows: &Rows,
    encoding: &Encoding,
    decoder: &mut dyn Engine,
    encoder: &mut dyn Engine,
) -> Result<Predictor, Failure> {
    let (width, height) = (rows.area.width.min(8 * encoding.tile_width), rows.area.height.min(encoding.tile_height));
    let middle = |from: u32, all: u32, part: u32| from + (all - part) / 2;
    let column = middle(rows.area.column, rows.area.width, width);
    let row = middle(rows.area.row, rows.area.height, height);
    let pixels = rows.read(reader, PixelWindow { column, row, width, height }, decoder)?;
    smallest(encoder, encoding, Image { pixels: &pixels.bytes, width, height })
}

/// The nodata value as a pixel, if the type can hold it.
fn nodata(image: &Directory, dtype: DataType) -> Option<Scalar> {
    let number: Number = image.nodata()?.trim().parse().ok()?;
    Scalar::new(dtype, number).ok()
}

fn spec(options: &Translate, image: &Directory, area: PixelWindow, encoding: &Encoding) -> Result<ImageSpec, Failure> {
    let [x0, dx, rx, y0, ry, dy] = image.transform()?.unwrap_or([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let (column, row) = (f64::from(area.column), f64::from(area.row));
    let overviews = options.file.overviews(area.width, area.height);
    let keys = image.geo_keys()?;
    Ok(ImageSpec {
        samples: image.samples(),
        tile_width: encoding.tile_width,
        tile_height: encoding.tile_height,
        compression: compression(encoding.codec)?,
        predictor: predictor(encoding.predictor),
        photometric: photometric(image, &options.input)?,
        alpha: image.extra_samples().last() == Some(&2),
        transform: [x0 + column * dx + row * rx, dx, rx, y0 + column * ry + row * dy, ry, dy],
        pixel_is_point: keys.is_pixel_point(),
        crs: image.crs()?,
        nodata: image.nodata(),
        description: image.description(),
        metadata: image.metadata()?.items.into_iter().filter(|item| !item.name.starts_with("STATISTICS_")).collect(),
        overviews: overviews.iter().map(|overview| overview.size).collect(),
        layout: options.file.layout(),
        bigtiff: options.file.bigtiff.into(),
        ..ImageSpec::new(area.width, area.height, image.pixel_type()?)
    })
}

fn photometric(image: &Directory, path: &Path) -> Result<Photometric, Failure> {
    const RGB: u16 = 2;
    if let Some(palette) = image.palette()? {
        let high = |v: u16| (v >> 8) as u8; // tables hold 16 bits, writers put the same byte in both
        return Ok(Photometric::Palette(palette.into_iter().map(|[r, g, b]| [high(r), high(g), high(b)]).collect()));
    }
    match image.photometric() {
        RGB => Ok(Photometric::Rgb),
        0 => {
            tracing::warn!("{}: its zero is white; pixels stay as they are, and zero becomes black", path.display());
            Ok(Photometric::Gray)
        }
        _ => Ok(Photometric::Gray),
    }
}
