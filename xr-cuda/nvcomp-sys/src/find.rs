//! Where nvCOMP may be.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The environment variable that names the library or its folder; nothing else is tried then.
pub const VARIABLE: &str = "XR_NVCOMP";

/// Names of the library, the newest known major first.
const NAMES: [&str; 3] = ["libnvcomp.so.6", "libnvcomp.so.5", "libnvcomp.so"];

/// Libraries to try, in this order: what [`VARIABLE`] says and nothing else, or what the loader finds by name, then the
/// folders of Python packages.
pub fn candidates() -> Vec<PathBuf> {
    match env::var_os(VARIABLE).map(PathBuf::from).filter(|named| !named.as_os_str().is_empty()) {
        Some(named) if named.is_dir() => of_folder(&named),
        Some(named) => vec![named],
        None => {
            let names = NAMES.into_iter().map(PathBuf::from);
            names.chain(site_packages().iter().flat_map(|folder| of_package(folder))).collect()
        }
    }
}

/// A folder itself or those of libraries within it; all its names if none is there, so that errors tell them.
fn of_folder(folder: &Path) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = ["", "lib64", "lib"].iter().flat_map(|within| present(&folder.join(within))).collect();
    if found.is_empty() { NAMES.iter().map(|name| folder.join(name)).collect() } else { found }
}

/// The libraries of nvidia-libnvcomp-cu12 or -cu13 among Python packages.
fn of_package(packages: &Path) -> Vec<PathBuf> {
    let package = packages.join("nvidia").join("libnvcomp");
    ["lib64", "lib"].iter().flat_map(|within| present(&package.join(within))).collect()
}

fn present(folder: &Path) -> Vec<PathBuf> {
    NAMES.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
}

/// Where Python packages are, for as much as can be told without running Python.
fn site_packages() -> Vec<PathBuf> {
    let variable = |name| env::var_os(name).map(PathBuf::from);
    let mut folders: Vec<PathBuf> = env::var_os("PYTHONPATH").iter().flat_map(env::split_paths).collect();
    let prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(variable);
    let home = variable("HOME").map(|home| home.join(".local"));
    let prefixes = prefixes.chain(home).chain([PathBuf::from("/usr/local"), PathBuf::from("/usr")]);
    for lib in prefixes.map(|prefix| prefix.join("lib")) {
        let mut pythons: Vec<PathBuf> = fs::read_dir(lib)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python3")))
            .collect();
        pythons.sort();
        folders.extend(pythons.iter().flat_map(|python| [python.join("site-packages"), python.join("dist-packages")]));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_and_named_when_empty() {
        let folder = env::temp_dir().join(format!("nvcomp-sys-{}", std::process::id()));
        let lib = folder.join("nvidia").join("libnvcomp").join("lib64");
        fs::create_dir_all(&lib).unwrap();
        assert_eq!(of_folder(&folder).len(), NAMES.len());
        assert!(of_package(&folder).is_empty());
        fs::write(lib.join("libnvcomp.so.5"), "").unwrap();
        assert_eq!(of_package(&folder), [lib.join("libnvcomp.so.5")]);
        assert_eq!(of_folder(lib.parent().unwrap()), [lib.join("libnvcomp.so.5")]);
        fs::remove_dir_all(folder).unwrap();
    }
}
