//! Runs that end early: Ctrl-C, a full disk, a reader that goes away.
#![cfg(unix)]

use crate::{
    features::row,
    program::{Folder, Run},
};
use std::{
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Longest wait for something that takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// 10 Gpixel in many windows, of which hardly any tile is stored.
const LONG: &str = "rasterize a.geojson --column v --extent 0,0,100000,100000 --resolution 1 --nodata 0 \
                    --compress none --max-memory 64MiB -o out.tif --overwrite";

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what} takes too long");
        sleep(Duration::from_millis(5));
    }
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn ctrl_c_leaves_the_old_file_and_no_other() {
    let folder = Folder::with("a.geojson", row([1, 2, 3]));
    folder.write("out.tif", "an older file");
    let before = folder.files();
    let mut command = folder.command(LONG);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("the temporary file", || {
        assert_eq!(child.try_wait().unwrap(), None, "the run ended before it could be interrupted");
        std::fs::read_dir(folder.path(".")).unwrap().count() > before.len()
    });
    interrupt(&child);
    wait_for("the end", || child.try_wait().unwrap().is_some());
    let run = Run::new(LONG, child.wait_with_output().unwrap()).failed(1, &["interrupted; nothing was written"]);
    assert_eq!(run.stdout, "");
    assert!(folder.files() == before);
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    let folder = Folder::with("a.geojson", row([1, 2, 3]));
    folder.write("out.tif", "an older file");
    let before = folder.files();
    let line = "rasterize a.geojson --column v --size 2000,2000 --compress none -o out.tif --overwrite";
    let xr = folder.command(line);
    // A limit on file sizes stands for the disk's end: with its signal ignored, writing fails with "file too large".
    let limited = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", limited]).arg(xr.get_program()).args(xr.get_args()).current_dir(folder.path("."));
    Run::new(line, shell.output().unwrap()).failed(1, &["out.tif: no space left", "free some space"]);
    assert!(folder.files() == before);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::with("a.geojson", row([1]));
    for line in
        ["info @west_counties.shp", "devices", "completions bash", "rasterize a.geojson --size 1,1 --json -o out.tif"]
    {
        let mut command = folder.command(line);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        Run::new(line, child.wait_with_output().unwrap()).succeeded();
    }
    assert!(folder.path("out.tif").exists());
}
