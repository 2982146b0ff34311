//! Values that the pixel type cannot hold.

use super::refused;
use crate::{
    features::{boxes, row},
    program::Folder,
};

#[test]
fn values_that_do_not_fit_name_the_feature() {
    let folder = Folder::with("a.geojson", row([1, 256]));
    let line = "a.geojson --size 2,1 --column v";
    refused(&folder, &format!("{line} --dtype u8"), 1, &["a.geojson: feature 1: the value 256 does not fit u8", "u16"]);
    folder.write("b.geojson", row([0.5]));
    refused(
        &folder,
        "a.geojson b.geojson --size 2,1 --column v --dtype i32",
        1,
        &["b.geojson: feature 0: the value 0.5 does not fit i32", "f32"],
    );
    folder.write("c.geojson", row([1e300]));
    refused(&folder, "c.geojson --size 2,1 --column v --dtype f32", 1, &["c.geojson: feature 0: the value 1", "f32"]);
}

#[test]
fn options_must_fit_the_type() {
    let folder = Folder::with("a.geojson", row([1, 2]));
    for (options, phrase) in [
        ("--value 300 --dtype u8", "--value 300 does not fit --dtype u8"),
        ("--value 0.5 --dtype i64", "--value 0.5 does not fit --dtype i64"),
        ("--column v --nodata -1", "--nodata -1 does not fit u8"),
        ("--column v --fill 0.5", "--fill 0.5 does not fit u8"),
        ("--dtype u16 --nodata nan", "--nodata NaN does not fit u16"),
        ("--column v --merge mean --dtype u8", "--merge mean makes fractions, and --dtype u8 is an integer type"),
        ("--column v --predictor float", "--predictor float is not for u8"),
    ] {
        refused(&folder, &format!("a.geojson --size 2,1 {options}"), 2, &[phrase]);
    }
}

#[test]
fn sums_and_counts_never_wrap() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 2, 1], 200), ([1, 0, 3, 1], 56)]));
    let line = "a.geojson --column v --size 3,1 --merge sum";
    refused(&folder, line, 1, &["the sum overflows u8", "pass a wider --dtype"]);
    assert_eq!(folder.burn(&format!("{line} --dtype u16")).rows(), ["200 256 56"]);
    folder.write("a.geojson", boxes([([0, 0, 2, 1], 200), ([1, 0, 3, 1], 55)]));
    assert_eq!(folder.burn(line).rows(), ["200 255 55"]);
    std::fs::remove_file(folder.path("out.tif")).unwrap();

    folder.write("b.geojson", boxes(vec![([0, 0, 1, 1], 1); 256]));
    let line = "b.geojson --size 1,1 --merge count --dtype u8";
    refused(&folder, line, 1, &["the count overflows u8", "pass --dtype u32"]);

    folder.write("c.geojson", boxes(vec![([0, 0, 1, 1], u64::MAX), ([0, 0, 1, 1], 1)]));
    refused(&folder, "c.geojson --size 1,1 --column v --merge sum", 1, &["the sum overflows u64"]);
}
