//! What is left out: counted warnings that name features, errors with `--strict`.

use crate::{
    features::{boxes, collection, feature, rectangle},
    program::Folder,
    raster::Raster,
};
use serde_json::{Value, json};

const BURN: &str = "--column v --size 4,1 --extent 0,0,4,1 -o out.tif --overwrite";

/// The warning, the reason that `--json` gives, and the error of `--strict`. What is left burns `expected`.
#[track_caller]
fn skipped(folder: &Folder, file: &str, reason: &str, features: &[u64], expected: &str) {
    let places: Vec<String> = features.iter().map(|index| format!("{file}: feature {index}")).collect();
    let warning = format!("{} × {reason}: {}", places.len(), places.join(", "));
    let run = folder.xr(&format!("rasterize {file} {BURN} --json")).succeeded();
    assert!(run.stderr.contains(&warning), "lacks `{warning}`:\n{}", run.stderr);
    let skipped = &run.json()["skipped"];
    assert_eq!(
        *skipped,
        json!({ "count": places.len(), "reasons": [
        { "reason": reason, "count": places.len(), "first": places }
    ] })
    );
    assert_eq!(Raster::read(&folder.path("out.tif")).rows(), [expected]);

    let before = folder.files();
    let strict = format!("{}: {reason}", places[0]);
    folder.xr(&format!("rasterize {file} {BURN} --strict")).failed(1, &[&strict, "leave out --strict"]);
    assert!(folder.files() == before);
}

/// Good features around bad ones.
fn among(bad: impl IntoIterator<Item = Value>) -> Folder {
    let good = |x: i32, value: i32| feature(rectangle([x, 0, x + 1, 1]), value);
    let features = [good(0, 1)].into_iter().chain(bad).chain([good(3, 4)]);
    Folder::with("a.geojson", collection(features))
}

#[test]
fn coordinates_that_are_not_finite() {
    let rows =
        "1,\"POLYGON ((0 0, 1 0, 1 1, 0 1))\"\n2,POINT (NaN 0.5)\n3,\"LINESTRING (0 0, inf 0)\"\n4,POINT (3.5 0.5)\n";
    let folder = Folder::with("a.csv", format!("v,wkt\n{rows}"));
    skipped(&folder, "a.csv", "a coordinate is not finite", &[1, 2], "1 0 0 4");
    let folder = Folder::with("a.csv", "v,x,y\n1,0.5,0.5\n2,1.5,-inf\n3,1e999,0.5\n");
    skipped(&folder, "a.csv", "a coordinate is not finite", &[1, 2], "1 0 0 0");
}

#[test]
fn geometries_that_cannot_be_read() {
    let bad = [
        json!({ "type": "Point", "coordinates": [1.5, "?"] }),
        json!({ "type": "CircularString", "coordinates": [[1, 0], [2, 1], [3, 0]] }),
    ];
    let folder = among(bad.map(|geometry| feature(geometry, 9)));
    let text = std::fs::read_to_string(folder.path("a.geojson")).unwrap().replace("\"?\"", "1e999");
    folder.write("a.geojson", text);
    let run = folder.xr(&format!("rasterize a.geojson {BURN}")).succeeded();
    let warning = "2 × the geometry cannot be read: a.geojson: feature 1 (number out of range ";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    assert!(run.stderr.contains("a.geojson: feature 2 (\"CircularString\" is not "), "{}", run.stderr);
    assert_eq!(Raster::read(&folder.path("out.tif")).rows(), ["1 0 0 4"]);
    folder
        .xr(&format!("rasterize a.geojson {BURN} --strict"))
        .failed(1, &["a.geojson: feature 1: number out of range"]);
}

#[test]
fn rings_of_fewer_than_three_distinct_points() {
    let ring = |points: Value| feature(json!({ "type": "Polygon", "coordinates": [points] }), 9);
    let folder = among([ring(json!([[1, 0], [2, 1], [1, 0]])), ring(json!([[1, 0], [1, 0], [1, 0], [1, 0]]))]);
    skipped(&folder, "a.geojson", "no ring has three distinct points, no line two points", &[1, 2], "1 0 0 4");

    let rings = json!([[[1, 0], [3, 0], [3, 1], [1, 1], [1, 0]], [[1, 0], [2, 1], [1, 0]]]);
    let folder = among([feature(json!({ "type": "Polygon", "coordinates": rings }), 2)]);
    let reason = "a ring has fewer than three distinct points and is left out";
    skipped(&folder, "a.geojson", reason, &[1], "1 2 2 4");
}

#[test]
fn null_and_empty_geometries() {
    let folder = among([feature(Value::Null, 9)]);
    skipped(&folder, "a.geojson", "the geometry is null", &[1], "1 0 0 4");
    let empty = [
        json!({ "type": "Polygon", "coordinates": [] }),
        json!({ "type": "MultiPoint", "coordinates": [] }),
        json!({ "type": "GeometryCollection", "geometries": [] }),
    ];
    let folder = among(empty.map(|geometry| feature(geometry, 9)));
    skipped(&folder, "a.geojson", "the geometry is empty", &[1, 2, 3], "1 0 0 4");
}

#[test]
fn null_values_in_the_burned_column() {
    let folder = among([feature(rectangle([1, 0, 2, 1]), Value::Null)]);
    skipped(&folder, "a.geojson", "the value is null", &[1], "1 0 0 4");
    let constant = folder.burn("a.geojson --size 4,1 --extent 0,0,4,1 --strict");
    assert_eq!(constant.rows(), ["1 1 0 1"], "without a column its nulls do not matter");
}

#[test]
fn many_are_counted_and_three_are_named() {
    let folder = among(vec![feature(Value::Null, 9); 50]);
    let run = folder.xr(&format!("rasterize a.geojson {BURN}")).succeeded();
    let places = "a.geojson: feature 1, a.geojson: feature 2, a.geojson: feature 3 …";
    assert!(run.stderr.contains(&format!("50 × the geometry is null: {places}\n")), "{}", run.stderr);
    assert_eq!(folder.xr(&format!("rasterize a.geojson {BURN} --quiet")).succeeded().stderr, "");
}

#[test]
fn features_that_where_leaves_out_are_not_skipped() {
    let folder = among([feature(Value::Null, 9)]);
    let run = folder.xr(&format!("rasterize a.geojson {BURN} --strict --json --where \"v < 9\"")).succeeded();
    assert_eq!((run.stderr.as_str(), run.json()["skipped"]["count"].as_u64()), ("", Some(0)));
}

#[test]
fn unclosed_rings_are_closed() {
    let closed = Folder::with("a.geojson", boxes([([1, 0, 3, 1], 2)]));
    let open = json!({ "type": "Polygon", "coordinates": [[[1, 0], [3, 0], [3, 1], [1, 1]]] });
    let open = Folder::with("a.geojson", collection([feature(open, 2)]));
    for folder in [closed, open] {
        let run = folder.xr(&format!("rasterize a.geojson {BURN} --strict")).succeeded();
        assert_eq!(run.stderr, "");
        assert_eq!(Raster::read(&folder.path("out.tif")).rows(), ["0 2 2 0"]);
    }
}
