//! Threads, memory and tile size decide how the work is cut up, never what comes out.

use crate::{program::Folder, raster::Raster};

/// 500 × 620 pixels.
const COUNTIES: &str = "rasterize @west_counties.shp --extent -1750000,990000,-500000,2540000 --resolution 2500";

/// Windows handed over, and the raster.
fn burn(folder: &Folder, options: &str) -> (u64, u64, Raster) {
    let run = folder.xr(&format!("{COUNTIES} {options} --json -o out.tif --overwrite")).succeeded().json();
    let traffic = |name: &str| run["traffic"][name].as_u64().unwrap();
    (traffic("downloads"), traffic("uploads"), Raster::read(&folder.path("out.tif")))
}

#[test]
fn pixels_do_not_depend_on_threads_memory_or_tiles() {
    let folder = Folder::new();
    for rule in ["--column area_km2", "--column state_fips --merge sum --all-touched"] {
        let (windows, uploads, expected) = burn(&folder, rule);
        assert_eq!((windows, uploads), (1, 4));
        for options in [
            "--threads 1",
            "--threads 2",
            "--tile-size 16",
            "--tile-size 208",
            "--tile-size 2048",
            "--tile-size 32 --max-memory 33MiB",
            "--tile-size 16 --max-memory 34600000 --threads 1",
        ] {
            let (windows, uploads, raster) = burn(&folder, &format!("{rule} {options}"));
            assert_eq!(windows > 1, options.contains("--max-memory"), "{options}: {windows} windows");
            assert_eq!(uploads, 4, "{options}");
            assert!(raster.pixels == expected.pixels, "{rule} {options}");
        }
    }
}

#[test]
fn files_are_the_same_on_any_number_of_threads() {
    let folder = Folder::new();
    let bytes = |options: &str| {
        folder.burn(&format!("@west_counties.shp --column area_km2 --resolution 5000 --tile-size 64 {options}"));
        std::fs::read(folder.path("out.tif")).unwrap()
    };
    let one = bytes("--threads 1");
    assert!(bytes("--threads 2") == one && bytes("--max-memory 33MiB") == one);
}
