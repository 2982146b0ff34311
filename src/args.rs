//! The command line. What scripts rely on is described in `docs/cli.md`.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Vectors and points into rasters: exact, fast, bounded in memory.
#[derive(Parser)]
#[command(name = "xr", version, arg_required_else_help = true, propagate_version = true)]
#[command(after_help = "Exit status: 0 done, 1 the work failed, 2 the command line is wrong.")]
pub struct Options {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Args)]
pub struct Global {
    /// Print nothing but errors
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say what is being done; -vv for details
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to draw a progress bar on stderr
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub progress: When,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// When stderr is a terminal
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Burn polygons, lines and points into a GeoTIFF
    Rasterize(Box<crate::rasterize::options::Rasterize>),
    /// Describe a vector file or a GeoTIFF
    Info(crate::info::Info),
    /// List the backends and devices of this machine
    Devices(crate::devices::Devices),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
}
