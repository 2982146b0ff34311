//! The same pixels from a device as from the CPU, by the program.

use crate::{program::Folder, raster::Raster};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

const COUNTIES: &str =
    "rasterize @us_counties_5070.gpkg --column state_fips --resolution 20000 --nodata 0 --tile-size 64";

/// The tests of a backend, shown as ignored where it has no device, unless `required` is an environment variable that is set.
pub fn main(backend: &'static str, required: &str) -> ExitCode {
    let absent = xr::devices(backend).err().filter(|_| std::env::var_os(required).is_none());
    if let Some(reason) = &absent {
        eprintln!("ignored: {reason}");
    }
    let tests: [(_, fn(&str)); 3] = [
        ("burns_what_the_cpu_burns", burns_what_the_cpu_burns),
        ("devices_are_listed", devices_are_listed),
        ("a_device_that_is_not_there_is_named", a_device_that_is_not_there_is_named),
    ];
    let trial = |(name, test): (_, fn(&str))| {
        let run = move || {
            test(backend);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(absent.is_some())
    };
    libtest_mimic::run(&Arguments::from_args(), tests.map(trial).into()).exit_code()
}

/// Burns on the CPU and on a device; pixels are compared.
fn same(device: &str, options: &str) {
    let folder = Folder::new();
    for backend in ["cpu", device] {
        let line = format!("{COUNTIES} {options} --backend {backend} -o {backend}.tif --json");
        assert_eq!(folder.xr(&line).succeeded().json()["backend"], backend, "{line}");
    }
    let read = |backend: &str| Raster::read(&folder.path(&format!("{backend}.tif"))).pixels;
    assert!(read("cpu") == read(device), "{options}");
}

fn burns_what_the_cpu_burns(backend: &str) {
    for merge in ["last", "first", "min", "max", "sum", "count", "mean"] {
        same(backend, &format!("--merge {merge} --dtype f64 --all-touched"));
    }
    same(backend, "--merge last");
    same(backend, "--merge-expr \"acc + value * count\" --dtype i64");
}

fn devices_are_listed(backend: &str) {
    let devices = Folder::new().xr("devices --json").succeeded().json();
    let row = devices["devices"].as_array().unwrap().iter().find(|row| row["backend"] == backend).unwrap().clone();
    let codecs: Vec<String> = xr::devices(backend).unwrap()[0].codecs.iter().map(|codec| codec.to_string()).collect();
    assert_eq!((&row["index"], &row["codecs"]), (&0.into(), &serde_json::json!(codecs)));
}

fn a_device_that_is_not_there_is_named(backend: &str) {
    Folder::new()
        .xr(&format!("rasterize @west_counties.shp --size 9,9 --backend {backend} --device 99 -o out.tif"))
        .failed(1, &["there is no device 99"]);
}
