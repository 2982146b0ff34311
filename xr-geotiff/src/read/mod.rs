//! Reading: bounded reads of a file (`source`), the chain of raw directories (`chain`), their entries (`entry`), and
//! what they mean (`directory`; `georeference` for the GeoTIFF and GDAL tags).

mod chain;
mod directory;
mod entry;
mod georeference;
mod source;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

pub use directory::{ChunkLayout, ChunkTable, Directory};
pub use entry::Entry;

use crate::{GeoTiffError, Result};

/// What reading a file may cost. Whatever the file claims, no more memory than this is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Directories (images: overviews, masks, pages).
    pub directories: usize,
    /// Entries of a directory.
    pub entries: u64,
    /// Bytes of memory for all directories and the values that are read with them.
    pub value_bytes: u64,
    /// Tiles or strips of a directory whose table is read.
    pub chunks: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { directories: 1024, entries: 4096, value_bytes: 64 << 20, chunks: 64 << 20 }
    }
}

/// Reads the directories of the file at `path`, in the order of the file.
///
/// # Errors
/// See [`read_directories`]; and a path that names no regular file.
pub fn open_directories(path: &Path, limits: &Limits) -> Result<Vec<Directory>> {
    let open = |source| GeoTiffError::io(path, "open", source);
    if !std::fs::metadata(path).map_err(open)?.is_file() {
        return Err(GeoTiffError::NotAFile { path: path.to_owned() });
    }
    read_directories(File::open(path).map_err(open)?, path, limits)
}

/// Reads the directories of a classic TIFF or BigTIFF in either byte order, in the order of the file; `name` is for
/// messages. Directories that hang below others (tag SubIFDs) are not followed.
///
/// # Errors
/// [`GeoTiffError::Malformed`] for what breaks the specification (cycles, sizes beyond the file, missing or
/// contradicting tags), [`GeoTiffError::Limit`] for what passes `limits`, [`GeoTiffError::Io`].
pub fn read_directories<R: Read + Seek>(reader: R, name: &Path, limits: &Limits) -> Result<Vec<Directory>> {
    let mut source = source::Source::new(reader, name, limits.value_bytes)?;
    let directories = chain::read(&mut source, limits)?;
    directories.into_iter().map(|raw| Directory::new(raw, name)).collect()
}
