//! `xr rasterize`: read, choose grid and type, burn and encode window by window, write.

mod bands;
mod burn;
pub mod canvas;
mod coverage;
mod features;
mod input;
pub mod options;
mod picture;
pub mod report;
mod spill;
mod strips;
mod update;
mod user;
mod z;

use crate::{
    args::Global,
    carried, crs,
    failure::Failure,
    grid, interrupt, machine, memory,
    output::{
        Levels, Pending, WindowWriter,
        target::{refuse_existing, same_file},
        tiles::{Output, Task},
    },
    progress,
    statistics::to_json,
    stdout,
};
use burn::Burn;
use canvas::Canvas;
use features::Features;
use input::{Input, Store};
use options::Rasterize;
use report::Report;
use std::{path::Path, time::Instant};
use update::Update;
use xr::{
    Base, Blocks, Bounds, Control, Engine, GeometryTables, Grid, Merge, Phases, Predictor, RasterizeJob, Turns, Window,
};
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
    let mut engine = options.machine.open()?;

    let update = options.update.as_deref().map(|path| Update::open(path, options, in_place)).transpose()?;
    let expression = user::parse(options)?;
    let filter = input::filter(options)?;
    let limit = options.machine.max_memory.map(memory::of_tables);
    let Input { facts, mut store } = input::read(options, expression.as_ref(), filter.as_ref(), limit, output)?;
    let mut parse = start.elapsed();
    facts.skipped.warn();
    let (grid, raster_crs) = match &update {
        Some(update) => (update.grid, update.crs.clone()),
        None => grid::choose(&options.grid, facts.bounds)?,
    };
    let crs = output_crs(options, facts.crs.as_ref(), raster_crs)?;
    let new_burn = |features: &Features| Burn::new(options, &facts, features, expression.as_ref(), update.as_ref());
    let burn = match &store {
        Store::Memory(features) => new_burn(features)?,
        Store::Strips(strips) => new_burn(&strips.none())?,
    };
    warn_if_outside(&grid, facts.bounds);
    if options.preview.is_some() && matches!(store, Store::Strips(_)) {
        let message = "--preview draws all features at once, which do not fit into --max-memory";
        return Err(Failure::usage(message, "pass more --max-memory, or leave out --preview"));
    }
    let file = match &update {
        Some(update) => &options.file.or_like(&update.reader, &update.path)?,
        None => &options.file,
    };
    let samples = update.as_ref().map_or(burn.values.len() as u16, |update| update.samples);
    // Burned rasters are runs of equal pixels, which predictors only disturb.
    let encoding = file.encoding(burn.dtype, samples, burn.nodata, Predictor::None)?;
    let overviews = file.overviews(grid.width, grid.height);
    let memory = memory::reading(options.machine.max_memory);
    let codecs = |maker: &dyn Engine| options.machine.open_for_tiles(maker, encoding.codec);
    let mut decoder = None;
    let canvas = match &update {
        Some(update) => Canvas::of(update, memory, &mut **decoder.insert(codecs(&*engine)?), burn.selected),
        None => Canvas::blank(burn.values.len(), burn.dtype),
    };
    let spec = match &update {
        Some(update) => carried::image_spec(&update.path, file, false, &update.rows(memory), &encoding, &overviews)?,
        None => {
            let nodata = options.nodata.map(|v| if v.is_nan() { "nan".into() } else { v.to_string() });
            file.image_spec(&grid, &encoding, crs, &overviews, nodata, &options.column)?
        }
    };

    let tables = match &store {
        Store::Memory(features) => {
            let numbers = features.numbers.len() + features.properties.len();
            memory::tables(features.geometry.bytes(), features.geometry.features(), numbers)
        }
        Store::Strips(_) => limit.unwrap_or_default(),
    };
    let tables = tables + update.as_ref().map_or(0, |_| memory);
    let levels = Levels {
        size: (grid.width, grid.height),
        overviews: &overviews,
        nodata: burn.nodata,
        resampling: file.resampling(),
        mask: spec.mask,
        statistics: file.stats,
    };
    // Statistics, overviews and pixels of several bands are made of pixels.
    let only_tiles = overviews.is_empty() && !file.stats && canvas.is_plain();
    // So are tiles of a codec that the device lacks.
    let only_tiles = only_tiles && engine.caps().codecs.contains(&encoding.codec);
    // So are strips that are lower than tiles.
    let only_tiles = only_tiles
        && match &store {
            Store::Memory(_) => true,
            Store::Strips(strips) => strips.fit(&grid, encoding.tile_height),
        };
    let memory::Windows { window, blocks } = if only_tiles {
        memory::window(&*engine, &grid, &encoding, tables, options.machine.max_memory)?
    } else {
        memory::pixels(&levels, &encoding, tables, options.machine.max_memory, update.is_some())?
    };
    tracing::info!("{} × {} {}, windows of {} × {}", grid.width, grid.height, burn.dtype, window.0, window.1);
    let initial = |window: Window, planes: &mut [u8]| canvas.initial(window, planes);
    let strips = match &store {
        Store::Memory(_) => vec![[0, grid.height]],
        Store::Strips(strips) => {
            let unit = if only_tiles { encoding.tile_height } else { 16 };
            let (unit, margin) = blocks.map_or((unit, 0), |size| (size.height, size.margin));
            strips.cut(&grid, unit, margin)?
        }
    };
    let job = RasterizeJob {
        geometry: &GeometryTables::default(),
        values: &burn.values,
        properties: burn.properties(),
        grid,
        rule: burn.rule(),
        window,
        rows: [0, grid.height],
        blocks: blocks.map(|size| Blocks { height: size.height, margin: size.margin }),
        turns: Turns::ALL,
        initial: if burn.base == Base::Fill { None } else { Some(&initial) },
    };

    let writer = GeoTiffWriter::create(output, &spec, in_place || options.file.overwrite)?;
    let bar = progress::windows(global, "burning");
    bar.set_length(strips.iter().map(|&rows| RasterizeJob { rows, ..job }.sweep().windows().0 as u64).sum());
    let progress = |_: usize, _: usize| bar.inc(1);
    let control = Control { cancel: Some(interrupt::flag()), progress: Some(&progress) };
    let before = engine.books().1;
    let mut encoder = None;
    let mut out = if only_tiles {
        Output::Tiles { writer: Box::new(writer), encoding }
    } else {
        let writer = WindowWriter::new(&mut **encoder.insert(codecs(&*engine)?), encoding, writer, levels, blocks)?;
        Output::Pixels { writer, canvas: &canvas }
    };
    let mut phases = Phases::default();
    match &mut store {
        Store::Memory(features) => {
            let job = RasterizeJob { geometry: &features.geometry, ..job };
            out.make(&mut *engine, Task::Burn(job), control, &mut phases)?;
        }
        Store::Strips(all) => {
            let margin = blocks.map_or(0, |size| size.margin);
            for &rows in &strips {
                let start = Instant::now();
                let wanted = [rows[0].saturating_sub(margin), rows[1].saturating_add(margin).min(grid.height)];
                let features = all.read(&grid, wanted)?;
                parse += start.elapsed();
                let burn = new_burn(&features)?;
                let (geometry, values, properties) = (&features.geometry, &burn.values, burn.properties());
                let job = RasterizeJob { geometry, values, properties, rule: burn.rule(), rows, ..job };
                out.make(&mut *engine, Task::Burn(job), control, &mut phases)?;
            }
        }
    }
    bar.finish_and_clear();
    let (writer, statistics) = out.finish()?;
    let traffic = engine.books().1 - before;

    let picture = match (&options.preview, &store) {
        (Some(path), Store::Memory(features)) => {
            let job = RasterizeJob { geometry: &features.geometry, ..job };
            let png = picture::draw(&mut *engine, &job, &title(options, &burn), burn.nodata)?;
            Some(Pending::write(path, &png)?)
        }
        _ => None,
    };
    let summary = writer.finish()?;
    picture.map(Pending::commit).transpose()?;
    let report = Report {
        output: output.display().to_string(),
        width: grid.width,
        height: grid.height,
        bands: samples,
        dtype: burn.dtype,
        features: facts.read,
        burned: facts.burned,
        skipped: facts.skipped.to_json(),
        backend: engine.caps().backend,
        device: engine.caps().device.clone(),
        encoder: encoder.as_ref().unwrap_or(&engine).caps().backend,
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
