use xr_vector::{OpenOptions, open};

use crate::collect::{Rows, Scratch, example, failure, rows};

fn rows_with(path: &std::path::Path, options: &OpenOptions, columns: &[&str]) -> Vec<String> {
    let mut seen = Rows::default();
    open(path, options).unwrap().read(columns, &mut seen).unwrap();
    seen.rows
}

#[test]
fn usual_coordinate_columns_are_found() {
    let rows = rows(&example("airports_co.csv"), &["icao", "elevation_ft"]);
    assert_eq!(rows.len(), 324);
    assert_eq!(rows[0], "0 POINT(-106.04697 37.643335) [Text(\"02CO\"), Float(7615.0)]");
}

#[test]
fn named_columns_win() {
    let scratch = Scratch::new();
    let path = scratch.file("a.csv", "x,y,E,N,wkt\n1,2,3,4,POINT(5 6)\n");
    let option = |name: &str| Some(name.to_owned());
    assert_eq!(rows_with(&path, &OpenOptions::default(), &[]), ["0 POINT(5 6) []"]);
    let options = OpenOptions { x: option("E"), y: option("N"), ..OpenOptions::default() };
    assert_eq!(rows_with(&path, &options, &[]), ["0 POINT(3 4) []"]);
    let options = OpenOptions { x: option("E"), ..OpenOptions::default() };
    assert_eq!(rows_with(&path, &options, &[]), ["0 POINT(3 2) []"]);
    let options = OpenOptions { wkt: option("geom"), ..OpenOptions::default() };
    let message = open(&path, &options).err().unwrap().to_string();
    assert!(message.ends_with("no column \"geom\"; columns: x, y, E, N, wkt"), "{message}");
}

#[test]
fn wkt_of_every_kind_is_read() {
    let scratch = Scratch::new();
    let text = "wkt;n\n\
        POINT (1 2);1\n\
        \"LINESTRING Z (1 2 3, 4 5 6)\";2\n\
        SRID=4326\\;POINT(7 8);3\n\
        \"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))\";4\n\
        \"MULTIPOINT ZM ((1 2 0 0),EMPTY,5 6)\";9\n\"GEOMETRYCOLLECTION(POINTZ(1 2 3),POLYGON EMPTY)\";9\nPOINT EMPTY;5\n;6\nPOINT(1);7\nCURVEPOLYGON(1 2);8\n\
        POINT(1 2) 3;9\n\"POLYGON((0 0,1 1)\";10\nPOINT(1 2));11\n";
    let path = scratch.file("a.csv", text.replace("SRID=4326\\;POINT(7 8)", "\"SRID=4326;POINT(7 8)\""));
    let rows = rows(&path, &["n"]);
    assert_eq!(
        rows[..8],
        [
            "0 POINT(1 2) [Int(1)]",
            "1 LINE(1 2,4 5) [Int(2)]",
            "2 POINT(7 8) [Int(3)]",
            "3 POLYGONS(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2))) [Int(4)]",
            "4 POINTS(1 2,5 6) [Int(9)]",
            "5 COLLECTION(POINT(1 2),POLYGON()) [Int(9)]",
            "6 POINT() [Int(5)]",
            "7 null [Int(6)]"
        ]
    );
    for (i, row) in rows.iter().enumerate().skip(8) {
        assert!(row.starts_with(&format!("{i} malformed: invalid WKT")), "{row}");
    }
    assert_eq!(rows.len(), 13);
}

#[test]
fn hostile_nesting_is_malformed() {
    let scratch = Scratch::new();
    let bomb = "GEOMETRYCOLLECTION(".repeat(100_000);
    let path = scratch.file("a.csv", format!("wkt\n{bomb}\nPOINT(1 2)\n"));
    assert_eq!(
        rows(&path, &[]),
        ["0 malformed: invalid WKT at character 627: geometry collections nested deeper than 32", "1 POINT(1 2) []"]
    );
}

#[test]
fn cells_keep_digits_and_leading_zeros() {
    let scratch = Scratch::new();
    let path = scratch.file(
        "a.tsv",
        "\u{feff}x\ty\tcode\tbig\treal\r\n1\t2\t04013\t9007199254740993\t1e3\r\n3\t4\t10001\t18446744073709551615\tnan\r\n\t\t\t\t\r\nNaN\tq\t1\t2\tabc\r\n",
    );
    assert_eq!(
        rows(&path, &["code", "big", "real"]),
        [
            "0 POINT(1 2) [Text(\"04013\"), Int(9007199254740993), Text(\"1e3\")]",
            "1 POINT(3 4) [Text(\"10001\"), UInt(18446744073709551615), Text(\"nan\")]",
            "2 null [Null, Null, Null]",
            "3 malformed: y is \"q\", not a number"
        ]
    );
}

#[test]
fn ragged_rows_and_missing_columns_fail() {
    let scratch = Scratch::new();
    let message = failure(&scratch.file("a.csv", "x,y\n1,2\n3\n4,5\n"), &[]);
    assert!(message.contains("feature 1: byte 8: ") && message.contains("found record with 1 fields"), "{message}");
    let message = failure(&scratch.file("b.csv", "a,b\n1,2\n"), &[]);
    assert!(message.contains("among a, b; name the x and y columns"), "{message}");
    let message = failure(&scratch.file("c.csv", "x,y\n1,2\n"), &["z"]);
    assert!(message.ends_with("no column \"z\"; columns: x, y"), "{message}");
}
