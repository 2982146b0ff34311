//! What a run says: a line for people, one JSON object for scripts, nothing with `--quiet`.

use crate::program::Folder;
use serde_json::Value;

const BURN: &str = "rasterize @west_counties.shp --resolution 5000 --column area_km2 -o out.tif --overwrite";

#[track_caller]
fn all_numbers(object: &Value, names: &[&str]) {
    for name in names {
        assert!(object[name].is_number(), "{name} in {object}");
    }
}

#[test]
fn json_has_the_documented_members() {
    let run = Folder::new().xr(&format!("{BURN} --json")).succeeded();
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""));
    let report = run.json();
    all_numbers(&report["phases"], &["parse", "stage", "prepare", "rasterize", "encode", "readback", "write"]);
    all_numbers(&report["traffic"], &["uploads", "downloads", "probes", "allocations", "uploaded_bytes"]);
    all_numbers(&report, &["wall"]);
    if cfg!(target_os = "linux") {
        all_numbers(&report, &["peak_memory"]);
    }
    assert_eq!((report["width"].as_u64(), report["height"].as_u64()), (Some(249), Some(310)));
    assert_eq!(report["pixels"], 249 * 310);
    assert_eq!((report["features"].as_u64(), report["burned"].as_u64()), (Some(164), Some(164)));
    assert_eq!(report["skipped"], serde_json::json!({ "count": 0, "reasons": [] }));
    assert_eq!((report["backend"].as_str(), report["dtype"].as_str()), (Some("cpu"), Some("f64")));
    assert!(report["device"].is_string());
}

#[test]
fn the_ledger_balances() {
    let folder = Folder::new();
    let report = folder.xr(&format!("{BURN} --json")).succeeded().json();
    let bytes = std::fs::metadata(folder.path("out.tif")).unwrap().len();
    assert_eq!(report["bytes"], bytes);
    let traffic = |name: &str| report["traffic"][name].as_u64().unwrap();
    // Vertices, paths, parts and values go up once; one window comes down, with its sizes and status before it.
    assert_eq!((traffic("uploads"), traffic("downloads"), traffic("probes")), (4, 1, 1));
    assert!(traffic("downloaded_bytes") < bytes, "nothing but encoded tiles comes down");
}

#[test]
fn a_line_says_what_was_written_unless_quiet() {
    let folder = Folder::new();
    let run = folder.xr(BURN).succeeded();
    assert!(run.stdout.starts_with("out.tif: 249 × 310 f64 from 164 of 164 features, "), "{}", run.stdout);
    let run = folder.xr(&format!("{BURN} --quiet")).succeeded();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn verbosity_and_progress_go_to_stderr() {
    let folder = Folder::new();
    let run = folder.xr(&format!("{BURN} -v --json")).succeeded();
    assert!(run.stderr.contains("reading ") && run.stderr.contains("249 × 310 f64, windows of "), "{}", run.stderr);
    run.json();
    assert_eq!(folder.xr(&format!("{BURN} --progress never")).succeeded().stderr, "");
}
