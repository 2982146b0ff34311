//! Our process that holds geometry in memory.

use crate::{Failure, child::say, usage};
use clap::Args;
use geo_traits::GeometryTrait;
use serde_json::{Value as Json, json};
use std::{io::BufRead as _, ops::ControlFlow, path::Path, time::Instant};
use xr::{
    Control, DataType, GeometryBuilder, GeometryTables, Grid, Merge, Number, RasterizeJob, Rule, Scalar, Value,
    ValueTable,
};
use xr_vector::{OpenOptions, Visitor};

#[derive(Args)]
pub struct Worker {
    /// What to burn, as JSON.
    work: String,
    /// CPU threads; 0 means all.
    threads: usize,
    backend: String,
}

struct Reading {
    builder: GeometryBuilder,
    numbers: Vec<Number>,
}

impl Visitor for Reading {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        _: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()> {
        if geometry.is_some_and(|geometry| self.builder.push(geometry).is_ok()) {
            let number = values.first().map_or(Some(Number::Int(1)), |value| Number::from_value(*value));
            self.numbers.push(number.unwrap_or(Number::Int(0)));
        }
        ControlFlow::Continue(())
    }

    fn malformed(&mut self, _: u64, _: &str) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The geometry of a file, and a column of numbers or ones.
pub fn read(path: &Path, column: Option<&str>) -> Result<(GeometryTables, Vec<Number>), Failure> {
    let source = xr_vector::open(path, &OpenOptions::default())?;
    let mut reading = Reading { builder: GeometryBuilder::default(), numbers: Vec::new() };
    let column: Vec<&str> = column.into_iter().collect();
    source.read(&column, &mut reading)?;
    Ok((reading.builder.finish(), reading.numbers))
}

/// Reads the file, says that it is ready, and answers lines until there are no more.
pub fn serve(options: &Worker) -> Result<(), Failure> {
    let work: Json = serde_json::from_str(&options.work)?;
    let dtype = match work["dtype"].as_str() {
        Some("float64") => DataType::F64,
        Some("float32") => DataType::F32,
        _ => DataType::U8,
    };
    let number = |list: &str, n: usize| work[list][n].as_f64().unwrap_or(f64::NAN);
    let (width, height) = (number("size", 0), number("size", 1));
    let [x0, y0, x1, y1] = [0, 1, 2, 3].map(|n| number("extent", n));
    let grid = Grid::new(width as u32, height as u32, [x0, (x1 - x0) / width, y1, (y0 - y1) / height])?;

    let (geometry, numbers) = read(Path::new(work["source"].as_str().unwrap_or_default()), work["column"].as_str())?;
    let values = &[ValueTable::new(dtype, numbers.into_iter())?];
    let merge = if work["merge"] == "sum" { Merge::Sum } else { Merge::Last };
    let rule =
        Rule { all_touched: work["all_touched"] == true, ..Rule::new(merge, Scalar::new(dtype, Number::Int(0))?) };
    let job = RasterizeJob::new(&geometry, values, grid, rule);
    let mut engine =
        xr::engine(&options.backend, xr::OpenOptions { threads: options.threads, ..xr::OpenOptions::default() })?;
    let size = grid.pixels() as usize * dtype.size();
    let mut words: Vec<u64> = Vec::new();

    let version = format!("{} {}", env!("CARGO_PKG_VERSION"), options.backend);
    say(&json!({ "version": version, "inputs": usage::now() }))?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line != "burn" {
            words = Vec::new();
        }
        let (start, cpu) = (Instant::now(), usage::cpu());
        if words.is_empty() {
            words = vec![0; size.div_ceil(8)];
        }
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        engine.rasterize_into(&job, Control::default(), &mut bytes[..size])?;
        let (wall, cpu) = (start.elapsed().as_secs_f64(), usage::cpu() - cpu);
        let peak = usage::peak();
        let mut differing = None;
        if let Some(path) = line.strip_prefix("check ") {
            differing = differing_pixels(Path::new(path), &bytes[..size], dtype.size())?;
        }
        say(&json!({ "wall": wall, "cpu": cpu, "peak": peak, "differing": differing }))?;
    }
    Ok(())
}

/// How many pixels are not as in the file; the first raster becomes the file.
fn differing_pixels(path: &Path, pixels: &[u8], size: usize) -> Result<Option<usize>, Failure> {
    if !path.exists() {
        std::fs::write(path, pixels)?;
        return Ok(None);
    }
    let first = std::fs::read(path)?;
    Ok(Some(first.chunks_exact(size).zip(pixels.chunks_exact(size)).filter(|(a, b)| a != b).count()))
}
