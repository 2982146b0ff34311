//! `xr-bench`: workloads, checked, then timed, beside peers where they are installed.
#![forbid(unsafe_code)]
#![cfg_attr(not(any(feature = "opencl", feature = "cuda")), allow(dead_code, reason = "nothing runs on devices then"))]

mod batch;
mod burn;
mod child;
mod codec;
mod device;
mod in_process;
mod landscape;
mod peer;
mod rasterize;
mod resident;
mod scratch;
mod spline;
mod surface;
mod times;
mod translate;
mod usage;
mod workload;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What a bench can fail with; it is only ever shown.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(version, about = "Timed workloads, each checked before it is timed")]
struct Arguments {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Subcommand)]
enum Suite {
    /// Random polygons into a raster in memory.
    Burn(burn::Options),
    /// Vector files into rasters, beside peers.
    Rasterize(rasterize::Options),
    /// The process of the rasterize suite that burns.
    #[command(hide = true)]
    Worker(rasterize::Worker),
    /// Surfaces through points, beside peers.
    Spline(spline::Options),
    /// The process of the spline suite that fits and evaluates.
    #[command(hide = true)]
    SplineWorker(spline::Worker),
    /// Surfaces left on devices.
    Surface(surface::Options),
    /// Compressed GeoTIFFs written and read by whole programs.
    Translate(translate::Options),
    /// Tiles encoded and decoded where the raster is.
    Codec(codec::Options),
    /// One batch of many tiles against as many batches of one.
    Batch(batch::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().suite {
        Suite::Burn(options) => burn::run(&options),
        Suite::Rasterize(options) => rasterize::run(&options),
        Suite::Worker(options) => rasterize::serve(&options),
        Suite::Spline(options) => spline::run(&options),
        Suite::SplineWorker(options) => spline::serve(&options),
        Suite::Surface(options) => surface::run(&options),
        Suite::Translate(options) => translate::run(&options),
        Suite::Codec(options) => codec::run(&options),
        Suite::Batch(options) => batch::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xr-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
