//! The same pixels from an OpenCL device as from the CPU. Ignored, since not every machine has one: CI, which installs one,
//! runs `cargo test --features opencl --test cli opencl -- --include-ignored`.

use crate::program::Folder;

const COUNTIES: &str =
    "rasterize @us_counties_5070.gpkg --column state_fips --resolution 20000 --nodata 0 --tile-size 64";

/// Burns on both backends; files are compared byte by byte, since both are encoded alike.
fn same(options: &str) {
    let folder = Folder::new();
    for backend in ["cpu", "opencl"] {
        let line = format!("{COUNTIES} {options} --backend {backend} -o {backend}.tif --json");
        let report = folder.xr(&line).succeeded().json();
        assert_eq!((&report["backend"], &report["encoder"]), (&backend.into(), &"cpu".into()), "{line}");
    }
    let read = |backend: &str| crate::raster::Raster::read(&folder.path(&format!("{backend}.tif"))).pixels;
    assert!(read("cpu") == read("opencl"), "{options}");
}

#[test]
#[ignore = "needs an OpenCL device"]
fn opencl_burns_what_the_cpu_burns() {
    for merge in ["last", "first", "min", "max", "sum", "count", "mean"] {
        same(&format!("--merge {merge} --dtype f64 --all-touched"));
    }
    same("--merge last");
    same("--merge-expr \"acc + value * count\" --dtype i64");
}

#[test]
#[ignore = "needs an OpenCL device"]
fn opencl_devices_are_listed() {
    let devices = Folder::new().xr("devices --json").succeeded().json();
    let row = devices["devices"].as_array().unwrap().iter().find(|row| row["backend"] == "opencl").unwrap().clone();
    assert_eq!((&row["index"], &row["codecs"]), (&0.into(), &serde_json::json!([])));
    Folder::new()
        .xr("rasterize @west_counties.shp --size 9,9 --backend opencl --device 99 -o out.tif")
        .failed(1, &["there is no device 99"]);
}
