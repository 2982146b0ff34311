//! `xr-bench burn`: the burn, checked, then timed, beside rasterio when Python has it.
#![forbid(unsafe_code)]

mod burn;
mod peer;
mod workload;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

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
}

fn main() -> ExitCode {
    let done = match Arguments::parse().suite {
        Suite::Burn(options) => burn::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xr-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
