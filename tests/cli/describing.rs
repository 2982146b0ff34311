//! `xr info` and `xr devices`.

use crate::{features::row, program::Folder};
use serde_json::{Value, json};

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
