//! A file that takes its name only when it is complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::{GeoTiffError, Result};

/// Links that may follow one another, as on Linux.
const MAX_LINKS: usize = 40;
/// Characters of the target's name in the temporary name, so that it stays a valid name.
const MAX_NAME_CHARS: usize = 40;

/// A temporary file beside its target. Dropped without [`commit`](Self::commit) it is removed, and the target stays
/// as it was.
pub(super) struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
    /// The temporary file, which stays locked until it has its name.
    _lock: File,
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
        let lock = file.try_clone().map_err(|source| GeoTiffError::io(&target, "hold on to the new file", source));
        let lock = lock.inspect_err(|_| drop(fs::remove_file(&temporary)))?;
        let replacement = Self { target, temporary, _lock: lock, overwrite, committed: false };
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

/// Creates `.NAME.xr-N.tmp` in the target's folder: the same file system, so that the rename is atomic. The file is
/// locked as long as it is open; one without a lock was left by a killed process, and makes room.
pub(super) fn create_beside(target: &Path) -> Result<(PathBuf, File)> {
    let Some(name) = target.file_name() else {
        return Err(GeoTiffError::NotAFile { path: target.to_owned() });
    };
    let name: String = name.to_string_lossy().chars().take(MAX_NAME_CHARS).collect();
    let mut n = 0u64;
    loop {
        let temporary = folder_of(target).join(format!(".{name}.xr-{n}.tmp"));
        match OpenOptions::new().read(true).write(true).create_new(true).open(&temporary) {
            Ok(file) if claim(&file, &temporary) => return Ok((temporary, file)),
            // Another process that starts right now took it for one without an owner.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !remove_abandoned(&temporary) {
                    n += 1;
                }
            }
            Err(error) => return Err(GeoTiffError::io(target, "create a file in this folder", error)),
        }
    }
}

/// Locks a file just created, unless it was taken away meanwhile. File systems without locks go without.
fn claim(file: &File, path: &Path) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) && (is_linked(file) || is_at(file, path))
}

/// Removes a temporary file that nobody has locked.
fn remove_abandoned(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    // Only who holds the lock renames or removes the file, so that it is still there when it is removed.
    File::open(path).is_ok_and(|file| file.try_lock().is_ok() && is_at(&file, path) && fs::remove_file(path).is_ok())
}

/// Whether a path names this very file; on some network file systems it cannot be told.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (open, named) = (file.metadata().map(identity), fs::symlink_metadata(path).map(identity));
    matches!((open, named), (Ok(open), Ok(named)) if open == named)
}

/// Whether a file has a name still.
#[cfg(unix)]
fn is_linked(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

/// It cannot be told, so that nothing is removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    false
}

/// Nothing is removed.
#[cfg(not(unix))]
fn is_linked(_: &File) -> bool {
    true
}
