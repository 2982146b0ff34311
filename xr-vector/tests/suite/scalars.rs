//! The fixtures of `tests/data/make.py`: 64-bit integers, truth values, text beyond ASCII, nulls, Z, null geometry.

use xr_vector::{ColumnKind, OpenOptions, open};

use crate::collect::{fixture, rows};

const HOLE: &str = "POLYGON((0 0,0 10,10 10,10 0,0 0),(2 2,4 2,4 4,2 4,2 2))";
const FIRST: &str = "[Int(9007199254740993), Bool(true), Text(\"Zürich\"), Float(0.30000000000000004)]";
const COLUMNS: [&str; 4] = ["id", "flag", "name", "real"];

fn kinds(name: &str) -> Vec<(String, ColumnKind)> {
    let source = open(&fixture(name), &OpenOptions::default()).unwrap();
    source.columns().unwrap().iter().map(|column| (column.name.clone(), column.kind)).collect()
}

fn scalar_kinds() -> Vec<(String, ColumnKind)> {
    let kinds = [ColumnKind::Int, ColumnKind::Bool, ColumnKind::Text, ColumnKind::Float];
    COLUMNS.map(str::to_owned).into_iter().zip(kinds).collect()
}

#[test]
fn shapefile_keeps_integer_digits_and_text() {
    // GDAL writes reals with 15 decimals.
    let expected = [
        format!("0 {HOLE} [Int(9007199254740993), Bool(true), Text(\"Zürich\"), Float(0.3)]"),
        "1 null [Int(-9007199254740993), Bool(false), Null, Float(0.0)]".to_owned(),
    ];
    assert_eq!(rows(&fixture("scalars.shp"), &COLUMNS), expected);
    assert_eq!(kinds("scalars.shp"), scalar_kinds());
}

#[test]
fn flatgeobuf_keeps_scalars_and_nested_collections() {
    let expected = [
        format!("0 {HOLE} {FIRST}"),
        "1 null [Int(-9007199254740993), Bool(false), Null, Float(1e-300)]".to_owned(),
        "2 COLLECTION(POINT(1 2),COLLECTION(LINE(3 4,5 6,7 8))) [Int(7), Bool(true), Text(\"東京\"), Float(-2.5)]"
            .to_owned(),
    ];
    assert_eq!(rows(&fixture("scalars.fgb"), &COLUMNS), expected);
    assert_eq!(kinds("scalars.fgb"), scalar_kinds());
}

#[cfg(feature = "parquet")]
#[test]
fn geoparquet_keeps_scalars_and_nested_collections() {
    let columns = ["id", "flag", "name", "real", "unsigned", "decimal", "category"];
    let expected = [
        format!("0 {HOLE} {}, UInt(18446744073709551615), Float(12.5), Text(\"a\")]", FIRST.trim_end_matches(']')),
        "1 null [Int(-9007199254740993), Bool(false), Null, Float(1e-300), Null, Float(-0.01), Text(\"b\")]".to_owned(),
        "2 COLLECTION(POINT(1 2),COLLECTION(LINE(3 4,5 6,7 8))) [Int(7), Bool(true), Text(\"東京\"), Float(-2.5), \
         Int(1), Null, Text(\"a\")]"
            .to_owned(),
    ];
    assert_eq!(rows(&fixture("scalars.parquet"), &columns), expected);
    // The order asked for is that of the values, whatever the order in the file.
    assert_eq!(
        rows(&fixture("scalars.parquet"), &["name", "id", "name"])[2].split_once(" [").unwrap().1,
        "Text(\"東京\"), Int(7), Text(\"東京\")]"
    );
}
