//! Progress bars on stderr.

use crate::args::{Global, When};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar of windows, hidden unless asked for or on a terminal.
pub fn windows(global: &Global, what: &'static str) -> ProgressBar {
    let shown = match global.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => !global.quiet && std::io::stderr().is_terminal(),
    };
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{msg} {bar:40} {percent}% {elapsed} (eta {eta})") {
        Ok(style) => bar.with_style(style).with_message(what),
        Err(_) => bar,
    }
}
