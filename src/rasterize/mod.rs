//! `xr rasterize`: read, choose grid and type, burn and encode window by window, write.

mod bands;
mod burn;
pub mod canvas;
mod coverage;
mod input;
pub mod options;
mod picture;
pub mod report;
mod update;
mod user;
mod z;

use crate::{
    args::Global,
    carried, crs,
    failure::Failure,
    grid, interrupt, machine, memory,
    output::{
        Levels, Pending, RowWriter,
        target::{refuse_existing, same_file},
        tiles,
    },
    progress,
    statistics::to_json,
    stdout,
};
use burn::Burn;
use canvas::Canvas;
use options::Rasterize;
use report::Report;
use std::{path::Path, time::Instant};
use update::Update;
use xr::{Base, Bounds, Control, Grid, Merge, Predictor, RasterizeJob, Window};
use xr_crs::Crs;
use xr_geotiff::GeoTiffWriter;

pub fn run(options: &Rasterize, global: &Global) -> Result<(), Failure> {
    let start = Instant::now();
    let output = output(options)?;
    let in_place = options.update.as_ref().is_some_and(|update| same_file(update, output));
    refuse_clashes(options, output)?;
    for path in [(!in_place).then_some(output), options.preview.as_deref()].into_iter().flatten() {
        refuse_existing(path, options.file.overwrite)?;
    }
    machine::use_threads(options.machine.threads)?;
    let open = || xr::engine(options.machine.backend.name(), xr::OpenOptions::default());
    let (mut engine, mut decoder) = (open()?, open()?);

    let update = options.update.as_deref().map(|path| Update::open(path, options, in_place)).transpose()?;
    let expression = user::parse(options)?;
    let features = input::read(options, expression.as_ref())?;
    let parse = start.elapsed();
    features.skipped.warn();
    let (grid, raster_crs) = match &update {
        Some(update) => (update.grid, update.crs.clone()),
        None => grid::choose(&options.grid, features.geometry.bounds())?,
    };
    let crs = output_crs(options, features.crs.as_ref(), raster_crs)?;
    let burn = Burn::new(options, &features, expression.as_ref(), update.as_ref())?;
    warn_if_outside(&grid, features.geometry.bounds());
    let file = match &update {
        Some(update) => &options.file.or_like(&update.reader, &update.path)?,
        None => &options.file,
    };
    let samples = update.as_ref().map_or(burn.values.len() as u16, |update| update.samples);
    // Burned rasters are runs of equal pixels, which predictors only disturb.
    let encoding = file.encoding(burn.dtype, samples, burn.nodata, Predictor::None)?;
    let overviews = file.overviews(grid.width, grid.height);
    let memory = memory::reading(options.machine.max_memory);
    let canvas = match &update {
        Some(update) => Canvas::of(update, memory, &mut *decoder, burn.selected),
        None => Canvas::blank(burn.values.len(), burn.dtype),
    };
    let spec = match &update {
        Some(update) => carried::image_spec(&update.path, file, false, &update.rows(memory), &encoding, &overviews)?,
        None => {
            let nodata = options.nodata.map(|v| if v.is_nan() { "nan".into() } else { v.to_string() });
            file.image_spec(&grid, &encoding, crs, &overviews, nodata, &options.column)?
        }
    };

    let of_features = burn.values.iter().chain(burn.properties()).map(|table| table.bytes().len());
    let tables =
        2 * (features.geometry.bytes() + of_features.sum::<usize>()) as u64 + update.as_ref().map_or(0, |_| memory);
    // Statistics, overviews and pixels of several bands are made of rows of pixels.
    let only_tiles = overviews.is_empty() && !file.stats && canvas.is_plain();
    let window = if only_tiles {
        memory::window(&*engine, &grid, &encoding, tables, options.machine.max_memory)?
    } else {
        memory::rows(&grid, &encoding, tables, options.machine.max_memory, update.is_some())?
    };
    tracing::info!("{} × {} {}, windows of {} × {}", grid.width, grid.height, burn.dtype, window.0, window.1);
    let initial = |window: Window, planes: &mut [u8]| canvas.initial(window, planes);
    let job = RasterizeJob {
        geometry: &features.geometry,
        values: &burn.values,
        properties: burn.properties(),
        grid,
        rule: burn.rule(),
        window,
        initial: if burn.base == Base::Fill { None } else { Some(&initial) },
    };

    let writer = GeoTiffWriter::create(output, &spec, in_place || options.file.overwrite)?;
    let bar = progress::windows(global, "burning");
    let progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let control = Control { cancel: Some(interrupt::flag()), progress: Some(&progress) };
    let before = engine.books().1;
    let written = if only_tiles {
        tiles::fused(grid.width, &encoding, writer, |sink| engine.rasterize_encoded(&job, &encoding, control, sink))
    } else {
        let mut encoder = open()?;
        let levels = Levels {
            size: (grid.width, grid.height),
            overviews: &overviews,
            nodata: burn.nodata,
            resampling: file.resampling(),
            mask: spec.mask,
            statistics: file.stats,
        };
        let out = RowWriter::new(&mut *encoder, encoding, writer, &levels)?;
        let finish = |window: Window, planes: &[u8]| canvas.finish(window, planes);
        tiles::by_rows(out, finish, |sink| engine.rasterize(&job, control, sink))
    };
    bar.finish_and_clear();
    let tiles::Written { writer, phases, statistics } = written?;
    let traffic = engine.books().1 - before;

    let picture = match &options.preview {
        Some(path) => {
            let png = picture::draw(&mut *engine, &job, &title(options, &burn), burn.nodata)?;
            Some(Pending::write(path, &png)?)
        }
        None => None,
    };
    let summary = writer.finish()?;
    picture.map(Pending::commit).transpose()?;
    let report = Report {
        output: output.display().to_string(),
        width: grid.width,
        height: grid.height,
        bands: samples,
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
    if options.machine.json {
        stdout::print(&format!("{}\n", report.to_json()))
    } else if !global.quiet {
        stdout::print(&format!("{}\n", report.to_text()))
    } else {
        Ok(())
    }
}

/// The file to write: an update without another name takes the place of what it updates.
fn output(options: &Rasterize) -> Result<&Path, Failure> {
    let output = options.output.as_deref().or(options.update.as_deref());
    output.ok_or_else(|| Failure::usage("there is no output", "name it with -o"))
}

/// An output that would replace an input, or the other output, is a slip of the pen, whatever `--overwrite` says.
fn refuse_clashes(options: &Rasterize, output: &Path) -> Result<(), Failure> {
    let refuse =
        |path: &Path, what: &str| Err(Failure::usage(format!("{}: {what}", path.display()), "name another file"));
    let Rasterize { inputs, preview, .. } = options;
    for path in [Some(output), preview.as_deref()].into_iter().flatten() {
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
    let option = if options.update.is_some() { "--update" } else { "--like" };
    let Some(text) = &options.crs else {
        if let (Some(data), Some(like)) = (data, &like)
            && !data.same(like)
        {
            return Err(Failure::data(
                format!("the inputs are in {data}, the raster of {option} in {like}"),
                "reproject the inputs first, or pass --crs if one of them is wrong",
            ));
        }
        let crs = data.cloned().or(like);
        if crs.is_none() {
            tracing::warn!("no input states a coordinate reference system, so the output has none; pass --crs EPSG:n");
        }
        return Ok(crs);
    };
    let crs = crs::parse(text, "--crs")?;
    if let Some(raster) = like.filter(|raster| options.update.is_some() && !raster.same(&crs)) {
        let message = format!("--crs says that the inputs are in {crs}, the raster of --update is in {raster}");
        return Err(Failure::data(message, "reproject the inputs first"));
    }
    if let Some(data) = data.filter(|data| !data.same(&crs)) {
        tracing::warn!("the inputs state {data}; the output is labelled {crs} without reprojection");
    }
    Ok(Some(crs))
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

fn title(options: &Rasterize, burn: &Burn) -> String {
    let merge = burn.rule().merge;
    let what = match (options.column.first(), merge) {
        _ if options.coverage => "fraction covered".into(),
        (_, Merge::Count) => "features".into(),
        _ if options.z => "Z".into(),
        (Some(column), _) => column.clone(),
        (None, _) => options.value.map_or("1".into(), |v| v.to_string()),
    };
    if options.invert { format!("{what}, where no feature is") } else { format!("{what}, {merge}") }
}
