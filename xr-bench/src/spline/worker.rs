//! Our process that holds points in memory.

use crate::{Failure, child::say, usage};
use clap::Args;
use serde_json::{Value as Json, json};
use std::{fs, io::BufRead as _, time::Instant};
use xr::{
    Control, Engine, Grid, Quantity, Scalar, SplineJob,
    spline::{Duplicates, Fit, Method, Points, Problem, Smoothing, SplineTables, fit, fit::residual_points},
};

/// Largest error of a pixel, in parts of the range of values.
const TOLERANCE: f64 = 1e-9;

#[derive(Args)]
pub struct Worker {
    /// What to draw, as JSON.
    work: String,
    /// CPU threads; 0 means all.
    threads: usize,
    backend: String,
}

/// Everything that calls share.
struct Session<'a> {
    problem: &'a Problem,
    grid: Grid,
    fitted: Option<Fit>,
    engine: Box<dyn Engine>,
    surface: Vec<f64>,
}

/// Reads the points, says that it is ready, and answers lines until there are no more.
pub fn serve(options: &Worker) -> Result<(), Failure> {
    let work: Json = serde_json::from_str(&options.work)?;
    let bytes = fs::read(work["points"].as_str().unwrap_or_default())?;
    let numbers: Vec<f64> = bytes.chunks_exact(8).map(bytemuck::pod_read_unaligned).collect();
    let count = numbers.len() / 3;
    let [xs, ys, zs] = [0, 1, 2].map(|k| &numbers[k * count..][..count]);
    let number = |list: &str, n: usize| work[list][n].as_f64().unwrap_or(f64::NAN);
    let (width, height) = (number("size", 0), number("size", 1));
    let [x0, y0, x1, y1] = [0, 1, 2, 3].map(|n| number("extent", n));
    let grid = Grid::new(width as u32, height as u32, [x0, (x1 - x0) / width, y1, (y0 - y1) / height])?;
    let columns = [zs];
    let points = Points { xs, ys, columns: &columns, errors: None };
    let engine =
        xr::engine(&options.backend, xr::OpenOptions { threads: options.threads, ..xr::OpenOptions::default() })?;
    let problem = Problem::new(&points, Duplicates::Refuse)?;
    let mut session = Session { problem: &problem, grid, fitted: None, engine, surface: Vec::new() };

    let version = format!("{} {}", env!("CARGO_PKG_VERSION"), options.backend);
    say(&json!({ "version": version, "inputs": usage::now() }))?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (start, cpu) = (Instant::now(), usage::cpu());
        let mut answer = match &*line {
            "fit" => session.fit(&points)?,
            "evaluate" => session.evaluate()?,
            _ => session.check(line.strip_prefix("check ").unwrap_or_default())?,
        };
        answer["wall"] = json!(start.elapsed().as_secs_f64());
        answer["cpu"] = json!(usage::cpu() - cpu);
        answer["peak"] = json!(usage::peak());
        say(&answer)?;
    }
    Ok(())
}

impl Session<'_> {
    fn fit(&mut self, points: &Points<'_>) -> Result<Json, Failure> {
        let problem = Problem::new(points, Duplicates::Refuse)?;
        let mut sums = self.engine.point_sums(&problem.us, &problem.vs)?;
        let fitted = fit(&problem, Smoothing::Fixed(0.0), &mut *sums, &mut |_, _, _| {})?;
        let iterations = fitted.columns[0].iterations;
        drop(sums);
        self.fitted = Some(fitted);
        Ok(json!({ "iterations": iterations }))
    }

    fn evaluate(&mut self) -> Result<Json, Failure> {
        let fitted = self.fitted.as_ref().ok_or("fit first")?;
        let tables = SplineTables::of_fit(self.problem, fitted, false)?;
        let values = &self.problem.columns[0];
        let [low, high] =
            values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)]);
        let method = Method::choose(&tables, &self.grid, Quantity::Value, &[TOLERANCE * (high - low)]);
        let job = SplineJob { method, ..SplineJob::new(&tables, self.grid, Quantity::Value, Scalar::of(f64::NAN)) };
        self.surface.resize(self.grid.pixels() as usize, 0.0);
        self.engine.spline_into(&job, Control::default(), bytemuck::cast_slice_mut(&mut self.surface))?;
        Ok(json!({}))
    }

    /// The residual by direct sums; the surface goes to the file, or is compared with what is there.
    fn check(&mut self, path: &str) -> Result<Json, Failure> {
        let difference = match fs::read(path) {
            Ok(bytes) => {
                let theirs = bytes.chunks_exact(8).map(bytemuck::pod_read_unaligned::<f64>);
                let pairs = theirs.zip(&self.surface);
                Some(pairs.fold(0.0, |largest: f64, (a, b)| largest.max((a - b).abs())))
            }
            Err(_) => {
                fs::write(path, bytemuck::cast_slice(&self.surface))?;
                None
            }
        };
        let fitted = self.fitted.as_ref().ok_or("fit first")?;
        let mut sums = self.engine.point_sums(&self.problem.us, &self.problem.vs)?;
        let residual = fitted.residual(self.problem, 0, residual_points(self.problem.len()), &mut *sums)?;
        Ok(json!({ "residual": residual.max, "difference": difference }))
    }
}
