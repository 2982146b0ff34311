//! Shared libraries of the vendor that are found when the program runs.
#![allow(unsafe_code, reason = "libraries run code when they are loaded")]

use libloading::Library;
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// Loads a library: the file or the folder that an environment variable names, or else what the system's loader, a CUDA
/// toolkit or a Python environment has under one of the names. In words why there is none.
pub(crate) fn load(variable: &str, names: &[&str]) -> Result<Library, String> {
    let candidates = match env::var_os(variable) {
        Some(given) => named(given, names),
        None => {
            let folders = folders();
            let everywhere = folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
            names.iter().map(PathBuf::from).chain(everywhere.filter(|path| path.is_file())).collect()
        }
    };
    let mut failed = format!("{variable} names a folder without one");
    for path in candidates {
        // SAFETY: the vendor's libraries do nothing when they are loaded that the program could see.
        match unsafe { Library::new(&path) } {
            Ok(library) => return Ok(library),
            Err(error) => failed = error.to_string(),
        }
    }
    Err(failed)
}

fn named(given: OsString, names: &[&str]) -> Vec<PathBuf> {
    let given = PathBuf::from(given);
    if !given.is_dir() {
        return vec![given];
    }
    names.iter().map(|name| given.join(name)).filter(|path| path.is_file()).collect()
}

/// Where toolkits and the vendor's wheels put libraries.
fn folders() -> Vec<PathBuf> {
    let toolkits = ["CUDA_HOME", "CUDA_PATH"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    let toolkits = toolkits.chain([PathBuf::from("/usr/local/cuda")]);
    let mut folders: Vec<PathBuf> = toolkits.flat_map(|toolkit| [toolkit.join("lib64"), toolkit.join("bin")]).collect();
    if let Some(environment) = env::var_os("VIRTUAL_ENV") {
        for python in inside(&Path::new(&environment).join("lib")) {
            let wheels = inside(&python.join("site-packages").join("nvidia"));
            folders.extend(wheels.into_iter().map(|wheel| wheel.join("lib")));
        }
    }
    folders
}

/// What is in a folder, in order of names.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
