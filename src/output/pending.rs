//! Small files beside the raster.

use crate::failure::Failure;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file on disk that does not have its name yet. Dropped, it is removed.
pub struct Pending {
    target: PathBuf,
    temporary: PathBuf,
}

impl Pending {
    /// Writes the file beside its target.
    pub fn write(target: &Path, content: &[u8]) -> Result<Self, Failure> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.xr-{}.tmp", std::process::id()));
        let pending = Self { target: target.to_owned(), temporary };
        if target.is_dir() {
            return Err(pending.failed(std::io::ErrorKind::IsADirectory.into()));
        }
        fs::write(&pending.temporary, content).map_err(|source| pending.failed(source))?;
        Ok(pending)
    }

    /// Gives the file its name.
    pub fn commit(self) -> Result<(), Failure> {
        fs::rename(&self.temporary, &self.target).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> Failure {
        Failure::Io { path: self.target.clone(), source }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary); // gone already once it has its name
    }
}
