//! What can go wrong with a GeoTIFF file.

use std::io;
use std::path::{Path, PathBuf};

/// Errors of reading and writing GeoTIFF files; each names the file and, where it can, the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeoTiffError {
    /// The operating system refused.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// File.
        path: PathBuf,
        /// What was tried, as it follows "cannot".
        action: &'static str,
        /// Reason.
        source: io::Error,
    },
    /// The device, quota or largest file size is exhausted.
    #[error(
        "{}: no space left: the file needs {bytes} bytes so far; free some space, or write to another disk ({source})",
        path.display()
    )]
    DiskFull {
        /// Target file.
        path: PathBuf,
        /// Bytes that the file needed up to the write that failed.
        bytes: u64,
        /// Reason.
        source: io::Error,
    },
    /// The target exists and was not to be replaced.
    #[error("{}: the file exists already; pass --overwrite to replace it, or name another output", path.display())]
    Exists {
        /// Target file.
        path: PathBuf,
    },
    /// The path names a folder, device or pipe.
    #[error("{}: is not a regular file; name another path", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A field of the image specification is not writable.
    #[error("GeoTIFF {field}: {reason}")]
    Spec {
        /// Field of [`ImageSpec`](crate::ImageSpec).
        field: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The coordinate reference system has neither an EPSG code nor a form in GeoKeys.
    #[error("coordinate reference system \"{name}\" cannot be written as GeoKeys: {reason}; pass --crs EPSG:n")]
    CrsNotExpressible {
        /// Name of the system.
        name: String,
        /// What is missing.
        reason: String,
    },
    /// A tile index that the image does not have.
    #[error("{}: tile {index} given, but the image has {tiles} tiles", path.display())]
    TileIndex {
        /// Target file.
        path: PathBuf,
        /// Row-major index.
        index: u64,
        /// Number of tiles.
        tiles: u64,
    },
    /// A tile was given a second time.
    #[error("{}: tile {index} was given twice", path.display())]
    TileTwice {
        /// Target file.
        path: PathBuf,
        /// Row-major index.
        index: u64,
    },
    /// `finish` was called before every tile was given.
    #[error("{}: {missing} of {tiles} tiles were never given, the first is tile {first}", path.display())]
    TilesMissing {
        /// Target file.
        path: PathBuf,
        /// How many.
        missing: u64,
        /// Lowest missing index.
        first: u64,
        /// Number of tiles.
        tiles: u64,
    },
    /// An earlier write failed, so the file cannot be completed.
    #[error("{}: an earlier write to this file failed; start it again", path.display())]
    Abandoned {
        /// Target file.
        path: PathBuf,
    },
    /// A classic TIFF cannot address this much.
    #[error(
        "{}: the file reaches {bytes} bytes, but a classic TIFF ends at 4 GiB; use --bigtiff auto or yes",
        path.display()
    )]
    TooLargeForClassic {
        /// Target file.
        path: PathBuf,
        /// Size that was needed.
        bytes: u64,
    },
    /// The file breaks the TIFF or GeoTIFF specification.
    #[error("{}: byte {offset}: {reason}; the file is damaged or is no TIFF", path.display())]
    Malformed {
        /// File.
        path: PathBuf,
        /// Where in the file.
        offset: u64,
        /// What was found.
        reason: String,
    },
    /// The file asks for more than the reader's limits allow.
    #[error("{}: byte {offset}: {what} is {value}, the limit is {limit}", path.display())]
    Limit {
        /// File.
        path: PathBuf,
        /// Where in the file.
        offset: u64,
        /// What is limited.
        what: String,
        /// What the file asks for.
        value: u64,
        /// The limit.
        limit: u64,
    },
}

impl GeoTiffError {
    pub(crate) fn io(path: &Path, action: &'static str, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), action, source }
    }

    /// A failed write, `bytes` being the size that the file would have had after it.
    pub(crate) fn write(path: &Path, bytes: u64, source: io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::DiskFull { path: path.to_owned(), bytes, source },
            _ => Self::io(path, "write", source),
        }
    }

    pub(crate) fn spec(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Spec { field, reason: reason.into() }
    }

    pub(crate) fn malformed(path: &Path, offset: u64, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), offset, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_names_file_and_bytes() {
        let error = GeoTiffError::write(Path::new("big.tif"), 123_456, io::ErrorKind::StorageFull.into());
        let text = error.to_string();
        assert!(text.contains("big.tif") && text.contains("123456"), "{text}");
    }
}
