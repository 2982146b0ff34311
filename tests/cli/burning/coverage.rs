//! Fractions of pixels. Grids are 3 × 2 pixels of size 1, y upwards.

use crate::{
    features::{collection, feature},
    program::Folder,
    raster::Raster,
};
use serde_json::{Value, json};

fn folder() -> Folder {
    let polygon = |ring: Value| json!({ "type": "Polygon", "coordinates": [ring] });
    Folder::with(
        "a.geojson",
        collection([
            // The right half of the lower left pixel, all of the one beside it, and a roof over both.
            feature(polygon(json!([[0.5, 0], [2, 0], [2, 1], [1, 1.5], [0.5, 1], [0.5, 0]])), 8),
            // The right half of the lower left pixel, and the lower half of the one beside it.
            feature(polygon(json!([[0.5, 0], [2, 0], [2, 0.5], [1, 0.5], [1, 1], [0.5, 1], [0.5, 0]])), 2),
        ]),
    )
}

fn burn(options: &str) -> (Vec<String>, &'static str) {
    let raster = folder().burn(&format!("a.geojson --size 3,2 --extent 0,0,3,2 {options}"));
    (raster.rows(), raster.dtype)
}

fn rows(rows: [&str; 2]) -> Vec<String> {
    rows.map(str::to_owned).to_vec()
}

#[test]
fn fractions_add_up() {
    assert_eq!(burn("--coverage"), (rows(["0.125 0.25 0", "1 1.5 0"]), "f64"));
}

#[test]
fn fractions_are_merged() {
    for (merge, lower) in
        [("last", "0.5 0.5 0"), ("first", "0.5 1 0"), ("max", "0.5 1 0"), ("min", "0.5 0.5 0"), ("mean", "0.5 0.75 0")]
    {
        assert_eq!(burn(&format!("--coverage --merge {merge}")).0, rows(["0.125 0.25 0", lower]), "{merge}");
    }
    assert_eq!(burn("--coverage --dtype f32 --fill -1"), (rows(["0.125 0.25 -1", "1 1.5 -1"]), "f32"));
}

#[test]
fn values_are_weighted() {
    assert_eq!(burn("--weighted --column v --merge sum"), (rows(["1 2 0", "5 9 0"]), "f64"));
    assert_eq!(burn("--weighted --column v --merge mean --nodata -1").0, rows(["8 8 -1", "5 6 -1"]));
}

#[test]
fn fractions_are_added_to_what_is_there() {
    let folder = folder();
    folder.burn("a.geojson --size 3,2 --extent 0,0,3,2 --coverage --fill 0.5");
    folder.xr("rasterize a.geojson --update out.tif --coverage -o sum.tif").succeeded();
    assert_eq!(Raster::read(&folder.path("sum.tif")).rows(), rows(["0.25 0.5 0.5", "2 3 0.5"]));
    folder.xr("rasterize a.geojson --size 3,2 --value 7 --dtype u8 -o whole.tif").succeeded();
    let line = "rasterize a.geojson --update whole.tif --coverage";
    folder.xr(line).failed(2, &["u8 is an integer type", "a raster of floats"]);
}

#[test]
fn lines_and_points_are_left_out() {
    let folder = folder();
    let line = json!({ "type": "LineString", "coordinates": [[0, 0], [3, 2]] });
    folder.write("b.geojson", collection([feature(line, 1)]));
    let line = "rasterize b.geojson a.geojson --size 3,2 --extent 0,0,3,2 --coverage -o out.tif";
    folder.xr(&format!("{line} --strict")).failed(1, &["b.geojson: feature 0: lines and points cover no area"]);
    let run = folder.xr(line).succeeded();
    assert!(run.stderr.contains("1 × lines and points cover no area: b.geojson: feature 0"), "{}", run.stderr);
    assert_eq!(Raster::read(&folder.path("out.tif")).rows(), rows(["0.125 0.25 0", "1 1.5 0"]));
}
