//! `xr translate`: pixels, place and metadata stay; layout and codec become what was asked for.

use crate::{
    program::{Folder, Run},
    raster::{Pixels, Raster},
};
use serde_json::json;
use std::{
    io::Cursor,
    path::{Path, PathBuf},
};
use tiff::{decoder::Decoder, tags::Tag};

const COUNTIES: &str = "@us_counties_5070.gpkg --column state_fips --resolution 20000 --nodata 0 --tile-size 64";

/// A folder with `in.tif`, the counties in small tiles, and its pixels.
fn counties() -> (Folder, Raster) {
    let folder = Folder::new();
    folder.xr(&format!("rasterize {COUNTIES} -o in.tif")).succeeded();
    let raster = Raster::read(&folder.path("in.tif"));
    (folder, raster)
}

fn translate(folder: &Folder, options: &str) -> Run {
    folder.xr(&format!("translate in.tif out.tif --overwrite {options}")).succeeded()
}

#[test]
fn every_codec_keeps_pixels_and_place() {
    let (folder, input) = counties();
    for options in [
        "--compress none",
        "--compress deflate --level 12 --predictor horizontal",
        "--compress zstd --predictor none",
        "--compress lzw --tile-size 16",
        "--compress packbits",
        "--cog --compress zstd",
        "--bigtiff yes --overviews 2,8",
    ] {
        let run = translate(&folder, &format!("{options} --verify"));
        assert!(run.stdout.contains("verified"), "{}", run.stdout);
        let info = folder.info("out.tif");
        assert_eq!(info["crs"], folder.info("in.tif")["crs"], "{options}");
        if options.contains("lzw") || options.contains("packbits") {
            continue; // the reader of these tests has no such codec
        }
        let output = Raster::read(&folder.path("out.tif"));
        assert_eq!((output.width, output.height, output.dtype), (231, 146, "u8"), "{options}");
        assert!(output.pixels == input.pixels, "{options}");
        assert_eq!((output.origin, output.pixel_size, output.epsg), (input.origin, input.pixel_size, Some(5070)));
        assert_eq!(output.nodata.as_deref(), Some("0"));
    }
}

#[test]
fn a_window_is_a_part_in_its_place() {
    let (folder, input) = counties();
    translate(&folder, "--window 100,30,70,50");
    let part = Raster::read(&folder.path("out.tif"));
    assert_eq!((part.width, part.height), (70, 50));
    assert_eq!(part.origin, [input.origin[0] + 100.0 * 20_000.0, input.origin[1] - 30.0 * 20_000.0]);
    let (Pixels::Integers(part), Pixels::Integers(all)) = (part.pixels, input.pixels) else { panic!("not integers") };
    for (row, line) in part.chunks(70).enumerate() {
        assert_eq!(line, &all[(row + 30) * 231 + 100..][..70]);
    }
}

#[test]
fn overviews_are_halves() {
    let (folder, _) = counties();
    translate(&folder, "--tile-size 64 --overviews auto --resampling mode");
    let sizes = ["116 × 73", "58 × 37"];
    assert_eq!(folder.info("out.tif")["overviews"], json!(sizes));
    folder.xr(&format!("rasterize {COUNTIES} --cog -o cog.tif")).succeeded();
    assert_eq!(folder.info("cog.tif")["overviews"], json!(sizes));
}

#[test]
fn cogs_are_valid_and_others_are_told_apart() {
    let (folder, _) = counties();
    translate(&folder, "--cog");
    folder.xr("validate out.tif --cog").succeeded();
    let json = folder.xr("validate out.tif --json").succeeded().json();
    assert_eq!((json["valid"].as_bool(), json["cog"].as_bool()), (Some(true), Some(true)));
    translate(&folder, "--overviews 2"); // overviews lie after the image
    let plain = folder.xr("validate out.tif").succeeded();
    assert!(plain.stdout.contains("no Cloud Optimized GeoTIFF"), "{}", plain.stdout);
    folder.xr("validate out.tif --cog").failed(1, &["out.tif", "xr translate --cog"]);
    folder.write("text.tif", "no raster");
    folder.xr("validate text.tif").failed(1, &["text.tif"]);
}

#[test]
fn memory_and_threads_do_not_change_a_byte() {
    let (folder, _) = counties();
    let bytes = |options: &str| {
        translate(&folder, &format!("--tile-size 16 --cog {options}"));
        std::fs::read(folder.path("out.tif")).unwrap()
    };
    let whole = bytes("");
    for options in ["--threads 1", "--max-memory 49MiB", "--max-memory 49MiB --threads 2"] {
        assert!(bytes(options) == whole, "{options}");
    }
}

/// Files that GDAL and tifffile wrote; `scripts/make_tiff_samples.py` says what is in them.
fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("xr-geotiff/tests/data")
}

/// The bytes of the one tile of a directory of `out.tif`.
fn only_tile(folder: &Folder, directory: usize) -> Vec<u8> {
    let bytes = std::fs::read(folder.path("out.tif")).unwrap();
    let mut decoder = Decoder::new(Cursor::new(&bytes)).unwrap();
    decoder.seek_to_image(directory).unwrap();
    let mut only = |tag| {
        let values = decoder.get_tag_u64_vec(tag).unwrap();
        assert_eq!(values.len(), 1, "{tag:?}");
        values[0] as usize
    };
    let (offset, length) = (only(Tag::TileOffsets), only(Tag::TileByteCounts));
    bytes[offset..offset + length].to_vec()
}

/// GDAL's sample of 150 × 140 pixels, of which columns from 40 on in rows 30 to 89 are masked.
#[test]
fn masks_are_carried() {
    let folder = Folder::new();
    let translate = |options: &str| {
        let input = samples().join("cog-masked.tif");
        let line = format!("translate \"{}\" out.tif --overwrite --verify {options}", input.display());
        folder.xr(&line).succeeded();
        folder.info("out.tif")["masks"].clone()
    };
    assert_eq!(translate("--compress none --tile-size 160"), json!(["150 × 140"]));
    let tile = only_tile(&folder, 1);
    assert_eq!(tile.len(), 160 * 160 / 8);
    for (row, bits) in tile.chunks(160 / 8).take(140).enumerate() {
        let first = if (30..90).contains(&row) { 40 / 8 } else { 150 / 8 };
        assert!(bits[..first].iter().all(|&byte| byte == 255), "row {row}: {bits:?}");
        match row {
            30..90 => assert!(bits[first..150 / 8].iter().all(|&byte| byte == 0), "row {row}: {bits:?}"),
            _ => assert_eq!(bits[150 / 8] & 0b1111_1100, 0b1111_1100, "row {row}: {bits:?}"),
        }
    }
    // Columns 8 to 87 of rows 20 to 99: 32 valid ones, beside 48 that are not in rows 10 to 69 of the window.
    assert_eq!(translate("--window 8,20,80,80 --compress none --tile-size 80"), json!(["80 × 80"]));
    let tile = only_tile(&folder, 1);
    assert_eq!(tile[9 * 10..11 * 10], [[255; 10], [255, 255, 255, 255, 0, 0, 0, 0, 0, 0]].concat());
    // An average of what is valid: 7 everywhere, the masked 200 nowhere.
    translate("--overviews 2 --resampling average --compress none --tile-size 80");
    assert_eq!(folder.info("out.tif")["masks"], json!(["150 × 140", "75 × 70"]));
    let (pixels, mask) = (only_tile(&folder, 2), only_tile(&folder, 3));
    for (row, (pixels, bits)) in pixels.chunks(80).zip(mask.chunks(10)).take(70).enumerate() {
        for column in 0..75 {
            let valid = !(15..45).contains(&row) || column < 20;
            let bit = bits[column / 8] >> (7 - column % 8) & 1;
            assert_eq!((bit, pixels[column]), if valid { (1, 7) } else { (0, 0) }, "row {row}, column {column}");
        }
    }
    assert_eq!(translate("--cog --tile-size 64"), json!(["150 × 140", "75 × 70", "38 × 35"]));
    folder.xr("validate out.tif --cog").succeeded();
}

/// A sample of tifffile's, whose colours are multiples of 4096 that no byte has.
#[test]
fn palettes_keep_all_bits() {
    let folder = Folder::new();
    folder.xr(&format!("translate \"{}\" out.tif", samples().join("palette-old-deflate.tif").display())).succeeded();
    let mut decoder = Decoder::new(std::fs::File::open(folder.path("out.tif")).unwrap()).unwrap();
    let expected: Vec<u64> = (0..768).map(|i| i / 16 * 4096 % 65536).collect();
    assert_eq!(decoder.get_tag_u64_vec(Tag::ColorMap).unwrap(), expected);
}

#[test]
fn files_of_others_are_read() {
    let folder = Folder::new();
    let mut count = 0;
    for entry in std::fs::read_dir(samples()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "tif") {
            let line = format!("translate \"{}\" out.tif --overwrite --verify --tile-size 16", path.display());
            folder.xr(&line).succeeded();
            count += 1;
        }
    }
    assert!(count >= 10, "{count} files");
}

#[test]
fn what_cannot_be_read_leaves_the_old_file() {
    let (folder, _) = counties();
    let bytes = std::fs::read(folder.path("in.tif")).unwrap();
    folder.write("short.tif", &bytes[..bytes.len() - 200]);
    folder.write("text.tif", "no raster");
    folder.write("out.tif", "an older file");
    for (line, status, phrases) in [
        ("missing.tif out.tif --overwrite", 1, ["missing.tif", ""]),
        ("text.tif out.tif --overwrite", 1, ["text.tif", ""]),
        ("short.tif out.tif --overwrite", 1, ["short.tif", "tile"]),
        ("in.tif out.tif", 1, ["out.tif", "--overwrite"]),
        ("in.tif in.tif --overwrite", 2, ["in.tif", "replace the input"]),
        ("in.tif out.tif --overwrite --window 200,0,100,10", 1, ["in.tif", ""]),
        ("in.tif out.tif --overwrite --overviews 3", 2, ["powers of two", ""]),
        ("in.tif out.tif --overwrite --max-memory 1MiB", 2, ["--max-memory", "MiB or more"]),
    ] {
        let before = folder.files();
        folder.xr(&format!("translate {line}")).failed(status, &phrases);
        assert!(folder.files() == before, "translate {line}");
    }
}
