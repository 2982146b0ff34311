//! Features that do not fit into `--max-memory`, read again by rows.

use crate::program::Folder;
use std::fmt::Write;

/// Runs in memory, and with a bound; returns what the second run says of how it went. The files are the same.
fn same(folder: &Folder, line: &str, memory: &str) -> String {
    folder.xr(&format!("rasterize {line} -o memory.tif --overwrite")).succeeded();
    let run = folder.xr(&format!("rasterize {line} -v --max-memory {memory} -o strips.tif --overwrite")).succeeded();
    let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert!(bytes("memory.tif") == bytes("strips.tif"), "{line}");
    run.stderr.lines().find(|line| line.contains("strips")).unwrap_or("in memory").to_owned()
}

/// Parcels in no order, of which some overlap, a few reach far, and one in a hundred lacks a value.
fn parcels(count: u32) -> String {
    let mut text = String::new();
    let mut state = 12345u64;
    let mut random = |below: f64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 * below
    };
    for n in 0..count {
        let (x, y) = (random(1000.0), random(800.0));
        let (w, h) = if n % 1000 == 0 { (3.0, 500.0) } else { (random(4.0), random(4.0)) };
        let v = if n % 100 == 7 { "null".into() } else { format!("{}", n % 7919) };
        writeln!(
            text,
            r#"{{"type":"Feature","properties":{{"v":{v},"w":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]]}}}}"#,
            f64::from(n % 13) / 4.0, x + w, x + w * 0.7, y + h, y + h * 0.9
        )
        .unwrap();
    }
    text
}

#[test]
fn spilled_features_burn_as_those_in_memory() {
    let folder = Folder::with("parcels.geojsonl", parcels(100_000));
    let grid = "parcels.geojsonl --resolution 2 --tile-size 16";
    for line in [
        format!("{grid} --column v"),
        "parcels.geojsonl --resolution 2 --column v --merge max --dtype f64".into(),
        format!("{grid} --column v,w --merge sum --all-touched --where \"v <> 5\" --cog --resampling average"),
        format!("{grid} --column w --merge-expr \"max(acc, value * v)\""),
    ] {
        let how = same(&folder, &line, "64MiB");
        assert!(how.contains("spilled to ."), "{how}");
        assert!(!how.contains(" 1 strips"), "{how}");
    }
    let left: Vec<_> = folder.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["memory.tif", "parcels.geojsonl", "strips.tif"]);
}

#[test]
fn indexed_features_are_read_by_rows() {
    let folder = Folder::new();
    for options in ["--column area_km2 --resolution 0.02", "--merge count --all-touched --size 900,700 --cog"] {
        let how = same(&folder, &format!("@us_counties.fgb {options} --tile-size 16"), "35MiB");
        assert!(how.contains("read through the spatial index"), "{how}");
        assert!(!how.contains(" 1 strips"), "{how}");
    }
}

#[test]
fn strips_have_limits() {
    let folder = Folder::with("parcels.geojsonl", parcels(30_000));
    let line = "rasterize parcels.geojsonl --column v --resolution 2 --tile-size 64 -o out.tif";
    // Windows ask for their part first, then features for theirs.
    let mut memory = "33MiB".to_owned();
    for _ in 0..2 {
        let message =
            folder.xr(&format!("{line} --max-memory {memory}")).failed(2, &["--max-memory is too small"]).stderr;
        memory = message.split("pass --max-memory ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    }
    folder.xr(&format!("{line} --max-memory {memory}")).succeeded();
    let preview = format!("{line} --overwrite --max-memory 38MiB --preview out.png");
    folder.xr(&preview).failed(2, &["--preview draws all features at once"]);
}
