//! `xr info` and `xr devices`.

use crate::{features::row, program::Folder};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn the_samples_hold_what_their_provenance_says() {
    let folder = Folder::new();
    let albers = json!("EPSG:5070 (NAD83 / Conus Albers)");
    let degrees = json!("EPSG:4326 (WGS 84)");
    for (file, format, crs, geometries) in [
        ("us_counties_5070.gpkg", "GeoPackage", &albers, json!({ "MultiPolygon": 3107 })),
        ("us_counties.fgb", "FlatGeobuf", &degrees, json!({ "MultiPolygon": 3107 })),
        ("west_counties.shp", "Shapefile", &albers, json!({ "Polygon": 164 })),
        ("west_counties.geojsonl", "newline-delimited GeoJSON", &degrees, json!({ "Polygon": 164 })),
        ("west_counties.parquet", "GeoParquet", &albers, json!({ "Polygon": 164 })),
        ("west_counties_wkt.csv", "CSV", &Value::Null, json!({ "Polygon": 164 })),
        ("state_borders.fgb", "FlatGeobuf", &degrees, json!({ "LineString": 254 })),
        ("airports_co.csv", "CSV", &Value::Null, json!({ "Point": 324 })),
    ] {
        let info = folder.info(&format!("@{file}"));
        assert_eq!((&info["format"], &info["crs"]), (&json!(format), crs), "{file}");
        assert_eq!((&info["geometries"], &info["unusable"]), (&geometries, &json!(0)), "{file}");
        let all: u64 = geometries.as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(info["features"], all, "{file}");
        // The same facts for people.
        let text = folder.xr(&format!("info @{file}")).succeeded().stdout;
        assert!(text.contains(format) && text.contains(&all.to_string()), "{text}");
    }
}

#[test]
fn vector_files_have_layers_columns_and_extents() {
    let folder = Folder::new();
    let info = folder.info("@us_counties_5070.gpkg --layer us_counties");
    assert_eq!(info["layer"], "us_counties");
    let names: Vec<&str> = info["columns"].as_array().unwrap().iter().filter_map(|c| c["name"].as_str()).collect();
    assert_eq!(names, ["fid", "geoid", "name", "state", "state_fips", "area_km2"]);
    let info = folder.info("@airports_co.csv");
    assert_eq!(info["extent"], json!([-109.490199, 36.505611, -101.502361, 41.457956])); // sort -t, -k4 and -k5
    assert_eq!(info["columns"][5], json!({ "name": "elevation_ft", "kind": "float" }));
}

#[test]
fn rasters_have_grid_type_and_encoding() {
    let folder = Folder::with("a.geojson", row([1, 300]));
    folder.burn("a.geojson --column v --resolution 0.5 --nodata 9 --compress zstd --bigtiff yes --crs EPSG:5070");
    let info = folder.info("out.tif");
    let expected = json!({
        "format": "BigTIFF", "width": 4, "height": 2, "bands": 1, "dtype": "u16", "layout": "tiles of 512 × 512",
        "compression": "zstd", "predictor": 1, "raw_bytes": 16, "sparse_tiles": 0,
        "transform": [0.0, 0.5, 0.0, 1.0, 0.0, -0.5], "extent": [0.0, 0.0, 2.0, 1.0],
        "crs": "EPSG:5070 (NAD83 / Conus Albers)", "nodata": "9", "overviews": [], "masks": [],
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&info[name], value, "{name}");
    }
    let text = folder.xr("info out.tif").succeeded().stdout;
    assert!(text.contains("EPSG:5070 (NAD83 / Conus Albers)") && text.contains("u16"), "{text}");
}

#[test]
fn statistics_are_of_valid_pixels() {
    let folder = Folder::with("a.geojson", row([1, 300]));
    let json = |line: &str| folder.xr(line).succeeded().json();
    let burn = "rasterize a.geojson --column v --resolution 0.5 -o out.tif --overwrite --json";
    let statistics = |nodata: &str| json(&format!("{burn} --stats {nodata}"))["statistics"].clone();
    let mut expected = json!([{
        "band": 1, "minimum": 1.0, "maximum": 300.0, "mean": 150.5, "stddev": 149.5, "valid": 8, "valid_percent": 100.0,
    }]);
    assert_eq!(statistics(""), expected);
    let info = json("info out.tif --stats --json");
    assert_eq!(info["statistics"], expected);
    expected[0].as_object_mut().unwrap().remove("valid");
    assert_eq!(info["stored_statistics"], expected);
    let one = json!([{
        "band": 1, "minimum": 1.0, "maximum": 1.0, "mean": 1.0, "stddev": 0.0, "valid": 4, "valid_percent": 50.0,
    }]);
    assert_eq!(statistics("--nodata 300 --overviews 2"), one);
    let text = folder.xr("info out.tif --stats").succeeded().stdout;
    assert!(text.contains("band 1, minimum 1.0, maximum 1.0, mean 1.0, stddev 0.0, valid 4"), "{text}");
    assert_eq!(json(burn)["statistics"], Value::Null);
    assert_eq!(json("info out.tif --json")["stored_statistics"], json!([]));
    // A sample of GDAL's: 7 but for a masked part of 60 × 110 pixels in 140 × 150.
    let masked = Path::new(env!("CARGO_MANIFEST_DIR")).join("xr-geotiff/tests/data/cog-masked.tif");
    let band = json(&format!("info \"{}\" --stats --json", masked.display()))["statistics"][0].clone();
    assert_eq!((&band["minimum"], &band["maximum"], &band["valid"]), (&json!(7.0), &json!(7.0), &json!(14_400)));
    folder.xr("info a.geojson --stats").failed(2, &["a.geojson", "--stats"]);
}

#[test]
fn what_cannot_be_described_fails() {
    let folder = Folder::with("a.bin", "MZ");
    folder.write("cut.tif", b"II*\0\x08\0\0\0");
    folder.xr("info nowhere.tif").failed(1, &["nowhere.tif: ", "No such file"]);
    folder.xr("info a.bin").failed(1, &["a.bin: unknown format"]);
    folder.xr("info cut.tif").failed(1, &["cut.tif: "]);
    folder.xr("info @us_counties_5070.gpkg --layer roads").failed(1, &["no layer \"roads\""]);
    folder.xr("info").failed(2, &["<FILE>"]);
}

#[test]
fn devices_are_listed() {
    let devices = Folder::new().xr("devices --json").succeeded().json();
    let cpu = devices["devices"].as_array().unwrap().iter().find(|device| device["backend"] == "cpu").unwrap();
    let codecs = cpu["codecs"].as_array().unwrap();
    assert!(["none", "deflate", "zstd"].iter().all(|name| codecs.contains(&json!(name))), "{codecs:?}");
    assert!(cpu["device"].is_string());
    assert!(Folder::new().xr("devices").succeeded().stdout.contains("cpu"));
}
