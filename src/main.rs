//! `xr`: arguments → job → engine → writer. No algorithm lives here.
#![forbid(unsafe_code)]

mod args;
mod carried;
mod crs;
mod devices;
mod failure;
mod grid;
mod info;
mod interrupt;
mod machine;
mod memory;
mod origins;
mod output;
mod preview;
mod progress;
mod rasterize;
mod rows;
mod skipped;
mod spline;
mod statistics;
mod stdout;
mod translate;
mod validate;

use args::{Command, Options};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = Options::parse();
    start_log(&options);
    let Err(failure) = run(options) else { return ExitCode::SUCCESS };
    // Unwrapped, so that a path or an expression stays in one piece; sources are part of the message already.
    let handler = miette::MietteHandlerOpts::new().wrap_lines(false).break_words(false).without_cause_chain();
    if let Err(error) = miette::set_hook(Box::new(move |_| Box::new(handler.clone().build()))) {
        tracing::debug!("{error}");
    }
    let status = failure.exit_status();
    eprintln!("{:?}", miette::Report::new(failure));
    status
}

fn run(options: Options) -> Result<(), Failure> {
    match options.command {
        Command::Rasterize(command) => rasterize::run(&command, &options.global),
        Command::Spline(command) => spline::run(&command, &options.global),
        Command::Translate(command) => translate::run(&command, &options.global),
        Command::Validate(command) => validate::run(&command),
        Command::Info(command) => info::run(&command),
        Command::Devices(command) => devices::run(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Options::command(), "xr", &mut script);
            stdout::print(&String::from_utf8_lossy(&script))
        }
    }
}

/// Warnings always, steps with `-v`, details with `-vv`, nothing but errors with `--quiet`.
fn start_log(options: &Options) {
    use tracing::level_filters::LevelFilter;
    let level = match (options.global.quiet, options.global.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .without_time()
        .with_target(false)
        .init();
}
