//! Header, directories, and everything that the tags mean.
#![no_main]
#![expect(dead_code, reason = "the other target reads pixels")]

#[path = "../../xr-geotiff/tests/host/exercise.rs"]
mod exercise;
#[path = "../../xr-geotiff/tests/host/mod.rs"]
mod host;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exercise::ask_directories(bytes.to_vec());
});
