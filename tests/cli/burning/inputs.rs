//! What is read: one file, several, stdin, a selection.

use crate::{features::boxes, program::Folder, raster::Raster};
use std::{io::Write, process::Stdio};

const GRID: &str = "--size 4,2 --extent 0,0,4,2";

#[test]
fn a_dash_reads_geojson_from_stdin() {
    let folder = Folder::new();
    let mut command = folder.command(&format!("rasterize - --column v {GRID} -o out.tif"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(boxes([([0, 0, 2, 1], 3)]).as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let raster = Raster::read(&folder.path("out.tif"));
    assert_eq!(raster.rows(), ["0 0 0 0", "3 3 0 0"]);
}

#[test]
fn later_inputs_burn_after_earlier_ones() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 3, 2], 1)]));
    folder.write("b.geojson", boxes([([2, 0, 4, 1], 2)]));
    let burn = |line: &str| folder.burn(&format!("{line} --column v {GRID}")).rows();
    assert_eq!(burn("a.geojson b.geojson"), ["1 1 1 0", "1 1 2 2"]);
    assert_eq!(burn("b.geojson a.geojson"), ["1 1 1 0", "1 1 1 2"]);
    assert_eq!(burn("b.geojson a.geojson --merge first"), ["1 1 1 0", "1 1 2 2"]);
}

#[test]
fn where_keeps_matching_features() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 2, 2], 1), ([1, 0, 3, 2], 2), ([3, 0, 4, 2], 3)]));
    let burn = |expression: &str| folder.burn(&format!("a.geojson --column v {GRID} --where \"{expression}\"")).rows();
    assert_eq!(burn("v <> 2"), ["1 1 0 3"; 2]);
    assert_eq!(burn("v BETWEEN 2 AND 3"), ["0 2 2 3"; 2]);
    assert_eq!(burn("v IN (1, 3) AND NOT v = 3"), ["1 1 0 0"; 2]);
    assert_eq!(burn("v * 2 > 100"), ["0 0 0 0"; 2]);
}

#[test]
fn where_looks_at_columns_that_are_not_burned() {
    let folder = Folder::new();
    let grid = "--resolution 50000 --extent -1750000,990000,-500000,2540000";
    let count = |expression: &str| {
        let run = folder
            .xr(&format!("rasterize @west_counties.shp {grid} --where \"{expression}\" --json -o out.tif --overwrite"));
        run.succeeded().json()["burned"].as_u64().unwrap()
    };
    assert_eq!(count("state = 'Arizona'"), 15);
    assert_eq!(count("state LIKE 'W%' OR state_fips = 4"), 23 + 15);
    assert_eq!(count("lower(name) = 'mohave' AND area_km2 > 30000"), 1);
    assert_eq!(count("state IS NULL"), 0);
}

#[test]
fn constants_are_burned_where_no_column_is_named() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 2, 1], 9)]));
    assert_eq!(folder.burn(&format!("a.geojson {GRID}")).rows(), ["0 0 0 0", "1 1 0 0"]);
    assert_eq!(folder.burn(&format!("a.geojson {GRID} --value -3")).rows(), ["0 0 0 0", "-3 -3 0 0"]);
    assert_eq!(folder.burn(&format!("a.geojson {GRID} --value 0.5")).rows(), ["0 0 0 0", "0.5 0.5 0 0"]);
}

#[test]
fn csv_columns_can_be_named() {
    let folder = Folder::with("a.csv", "v,across,up\n7,0.5,1.5\n8,3.5,0.5\n");
    let raster = folder.burn(&format!("a.csv --x across --y up --column v {GRID}"));
    assert_eq!(raster.rows(), ["7 0 0 0", "0 0 0 8"]);
}
