//! What a run says about itself, and about errors.

use super::{fit::Fitted, method, options::Spline, points::Points};
use crate::{failure::Failure, machine, rasterize::report::traffic};
use serde_json::{Value, json};
use std::time::Duration;
use xr::{
    Grid, Phases, Traffic,
    spline::{Method, SplineTables},
};

/// Points whose leave-one-out errors are named.
const NAMED: usize = 20;

/// What was summed, where, and how.
pub struct Sums<'a> {
    pub tables: &'a SplineTables,
    pub grid: Grid,
    pub method: Method,
}

/// Figures of a finished run.
pub struct Report<'a> {
    pub options: &'a Spline,
    pub sums: Sums<'a>,
    pub points: &'a Points,
    pub fitted: &'a Fitted,
    pub backend: &'static str,
    pub device: String,
    pub parse: Duration,
    pub fit: Duration,
    pub phases: Phases,
    pub wall: Duration,
    pub traffic: Traffic,
    pub bytes: u64,
    pub tiles: u64,
    pub sparse_tiles: u64,
    pub statistics: Option<Value>,
}

impl Report<'_> {
    pub fn to_json(&self) -> Value {
        let seconds = |d: Duration| d.as_secs_f64();
        json!({
            "output": self.options.output.display().to_string(),
            "width": self.sums.grid.width,
            "height": self.sums.grid.height,
            "bands": self.options.column.len(),
            "dtype": self.options.dtype.name(),
            "pixels": self.sums.grid.pixels(),
            "features": self.points.read,
            "points": self.fitted.problem.len(),
            "skipped": self.points.skipped.to_json(),
            "backend": self.backend,
            "device": self.device,
            "bytes": self.bytes,
            "tiles": self.tiles,
            "sparse_tiles": self.sparse_tiles,
            "statistics": self.statistics,
            "method": method::name(self.sums.method),
            "fit": fit(self.options, self.fitted, &self.sums),
            "wall": seconds(self.wall),
            "phases": {
                "parse": seconds(self.parse),
                "fit": seconds(self.fit),
                "stage": seconds(self.phases.stage),
                "prepare": seconds(self.phases.prepare),
                "rasterize": seconds(self.phases.rasterize),
                "evaluate": seconds(self.phases.evaluate),
                "encode": seconds(self.phases.encode),
                "readback": seconds(self.phases.readback),
                "write": seconds(self.phases.sink),
            },
            "traffic": traffic(&self.traffic),
            "peak_memory": machine::peak_memory(),
        })
    }

    pub fn to_text(&self) -> String {
        format!(
            "{}: {} × {} {} through {} points of {} features, {} bytes, {:.2} s",
            self.options.output.display(),
            self.sums.grid.width,
            self.sums.grid.height,
            self.options.dtype,
            self.fitted.problem.len(),
            self.points.read,
            self.bytes,
            self.wall.as_secs_f64()
        )
    }
}

/// The fit in figures.
fn fit(options: &Spline, Fitted { problem, fit, residuals }: &Fitted, sums: &Sums<'_>) -> Value {
    let columns = fit.columns.iter().zip(residuals).zip(&options.column).enumerate();
    let columns = columns.map(|(column, ((spline, residual), name))| {
        let errors = || spline.leave_one_out.iter().copied().filter(|error| error.is_finite());
        let (count, squares) = errors().fold((0.0, 0.0), |(count, sum), e| (count + 1.0, sum + e * e));
        let magnitude: f64 = spline.weights.iter().map(|weight| weight.abs()).sum();
        let number = |v: f64| if v.is_finite() { json!(v) } else { Value::Null };
        json!({
            "name": name,
            "residual": { "points": residual.points, "max": residual.max, "rms": residual.rms },
            "leave_one_out_rmse": number((squares / count).sqrt()),
            "iterations": spline.iterations,
            "sum_of_weights": magnitude,
            "error_bound": method::bound(sums.tables, &sums.grid, sums.method, column),
        })
    });
    json!({
        "lambda": fit.lambda,
        "unit": problem.frame.scale,
        "condition": if fit.condition.is_finite() { json!(fit.condition) } else { Value::Null },
        "exact_leave_one_out": fit.exact_leave_one_out,
        "merged": problem.merged,
        "columns": columns.collect::<Vec<_>>(),
    })
}

/// `--error-report`: the fit, and the points that others predict worst.
pub fn errors(options: &Spline, points: &Points, fitted: &Fitted, sums: &Sums<'_>) -> Result<Value, Failure> {
    let mut report = fit(options, fitted, sums);
    report["method"] = json!(method::name(sums.method));
    let measured = method::measured(sums.tables, &sums.grid, sums.method)?;
    for (column, measured) in report["columns"].as_array_mut().into_iter().flatten().zip(measured) {
        column["error_at_pixels"] = measured;
    }
    for (column, spline) in report["columns"].as_array_mut().into_iter().flatten().zip(&fitted.fit.columns) {
        let mut order: Vec<usize> =
            (0..spline.leave_one_out.len()).filter(|&n| spline.leave_one_out[n].is_finite()).collect();
        order.sort_by(|&a, &b| spline.leave_one_out[b].abs().total_cmp(&spline.leave_one_out[a].abs()));
        let worst = order.iter().take(NAMED).map(|&n| {
            let origin = fitted.problem.origins[n];
            json!({
                "feature": points.origin(origin),
                "x": points.xs[origin],
                "y": points.ys[origin],
                "leave_one_out": spline.leave_one_out[n],
            })
        });
        column["worst"] = worst.collect();
    }
    Ok(report)
}
