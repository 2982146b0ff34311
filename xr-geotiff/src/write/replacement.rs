//! A file that takes its name only when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{GeoTiffError, Result};

/// Links that may follow one another, as on Linux.
const MAX_LINKS: usize = 40;
/// Characters of the target's name in the temporary name, so that it stays a valid name.
const MAX_NAME_CHARS: usize = 40;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A temporary file beside its target. Dropped without [`commit`](Self::commit) it is removed, and the target stays
/// as it was.
pub(super) struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
    overwrite: bool,
    committed: bool,
}

impl Replacement {
    /// Creates the temporary file, with the mode of the file that it is to replace. Refuses a target that exists
    /// unless `overwrite`, and one that is no regular file.
    pub fn create(path: &Path, overwrite: bool) -> Result<(Self, File)> {
        let target = follow_links(path)?;
        let old = existing(&target, overwrite)?;
        let (temporary, file) = create_beside(&target)?;
        let replacement = Self { target, temporary, overwrite, committed: false };
        if let Some(old) = old {
            // Before there is data in it: what replaces a private file is private at all times.
            let failed = |source| GeoTiffError::io(&replacement.target, "hand on the permissions of the file", source);
            file.set_permissions(old.permissions()).map_err(failed)?;
        }
        Ok((replacement, file))
    }

    /// The path that the file will have, links followed.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The path that the file has until then.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Gives the complete file, already closed and on disk, its name.
    pub fn commit(mut self) -> Result<()> {
        existing(&self.target, self.overwrite)?;
        let failed = |source| GeoTiffError::io(&self.target, "put the finished file in place", source);
        fs::rename(&self.temporary, &self.target).map_err(failed)?;
        self.committed = true;
        // Makes the new name durable where folders can be synced; elsewhere the rename stands all the same.
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.committed {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// The path at the end of a chain of symbolic links; it need not exist.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            // Not a link, or nothing there.
            Err(_) => return Ok(target),
        }
    }
    Err(GeoTiffError::io(path, "follow the links", io::Error::other("too many symbolic links")))
}

/// Metadata of the file to be replaced, `None` if there is none.
fn existing(target: &Path, overwrite: bool) -> Result<Option<fs::Metadata>> {
    match fs::metadata(target) {
        Ok(metadata) if !metadata.is_file() => Err(GeoTiffError::NotAFile { path: target.to_owned() }),
        Ok(_) if !overwrite => Err(GeoTiffError::Exists { path: target.to_owned() }),
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(GeoTiffError::io(target, "look at the file", error)),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Creates `.NAME.xr-PID-N.tmp` in the target's folder: the same file system, so that the rename is atomic.
pub(super) fn create_beside(target: &Path) -> Result<(PathBuf, File)> {
    let Some(name) = target.file_name() else {
        return Err(GeoTiffError::NotAFile { path: target.to_owned() });
    };
    let name: String = name.to_string_lossy().chars().take(MAX_NAME_CHARS).collect();
    loop {
        let n = COUNTER.fetch_add(1, Ordering::Relaxed);
        let temporary = folder_of(target).join(format!(".{name}.xr-{}-{n}.tmp", std::process::id()));
        match OpenOptions::new().read(true).write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            // Left by a killed process that had the same id.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(GeoTiffError::io(target, "create a file in this folder", error)),
        }
    }
}
