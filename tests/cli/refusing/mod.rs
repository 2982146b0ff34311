//! `xr rasterize` on bad input: exit status, message, and nothing on disk that was not there before.

mod inputs;
mod merge_expr;
mod outputs;
mod usage;
mod values;

use crate::program::Folder;

/// The command fails, with this status and these phrases in its message, and leaves the folder as it was: once where
/// there is no output yet, once where an existing one is to be overwritten.
#[track_caller]
fn refused(folder: &Folder, line: &str, status: i32, phrases: &[&str]) {
    let new = folder.files();
    let run = folder.xr(&format!("rasterize {line} -o out.tif")).failed(status, phrases);
    assert_eq!(run.stdout, "", "xr rasterize {line}");
    assert!(folder.files() == new, "xr rasterize {line} left {:?}", names(folder));

    folder.write("out.tif", "an older file");
    let existing = folder.files();
    folder.xr(&format!("rasterize {line} -o out.tif --overwrite")).failed(status, phrases);
    assert!(folder.files() == existing, "xr rasterize {line} --overwrite left {:?}", names(folder));
    std::fs::remove_file(folder.path("out.tif")).unwrap();
}

fn names(folder: &Folder) -> Vec<String> {
    folder.files().iter().map(|(name, bytes)| format!("{} ({} bytes)", name.display(), bytes.len())).collect()
}
