//! Truncated and damaged files: an error that names the file, or fewer rows, but never a panic.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::collect::{Scratch, example, failure, fixture, read, rows};

/// A copy of a file, changed, with the side files of a Shapefile beside it.
fn changed(scratch: &Scratch, original: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(original).unwrap();
    change(&mut bytes);
    if original.extension().unwrap() == "shp" {
        for side in ["dbf", "prj", "cpg"] {
            let bytes = std::fs::read(original.with_extension(side)).unwrap();
            scratch.file(original.with_extension(side).file_name().unwrap().to_str().unwrap(), bytes);
        }
    }
    scratch.file(original.file_name().unwrap().to_str().unwrap(), bytes)
}

#[test]
fn truncated_files_fail_and_name_the_file() {
    let framed = [
        "scalars.shp",
        "scalars.fgb",
        #[cfg(feature = "parquet")]
        "scalars.parquet",
    ];
    for name in framed {
        let scratch = Scratch::new();
        let length = std::fs::read(fixture(name)).unwrap().len();
        for keep in (0..length).step_by(5).chain([length - 1]) {
            let path = changed(&scratch, &fixture(name), |bytes| bytes.truncate(keep));
            let message = failure(&path, &["id"]);
            assert!(message.contains(name), "{name} cut to {keep} bytes: {message}");
        }
    }
}

#[test]
fn truncated_records_are_told_with_their_place() {
    let scratch = Scratch::new();
    let path = changed(&scratch, &fixture("scalars.shp"), |bytes| bytes.truncate(420));
    let message = failure(&path, &[]);
    assert!(
        message.contains("feature 1: byte 416: a record of 8 bytes starts here, but the file ends at byte 420"),
        "{message}"
    );
    let path = changed(&scratch, &example("us_counties.fgb"), |bytes| bytes.truncate(1_000_000));
    let (rows, end) = read(&path, &["name"]);
    let message = end.unwrap_err().to_string();
    assert!(message.contains(&format!("feature {}: byte ", rows.len())) && message.contains("truncated?"), "{message}");
    assert!(rows.len() > 1000);
}

#[test]
fn truncated_tables_are_told_with_their_place() {
    let scratch = Scratch::new();
    let path = changed(&scratch, &fixture("scalars.shp"), |_| {});
    let table = std::fs::read(fixture("scalars.dbf")).unwrap();
    scratch.file("scalars.dbf", &table[..300]);
    let message = failure(&path, &["id"]);
    assert!(message.contains("scalars.dbf: feature 1: byte 285: the file ends within this record"), "{message}");
    scratch.file("scalars.dbf", &table[..100]);
    assert!(failure(&path, &["id"]).contains("the file ends within its field descriptors"));
    let mut short = table.clone();
    short[4] = 1;
    scratch.file("scalars.dbf", &short);
    assert!(failure(&path, &["id"]).contains("the table has 1 records, but there are more shapes"));
    let mut deleted = table;
    deleted[161] = b'*';
    scratch.file("scalars.dbf", &deleted);
    assert_eq!(read(&path, &["id"]).0.len(), 1);
}

#[cfg(feature = "gpkg")]
#[test]
fn truncated_database_fails() {
    let scratch = Scratch::new();
    for keep in [100, 4096, 65_536, 800_000] {
        let path = changed(&scratch, &example("us_counties_5070.gpkg"), |bytes| bytes.truncate(keep));
        let message = failure(&path, &["name"]);
        assert!(message.contains("us_counties_5070.gpkg: "), "{message}");
    }
}

#[test]
fn missing_and_foreign_files_fail() {
    let scratch = Scratch::new();
    let missing = scratch.file("a.shp", "");
    std::fs::remove_file(&missing).unwrap();
    assert!(failure(&missing, &[]).starts_with(&missing.display().to_string()));
    for (name, content, reason) in [
        ("a.shp", &b""[..], "the file is empty"),
        ("a.fgb", b"fgc", "does not start like one (truncated?)"),
        ("a.shx", b"\x00\x00\x27\x0a", "name its .shp"),
        ("a.dbf", b"\x03", "name its .shp"),
        ("a.geojson.gz", b"\x1f\x8b\x08", "decompress it first"),
        ("a.bin", b"MZ", "unknown format; expected GeoJSON, a Shapefile"),
    ] {
        let message = failure(&scratch.file(name, content), &[]);
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn shapefile_without_side_files_has_no_columns() {
    let scratch = Scratch::new();
    let bytes = std::fs::read(fixture("scalars.shp")).unwrap();
    let path = scratch.file("bare.shp", bytes);
    assert_eq!(rows(&path, &[]).len(), 2);
    assert!(failure(&path, &["id"]).ends_with("no column \"id\"; there are no columns"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(
        name in prop::sample::select(vec![
            "scalars.shp", "scalars.fgb", #[cfg(feature = "parquet")] "scalars.parquet",
        ]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let scratch = Scratch::new();
        let path = changed(&scratch, &fixture(name), |bytes| {
            for (place, byte) in edits {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
        });
        let _ = read(&path, &["id", "flag", "name", "real"]);
    }

    #[test]
    fn damaged_tables_never_panic(edits in prop::collection::vec((0..161usize, any::<u8>()), 1..6)) {
        let scratch = Scratch::new();
        let path = changed(&scratch, &fixture("scalars.shp"), |_| {});
        let mut table = std::fs::read(fixture("scalars.dbf")).unwrap();
        for (at, byte) in edits {
            table[at] = byte;
        }
        scratch.file("scalars.dbf", table);
        let _ = read(&path, &["id", "flag", "name", "real"]);
    }
}
