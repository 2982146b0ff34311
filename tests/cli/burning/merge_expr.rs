//! `--merge-expr`: what a pixel gets that several features touch, in the user's words. Expected rasters are by hand.

use crate::{features::boxes, program::Folder, raster::Raster};

/// As in `merge`: 5 above and to the left, 2 below and to the right, 9 in the third row where both overlap and beyond.
fn overlapping() -> Folder {
    Folder::with("a.geojson", boxes([([0, 1, 4, 4], 5), ([2, 0, 6, 3], 2), ([3, 1, 5, 2], 9)]))
}

fn burn(folder: &Folder, input: &str, expression: &str) -> Raster {
    let mut command = folder.command(&format!("rasterize {input} -o out.tif --overwrite --strict"));
    let output = command.args(["--merge-expr", expression]).output().unwrap();
    assert!(output.status.success(), "{expression}: {}", String::from_utf8_lossy(&output.stderr));
    Raster::read(&folder.path("out.tif"))
}

const GRID: &str = "a.geojson --size 6,4 --extent 0,0,6,4 --column v";

#[test]
fn the_first_feature_sets_the_pixel() {
    let folder = overlapping();
    let sum = ["5 5 5 5 0 0", "5 5 7 7 2 2", "5 5 7 16 11 2", "0 0 2 2 2 2"];
    assert_eq!(burn(&folder, GRID, "acc + value").rows(), sum);
    assert_eq!(burn(&folder, &format!("{GRID} --dtype u8"), "acc + value").rows(), sum);
    let mean = ["5 5 5 5 0 0", "5 5 3.5 3.5 2 2", "5 5 3.5 5.333333333333333 5.5 2", "0 0 2 2 2 2"];
    assert_eq!(burn(&folder, GRID, "acc + (value - acc) / count").rows(), mean);
    let filled = ["5 5 5 5 -1 -1", "5 5 3 3 2 2", "5 5 3 6 7 2", "-1 -1 2 2 2 2"];
    assert_eq!(burn(&folder, &format!("{GRID} --dtype i16 --nodata -1"), "abs(acc - value)").rows(), filled);
}

#[test]
fn a_fold_starts_from_its_initial_value() {
    let expected = ["5 5 5 5 0 0", "5 5 3 3 8 8", "5 5 3 -6 -1 8", "0 0 8 8 8 8"];
    assert_eq!(burn(&overlapping(), &format!("{GRID} --merge-init 10"), "acc - value").rows(), expected);
    let counts = ["-1 -1 -1 -1 0 0", "-1 -1 -2 -2 -1 -1", "-1 -1 -2 -3 -2 -1", "0 0 -1 -1 -1 -1"];
    assert_eq!(burn(&overlapping(), &format!("{GRID} --merge-init 0 --dtype i8"), "min(acc, -count)").rows(), counts);
}

#[test]
fn properties_are_columns() {
    let rows =
        "v,rank,share,x,y\n10,2,0.5,0.5,0.5\n20,1,0.25,0.5,0.5\n30,3,0.5,0.5,0.5\n40,1,0.5,1.5,0.5\n8,1,2,1.5,0.5\n";
    let folder = Folder::with("a.csv", rows);
    let input = "a.csv --size 3,1 --extent 0,0,3,1 --column v";
    for (options, expression, expected) in [
        ("", "if(props[\"rank\"] >= 2, value, acc)", "30 40 0"),
        ("--merge-init 1", "acc * rank + \"share\" * value", "51 37 0"),
        ("--dtype u16 --merge-init 0", "acc * 10 + props[\"rank\"]", "213 11 0"),
        ("--dtype u64 --merge-init 0", "acc + round(props[\"share\"] * value)", "25 36 0"),
        ("--where \"rank < 3\"", "max(acc, value * props[\"share\"])", "10 40 0"),
    ] {
        assert_eq!(burn(&folder, &format!("{input} {options}"), expression).rows(), [expected], "{expression}");
    }
}

#[test]
fn whole_numbers_of_64_bits_stay_exact() {
    let folder = Folder::with("a.geojson", boxes([([0, 0, 1, 1], u64::MAX - 1), ([0, 0, 1, 1], 1)]));
    let input = "a.geojson --size 1,1 --column v --dtype u64";
    assert_eq!(burn(&folder, input, "acc + value").rows(), ["18446744073709551615"]);
    folder.write("a.geojson", boxes([([0, 0, 1, 1], i64::MIN + 1), ([0, 0, 1, 1], 1)]));
    let input = "a.geojson --size 1,1 --column v --dtype i64";
    assert_eq!(burn(&folder, input, "acc - value").rows(), ["-9223372036854775808"]);
}

#[test]
fn nan_is_passed_over() {
    let folder = Folder::with("a.csv", "v,x,y\nnan,0.5,0.5\n1.5,0.5,0.5\nnan,0.5,0.5\n2.5,0.5,0.5\nnan,1.5,0.5\n");
    let burn = |expression| burn(&folder, "a.csv --size 2,1 --extent 0,0,2,1 --column v --fill -1", expression).rows();
    assert_eq!(burn("max(acc, value)"), ["2.5 -1"]);
    assert_eq!(burn("count + 0 * value"), ["2 -1"]);
}

#[test]
fn previews_and_windows_are_of_the_same_merge() {
    let folder = Folder::new();
    let input = "@west_counties.shp --size 700,600 --column area_km2 --all-touched --dtype f32";
    let whole = burn(&folder, input, "if(count > 2, acc, (acc * 3 + value) / 4)");
    let tiled = format!("{input} --tile-size 64 --threads 1 --max-memory 64MiB --preview out.png");
    assert!(whole.rows() == burn(&folder, &tiled, "if(count > 2, acc, (acc * 3 + value) / 4)").rows());
    assert!(std::fs::read(folder.path("out.png")).unwrap().starts_with(b"\x89PNG"));
}
