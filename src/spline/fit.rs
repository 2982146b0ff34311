//! Points → a fitted spline, and what is to be said about it.

use super::{options::Spline, points::Points};
use crate::{args::Global, failure::Failure, interrupt, memory, progress};
use std::sync::atomic::Ordering::Relaxed;
use xr::{
    Engine,
    spline::{self, Fit, PointSums, Problem, SplineError, Spread},
};
use xr_crs::Crs;

/// Of so many times as many points are residuals computed if there is a report on errors.
const THOROUGH: usize = 10;

pub struct Fitted {
    pub problem: Problem,
    pub fit: Fit,
    /// Of each column, by direct sums.
    pub residuals: Vec<spline::Residual>,
}

pub fn fit(
    engine: &mut dyn Engine,
    options: &Spline,
    points: &Points,
    crs: Option<&Crs>,
    global: &Global,
) -> Result<Fitted, Failure> {
    let columns: Vec<&[f64]> = points.columns.iter().map(Vec::as_slice).collect();
    let given = spline::Points { xs: &points.xs, ys: &points.ys, columns: &columns, errors: points.errors.as_deref() };
    let explained = |error| explain(error, options, points);
    let problem = Problem::new(&given, options.duplicates.into()).map_err(explained)?;
    warn(&problem, crs);
    refuse_if_too_large(problem.len(), options.machine.max_memory)?;
    let mut sums = UntilInterrupted(engine.point_sums(&problem.us, &problem.vs)?);
    let bar = progress::windows(global, "fitting");
    let mut watch = |column: usize, iteration: usize, residual: f64| {
        let name = options.column.get(column).map_or("", String::as_str);
        bar.set_message(format!("fitting {name}: iteration {iteration}, residual {residual:.1e}"));
    };
    let fitted = spline::fit(&problem, options.smoothing, &mut sums, &mut watch);
    bar.finish_and_clear();
    let fit = fitted.map_err(explained)?;
    let thorough = if options.error_report.is_some() { THOROUGH } else { 1 };
    let most = spline::fit::residual_points(problem.len()) * thorough;
    let residual = |column| fit.residual(&problem, column, most, &mut sums);
    let residuals = (0..columns.len()).map(residual).collect::<Result<_, _>>()?;
    drop(sums);
    Ok(Fitted { problem, fit, residuals })
}

/// Bytes that the fit of many points takes for each.
const BYTES: u64 = 750;

/// A fit is not made in windows: under a bound that does not hold it, there is none.
fn refuse_if_too_large(points: usize, bound: Option<u64>) -> Result<(), Failure> {
    let points = points as u64;
    // Two matrices, or a sparse factor and the trees of sums.
    let needed = if points <= spline::fit::DENSE_POINTS as u64 { 16 * points * points } else { BYTES * points };
    if bound.is_some_and(|bound| bound < needed) {
        return Err(Failure::usage(
            format!("--max-memory: fitting {points} points takes about {}", memory::mib(needed)),
            format!("pass --max-memory {} or more", memory::mib(needed + memory::BASE)),
        ));
    }
    Ok(())
}

/// Sums that end with an error once the program is interrupted, and the fit with them.
struct UntilInterrupted<'a>(Box<dyn PointSums + 'a>);

impl UntilInterrupted<'_> {
    fn check() -> Result<(), xr::Error> {
        if interrupt::flag().load(Relaxed) { Err(xr::Error::Cancelled { done: 0, total: 0 }) } else { Ok(()) }
    }
}

impl PointSums for UntilInterrupted<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<(), xr::Error> {
        Self::check()?;
        self.0.all(weights, sums)
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<(), xr::Error> {
        Self::check()?;
        self.0.direct(weights, points, sums)
    }
}

fn warn(problem: &Problem, crs: Option<&Crs>) {
    match problem.merged {
        0 => {}
        1 => tracing::warn!("1 point is at the place of another, and was merged with it"),
        count => tracing::warn!("{count} points are at the places of others, and were merged with them"),
    }
    match problem.spread {
        Spread::Point => tracing::warn!("there is one point only, so the surface is constant"),
        Spread::Line => {
            tracing::warn!("the points are on one line, so the surface changes along it only");
        }
        Spread::Plane => {}
    }
    if let Some(crs) = crs.filter(|crs| crs.is_geographic()) {
        tracing::warn!(
            "distances are in degrees, which are not the same length everywhere: the points are in {crs}; pass --project auto, \
             or --project EPSG:n with a plane"
        );
    }
}

/// An error that names features of files instead of positions.
fn explain(error: SplineError, options: &Spline, points: &Points) -> Failure {
    let column = |what: &str| match what.strip_prefix("value column ").and_then(|n| n.parse::<usize>().ok()) {
        Some(n) => options.column.get(n - 1).map_or_else(|| what.to_owned(), |name| format!("\"{name}\"")),
        None => match (what, &options.weights) {
            ("standard error", Some(name)) => format!("\"{name}\""),
            _ => what.to_owned(),
        },
    };
    let apart = |first: usize, second: usize| format!("{} and {}", points.origin(first), points.origin(second));
    match error {
        SplineError::NoPoints => Failure::data(
            "there are no points to interpolate",
            "check the columns: features without a value are skipped",
        ),
        SplineError::NotFinite { point, what, value } => Failure::data(
            format!("{}: {} is {value}", points.origin(point), column(&what)),
            "leave the feature out, or correct the number",
        ),
        SplineError::StandardError { point, value } => Failure::data(
            format!(
                "{}: {} is {value}, and standard errors are positive",
                points.origin(point),
                column("standard error")
            ),
            "leave the feature out, or correct the number",
        ),
        SplineError::Duplicate { first, second, x, y, first_value, second_value } => Failure::data(
            format!(
                "{} are both at ({x}, {y}), with different values: {first_value} and {second_value}",
                apart(first, second)
            ),
            "pass --duplicates mean, or remove one of them",
        ),
        SplineError::Singular { first, second, distance } => Failure::data(
            format!(
                "the equations are singular to double precision: {} are only {distance:e} apart",
                apart(first, second)
            ),
            "remove one of them, or pass a --smoothing above 0",
        ),
        SplineError::NotConverged { iterations, residual, tolerance, first, second, distance } => Failure::data(
            format!(
                "the fit stopped at a relative residual of {residual:e} after {iterations} iterations, above {tolerance:e}; \
                 the closest points, {}, are {distance:e} apart",
                apart(first, second)
            ),
            "remove one of them, or pass a --smoothing above 0",
        ),
        SplineError::Backend(error) => error.into(),
        other => Failure::data(other.to_string(), "check the coordinates"),
    }
}
