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
    #[error("{}: tile {index} of {image} given, which has {tiles} tiles", path.display())]
    TileIndex {
        /// Target file.
        path: PathBuf,
        /// Which of its images.
        image: String,
        /// Row-major index.
        index: u64,
        /// Number of tiles.
        tiles: u64,
    },
    /// A tile was given a second time.
    #[error("{}: tile {index} of {image} was given twice", path.display())]
    TileTwice {
        /// Target file.
        path: PathBuf,
        /// Which of its images.
        image: String,
        /// Row-major index.
        index: u64,
    },
    /// `finish` was called before every tile was given.
    #[error("{}: {missing} of {tiles} tiles of {image} were never given, the first is tile {first}", path.display())]
    TilesMissing {
        /// Target file.
        path: PathBuf,
        /// Which of its images.
        image: String,
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
    /// A valid file that uses what this reader does not know.
    #[error(
        "{}: directory {directory}: {what} is not supported; convert the file with gdal_translate -co COMPRESS=ZSTD",
        path.display()
    )]
    Unsupported {
        /// File.
        path: PathBuf,
        /// Number of the directory.
        directory: usize,
        /// The feature and its name.
        what: String,
    },
    /// A tile or strip that cannot be read.
    #[error("{}: directory {directory}: {chunk} {index} at byte {offset}: {reason}", path.display())]
    Chunk {
        /// File.
        path: PathBuf,
        /// Number of the directory.
        directory: usize,
        /// "tile" or "strip".
        chunk: &'static str,
        /// Its number in the directory.
        index: u64,
        /// Where in the file it starts.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Pixels or bands that an image does not have, or more of them than one read may return.
    #[error("{}: directory {directory}: {reason}", path.display())]
    Request {
        /// File.
        path: PathBuf,
        /// Number of the directory.
        directory: usize,
        /// What was asked, and what there is.
        reason: String,
    },
    /// One tile alone takes more memory than is allowed.
    #[error(
        "{}: directory {directory}: a single {chunk} takes {needed} bytes of memory, {memory} are allowed; \
         raise --max-memory",
        path.display()
    )]
    Memory {
        /// File.
        path: PathBuf,
        /// Number of the directory.
        directory: usize,
        /// "tile" or "strip".
        chunk: &'static str,
        /// Bytes, encoded and decoded.
        needed: u64,
        /// Bytes allowed.
        memory: u64,
    },
    /// The decoder failed as a whole.
    #[error("{}: cannot decode: {source}", path.display())]
    Decoder {
        /// File.
        path: PathBuf,
        /// Reason.
        source: Box<dyn std::error::Error + Send + Sync>,
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
