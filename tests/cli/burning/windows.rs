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

#[test]
fn rows_that_do_not_fit_into_memory_are_cut_into_blocks() {
    let folder = Folder::new();
    let extent = "--extent -1750000,990000,-500000,2540000 --tile-size 64";
    let grid = format!("{extent} --size 5001,403 --cog");
    folder.xr(&format!("rasterize @west_counties.shp --column state_fips {grid} -o first.tif")).succeeded();
    let update = "--update first.tif --value 7 --where \"area_km2 > 9000\" --resampling mode";
    for (options, memory) in [
        (format!("--column state_fips --nodata 0 --resampling cubic {grid}"), "34MiB"),
        (format!("--column state_fips,area_km2 --dtype f32 --resampling average {grid}"), "40MiB"),
        (format!("--column state_fips --stats {extent} --size 20001,100"), "38MiB"),
        (update.to_owned(), "38MiB"),
    ] {
        let line = format!("rasterize @west_counties.shp {options}");
        folder.xr(&format!("{line} -o whole.tif --overwrite")).succeeded();
        let blocks = format!("{line} --max-memory {memory} -v -o blocks.tif --overwrite");
        let log = folder.xr(&blocks).succeeded().stderr;
        assert!(!log.contains("windows of 5001") && !log.contains("windows of 20001"), "{log}");
        let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
        assert!(bytes("whole.tif") == bytes("blocks.tif"), "{options}");
    }
}
