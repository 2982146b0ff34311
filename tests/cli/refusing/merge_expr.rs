//! Merge expressions that are wrong, and those whose results are.

use super::refused;
use crate::{
    features::{boxes, collection, feature, rectangle},
    program::Folder,
};
use serde_json::{Value, json};

fn twice(first: i32, second: i32) -> Folder {
    Folder::with("a.geojson", boxes([([0, 0, 1, 1], first), ([0, 0, 1, 1], second)]))
}

#[test]
fn wrong_expressions_show_the_place() {
    let folder = twice(1, 2);
    for (options, expression, phrase, marked) in [
        ("", "acc +", "expected a value, found the end", "       ^"),
        ("", "maximum(acc, value)", "no function `maximum`", "  ^^^^^^^"),
        ("", "max(acc)", "`max` takes two or more arguments, found 1", "  ^^^"),
        ("", "acc + (value > 2)", "expected a number, found a truth value", "        ^^^^^^^^^^^"),
        ("", "if(value, acc, 2)", "expected a truth value, found a number", "     ^^^^^"),
        ("", "acc + 'a'", "expected a number, found text", "        ^^^"),
        ("--dtype u8", "acc * value / 2", "this makes fractions, which u8 pixels do not hold", "  ^^^^^^^^^^^^^^^"),
        ("--dtype u64", "acc - -1", "u64 pixels are computed in u64", "        ^^"),
    ] {
        let line = format!("a.geojson --size 1,1 --column v {options} --merge-expr \"{expression}\"");
        refused(&folder, &line, 2, &["--merge-expr: ", phrase, marked]);
    }
}

#[test]
fn options_are_checked() {
    let folder = twice(1, 2);
    for (options, phrase) in [
        ("--merge sum --merge-expr acc", "cannot be used with"),
        ("--merge-init 3", "--merge-expr"),
        ("--merge-expr acc --merge-init many", "invalid value 'many' for '--merge-init"),
        ("--merge-expr acc --merge-init 300 --dtype u8", "--merge-init 300 does not fit u8"),
    ] {
        refused(&folder, &format!("a.geojson --size 1,1 --column v {options}"), 2, &[phrase]);
    }
}

#[test]
fn results_fit_their_type() {
    for (first, second, expression) in [
        (200, 56, "acc + value"),
        (1, 2, "acc - value"),
        (1, 0, "acc % value"),
        (1, 0, "round(acc / value)"),
        (1, 2, "acc * 9223372036854775807 * value - 9223372036854775807"),
    ] {
        let line = format!("a.geojson --size 1,1 --column v --dtype u8 --merge-expr \"{expression}\"");
        let phrases = ["the merge expression overflows u8 in rows 0..1", "keep results in range with min, max or if"];
        refused(&twice(first, second), &line, 1, &phrases);
    }
    // What is not reached does not fail, nor does a first feature.
    let line = "a.geojson --size 1,1 --column v --dtype u8 --merge-expr \"if(value = 0, 7, acc % value)\"";
    assert_eq!(twice(1, 0).burn(line).rows(), ["7"]);
    let line = "a.geojson --size 2,1 --column v --dtype u8 --merge-expr \"acc - 300\"";
    let apart = Folder::with("a.geojson", boxes([([0, 0, 1, 1], 5), ([1, 0, 2, 1], 6)]));
    assert_eq!(apart.burn(line).rows(), ["5 6"]);
}

#[test]
fn properties_are_numbers() {
    let with = |properties: [Value; 2]| {
        let features = properties.map(|properties| {
            let mut feature = feature(rectangle([0, 0, 1, 1]), 1);
            feature["properties"] = properties;
            feature
        });
        Folder::with("a.geojson", collection(features))
    };
    let line = "a.geojson --size 1,1 --merge-expr \"acc + w\"";
    let folder = with([json!({ "w": 1 }), json!({ "w": "two" })]);
    refused(&folder, line, 1, &["a.geojson: feature 1: column \"w\" holds text ('two')"]);
    let folder = with([json!({ "w": 1 }), json!({ "w": u64::MAX })]);
    let phrase = "a.geojson: feature 1: \"w\" is 18446744073709551615, and i32 pixels are computed in i64";
    refused(&folder, &format!("{line} --dtype i32"), 1, &[phrase, "pass --dtype f64"]);
    let folder = with([json!({ "w": 1 }), json!({ "w": 0.5 })]);
    refused(&folder, &format!("{line} --dtype u8"), 2, &["this makes fractions, which u8 pixels do not hold"]);
    let folder = with([json!({ "w": 1 }), json!({ "w": null })]);
    refused(&folder, &format!("{line} --strict"), 1, &["feature 1: a property of the merge expression is null"]);
    let run = folder.xr(&format!("rasterize {line} -o out.tif")).succeeded();
    assert!(
        run.stderr.contains("1 × a property of the merge expression is null: a.geojson: feature 1"),
        "{}",
        run.stderr
    );
    std::fs::remove_file(folder.path("out.tif")).unwrap();
    folder.write("b.csv", "v,x,y\n1,0.5,0.5\n");
    refused(
        &folder,
        "b.csv --size 1,1 --merge-expr \"acc + w\" --extent 0,0,1,1",
        1,
        &["b.csv: --merge-expr: no column \"w\"; there are v", "        ^"],
    );
}
