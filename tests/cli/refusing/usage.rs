//! Command lines that are wrong: exit status 2.

use super::refused;
use crate::{features::row, program::Folder};

#[test]
fn options_are_checked() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    for (options, phrase) in [
        ("", "<--resolution <R|RX,RY>|--size <W,H>|--like <REF.tif>|--update <RASTER.tif>>"),
        ("--resolution 1 --size 2,1", "cannot be used with"),
        ("--like a.tif --extent 0,0,1,1", "cannot be used with"),
        ("--size 2,1 --tap", "cannot be used with"),
        ("--like a.tif --tap", "cannot be used with"),
        ("--size 2,1 --column v --value 3", "cannot be used with"),
        ("--size 2,1 --column v --z", "cannot be used with"),
        ("--size 2,1 --value 3 --z", "cannot be used with"),
        ("--size 2,1 --coverage --z", "cannot be used with"),
        ("--size 2,1 --invert --z", "cannot be used with"),
        ("--size 2,1 --x a", "--y"),
        ("--size 2,1 --quiet --verbose", "cannot be used with"),
        ("--resolution 0", "a resolution is positive"),
        ("--resolution nan", "a resolution is positive"),
        ("--resolution 1,2,3", "numbers separated by commas"),
        ("--size 0,4", "a grid needs at least one row and one column"),
        ("--size 2.5,4", "expected 2 numbers separated by commas"),
        ("--size 2,1 --extent 3,0,1,1", "the order is xmin,ymin,xmax,ymax"),
        ("--size 2,1 --backend auto --device 0,1", "--device is an index among the devices of one backend"),
        ("--size 2,1 --backend cpu --device 1,0,1", "--device names 1 twice"),
        ("--size 2,1 --backend abacus", "invalid value 'abacus' for '--backend"),
        ("--size 2,1 --merge median", "invalid value 'median' for '--merge"),
        ("--size 2,1 --coverage --all-touched", "cannot be used with"),
        ("--size 2,1 --coverage --column v", "cannot be used with"),
        ("--size 2,1 --coverage --merge-expr acc", "cannot be used with"),
        ("--size 2,1 --coverage --invert", "cannot be used with"),
        ("--size 2,1 --coverage --weighted", "cannot be used with"),
        ("--size 2,1 --coverage --merge count", "pass --all-touched instead of --coverage"),
        ("--size 2,1 --coverage --dtype u8", "fractions of pixels are no integers, and u8"),
        ("--size 2,1 --weighted --column v", "pass --merge sum or --merge mean"),
        ("--size 2,1 --dtype u12", "the types are u8, i8, u16"),
        ("--size 2,1 --value many", "invalid value 'many' for '--value"),
        ("--size 2,1 --tile-size 17", "--tile-size 17 is not a multiple of 16"),
        ("--size 2,1 --tile-size 8", "invalid value '8' for '--tile-size"),
        ("--size 2,1 --threads 0", "invalid value '0' for '--threads"),
        ("--size 2,1 --max-memory \"5 parsecs\"", "`parsecs` is no unit of memory"),
        ("--size 2,1 --compress zip", "invalid value 'zip' for '--compress"),
        ("--size 2,1 --level 13", "level"),
        ("--size 2,1 --crs EPSG:abc", "--crs: "),
        ("--size 2,1 --crs nowhere.prj", "--crs: "),
    ] {
        refused(&folder, &format!("a.geojson {options}"), 2, &[phrase]);
    }
    refused(&folder, "--size 2,1", 2, &["<INPUT>..."]);
    folder.xr("rasterize a.geojson --size 2,1").failed(2, &["--output <OUT.tif>"]);
    folder.xr("rasterise a.geojson").failed(2, &["rasterize"]);
}

#[test]
fn unreadable_expressions_show_the_place() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    for (expression, phrase) in [
        ("v >", "expected a value, found the end"),
        ("v = 1 v = 2", "--where: "),
        ("(v = 1", "--where: "),
        ("v = 'one", "--where: "),
        ("nonsense(v) = 1", "nonsense"),
    ] {
        refused(&folder, &format!("a.geojson --size 2,1 --where \"{expression}\""), 2, &[phrase, "^"]);
    }
}

#[test]
fn grids_have_limits() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    refused(&folder, "a.geojson --size 1000000000,1", 2, &["a side has at most 999999999"]);
    refused(&folder, "a.geojson --resolution 1e-12", 2, &["pixels a side", "units of the data"]);
    refused(&folder, "a.geojson --size 999999999,999999999", 1, &["3814697265625 tiles, at most 67108864"]);
}

#[test]
fn memory_has_a_least() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    let line = "a.geojson --size 2000,2000 --dtype f64";
    refused(&folder, &format!("{line} --max-memory 1MiB"), 2, &["--max-memory is too small", "pass --max-memory "]);
    // What the message asks for is enough.
    let message = folder.xr(&format!("rasterize {line} --max-memory 1MiB -o out.tif")).stderr;
    let least = message.split("pass --max-memory ").nth(1).unwrap().split_whitespace().next().unwrap();
    folder.xr(&format!("rasterize {line} --max-memory {least} -o out.tif")).succeeded();
}

#[test]
fn large_tiles_need_no_bound_on_memory() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    let options = "--extent 5,5,6,6 --tile-size 4096 --dtype f64 --nodata 0"; // far from the data: stored sparsely
    folder.xr(&format!("rasterize a.geojson --size 4096,4096 {options} -o out.tif")).succeeded();
}
