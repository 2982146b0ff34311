//! The whole reader: directories, then windows of every image, decoded on the host.
#![no_main]

#[path = "../../xr-geotiff/tests/host/exercise.rs"]
mod exercise;
#[path = "../../xr-geotiff/tests/host/mod.rs"]
mod host;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exercise::ask_everything(bytes.to_vec());
});
