//! Damaged and hostile files: an error, no panic, and no more memory than the limits allow.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

#[path = "files/image.rs"]
mod image;

use std::path::Path;

use image::{gray, write};
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use xr_crs::Crs;
use xr_geotiff::{BigTiff, Directory, GeoTiffError, ImageSpec, Limits, Result, read_directories};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

fn read(bytes: &[u8]) -> Result<Vec<Directory>> {
    read_directories(bytes, Path::new("bad.tif"), &limits())
}

fn limits() -> Limits {
    Limits { directories: 8, entries: 64, value_bytes: 64 << 10, chunks: 4096, ..Limits::default() }
}

fn sample(bigtiff: BigTiff) -> Vec<u8> {
    let spec = ImageSpec {
        samples: 3,
        crs: Some(Crs::from_epsg(32613).unwrap()),
        nodata: Some("0".into()),
        description: Some("a text that does not fit an entry".into()),
        bigtiff,
        ..gray(40, 40)
    };
    write(&spec, &vec![vec![]; 9])
}

/// Everything that can be asked of a file.
fn ask_everything(bytes: &[u8]) -> Result<()> {
    for directory in read(bytes)? {
        let _ = (directory.transform(), directory.geo_keys(), directory.crs(), directory.sample_type());
        let _ = (directory.nodata(), directory.description(), directory.gdal_metadata(), directory.predictor());
        let _ = (directory.is_mask(), directory.is_planar(), directory.photometric(), directory.compression_name());
        let _ = directory.chunk_table(bytes, &limits());
        for entry in directory.entries() {
            let _ = (entry.text(), entry.unsigned().map(Iterator::count), entry.floats().map(Iterator::count));
        }
    }
    Ok(())
}

#[test]
fn cycles_and_limits_are_errors() {
    // Two directories without entries that point to each other: at 8 and at 14.
    let cycle = b"II\x2a\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\x08\0\0\0";
    let error = read(cycle).unwrap_err();
    assert!(matches!(error, GeoTiffError::Malformed { offset: 8, .. }), "{error}");

    let mut chain = b"II\x2a\0\x08\0\0\0".to_vec();
    for i in 1..20u32 {
        chain.extend([0, 0]);
        chain.extend((8 + 6 * i).to_le_bytes());
    }
    let error = read(&chain).unwrap_err();
    assert!(matches!(error, GeoTiffError::Limit { value: 9, limit: 8, .. }), "{error}");

    let error = read(b"II\x2a\0\x08\0\0\0\xff\xff").unwrap_err();
    assert!(matches!(error, GeoTiffError::Limit { value: 65535, limit: 64, .. }), "{error}");

    for (bytes, text) in [
        (&b"II"[..], "beyond the end"),
        (b"PK\x03\x04\0\0\0\0", "neither \"II\" nor \"MM\""),
        (b"II\x2c\0\x08\0\0\0", "version 44"),
        (b"II\x2a\0\0\0\0\0", "no directory"),
        (b"II\x2a\0\xf0\0\0\0", "beyond the end"),
        (b"II\x2b\0\x04\0\0\0", "8-byte offsets"),
    ] {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains(text) && error.contains("bad.tif"), "{error}");
    }
}

#[test]
fn sizes_are_checked_before_memory_is_taken() {
    // The description's count (entry 6, count at +4) made absurd.
    let mut bytes = sample(BigTiff::No);
    let at = bytes.windows(4).position(|window| window == [0x0e, 1, 2, 0]).unwrap() + 4;
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = read(&bytes).unwrap_err();
    assert!(matches!(error, GeoTiffError::Malformed { .. }) && error.to_string().contains("tag 270"), "{error}");
    // A large file that holds it, but the limits do not.
    bytes[at..at + 4].copy_from_slice(&100_000u32.to_le_bytes());
    bytes.resize(200_000, 0);
    assert!(matches!(read(&bytes).unwrap_err(), GeoTiffError::Limit { limit: 65536, .. }));
}

#[test]
fn mutated_files_never_panic_or_take_memory() {
    let files = [sample(BigTiff::No), sample(BigTiff::Yes)];
    let mutation = (0..2usize, prop::collection::vec((0..700usize, any::<u8>()), 1..6), prop::option::of(0..700usize));
    let mut runner = TestRunner::new(Config { cases: 20_000, failure_persistence: None, ..Config::default() });
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    runner
        .run(&mutation, |(file, changes, cut)| {
            let mut bytes = files[file].clone();
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(cut.unwrap_or(usize::MAX));
            let _ = ask_everything(&bytes);
            Ok(())
        })
        .unwrap();
    let taken = PEAK.peak_usage().saturating_sub(before);
    assert!(taken < 1 << 20, "{taken} bytes");
}
