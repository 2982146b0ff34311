//! Features found by the spatial index of FlatGeobuf.

use crate::collect::{Rows, example, rows};
use xr_vector::{OpenOptions, open};

/// Smallest and largest y of a row's coordinates, which follow x.
fn range(row: &str) -> [f64; 2] {
    let wkt = &row[..row.rfind('[').unwrap()];
    let numbers: Vec<f64> = wkt
        .split(|c: char| !"0123456789.-".contains(c))
        .filter(|word| !word.is_empty())
        .skip(1)
        .map(|word| word.parse().unwrap())
        .collect();
    let ys = || numbers.iter().skip(1).step_by(2).copied();
    [ys().fold(f64::INFINITY, f64::min), ys().fold(f64::NEG_INFINITY, f64::max)]
}

#[test]
fn rows_of_y_are_those_whose_boxes_meet_it() {
    let path = example("us_counties.fgb");
    let columns = ["area_km2"];
    let all = rows(&path, &columns);
    for y in [[30.0, 31.5], [49.0, 80.0], [-10.0, 0.0], [f64::NEG_INFINITY, f64::INFINITY], [40.0, 40.0]] {
        let source = open(&path, &OpenOptions::default()).unwrap();
        assert!(source.has_index());
        let mut found = Rows::default();
        let count = source.read_rows(y, &columns, &mut found).unwrap();
        let meets = |row: &&String| range(row)[0] <= y[1] && range(row)[1] >= y[0];
        let expected: Vec<&String> = all.iter().filter(meets).collect();
        assert_eq!(found.rows.iter().collect::<Vec<_>>(), expected, "{y:?}");
        assert_eq!(count, expected.len() as u64);
    }
}

#[test]
fn without_an_index_all_are_read() {
    let source = open(&example("west_counties.shp"), &OpenOptions::default()).unwrap();
    assert!(!source.has_index());
    let mut found = Rows::default();
    assert_eq!(source.read_rows([0.0, 1.0], &["area_km2"], &mut found).unwrap(), found.rows.len() as u64);
    assert_eq!(found.rows, rows(&example("west_counties.shp"), &["area_km2"]));
}
