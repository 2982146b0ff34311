//! A folder for the files of a run, in memory where there is a file system in memory.

use crate::Failure;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Makes the folder in `parent`, or else in `/dev/shm` or the system's temporary folder, and removes it in the end.
pub fn with_folder(parent: Option<&PathBuf>, action: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
    let memory = Path::new("/dev/shm");
    let parent = match parent {
        Some(folder) => folder.clone(),
        None if memory.is_dir() => memory.to_owned(),
        None => std::env::temp_dir(),
    };
    let folder = parent.join(format!("xr-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = action(&folder);
    fs::remove_dir_all(&folder)?;
    done
}
