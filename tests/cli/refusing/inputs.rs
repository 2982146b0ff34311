//! Files that cannot be read, or do not hold what was asked for: exit status 1.

use super::refused;
use crate::{
    features::{collection, row},
    program::{Folder, example},
};
use std::fs;

#[test]
fn files_that_are_not_there_or_are_something_else() {
    let folder = Folder::with("a.geojson", row([1]));
    folder.write("a.dbf", [3; 40]);
    folder.write("empty.geojson", "");
    folder.write("a.bin", "MZ");
    for (input, phrases) in [
        ("nowhere.shp", ["nowhere.shp: ", "No such file"]),
        (".", [".: ", "directory"]),
        ("a.dbf", ["a.dbf: ", "name its .shp"]),
        ("empty.geojson", ["empty.geojson: ", "the file is empty"]),
        ("a.bin", ["a.bin: ", "expected GeoJSON, a Shapefile"]),
        ("a.geojson nowhere.shp", ["nowhere.shp: ", "No such file"]),
    ] {
        refused(&folder, &format!("{input} --size 2,2"), 1, &phrases);
    }
}

#[test]
fn truncated_files_name_the_place() {
    let folder = Folder::new();
    for side in ["dbf", "prj", "cpg"] {
        fs::copy(example(&format!("west_counties.{side}")), folder.path(&format!("west_counties.{side}"))).unwrap();
    }
    for (name, keep, phrase) in [
        ("west_counties.shp", 30_000, "feature 63: byte 29804: "),
        ("west_counties.parquet", 30_000, "Parquet"),
        ("west_counties.geojsonl", 30_000, "feature 32: byte 29742: "),
        ("us_counties.fgb", 1_000_000, "feature 1814: byte 999808: "),
        ("us_counties.fgb", 30_000, "larger than the file"),
        ("us_counties_5070.gpkg", 300_000, "not a readable GeoPackage"),
        ("airports_co.csv", 16_000, "feature 251: byte 15938: "),
    ] {
        folder.write(name, &fs::read(example(name)).unwrap()[..keep]);
        let column = if name == "airports_co.csv" { "elevation_ft" } else { "area_km2" };
        refused(&folder, &format!("{name} --size 20,20 --column {column}"), 1, &[name, phrase]);
    }
    let name = "west_counties.dbf";
    folder.write(name, &fs::read(example(name)).unwrap()[..20_000]);
    fs::copy(example("west_counties.shp"), folder.path("west_counties.shp")).unwrap();
    refused(
        &folder,
        "west_counties.shp --size 20,20 --column area_km2",
        1,
        &[name, "the file ends within this record"],
    );
}

#[test]
fn broken_json_names_the_byte() {
    let folder = Folder::new();
    for (text, phrase) in [
        (r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geom"#, "feature 0: byte 40: "),
        (r#"{"type":"FeatureCollection","features":[{"type":"Feature",}]}"#, "feature 0: byte 58: "),
        (r#"{"type":"FeatureCollection","features":[]"#, "a.geojson: "),
        ("[1, 2]", "a bare JSON array is not GeoJSON"),
    ] {
        folder.write("a.geojson", text);
        refused(&folder, "a.geojson --size 2,1 --extent 0,0,2,1", 1, &["a.geojson: ", phrase]);
    }
}

#[test]
fn columns_and_layers_that_are_not_there_are_listed() {
    let folder = Folder::with("a.geojson", row([1]));
    let columns = "columns: geoid, name, state, state_fips, area_km2";
    for (line, phrases) in [
        ("@west_counties.shp --column area", ["no column \"area\"", columns]),
        ("@west_counties.parquet --column area", ["no column \"area\"", columns]),
        ("@us_counties.fgb --column area", ["no column \"area\"", columns]),
        ("@us_counties_5070.gpkg --column area", ["no column \"area\"", "geoid, name, state, state_fips, area_km2"]),
        ("@west_counties_wkt.csv --column area", ["no column \"area\"", "geoid, name, area_km2"]),
        ("a.geojson --column area", ["a.geojson: no column \"area\"", "columns: v"]),
        ("a.geojson --where \"area > 1\"", ["a.geojson: no column \"area\"", "columns: v"]),
        ("@us_counties_5070.gpkg --layer roads", ["no layer \"roads\"", "layers: us_counties"]),
        ("a.geojson --layer roads", ["a.geojson: no layer \"roads\"", "layers: a"]),
        ("@airports_co.csv --x east --y north", ["no column \"east\"", "icao, name, state, lon, lat"]),
    ] {
        refused(&folder, &format!("{line} --size 20,20"), 1, &phrases);
    }
}

#[test]
fn text_cannot_be_burned_or_compared_with_numbers() {
    let folder = Folder::new();
    refused(
        &folder,
        "@west_counties.shp --size 20,20 --column name",
        1,
        &["west_counties.shp: feature 0: column \"name\" holds text (", "name a column of numbers"],
    );
    refused(
        &folder,
        "@west_counties.shp --size 20,20 --where \"name > 4\"",
        1,
        &["feature 0: --where: column \"name\": cannot compare text with a number"],
    );
}

#[test]
fn coordinate_reference_systems_are_not_mixed() {
    let folder = Folder::new();
    refused(
        &folder,
        "@west_counties.shp @west_counties.geojsonl --size 20,20",
        1,
        &["different coordinate reference systems", "EPSG:5070 (NAD83 / Conus Albers)", "EPSG:4326 (WGS 84)"],
    );
    folder.xr("rasterize @west_counties.geojsonl --size 20,20 -o like.tif").succeeded();
    refused(&folder, "@west_counties.shp --like like.tif", 1, &["the inputs are in EPSG:5070", "--like in EPSG:4326"]);
}

#[test]
fn nothing_to_burn_has_no_bounds() {
    let folder = Folder::with("a.geojson", collection([]));
    folder.write("b.geojson", row([1]));
    folder.write("c.csv", "v,x,y\n");
    for line in ["a.geojson --size 2,2", "b.geojson --resolution 1 --where \"v > 1\"", "c.csv --resolution 1"] {
        refused(&folder, line, 1, &["there is nothing to burn, so the raster has no bounds", "pass --extent"]);
    }
    // A single point has bounds, but no area to divide.
    folder.write("c.csv", "v,x,y\n1,2,3\n");
    refused(&folder, "c.csv --size 2,2", 1, &["2,3,2,3, have no area", "--resolution instead of --size"]);
    assert_eq!(folder.burn("a.geojson c.csv --size 2,1 --extent 0,0,4,4").rows(), ["0 1"]);
}

#[test]
fn a_raster_to_be_like_must_be_one() {
    let folder = Folder::with("a.geojson", row([1]));
    refused(&folder, "a.geojson --like nowhere.tif", 1, &["nowhere.tif: ", "No such file"]);
    refused(&folder, "a.geojson --like a.geojson", 1, &["a.geojson: ", "is no TIFF"]);
    folder.write("cut.tif", b"II*\0\x08\0\0\0");
    refused(&folder, "a.geojson --like cut.tif", 1, &["cut.tif: "]);
}
