//! `--method` and `--tolerance`: how to sum, and how exact that is.

use super::{
    fit::Fitted,
    options::{MethodName, Spline},
};
use serde_json::{Value, json};
use xr::{
    Grid, Quantity,
    spline::{Method, SplineTables},
};

/// Error of a pixel when nobody asks for another, in parts of the range of values.
const TOLERANCE: f64 = 1e-9;
/// Pairs of pixel and point that a check of pixels may take, and its number of pixels.
const PAIRS: usize = 1_000_000_000;
const PIXELS: (usize, usize) = (100, 1000);

/// The way to show a quantity of a spline on a grid.
pub fn choose(options: &Spline, fitted: &Fitted, tables: &SplineTables, grid: &Grid, quantity: Quantity) -> Method {
    let range = |values: &Vec<f64>| {
        let [low, high] =
            values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)]);
        TOLERANCE * (high - low)
    };
    let columns = fitted.problem.columns.iter();
    let tolerances: Vec<f64> = columns.map(|values| options.tolerance.unwrap_or_else(|| range(values))).collect();
    match options.method {
        MethodName::Auto => Method::choose(tables, grid, quantity, &tolerances),
        MethodName::Direct => Method::Direct,
        MethodName::Fmm => Method::fast(tables, grid, quantity, &tolerances),
    }
}

/// A warning where a tolerance that was asked for is not kept.
pub fn warn_of_tolerance(options: &Spline, tables: &SplineTables, grid: &Grid, method: Method) {
    let Some(tolerance) = options.tolerance else { return };
    let worst = (0..tables.columns()).map(|column| bound(tables, grid, method, column)).fold(0.0, f64::max);
    if worst > tolerance {
        tracing::warn!(
            "pixels may be off by {worst:.1e}, which is above --tolerance {tolerance:e}: weights of this size leave no more digits \
             to double precision"
        );
    }
}

/// Largest error of a column's pixels.
pub fn bound(tables: &SplineTables, grid: &Grid, method: Method, column: usize) -> f64 {
    method.error(tables.points()) * tables.magnitude(column, grid)
}

pub fn name(method: Method) -> &'static str {
    match method {
        Method::Direct => "direct",
        Method::Fast(_) => "fmm",
    }
}

/// For each column the largest difference of random pixels from direct sums.
pub fn measured(tables: &SplineTables, grid: &Grid, method: Method) -> Result<Vec<Value>, xr::Error> {
    let count = (PAIRS / tables.points().max(1)).clamp(PIXELS.0, PIXELS.1);
    let mut state = 1u64;
    let mut below = |limit: u32| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (((state >> 32) * u64::from(limit)) >> 32) as u32
    };
    let pixels: Vec<[u32; 2]> = (0..count).map(|_| [below(grid.width), below(grid.height)]).collect();
    let errors = xr::spline_errors(tables, grid, method, &pixels)?;
    Ok(errors.into_iter().map(|max| json!({ "pixels": count, "max": max })).collect())
}
