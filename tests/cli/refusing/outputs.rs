//! Outputs that exist, or cannot be written.

use super::refused;
use crate::{features::row, program::Folder};
use std::fs;

#[test]
fn existing_outputs_are_kept_without_overwrite() {
    let folder = Folder::with("a.geojson", row([1]));
    folder.write("out.tif", "an older file");
    folder.write("out.png", "an older picture");
    let before = folder.files();
    let phrases = |name| [name, "the file exists already; pass --overwrite"];
    folder.xr("rasterize a.geojson --size 1,1 -o out.tif").failed(1, &phrases("out.tif"));
    folder.xr("rasterize a.geojson --size 1,1 -o new.tif --preview out.png").failed(1, &phrases("out.png"));
    assert!(folder.files() == before);
    folder.xr("rasterize a.geojson --size 1,1 -o out.tif --preview out.png --overwrite").succeeded();
    assert!(fs::read(folder.path("out.tif")).unwrap().starts_with(b"II*\0"));
    assert!(fs::read(folder.path("out.png")).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(folder.files().len(), 3);
}

#[test]
fn outputs_replace_neither_inputs_nor_each_other() {
    let folder = Folder::with("a.geojson", row([1]));
    folder.write("out.tif", "an older file");
    let before = folder.files();
    let line = "rasterize a.geojson --size 1,1 --overwrite";
    for output in ["a.geojson", "./a.geojson"] {
        folder.xr(&format!("{line} -o {output}")).failed(2, &["a.geojson: the output would replace an input"]);
    }
    folder.xr(&format!("{line} -o out.tif --preview a.geojson")).failed(2, &["would replace an input"]);
    folder.xr(&format!("{line} -o out.tif --preview ./out.tif")).failed(2, &["the preview would replace the raster"]);
    folder.xr(&format!("{line} -o new.tif --preview new.tif")).failed(2, &["the preview would replace the raster"]);
    assert!(folder.files() == before);
}

#[test]
fn folders_must_exist() {
    let folder = Folder::with("a.geojson", row([1]));
    let before = folder.files();
    folder.xr("rasterize a.geojson --size 1,1 -o nowhere/out.tif").failed(1, &["nowhere/out.tif: ", "No such file"]);
    assert!(folder.files() == before && !folder.path("nowhere").exists());
    refused(&folder, "a.geojson --size 1,1 --preview nowhere/out.png", 1, &["nowhere/out.png: ", "No such file"]);
}

#[test]
fn a_folder_is_not_replaced() {
    let folder = Folder::with("a.geojson", row([1]));
    fs::create_dir(folder.path("taken")).unwrap();
    let line = "rasterize a.geojson --size 1,1 --overwrite -o";
    folder.xr(&format!("{line} taken")).failed(1, &["taken: is not a regular file"]);
    folder.xr("rasterize a.geojson --size 1,1 --preview taken -o out.tif --overwrite").failed(1, &["taken: "]);
    assert_eq!(folder.files().len(), 1);
    assert!(folder.path("taken").is_dir());
}
