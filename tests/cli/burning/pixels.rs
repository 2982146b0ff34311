//! Pixel types, fill and nodata.

use crate::{features::row, program::Folder, raster::Raster};
use serde_json::json;

/// Unit boxes with these JSON numbers as values.
fn burn(values: &serde_json::Value, options: &str) -> Raster {
    let values = values.as_array().unwrap();
    let folder = Folder::with("a.geojson", row(values.iter().cloned()));
    let width = values.len();
    folder.burn(&format!("a.geojson --column v --size {width},1 --extent 0,0,{width},1 {options}"))
}

#[test]
fn the_smallest_type_that_holds_the_column_is_chosen() {
    for (values, dtype, row) in [
        (json!([0, 255]), "u8", "0 255"),
        (json!([-128, 127]), "i8", "-128 127"),
        (json!([0, 256]), "u16", "0 256"),
        (json!([-1, 128]), "i16", "-1 128"),
        (json!([1, 65536]), "u32", "1 65536"),
        (json!([-1, 32768]), "i32", "-1 32768"),
        (json!([1, 4_294_967_296_u64]), "u64", "1 4294967296"),
        (json!([-1, 2_147_483_648_i64]), "i64", "-1 2147483648"),
        (json!([1, 0.5]), "f32", "1 0.5"),
        (json!([1, 0.1]), "f64", "1 0.1"),
        (json!([16_777_217, 0.5]), "f64", "16777217 0.5"),
        (json!([true, false]), "u8", "1 0"),
    ] {
        let raster = burn(&values, "");
        assert_eq!((raster.dtype, raster.rows()), (dtype, vec![row.to_owned()]), "{values}");
    }
}

#[test]
fn every_type_can_be_asked_for() {
    for dtype in ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"] {
        let raster = burn(&json!([1, 127]), &format!("--dtype {dtype}"));
        assert_eq!((raster.dtype, raster.rows()), (dtype, vec!["1 127".to_owned()]));
    }
    let raster = burn(&json!([0.1, 16_777_217]), "--dtype f32");
    assert_eq!(raster.rows(), ["0.10000000149011612 16777216"]);
}

#[test]
fn integers_beyond_2_to_the_53_stay_exact() {
    let raster = burn(&json!([9_007_199_254_740_993_u64, u64::MAX]), "");
    assert_eq!((raster.dtype, raster.rows()), ("u64", vec!["9007199254740993 18446744073709551615".to_owned()]));
    let raster = burn(&json!([-9_007_199_254_740_993_i64, i64::MIN, i64::MAX]), "");
    let row = "-9007199254740993 -9223372036854775808 9223372036854775807";
    assert_eq!((raster.dtype, raster.rows()), ("i64", vec![row.to_owned()]));

    let folder = Folder::with("a.csv", "v,x,y\n9007199254740993,0.5,0.5\n9007199254740994,0.5,0.5\n");
    let sum = folder.burn("a.csv --column v --merge sum --size 1,1 --extent 0,0,1,1");
    assert_eq!(sum.rows(), ["18014398509481987"]);
    let value = folder.burn("a.csv --value 18446744073709551613 --size 1,1 --extent 0,0,1,1");
    assert_eq!((value.dtype, value.rows()), ("u64", vec!["18446744073709551613".to_owned()]));
}

#[test]
fn fill_is_nodata_or_zero() {
    let folder = Folder::with("a.geojson", row([1]));
    let burn = |options: &str| folder.burn(&format!("a.geojson --column v --size 2,1 --extent 0,0,2,1 {options}"));
    for (options, row, nodata) in [
        ("", "1 0", None),
        ("--fill 7", "1 7", None),
        ("--nodata 255", "1 255", Some("255")),
        ("--nodata 255 --fill 7", "1 7", Some("255")),
        ("--nodata -1 --dtype i16", "1 -1", Some("-1")),
        ("--nodata nan --dtype f32", "1 NaN", Some("nan")),
        ("--nodata 18446744073709551615 --dtype u64", "1 18446744073709551615", Some("18446744073709551615")),
    ] {
        let raster = burn(options);
        assert_eq!((raster.rows(), raster.nodata.as_deref()), (vec![row.to_owned()], nodata), "{options}");
    }
}
