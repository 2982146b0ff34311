//! The same pixels from a device as from the CPU, by the program.

use crate::{program::Folder, raster::Raster};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

const COUNTIES: &str = "rasterize @us_counties_5070.gpkg --column state_fips --nodata 0 --tile-size 64";

type Test = fn(&str);

/// The tests of a backend, shown as ignored without the devices that they need: without any, unless `required` is an
/// environment variable that is set.
pub fn main(backend: &'static str, required: &str) -> ExitCode {
    let devices = xr::devices(backend);
    let count = devices.as_ref().map_or(0, Vec::len);
    let absent = devices.err().filter(|_| std::env::var_os(required).is_none());
    if let Some(reason) = &absent {
        eprintln!("ignored: {reason}");
    }
    let tests: [(_, Test, _); 4] = [
        ("burns_what_the_cpu_burns", burns_what_the_cpu_burns, 1),
        ("several_devices_burn_what_the_cpu_burns", several_devices_burn_what_the_cpu_burns, 2),
        ("devices_are_listed", devices_are_listed, 1),
        ("a_device_that_is_not_there_is_named", a_device_that_is_not_there_is_named, 1),
    ];
    let trial = |(name, test, needed): (_, Test, usize)| {
        let run = move || {
            test(backend);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(absent.is_some() || count == 1 && needed > 1)
    };
    libtest_mimic::run(&Arguments::from_args(), tests.map(trial).into()).exit_code()
}

/// Burns on the CPU and on a device; pixels are compared.
fn same(device: &str, options: &str) {
    same_on(device, "", &format!("--resolution 20000 {options}"));
}

/// The same on devices of those names.
fn same_on(device: &str, devices: &str, options: &str) {
    let folder = Folder::new();
    for (backend, devices) in [("cpu", ""), (device, devices)] {
        let line = format!("{COUNTIES} {options} --backend {backend} {devices} -o {backend}.tif --json");
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

fn several_devices_burn_what_the_cpu_burns(backend: &str) {
    // Windows of tiles that are encoded where they are burned; pixels that come back; what is burned into them.
    for options in ["--dtype f64", "--cog", "--stats --merge mean"] {
        same_on(backend, "--device 0,1", &format!("--resolution 2000 {options} --max-memory 48MiB"));
    }
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
    Folder::new()
        .xr(&format!("rasterize @west_counties.shp --size 9,9 --backend {backend} --device 0,99 -o out.tif"))
        .failed(1, &["there is no device 99"]);
}
