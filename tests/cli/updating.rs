//! `xr rasterize --update`, several columns, `--invert`.

use crate::{
    features::{boxes, collection, rectangle, row},
    program::Folder,
    raster::Raster,
};
use serde_json::json;

/// `old.tif`, a row of five pixels with these values, and `a.geojson`: 7 over the second to fourth, then 2 over the
/// third and fourth.
fn folder(old: &str, options: &str) -> Folder {
    let folder = Folder::with("a.geojson", boxes([([1, 0, 4, 1], 7), ([2, 0, 4, 1], 2)]));
    let values = old.split(' ').map(|v| v.parse::<i32>().unwrap());
    folder.write("old.geojson", row(values));
    folder.xr(&format!("rasterize old.geojson --column v --size 5,1 {options} -o old.tif")).succeeded();
    folder
}

fn update(folder: &Folder, options: &str) -> Vec<String> {
    folder.xr(&format!("rasterize a.geojson --update old.tif {options} -o out.tif --overwrite")).succeeded();
    Raster::read(&folder.path("out.tif")).rows()
}

#[test]
fn only_touched_pixels_change() {
    let folder = folder("1 3 0 9 4", "--dtype i16");
    for (merge, row) in [
        ("last", "1 7 2 2 4"),
        ("first", "1 3 0 9 4"),
        ("min", "1 3 0 2 4"),
        ("max", "1 7 7 9 4"),
        ("sum", "1 10 9 18 4"),
        ("count", "1 4 2 11 4"),
    ] {
        assert_eq!(update(&folder, &format!("--column v --merge {merge}")), [row], "{merge}");
    }
    assert_eq!(update(&folder, "--value 5"), ["1 5 5 5 4"]);
}

#[test]
fn nodata_pixels_are_as_if_nothing_had_been_burned() {
    let folder = folder("1 3 0 9 0", "--dtype i16 --nodata 0");
    for (merge, row) in [
        ("last", "1 7 2 2 0"),
        ("first", "1 3 7 9 0"),
        ("min", "1 3 2 2 0"),
        ("max", "1 7 7 9 0"),
        ("sum", "1 10 9 18 0"),
        ("count", "1 4 2 11 0"),
    ] {
        assert_eq!(update(&folder, &format!("--column v --merge {merge}")), [row], "{merge}");
    }
}

#[test]
fn in_place_is_the_default() {
    let folder = folder("1 3 0 9 4", "--dtype i16 --compress zstd --tile-size 64 --crs EPSG:4326");
    let old = folder.info("old.tif");
    folder.xr("rasterize a.geojson --column v --update old.tif").succeeded();
    assert_eq!(Raster::read(&folder.path("old.tif")).rows(), ["1 7 2 2 4"]);
    let new = folder.info("old.tif");
    for key in ["compression", "tile", "layout", "crs", "transform", "nodata", "dtype"] {
        assert_eq!(new[key], old[key], "{key}");
    }
    let names: Vec<_> = folder.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a.geojson", "old.geojson", "old.tif"]);
    // Twice is once more.
    folder.xr("rasterize a.geojson --column v --merge sum --update old.tif -o old.tif").succeeded();
    assert_eq!(Raster::read(&folder.path("old.tif")).rows(), ["1 14 11 11 4"]);
}

#[test]
fn burning_in_two_steps_is_burning_at_once() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 30, 20], 5), ([10, 5, 60, 25], 2), ([20, 0, 25, 40], 9)]));
    folder.write("b.geojson", boxes([([5, 10, 50, 30], 3), ([22, 2, 28, 39], 8), ([40, 20, 64, 33], 1)]));
    let grid = "--size 64,40 --extent 0,0,64,40 --tile-size 16 --dtype i32 --nodata -1";
    for merge in ["last", "first", "min", "max", "sum", "count"] {
        let options = format!("--column v --merge {merge}");
        let once = folder.burn(&format!("a.geojson b.geojson {options} {grid}"));
        for layout in ["", "--overviews 2", "--cog", "--stats"] {
            folder.burn(&format!("a.geojson {options} {grid} {layout}"));
            for memory in ["", "--max-memory 64MiB --threads 1"] {
                let line = format!("rasterize b.geojson {options} --update out.tif -o both.tif --overwrite {memory}");
                folder.xr(&line).succeeded();
                let twice = Raster::read(&folder.path("both.tif"));
                assert!(twice.pixels == once.pixels, "{merge} {layout} {memory}");
            }
        }
    }
}

#[test]
fn the_form_of_the_file_stays() {
    let folder = folder("1 3 0 9 4", "--dtype i16 --tile-size 16 --cog --overviews 2");
    folder.xr("rasterize a.geojson --column v --update old.tif").succeeded();
    folder.xr("validate old.tif --cog").succeeded();
    let info = folder.info("old.tif");
    assert_eq!(info["overviews"], json!(["3 × 1"]));
    folder.xr("rasterize a.geojson --update old.tif -o plain.tif --compress none --overviews none").succeeded();
    assert_eq!(folder.info("plain.tif")["overviews"], json!([]));
}

#[test]
fn columns_are_bands() {
    let feature = |bounds: [i32; 4], a: i32, b: f64| json!({ "type": "Feature", "properties": { "a": a, "b": b }, "geometry": rectangle(bounds) });
    let features = [feature([0, 0, 2, 1], 1, 0.5), feature([1, 0, 3, 1], 300, 2.5)];
    let folder = Folder::with("a.geojson", collection(features));
    let line = "rasterize a.geojson --size 4,1 --extent 0,0,4,1";
    let json = folder.xr(&format!("{line} --column a,b,a -o bands.tif --json")).succeeded().json();
    // Geometry goes up once, values once for each band.
    assert_eq!((&json["bands"], &json["dtype"], &json["traffic"]["uploads"]), (&json!(3), &json!("f32"), &json!(6)));
    let [a, b] = ["1 300 300 0", "0.5 2.5 2.5 0"];
    assert_eq!(bands(&folder, "bands.tif"), [a, b, a]);

    let update = "rasterize a.geojson --update bands.tif -o new.tif --overwrite";
    folder.xr(&format!("{update} --column b,a --band 3,2 --merge sum")).succeeded();
    assert_eq!(bands(&folder, "new.tif"), [a, "1.5 303.5 302.5 0", "1.5 303 302.5 0"]);
    folder.xr(&format!("{update} --value 8 --band 2")).succeeded();
    assert_eq!(bands(&folder, "new.tif"), [a, "8 8 8 0", a]);
    folder.xr(&format!("{update} --value 8 --invert --band 2,3")).succeeded();
    assert_eq!(bands(&folder, "new.tif"), [a, "0.5 2.5 2.5 8", "1 300 300 8"]);
}

/// The rows of one row of pixels, band by band.
fn bands(folder: &Folder, name: &str) -> Vec<String> {
    let file = std::fs::File::open(folder.path(name)).unwrap();
    let mut decoder = tiff::decoder::Decoder::new(std::io::BufReader::new(file)).unwrap();
    let width = decoder.dimensions().unwrap().0 as usize;
    let tiff::decoder::DecodingResult::F32(tile) = decoder.read_chunk(0).unwrap() else { panic!("not f32") };
    let band = |band: usize| tile.iter().skip(band).step_by(3).take(width).map(f32::to_string).collect::<Vec<_>>();
    (0..3).map(|n| band(n).join(" ")).collect()
}

#[test]
fn inverted_burns_fill_what_no_feature_touches() {
    let folder = folder("1 3 0 9 4", "--dtype i16");
    assert_eq!(update(&folder, "--invert --value 6"), ["6 3 0 9 6"]);
    let burn = |options: &str| folder.burn(&format!("a.geojson --size 5,1 --extent 0,0,5,1 --invert {options}")).rows();
    assert_eq!(burn(""), ["1 0 0 0 1"]);
    assert_eq!(burn("--value 7 --nodata 255"), ["7 255 255 255 7"]);
    assert_eq!(burn("--value 7 --fill 3"), ["7 3 3 3 7"]);
}

#[test]
fn updates_that_cannot_be_are_refused() {
    let folder = folder("1 3 0 9 4", "--dtype u8 --crs EPSG:4326");
    folder.write("far.geojson", boxes([([1, 0, 4, 1], 700)]));
    let old = folder.files();
    let usage = 2;
    for (options, status, phrases) in [
        ("a.geojson --merge mean --update old.tif", usage, &["--merge mean", "--round"][..]),
        ("a.geojson --column v --update old.tif --band 2", usage, &["old.tif: has 1 bands, there is no band 2"]),
        ("a.geojson --column v --update old.tif --band 1,1", usage, &["--band names 2 bands for 1 columns"]),
        ("a.geojson --update old.tif --band 1,1", usage, &["--band names band 1 twice"]),
        ("a.geojson --update old.tif --resolution 1", usage, &["cannot be used with"]),
        ("a.geojson --update old.tif --dtype u8", usage, &["cannot be used with"]),
        ("a.geojson --update old.tif --invert --column v", usage, &["cannot be used with"]),
        ("a.geojson --update old.tif --invert --merge sum", usage, &["cannot be used with"]),
        ("a.geojson --update missing.tif", 1, &["missing.tif"]),
        ("a.geojson --update a.geojson", usage, &["the output would replace an input"]),
        ("a.geojson --update old.geojson", 1, &["old.geojson"]),
        ("far.geojson --column v --update old.tif", 1, &["far.geojson: feature 0: the value 700 does not fit u8"]),
        ("a.geojson --value 700 --update old.tif", usage, &["--value 700 does not fit u8"]),
        ("a.geojson --column v --merge sum --value 3 --update old.tif", usage, &["cannot be used with"]),
        (
            "@us_counties_5070.gpkg --update old.tif",
            1,
            &["the inputs are in EPSG:5070", "the raster of --update in EPSG:4326"],
        ),
        ("a.geojson --update old.tif --crs EPSG:5070", 1, &["the raster of --update is in EPSG:4326"]),
        ("@us_counties_5070.gpkg --update https://example.invalid/a.tif", usage, &["name the result with -o"]),
        ("a.geojson --update old.tif -o a.geojson", usage, &["the output would replace an input"]),
    ] {
        folder.xr(&format!("rasterize {options}")).failed(status, phrases);
        assert!(folder.files() == old, "{options}");
    }
    // An overflow, found while the new file is written, leaves the old one.
    folder.write("many.geojson", boxes((0..99).map(|_| ([0, 0, 5, 1], 9))));
    let old = folder.files();
    folder.xr("rasterize many.geojson --column v --merge sum --update old.tif").failed(1, &["the sum overflows u8"]);
    assert!(folder.files() == old);
}
