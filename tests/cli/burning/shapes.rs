//! Which pixels lines, points, polygons and collections get. Grids are 5 × 4 pixels of size 1, y upwards.

use crate::{
    features::{collection, feature},
    program::Folder,
};
use serde_json::{Value, json};

fn burn(geometries: impl IntoIterator<Item = Value>, options: &str) -> Vec<String> {
    let features = (1..).zip(geometries).map(|(value, geometry)| feature(geometry, value));
    let folder = Folder::with("a.geojson", collection(features));
    folder.burn(&format!("a.geojson --column v --size 5,4 --extent 0,0,5,4 {options}")).rows()
}

/// Two triangles that share the diagonal x + y = 4, which passes through pixel centres.
fn triangles() -> [Value; 2] {
    [
        json!({ "type": "Polygon", "coordinates": [[[0, 0], [4, 0], [0, 4], [0, 0]]] }),
        json!({ "type": "Polygon", "coordinates": [[[4, 0], [4, 4], [0, 4], [4, 0]]] }),
    ]
}

#[test]
fn polygons_that_share_an_edge_share_no_pixel() {
    let expected = ["2 2 2 2 0", "1 2 2 2 0", "1 1 2 2 0", "1 1 1 2 0"];
    assert_eq!(burn(triangles(), ""), expected);
    let [lower, upper] = triangles();
    assert_eq!(burn([upper, lower], "--merge sum"), ["1 1 1 1 0", "2 1 1 1 0", "2 2 1 1 0", "2 2 2 1 0"]);
}

#[test]
fn all_touched_adds_what_edges_pass_through() {
    let [lower, _] = triangles();
    assert_eq!(burn([lower], "--all-touched"), ["1 0 0 0 0", "1 1 0 0 0", "1 1 1 0 0", "1 1 1 1 0"]);
    let aligned = json!({ "type": "Polygon", "coordinates": [[[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]] });
    assert_eq!(burn([aligned], "--all-touched"), ["0 0 0 0 0", "0 1 1 0 0", "0 1 1 0 0", "0 0 0 0 0"]);
    let sliver =
        json!({ "type": "Polygon", "coordinates": [[[0.1, 1.6], [4.9, 1.6], [4.9, 1.9], [0.1, 1.9], [0.1, 1.6]]] });
    assert_eq!(burn([sliver.clone()], ""), ["0 0 0 0 0"; 4]);
    assert_eq!(burn([sliver], "--all-touched"), ["0 0 0 0 0", "0 0 0 0 0", "1 1 1 1 1", "0 0 0 0 0"]);
}

#[test]
fn holes_and_overlapping_parts_are_outside() {
    let holed = json!({ "type": "Polygon", "coordinates": [
        [[0, 0], [5, 0], [5, 4], [0, 4], [0, 0]], [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]
    ] });
    assert_eq!(burn([holed], ""), ["1 1 1 1 1", "1 0 0 1 1", "1 0 0 1 1", "1 1 1 1 1"]);
    let overlapping = json!({ "type": "MultiPolygon", "coordinates": [
        [[[0, 0], [3, 0], [3, 2], [0, 2], [0, 0]]], [[[2, 0], [5, 0], [5, 2], [2, 2], [2, 0]]]
    ] });
    assert_eq!(burn([overlapping], ""), ["0 0 0 0 0", "0 0 0 0 0", "1 1 0 1 1", "1 1 0 1 1"]);
}

#[test]
fn lines_take_one_pixel_per_step_of_the_longer_axis() {
    // Halfway between two rows at x = 1.5 and x = 3.5: the smaller row.
    let line = || json!({ "type": "LineString", "coordinates": [[0.5, 0.5], [4.5, 2.5]] });
    assert_eq!(burn([line()], ""), ["0 0 0 0 0", "0 0 0 1 1", "0 1 1 0 0", "1 0 0 0 0"]);
    assert_eq!(burn([line()], "--all-touched"), ["0 0 0 0 0", "0 0 0 1 1", "0 1 1 1 0", "1 1 0 0 0"]);
    let back = json!({ "type": "LineString", "coordinates": [[4.5, 2.5], [0.5, 0.5]] });
    assert_eq!(burn([back], ""), ["0 0 0 0 0", "0 0 0 1 1", "0 1 1 0 0", "1 0 0 0 0"]);
}

#[test]
fn lines_of_several_parts_and_beyond_the_grid() {
    let corner = json!({ "type": "LineString", "coordinates": [[0.5, 3.5], [2.5, 3.5], [2.5, -7]] });
    assert_eq!(burn([corner], ""), ["1 1 1 0 0", "0 0 1 0 0", "0 0 1 0 0", "0 0 1 0 0"]);
    let two = json!({ "type": "MultiLineString", "coordinates": [[[0.5, 0.5], [0.5, 1.5]], [[3.2, 2.9], [9, 2.9]]] });
    assert_eq!(burn([two], ""), ["0 0 0 0 0", "0 0 0 1 1", "1 0 0 0 0", "1 0 0 0 0"]);
}

#[test]
fn points_burn_the_pixel_that_contains_them() {
    let inside = json!({ "type": "Point", "coordinates": [2.9, 0.1] });
    // A corner belongs to the pixel to its lower right: its left and top edges are its own.
    let corners = json!({ "type": "MultiPoint", "coordinates": [[1, 2], [0, 4]] });
    let outside = json!({ "type": "MultiPoint", "coordinates": [[5, 1], [1, 0], [-0.1, 1]] });
    for options in ["", "--all-touched"] {
        let rows = burn([inside.clone(), corners.clone(), outside.clone()], options);
        assert_eq!(rows, ["2 0 0 0 0", "0 0 0 0 0", "0 2 0 0 0", "0 0 1 0 0"], "{options}");
    }
}

#[test]
fn a_collection_is_the_union_of_its_members() {
    let members = json!({ "type": "GeometryCollection", "geometries": [
        { "type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] },
        { "type": "Polygon", "coordinates": [[[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]] },
        { "type": "LineString", "coordinates": [[0.5, 1.5], [4.5, 1.5]] },
        { "type": "GeometryCollection", "geometries": [{ "type": "Point", "coordinates": [4.5, 3.5] }] }
    ] });
    assert_eq!(burn([members], "--merge count"), ["0 0 0 0 1", "0 1 1 0 0", "1 1 1 1 1", "1 1 0 0 0"]);
}
