use rusqlite::Connection;
use xr_vector::{OpenOptions, open};

use crate::collect::{Rows, Scratch, failure};

/// A point (1 2) in little-endian WKB behind a header with the given flags and envelope.
fn blob(flags: u8, envelope: usize) -> Vec<u8> {
    let mut blob = vec![b'G', b'P', 0, flags, 0, 0, 0, 0];
    blob.resize(8 + envelope, 0);
    blob.extend([1, 1, 0, 0, 0]);
    blob.extend(1f64.to_le_bytes());
    blob.extend(2f64.to_le_bytes());
    blob
}

fn package(scratch: &Scratch) -> std::path::PathBuf {
    let path = scratch.file("a.gpkg", "");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
             CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
             INSERT INTO gpkg_spatial_ref_sys VALUES (1000, 'EPSG', 2056, 'undefined');
             INSERT INTO gpkg_contents VALUES ('notes', 'attributes'), ('first \"one\"', 'features'), ('second', 'features');
             INSERT INTO gpkg_geometry_columns VALUES ('first \"one\"', 'the \"geom\"', 1000), ('second', 'geom', -1);
             CREATE TABLE \"first \"\"one\"\"\" (fid INTEGER PRIMARY KEY, \"the \"\"geom\"\"\" POINT, big INTEGER, flag BOOLEAN, name TEXT(9));
             CREATE TABLE second (fid INTEGER PRIMARY KEY, geom BLOB);
             INSERT INTO second VALUES (1, NULL);",
        )
        .unwrap();
    let mut insert = connection.prepare("INSERT INTO \"first \"\"one\"\"\" VALUES (?1, ?2, ?3, 1, 'é')").unwrap();
    // Envelopes of 0, 4, 6, 6 and 8 numbers; then the empty flag, an unknown envelope, a curve, and no header.
    let mut curve = blob(1, 0);
    curve[9] = 10;
    let blobs =
        [blob(1, 0), blob(3, 32), blob(5, 48), blob(7, 48), blob(9, 64), blob(17, 0), blob(11, 0), curve, vec![1]];
    for (fid, blob) in blobs.iter().enumerate() {
        insert.execute((fid as i64, blob, i64::MAX - fid as i64)).unwrap();
    }
    path
}

#[test]
fn blob_headers_are_skipped() {
    let scratch = Scratch::new();
    let source = open(&package(&scratch), &OpenOptions::default()).unwrap();
    assert_eq!((source.layer(), source.other_layers()), (Some("first \"one\""), &["second".to_owned()][..]));
    assert!(source.crs().is_some());
    let mut seen = Rows::default();
    source.read(&["big", "flag", "name"], &mut seen).unwrap();
    assert_eq!(seen.rows[0], "0 POINT(1 2) [Int(9223372036854775807), Bool(true), Text(\"é\")]");
    assert!(seen.rows[1..5].iter().all(|row| row.contains("POINT(1 2)")));
    assert!(seen.rows[5].starts_with("5 null"));
    assert_eq!(seen.rows[6], "6 malformed: invalid envelope code 5 in the geometry header");
    assert_eq!(seen.rows[7], "7 malformed: geometries of type CurvePolygon are not supported");
    assert_eq!(seen.rows[8], "8 malformed: the geometry blob does not start with GP");
}

#[test]
fn layers_are_chosen_by_name() {
    let scratch = Scratch::new();
    let path = package(&scratch);
    let layer = |name: &str| OpenOptions { layer: Some(name.to_owned()), ..OpenOptions::default() };
    let source = open(&path, &layer("second")).unwrap();
    assert!(source.crs().is_none() && source.crs_problem().is_none());
    assert_eq!(source.feature_count(), Some(1));
    let message = open(&path, &layer("third")).err().unwrap().to_string();
    assert!(message.ends_with("no layer \"third\"; layers: first \"one\", second"), "{message}");
    let message = failure(&path, &["none"]);
    assert!(message.ends_with("no column \"none\"; columns: fid, big, flag, name"), "{message}");
}

#[test]
fn other_databases_fail() {
    let scratch = Scratch::new();
    let path = scratch.file("a.gpkg", "");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(failure(&path, &[]).contains("not a readable GeoPackage: no such table: gpkg_contents"));
}
