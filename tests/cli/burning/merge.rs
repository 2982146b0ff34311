//! What a pixel gets that several features touch.

use crate::{features::boxes, program::Folder};

/// On 6 × 4 pixels: 5 above and to the left, 2 below and to the right, 9 in the third row where both overlap and beyond.
fn burn(options: &str) -> Vec<String> {
    let folder = Folder::with("a.geojson", boxes([([0, 1, 4, 4], 5), ([2, 0, 6, 3], 2), ([3, 1, 5, 2], 9)]));
    folder.burn(&format!("a.geojson --size 6,4 --extent 0,0,6,4 --column v {options}")).rows()
}

#[test]
fn last() {
    let expected = ["5 5 5 5 0 0", "5 5 2 2 2 2", "5 5 2 9 9 2", "0 0 2 2 2 2"];
    assert_eq!(burn("--merge last"), expected);
    assert_eq!(burn(""), expected);
}

#[test]
fn first() {
    assert_eq!(burn("--merge first"), ["5 5 5 5 0 0", "5 5 5 5 2 2", "5 5 5 5 2 2", "0 0 2 2 2 2"]);
}

#[test]
fn min() {
    assert_eq!(burn("--merge min"), ["5 5 5 5 0 0", "5 5 2 2 2 2", "5 5 2 2 2 2", "0 0 2 2 2 2"]);
}

#[test]
fn max() {
    assert_eq!(burn("--merge max"), ["5 5 5 5 0 0", "5 5 5 5 2 2", "5 5 5 9 9 2", "0 0 2 2 2 2"]);
}

#[test]
fn sum() {
    assert_eq!(burn("--merge sum"), ["5 5 5 5 0 0", "5 5 7 7 2 2", "5 5 7 16 11 2", "0 0 2 2 2 2"]);
}

#[test]
fn count() {
    assert_eq!(burn("--merge count"), ["1 1 1 1 0 0", "1 1 2 2 1 1", "1 1 2 3 2 1", "0 0 1 1 1 1"]);
}

#[test]
fn mean() {
    assert_eq!(
        burn("--merge mean"),
        ["5 5 5 5 0 0", "5 5 3.5 3.5 2 2", "5 5 3.5 5.333333333333333 5.5 2", "0 0 2 2 2 2"]
    );
}

#[test]
fn mean_of_integers_rounds_ties_to_even() {
    let rounded = ["5 5 5 5 0 0", "5 5 4 4 2 2", "5 5 4 5 6 2", "0 0 2 2 2 2"];
    assert_eq!(burn("--merge mean --dtype i16 --round"), rounded);
}

#[test]
fn nan_is_ignored_but_by_last_and_first() {
    let folder = Folder::with("a.csv", "v,x,y\n1.5,0.5,0.5\nnan,0.5,0.5\nnan,1.5,0.5\n2.5,1.5,0.5\n");
    let burn = |merge: &str| {
        folder.burn(&format!("a.csv --size 2,1 --extent 0,0,2,1 --column v --dtype f64 --merge {merge}")).rows()
    };
    assert_eq!(burn("last"), ["NaN 2.5"]);
    assert_eq!(burn("first"), ["1.5 NaN"]);
    assert_eq!(burn("min"), ["1.5 2.5"]);
    assert_eq!(burn("max"), ["1.5 2.5"]);
    assert_eq!(burn("sum"), ["1.5 2.5"]);
    assert_eq!(burn("mean"), ["1.5 2.5"]);
    assert_eq!(burn("count"), ["2 2"]);
}
