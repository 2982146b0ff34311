//! The spline suite, beside peers: points in memory fitted and shown by xr, ferreus_rbf, SciPy and xarray-spatial, each in a
//! process of its own. All take turns.

mod report;
mod work;
mod worker;

use crate::{Failure, child::Child, scratch};
use clap::Args;
use report::Line;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use work::Work;
pub use worker::{Worker, serve};

#[derive(Args)]
pub struct Options {
    /// Timed runs of each program.
    #[arg(long, default_value_t = 3)]
    repeat: usize,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// CPU threads of xr; 0 means all.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// A row of points from a file, `x,y,value` a line after a first line of names.
    #[arg(long, value_name = "FILE.csv")]
    points: Option<PathBuf>,
    /// Backends of xr to compare, each in a process; the first is that which others are compared to.
    #[arg(long, value_delimiter = ',', default_values_t = ["cpu".to_owned()])]
    backends: Vec<String>,
    /// Time ferreus_rbf, SciPy and xarray-spatial too.
    #[arg(long)]
    peers: bool,
    /// Most points of SciPy and xarray-spatial, whose time and memory grow with their square or cube.
    #[arg(long, default_value_t = 1_000)]
    dense: usize,
    /// Python of 3.12 or later with ferreus_rbf, SciPy and xarray-spatial.
    #[arg(long, default_value = "python3")]
    python: String,
    /// Folder for the files [default: /dev/shm, or the system's].
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Print one JSON object a program.
    #[arg(long)]
    json: bool,
}

const DRIVER: &str = include_str!("../peer/spline.py");

/// Runs every row.
pub fn run(options: &Options) -> Result<(), Failure> {
    let mut rows = work::rows();
    if let Some(path) = &options.points {
        rows.push(work::of_file(path)?);
    }
    scratch::with_folder(options.folder.as_ref(), |folder| {
        for row in rows.iter().filter(|row| row.name.contains(&options.only)) {
            report::print(row, &row_of(options, row, folder)?, options.json);
        }
        Ok(())
    })
}

/// Ours first, to which the others are compared.
fn row_of(options: &Options, work: &Work, folder: &Path) -> Result<Vec<Line>, Failure> {
    let surface = folder.join("surface");
    let description = work.write(&folder.join("points"))?.to_string();
    let _ = std::fs::remove_file(&surface);
    let mut children = Vec::new();
    for backend in &options.backends {
        let mut ours = Command::new(std::env::current_exe()?);
        ours.args(["spline-worker", &description, &options.threads.to_string(), backend]);
        children.push(Child::start("xr", ours)?);
    }
    let dense = work.points.len() <= options.dense;
    let peers = [("ferreus_rbf", true), ("scipy", dense), ("xarray-spatial", dense)];
    for (peer, _) in peers.into_iter().filter(|(_, able)| options.peers && *able) {
        let mut command = Command::new(&options.python);
        command.args(["-c", DRIVER, peer, &description]);
        children.push(Child::start(peer, command)?);
    }
    let mut lines: Vec<Line> = children.iter().map(|child| Line::new(child.label())).collect();
    for _ in 0..options.repeat.max(1) {
        for (child, line) in children.iter_mut().zip(&mut lines) {
            line.add(&child.ask("fit")?, &child.ask("evaluate")?)?;
        }
    }
    for (child, line) in children.iter_mut().zip(&mut lines) {
        line.check(&child.ask(&format!("check {}", surface.display()))?, child.inputs);
    }
    children.into_iter().try_for_each(Child::stop)?;
    Ok(lines)
}
