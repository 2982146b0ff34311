//! Pixels read from files: of other programs, and laid out by hand.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

mod damage;
mod file;
#[path = "../host/mod.rs"]
mod host;
mod oddities;
mod recorder;
mod samples;
mod windows;
