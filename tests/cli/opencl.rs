//! The same pixels from an OpenCL device as from the CPU, by the program. A machine without a device shows these tests as
//! ignored, unless `XR_REQUIRE_OPENCL` is set.
#![expect(clippy::unwrap_used, clippy::panic, reason = "functions of tests")]

#[expect(dead_code, reason = "other tests use more of it")]
mod program;
#[expect(dead_code, reason = "other tests use more of it")]
mod raster;

use libtest_mimic::{Arguments, Trial};
use program::Folder;
use std::process::ExitCode;

const COUNTIES: &str =
    "rasterize @us_counties_5070.gpkg --column state_fips --resolution 20000 --nodata 0 --tile-size 64";

fn main() -> ExitCode {
    let absent = xr::devices("opencl").err().filter(|_| std::env::var_os("XR_REQUIRE_OPENCL").is_none());
    if let Some(reason) = &absent {
        eprintln!("ignored: {reason}");
    }
    let tests: [(_, fn()); 3] = [
        ("burns_what_the_cpu_burns", burns_what_the_cpu_burns),
        ("devices_are_listed", devices_are_listed),
        ("a_device_that_is_not_there_is_named", a_device_that_is_not_there_is_named),
    ];
    let trial = |(name, test): (_, fn())| {
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(absent.is_some())
    };
    libtest_mimic::run(&Arguments::from_args(), tests.map(trial).into()).exit_code()
}

/// Burns on both backends; pixels are compared.
fn same(options: &str) {
    let folder = Folder::new();
    for backend in ["cpu", "opencl"] {
        let line = format!("{COUNTIES} {options} --backend {backend} -o {backend}.tif --json");
        let report = folder.xr(&line).succeeded().json();
        assert_eq!((&report["backend"], &report["encoder"]), (&backend.into(), &"cpu".into()), "{line}");
    }
    let read = |backend: &str| raster::Raster::read(&folder.path(&format!("{backend}.tif"))).pixels;
    assert!(read("cpu") == read("opencl"), "{options}");
}

fn burns_what_the_cpu_burns() {
    for merge in ["last", "first", "min", "max", "sum", "count", "mean"] {
        same(&format!("--merge {merge} --dtype f64 --all-touched"));
    }
    same("--merge last");
    same("--merge-expr \"acc + value * count\" --dtype i64");
}

fn devices_are_listed() {
    let devices = Folder::new().xr("devices --json").succeeded().json();
    let row = devices["devices"].as_array().unwrap().iter().find(|row| row["backend"] == "opencl").unwrap().clone();
    assert_eq!((&row["index"], &row["codecs"]), (&0.into(), &serde_json::json!([])));
}

fn a_device_that_is_not_there_is_named() {
    Folder::new()
        .xr("rasterize @west_counties.shp --size 9,9 --backend opencl --device 99 -o out.tif")
        .failed(1, &["there is no device 99"]);
}
