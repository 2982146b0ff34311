//! The rasterize suite, beside peers: a vector file in memory burned by xr, rasterio and xarray-spatial, each in a process of
//! its own, and the same file burned into a GeoTIFF by the programs xr and gdal_rasterize. All take turns.

mod program;
mod report;
mod work;
mod worker;

use crate::{Failure, child::Child, scratch};
use clap::Args;
use program::Program;
use report::Line;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use work::Work;
pub use worker::{Worker, read, serve};

#[derive(Args)]
pub struct Options {
    /// Timed runs of each program.
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// CPU threads of xr; 0 means all.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Backends of xr to compare, each in a process; the first is that which others are compared to.
    #[arg(long, value_delimiter = ',', default_values_t = ["cpu".to_owned()])]
    backends: Vec<String>,
    /// Time rasterio, xarray-spatial and gdal_rasterize too.
    #[arg(long)]
    peers: bool,
    /// Python of 3.12 or later with rasterio, xarray-spatial, pyogrio and geopandas.
    #[arg(long, default_value = "python3")]
    python: String,
    /// The program xr.
    #[arg(long, default_value = "target/release/xr")]
    xr: PathBuf,
    /// Polygons in degrees.
    #[arg(long, default_value = "examples/data/us_counties.fgb")]
    counties: PathBuf,
    /// Full-resolution coastlines in degrees; without them their rows are left out.
    #[arg(long)]
    coastlines: Option<PathBuf>,
    /// Folder for the files [default: /dev/shm, or the system's].
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Print one JSON object a row.
    #[arg(long)]
    json: bool,
}

const DRIVER: &str = include_str!("../peer/rasterize.py");

/// Runs every row.
pub fn run(options: &Options) -> Result<(), Failure> {
    scratch::with_folder(options.folder.as_ref(), |folder| {
        for row in work::rows(&options.counties, options.coastlines.as_deref()) {
            if row.name.contains(&options.only) {
                let work = row.prepare(folder, options.peers)?;
                let lines = [in_memory(options, &work, folder)?, programs(options, &work, folder)?];
                report::print(&work, &lines, options.json);
            }
        }
        Ok(())
    })
}

/// The calls, each on geometry that its process holds: ours first, to which the others are compared.
fn in_memory(options: &Options, work: &Work, folder: &Path) -> Result<Vec<Line>, Failure> {
    let raster = folder.join("raster");
    let _ = std::fs::remove_file(&raster); // of the row before
    let mut children = Vec::new();
    for backend in &options.backends {
        let mut ours = Command::new(std::env::current_exe()?);
        ours.args(["worker", &work.to_json(), &options.threads.to_string(), backend]);
        children.push(Child::start("xr", ours)?);
    }
    for peer in ["rasterio", "xarray-spatial"].into_iter().filter(|_| options.peers) {
        let mut command = Command::new(&options.python);
        command.args(["-c", DRIVER, peer, &work.to_json()]);
        children.push(Child::start(peer, command)?);
    }
    let mut lines = Vec::new();
    for child in &mut children {
        // Untimed. Ours writes the raster to the file, a peer compares its own with it.
        let check = child.ask(&format!("check {}", raster.display()))?;
        let peak = check["peak"].as_u64().unwrap_or(0);
        let bytes = peak.saturating_sub(child.inputs) as f64 / work.pixels();
        lines.push(Line::new(child.label(), bytes, check["differing"].as_u64()));
    }
    // The first array of ours is new, as all of the peers' are; later ones are used again.
    lines.insert(1, Line::new("xr, new array".into(), lines[0].bytes_per_pixel, None));
    for _ in 0..options.repeat {
        let mut lines = lines.iter_mut();
        for (n, child) in children.iter_mut().enumerate() {
            let calls: &[&str] = if n == 0 { &["burn", "burn new"] } else { &["burn"] };
            for (call, line) in calls.iter().zip(lines.by_ref()) {
                line.add(&child.ask(call)?)?;
            }
        }
    }
    children.into_iter().try_for_each(Child::stop)?;
    Ok(lines)
}

/// The programs, from file to uncompressed GeoTIFF; their processes are watched by Python.
fn programs(options: &Options, work: &Work, folder: &Path) -> Result<Vec<Line>, Failure> {
    if !options.peers {
        return Ok(Vec::new());
    }
    let programs = [Program::xr(&options.xr, work, folder), Program::gdal(work, folder)];
    let mut lines = Vec::new();
    for program in &programs {
        let usage = program.run(&options.python)?;
        let peak = usage["peak"].as_f64().unwrap_or(f64::NAN);
        lines.push(Line::new(program.label(), peak / work.pixels(), None));
    }
    lines[1].differing = Some(program::differing(&programs, work)?);
    for _ in 0..options.repeat {
        for (program, line) in programs.iter().zip(&mut lines) {
            line.add(&program.run(&options.python)?)?;
        }
    }
    Ok(lines)
}
