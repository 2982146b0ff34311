//! What a run says about itself, and about errors.

use super::{fit::Fitted, options::Spline, points::Points};
use crate::{machine, rasterize::report::traffic};
use serde_json::{Value, json};
use std::time::Duration;
use xr::{Grid, Phases, Traffic};

/// Points whose leave-one-out errors are named.
const NAMED: usize = 20;

/// Figures of a finished run.
pub struct Report<'a> {
    pub options: &'a Spline,
    pub grid: Grid,
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
            "width": self.grid.width,
            "height": self.grid.height,
            "bands": self.options.column.len(),
            "dtype": self.options.dtype.name(),
            "pixels": self.grid.pixels(),
            "features": self.points.read,
            "points": self.fitted.problem.len(),
            "skipped": self.points.skipped.to_json(),
            "backend": self.backend,
            "device": self.device,
            "bytes": self.bytes,
            "tiles": self.tiles,
            "sparse_tiles": self.sparse_tiles,
            "statistics": self.statistics,
            "fit": fit(self.options, self.fitted),
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
            self.grid.width,
            self.grid.height,
            self.options.dtype,
            self.fitted.problem.len(),
            self.points.read,
            self.bytes,
            self.wall.as_secs_f64()
        )
    }
}

/// The fit in figures.
fn fit(options: &Spline, Fitted { problem, fit, residuals }: &Fitted) -> Value {
    let columns = fit.columns.iter().zip(residuals).zip(&options.column).map(|((spline, residual), name)| {
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
            "rounding_bound": rounding_bound(problem.len(), magnitude),
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

/// How far rounding can move a pixel within the points' unit box from the exact sum: each of `points` terms is off by 3
/// units in the last place of the largest, and a pixel is summed from chunks of 256.
fn rounding_bound(points: usize, magnitude: f64) -> f64 {
    let depth = points.min(256) + points.div_ceil(256);
    (depth as f64 + 3.0) * (f64::EPSILON / 2.0) * magnitude * std::f64::consts::LN_2
}

/// `--error-report`: the fit, and the points that others predict worst.
pub fn errors(options: &Spline, points: &Points, fitted: &Fitted) -> Value {
    let mut report = fit(options, fitted);
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
    report
}
