//! `xr rasterize`: read, choose grid and type, burn and encode window by window, write.

mod grid;
mod input;
mod memory;
pub mod options;
mod picture;
mod report;
mod skipped;
mod tiles;
mod user;

use crate::{
    args::Global,
    failure::Failure,
    interrupt, machine,
    output::{
        Levels,
        options::{Overview, compression, predictor, sample_type},
        target::{refuse_existing, same_file},
    },
    progress,
    statistics::to_json,
    stdout,
};
use input::Features;
use options::Rasterize;
use report::Report;
use std::{path::Path, time::Instant};
use user::User;
use xr::{
    Base, Bounds, Control, DataType, Encoding, Error, Grid, Merge, Number, Predictor, RasterizeJob, Rule, Scalar,
    ValueTable, expr::MergeExpr,
};
use xr_crs::Crs;
use xr_geotiff::{GeoTiffWriter, ImageSpec};

pub fn run(options: &Rasterize, global: &Global) -> Result<(), Failure> {
    let start = Instant::now();
    refuse_clashes(options)?;
    for path in [Some(&options.output), options.preview.as_ref()].into_iter().flatten() {
        refuse_existing(path, options.file.overwrite)?;
    }
    machine::use_threads(options.threads)?;
    let open = || xr::engine(options.backend.name(), xr::OpenOptions::default());
    let mut engine = open()?;

    let expression = user::parse(options)?;
    let features = input::read(options, expression.as_ref())?;
    let parse = start.elapsed();
    features.skipped.warn();
    let (grid, like_crs) = grid::choose(options, features.geometry.bounds())?;
    let crs = output_crs(options, features.crs.as_ref(), like_crs)?;
    let burn = Burn::new(options, &features, expression.as_ref())?;
    warn_if_outside(&grid, features.geometry.bounds());
    // Burned rasters are runs of equal pixels, which predictors only disturb.
    let encoding = options.file.encoding(burn.dtype, 1, burn.nodata, Predictor::None)?;
    let overviews = options.file.overviews(grid.width, grid.height);
    let spec = image(options, &grid, &encoding, crs, &overviews)?;

    let of_features = std::iter::once(&burn.values).chain(burn.properties()).map(|table| table.bytes().len());
    let tables = 2 * (features.geometry.bytes() + of_features.sum::<usize>()) as u64;
    // Statistics and overviews are made of rows of pixels.
    let only_tiles = overviews.is_empty() && !options.file.stats;
    let window = if only_tiles {
        memory::window(&*engine, &grid, &encoding, tables, options.max_memory)?
    } else {
        memory::rows(&grid, &encoding, tables, options.max_memory)?
    };
    tracing::info!("{} × {} {}, windows of {} × {}", grid.width, grid.height, burn.dtype, window.0, window.1);
    let job = RasterizeJob {
        geometry: &features.geometry,
        values: std::slice::from_ref(&burn.values),
        properties: burn.properties(),
        grid,
        rule: burn.rule(),
        window,
        initial: None,
    };

    let writer = GeoTiffWriter::create(&options.output, &spec, options.file.overwrite)?;
    let bar = progress::windows(global, "burning");
    let update = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let control = Control { cancel: Some(interrupt::flag()), progress: Some(&update) };
    let before = engine.books().1;
    let written = if only_tiles {
        tiles::fused(&mut *engine, &job, &encoding, control, writer)
    } else {
        let mut encoder = open()?;
        let levels = Levels {
            size: (grid.width, grid.height),
            overviews: &overviews,
            nodata: burn.nodata,
            resampling: options.file.resampling(),
            mask: false,
            statistics: options.file.stats,
        };
        tiles::by_rows(&mut *engine, &mut *encoder, &job, &encoding, control, writer, &levels)
    };
    bar.finish_and_clear();
    let tiles::Written { writer, phases, statistics } = written?;
    let traffic = engine.books().1 - before;

    let picture = match &options.preview {
        Some(path) => {
            let png = picture::draw(&mut *engine, &job, &title(options, &burn), burn.nodata)?;
            Some(picture::Pending::write(path, &png)?)
        }
        None => None,
    };
    let summary = writer.finish()?;
    picture.map(picture::Pending::commit).transpose()?;
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
        statistics: statistics.as_deref().map(to_json),
    };
    if options.json {
        stdout::print(&format!("{}\n", report.to_json()))
    } else if !global.quiet {
        stdout::print(&format!("{}\n", report.to_text()))
    } else {
        Ok(())
    }
}

/// An output that would replace an input, or the other output, is a slip of the pen, whatever `--overwrite` says.
fn refuse_clashes(options: &Rasterize) -> Result<(), Failure> {
    let refuse =
        |path: &Path, what: &str| Err(Failure::usage(format!("{}: {what}", path.display()), "name another file"));
    let Rasterize { inputs, output, preview, .. } = options;
    for path in [Some(output), preview.as_ref()].into_iter().flatten() {
        if inputs.iter().any(|input| same_file(input, path)) {
            return refuse(path, "the output would replace an input");
        }
    }
    match preview {
        Some(preview) if same_file(preview, output) => refuse(preview, "the preview would replace the raster"),
        _ => Ok(()),
    }
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
    merge: Merge<'static>,
    /// What is done instead of `merge`.
    user: Option<User>,
    all_touched: bool,
    fill: Scalar,
    nodata: Option<Scalar>,
}

impl Burn {
    fn rule(&self) -> Rule<'_> {
        let merge = self.user.as_ref().map_or(self.merge, |user| Merge::User(&user.merge));
        Rule { merge, all_touched: self.all_touched, fill: self.fill, base: Base::Fill }
    }

    fn properties(&self) -> &[ValueTable] {
        self.user.as_ref().map_or(&[], |user| &user.properties)
    }

    fn new(options: &Rasterize, features: &Features, expression: Option<&MergeExpr>) -> Result<Self, Failure> {
        let merge = Merge::from(options.merge);
        let count = features.geometry.features();
        let constant = options.column.is_none().then(|| options.value.unwrap_or(Number::Int(1)));
        let dtype = options.dtype.unwrap_or_else(|| match (merge, constant) {
            _ if expression.is_some() => DataType::F64,
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
        let init = options.merge_init.map(|v| scalar("--merge-init", v)).transpose()?;
        let user = expression.map(|expression| User::new(expression, dtype, init, features)).transpose()?;
        Ok(Self { dtype, values, merge, user, all_touched: options.all_touched, fill, nodata })
    }
}

/// A raster that no feature can reach is legal, and nearly always a mistake in the extent.
fn warn_if_outside(grid: &Grid, data: Option<Bounds>) {
    let Some(data) = data else {
        tracing::warn!("there is nothing to burn; the raster holds its fill value everywhere");
        return;
    };
    let corners = [grid.to_pixel(data.min), grid.to_pixel(data.max)];
    let misses = |axis: usize, side: u32| {
        let (a, b) = (corners[0][axis], corners[1][axis]);
        a.max(b) < 0.0 || a.min(b) > f64::from(side)
    };
    if misses(0, grid.width) || misses(1, grid.height) {
        tracing::warn!("all features lie outside of the raster; check --extent and the coordinate reference systems");
    }
}

fn image(
    options: &Rasterize,
    grid: &Grid,
    encoding: &Encoding,
    crs: Option<Crs>,
    overviews: &[Overview],
) -> Result<ImageSpec, Failure> {
    Ok(ImageSpec {
        tile_width: encoding.tile_width,
        tile_height: encoding.tile_height,
        compression: compression(encoding.codec)?,
        predictor: predictor(encoding.predictor),
        transform: Some([grid.x0, grid.dx, 0.0, grid.y0, 0.0, grid.dy]),
        crs,
        nodata: options.nodata.map(|v| if v.is_nan() { "nan".into() } else { v.to_string() }),
        statistics: options.file.stats,
        overviews: overviews.iter().map(|overview| overview.size).collect(),
        layout: options.file.layout(),
        bigtiff: options.file.bigtiff.into(),
        ..ImageSpec::new(grid.width, grid.height, sample_type(encoding.dtype))
    })
}

fn title(options: &Rasterize, burn: &Burn) -> String {
    let merge = burn.rule().merge;
    let what = match (&options.column, merge) {
        (_, Merge::Count) => "features".into(),
        (Some(column), _) => column.clone(),
        (None, _) => options.value.map_or("1".into(), |v| v.to_string()),
    };
    format!("{what}, {merge}")
}
