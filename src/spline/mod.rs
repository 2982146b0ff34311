//! `xr spline`: read points, fit, evaluate and encode window by window, write.

mod fit;
mod mask;
mod method;
pub mod options;
mod points;
mod project;
mod raster;
mod report;

use crate::{
    args::Global,
    crs,
    failure::Failure,
    grid, machine,
    output::{
        Pending,
        target::{refuse_existing, same_file},
    },
    statistics::to_json,
    stdout,
};
use options::Spline;
use points::Points;
use raster::{Surface, Written};
use report::{Report, Sums};
use std::time::Instant;
use xr::{Bounds, Grid, Quantity, spline::SplineTables};
use xr_crs::Crs;

/// How far the grid may reach from the points' middle, their half extent being 1, before there is a warning.
const NEAR: f64 = 2.0;

pub fn run(options: &Spline, global: &Global) -> Result<(), Failure> {
    let start = Instant::now();
    refuse_clashes(options)?;
    let others = [&options.gradient, &options.error_report, &options.preview].map(|path| path.as_deref());
    for path in [Some(&*options.output)].into_iter().chain(others).flatten() {
        refuse_existing(path, options.file.overwrite)?;
    }
    machine::use_threads(options.machine.threads)?;
    let mut engine = options.machine.open()?;

    let mut points = points::read(options)?;
    points.skipped.warn();
    let crs = input_crs(options, &points)?;
    let crs = match (&options.project, crs) {
        (None, crs) => crs,
        (Some(option), Some(crs)) => Some(project::project(&mut points, &crs, option)?),
        (Some(_), None) => {
            let message = "--project needs to know what the coordinates are, and no input states it";
            return Err(Failure::usage(message, "pass --crs EPSG:n, such as EPSG:4326 for longitude and latitude"));
        }
    };
    let parse = start.elapsed();
    let fitted = fit::fit(&mut *engine, options, &points, crs.as_ref(), global)?;
    let fit = start.elapsed() - parse;

    let (grid, like) = grid::choose(&options.grid, bounds(&points))?;
    let crs = same_as_like(crs, like)?;
    let mask = options.mask.as_deref().map(|mask| mask::read(mask, &points, crs.as_ref())).transpose()?;
    let tables = SplineTables::of_fit(&fitted.problem, &fitted.fit, options.clamp)?;
    warn_if_far(&tables, &grid);
    let methods = [Quantity::Value, Quantity::Gradient]
        .map(|quantity| (quantity, method::choose(options, &fitted, &tables, &grid, quantity)));
    let [values, gradient] = methods;
    method::warn_of_tolerance(options, &tables, &grid, values.1);
    let surface = Surface { tables: &tables, grid, mask: mask.as_ref(), crs: crs.as_ref() };

    let sums = Sums { tables: &tables, grid, method: values.1 };
    let before = engine.books().1;
    let Written { writer, phases, statistics } =
        surface.write(&mut *engine, values, &options.output, options, global)?;
    let traffic = engine.books().1 - before;
    let slopes = match &options.gradient {
        Some(path) => Some(surface.write(&mut *engine, gradient, path, options, global)?.writer),
        None => None,
    };
    let picture = match &options.preview {
        Some(path) => Some(Pending::write(path, &surface.draw(&mut *engine, values.1, &options.column[0])?)?),
        None => None,
    };
    let errors = match &options.error_report {
        Some(path) => {
            let text = format!("{:#}\n", report::errors(options, &points, &fitted, &sums)?);
            Some(Pending::write(path, text.as_bytes())?)
        }
        None => None,
    };
    let summary = writer.finish()?;
    slopes.map(xr_geotiff::GeoTiffWriter::finish).transpose()?;
    for pending in [picture, errors].into_iter().flatten() {
        pending.commit()?;
    }
    let report = Report {
        options,
        sums,
        points: &points,
        fitted: &fitted,
        backend: engine.caps().backend,
        device: engine.caps().device.clone(),
        parse,
        fit,
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

/// An output that would replace an input, or another output, is a slip of the pen, whatever `--overwrite` says.
fn refuse_clashes(options: &Spline) -> Result<(), Failure> {
    let Spline { inputs, output, gradient, error_report, preview, mask, .. } = options;
    let outputs: Vec<_> =
        [Some(output), gradient.as_ref(), error_report.as_ref(), preview.as_ref()].into_iter().flatten().collect();
    for (n, path) in outputs.iter().enumerate() {
        let refuse = |what: &str| Err(Failure::usage(format!("{}: {what}", path.display()), "name another file"));
        if inputs.iter().chain(mask).any(|input| same_file(input, path)) {
            return refuse("the output would replace an input");
        } else if outputs[..n].iter().any(|other| same_file(other, path)) {
            return refuse("two outputs would be one file");
        }
    }
    Ok(())
}

/// What the coordinates are, by the option or the files.
fn input_crs(options: &Spline, points: &Points) -> Result<Option<Crs>, Failure> {
    let Some(text) = &options.crs else {
        if points.crs.is_none() {
            tracing::warn!("no input states a coordinate reference system, so the output has none; pass --crs EPSG:n");
        }
        return Ok(points.crs.clone());
    };
    let crs = crs::parse(text, "--crs")?;
    if let Some(stated) = points.crs.as_ref().filter(|stated| !stated.same(&crs)) {
        tracing::warn!("the inputs state {stated}; they are taken to be in {crs} without reprojection");
    }
    Ok(Some(crs))
}

/// The output's CRS: that of the points, or else of the raster of `--like`.
fn same_as_like(crs: Option<Crs>, like: Option<Crs>) -> Result<Option<Crs>, Failure> {
    if let (Some(crs), Some(like)) = (&crs, &like)
        && !crs.same(like)
    {
        return Err(Failure::data(
            format!("the points are in {crs}, the raster of --like in {like}"),
            "pass --project with the raster's coordinate reference system",
        ));
    }
    Ok(crs.or(like))
}

fn bounds(points: &Points) -> Option<Bounds> {
    let range = |values: &[f64]| {
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
    };
    let ((x0, x1), (y0, y1)) = (range(&points.xs), range(&points.ys));
    (!points.xs.is_empty()).then_some(Bounds { min: [x0, y0], max: [x1, y1] })
}

/// Beyond the points there is nothing but the trend.
fn warn_if_far(tables: &SplineTables, grid: &Grid) {
    let factor = tables.extrapolation(grid);
    if tables.points() > 0 && factor > NEAR {
        tracing::warn!(
            "the raster reaches {factor:.1} times as far as the points, where the surface is extrapolated; pass --mask HULL, or \
             check --extent and the coordinate reference systems"
        );
    }
}
