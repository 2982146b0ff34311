//! How pixels are stored: codecs, predictors, tiles, sparse tiles, BigTIFF. What is decoded is always the same.

use crate::{
    features::{boxes, row},
    program::Folder,
};
use std::fs;

const COUNTIES: &str = "@west_counties.shp --resolution 10000 --tile-size 64";

#[test]
fn codecs_and_predictors_decode_equal() {
    let folder = Folder::new();
    for (column, dtype) in [("state_fips", "u8"), ("state_fips", "i32"), ("area_km2", "f32"), ("area_km2", "f64")] {
        let burn = |options: &str| folder.burn(&format!("{COUNTIES} --column {column} --dtype {dtype} {options}"));
        let plain = burn("--compress none");
        assert_eq!((plain.width, plain.height, plain.dtype), (125, 155, dtype));
        let mut options: Vec<String> = ["none", "horizontal", "auto"]
            .iter()
            .flat_map(|p| ["deflate", "zstd"].map(|codec| format!("--compress {codec} --predictor {p}")))
            .collect();
        options.push("--level 1".into());
        options.push("--compress zstd --level 19".into());
        if dtype.starts_with('f') {
            options.push("--predictor float".into());
        }
        for options in options {
            assert!(burn(&options).pixels == plain.pixels, "{dtype} {options}");
        }
    }
}

#[test]
fn the_file_says_how_it_is_encoded() {
    let folder = Folder::new();
    for (options, compression, predictor) in [
        ("", "deflate", 1),
        ("--compress zstd --predictor horizontal", "zstd", 2),
        ("--predictor float", "deflate", 3),
        ("--compress none --predictor horizontal", "none", 1),
    ] {
        folder.burn(&format!("{COUNTIES} --column area_km2 {options}"));
        let info = folder.info("out.tif");
        assert_eq!((info["compression"].as_str(), info["predictor"].as_u64()), (Some(compression), Some(predictor)));
        assert_eq!(info["layout"], "tiles of 64 × 64");
    }
}

#[test]
fn tiles_of_nodata_alone_are_left_out() {
    let folder = Folder::with("a.geojson", boxes([([0, 63, 1, 64], 4), ([40, 0, 50, 10], 5)]));
    let grid = "--size 64,64 --extent 0,0,64,64 --tile-size 16";
    let burn = |options: &str| folder.burn(&format!("a.geojson --column v {grid} {options}"));
    let dense = burn("");
    assert_eq!((dense.sparse_tiles, folder.info("out.tif")["sparse_tiles"].as_u64()), (0, Some(0)));
    // One tile above on the left; below, columns 40 to 50 lie in two tiles.
    let sparse = burn("--nodata 0");
    assert_eq!((sparse.sparse_tiles, folder.info("out.tif")["sparse_tiles"].as_u64()), (13, Some(13)));
    assert_eq!(sparse.pixels, dense.pixels);
    // Pixels that no feature touches are data here.
    let filled = burn("--nodata 9 --fill 0");
    assert_eq!((filled.sparse_tiles, filled.pixels), (0, dense.pixels));
}

#[test]
fn bigtiff_is_another_header_of_the_same_pixels() {
    let folder = Folder::with("a.geojson", row([1, 2, 3]));
    for (bigtiff, head) in [("auto", b"II*\0"), ("no", b"II*\0"), ("yes", b"II+\0")] {
        let raster = folder.burn(&format!("a.geojson --column v --resolution 1 --bigtiff {bigtiff}"));
        assert_eq!(raster.rows(), ["1 2 3"]);
        assert_eq!(fs::read(folder.path("out.tif")).unwrap()[..4], *head);
    }
}
