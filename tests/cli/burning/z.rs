//! `--z`. Grids are 4 × 2 pixels of size 1, y upwards.

use crate::{
    features::{collection, feature},
    program::Folder,
    raster::{Pixels, Raster},
};
use serde_json::{Value, json};

const GRID: &str = "--z --size 4,2 --extent 0,0,4,2";

fn folder(geometries: impl IntoIterator<Item = Value>) -> Folder {
    Folder::with("a.geojson", collection(geometries.into_iter().map(|geometry| feature(geometry, 1))))
}

fn point(x: f64, z: Value) -> Value {
    json!({ "type": "Point", "coordinates": [x, 0.5, z] })
}

#[test]
fn flat_geometries_of_every_kind_burn_their_z() {
    let folder = folder([
        json!({ "type": "Polygon", "coordinates": [[[0, 1, -3], [2, 1, -3], [2, 2, -3], [0, 2, -3], [0, 1, -3]]] }),
        json!({ "type": "LineString", "coordinates": [[2.5, 1.5, 10.5], [3.5, 1.5, 10.5]] }),
        point(0.5, json!(1e3)),
        json!({ "type": "MultiPoint", "coordinates": [[1.5, 0.5, 4], [2.5, 0.5, 4]] }),
        json!({ "type": "GeometryCollection", "geometries": [
            { "type": "MultiLineString", "coordinates": [[[3.2, 0.5, 8], [3.8, 0.5, 8]]] },
            { "type": "MultiPolygon", "coordinates": [[[[3, 1, 8], [3.1, 1, 8], [3, 0.9, 8]]]] },
        ] }),
    ]);
    let raster = folder.burn(&format!("a.geojson {GRID}"));
    assert_eq!((raster.rows(), raster.dtype), (vec!["-3 -3 10.5 10.5".into(), "1000 4 4 8".into()], "f32"));
    let counted = folder.burn(&format!("a.geojson {GRID} --merge count"));
    assert_eq!((counted.rows(), counted.dtype), (vec!["1 1 1 1".into(), "1 1 1 1".into()], "u32"));
}

#[test]
fn z_merges_and_updates_as_a_column_does() {
    let folder = folder([point(0.5, json!(2)), point(0.5, json!(0.1)), point(1.5, json!(7))]);
    let raster = folder.burn(&format!("a.geojson {GRID} --merge sum --nodata -1"));
    assert_eq!((raster.rows(), raster.dtype), (vec!["-1 -1 -1 -1".into(), "2.1 7 -1 -1".into()], "f64"));
    let bytes = format!("a.geojson {GRID} --dtype u8 --where \"v > 1\" -o two.tif");
    folder.xr(&format!("rasterize {bytes}")).succeeded();
    let expression = folder.burn(&format!("a.geojson {GRID} --merge-expr \"acc * 10 + value\""));
    assert_eq!(expression.rows()[1], "20.1 7 0 0");
    folder.burn(&format!("a.geojson {GRID} --fill 5"));
    folder.xr("rasterize a.geojson --z --update out.tif --merge max -o most.tif").succeeded();
    assert_eq!(Raster::read(&folder.path("most.tif")).rows(), ["5 5 5 5", "2 7 5 5"]);
}

#[test]
fn every_format_has_a_z() {
    let folder = Folder::with(
        "a.csv",
        "wkt\n\"POLYGON ZM ((0 0 7 1,0 10 7 2,10 10 7 3,10 0 7 4),(2 2 7 5,4 2 7 6,4 4 7 7,2 4 7 8))\"\n",
    );
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/xr-vector/tests/data");
    for input in [
        "a.csv".into(),
        format!("{data}/scalars.shp"),
        format!("{data}/heights.fgb"),
        format!("{data}/scalars.parquet"),
    ] {
        let raster = folder.burn(&format!("{input} --z --size 10,10 --extent 0,0,10,10"));
        let Pixels::Floats(pixels) = &raster.pixels else { panic!("{} pixels", raster.dtype) };
        let count = |z: f64| pixels.iter().filter(|&&v| v == z).count();
        assert_eq!((count(7.0), count(0.0)), (96, 4), "{input}");
    }
}

#[test]
fn what_has_no_z_is_left_out() {
    let folder = folder([
        json!({ "type": "Point", "coordinates": [0.5, 0.5] }),
        point(1.5, json!(null)),
        json!({ "type": "LineString", "coordinates": [[0.5, 1.5, 3], [3.5, 1.5]] }),
        point(3.5, json!(6)),
    ]);
    let run = folder.xr(&format!("rasterize a.geojson {GRID} -o out.tif")).succeeded();
    assert!(run.stderr.contains("3 × the geometry has no Z: a.geojson: feature 0"), "{}", run.stderr);
    assert_eq!(Raster::read(&folder.path("out.tif")).rows(), ["0 0 0 0", "0 0 0 6"]);
    folder
        .xr(&format!("rasterize a.geojson {GRID} --strict -o b.tif"))
        .failed(1, &["a.geojson: feature 0: the geometry has no Z"]);
    folder.write("b.csv", "x,y,h\n1,1,5\n");
    folder.write("m.csv", "wkt\nPOINT M (1 1 5)\n");
    for file in ["b.csv", "m.csv"] {
        let run = folder.xr(&format!("rasterize {file} {GRID} -o b.tif"));
        run.failed(1, &["no geometry of the inputs has a Z", "--column"]);
    }
}

#[test]
fn one_value_is_burned_for_a_feature() {
    let slope = json!({ "type": "LineString", "coordinates": [[0.5, 1.5, 3], [1, 1, 3], [3.5, 1.5, 4.25]] });
    let points = json!({ "type": "MultiPoint", "coordinates": [[0.5, 1.5, 1], [3.5, 1.5, 2]] });
    for (geometry, which) in [(slope, "has 3 and 4.25"), (points, "has 1 and 2")] {
        let folder = folder([point(0.5, json!(1)), geometry]);
        let run = folder.xr(&format!("rasterize a.geojson {GRID} -o out.tif"));
        run.failed(1, &["a.geojson: feature 1: --z burns one Z", which, "--column", "explodecollections"]);
    }
    let folder = folder([point(0.5, json!(300))]);
    let run = folder.xr(&format!("rasterize a.geojson {GRID} --dtype u8 -o out.tif"));
    run.failed(1, &["a.geojson: feature 0: the value 300 does not fit u8"]);
}
