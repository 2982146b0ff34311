//! Reading, from bytes to pixels.
//!
//! * tags: ranges of a file (`byte_source`, `http`), bounded reads of values (`source`), the raw directories (`chain`) and
//!   their entries (`entry`);
//! * meaning: `directory`, and beside it `storage` (sample types), `photometry` (palette), `georeference`, `metadata`;
//! * pixels: `reader` (the images of a file), `window` (what is asked), `stored` (where an image's chunks are), `batch`
//!   (fetched and decoded together, by a decoder as in `decode`), `place` (into the window), `fill` (where there are
//!   none).

mod batch;
mod byte_source;
mod chain;
mod decode;
mod directory;
mod entry;
mod fill;
mod georeference;
#[cfg(feature = "http")]
mod http;
mod metadata;
mod photometry;
mod place;
mod reader;
mod source;
mod storage;
mod stored;
mod window;

use std::path::Path;

pub(crate) use byte_source::coalesce;
pub use byte_source::{ByteSource, open_source, url_scheme};
pub use decode::{EncodedChunks, TileDecode, TileSpec};
pub use directory::{ChunkLayout, ChunkTable, Directory};
pub use entry::Entry;
#[cfg(feature = "http")]
pub use http::{HttpSource, HttpTraffic};
pub use metadata::{Metadata, MetadataItem};
pub use reader::Reader;
pub use window::{Interleave, PixelWindow, Pixels, WindowRequest};

use crate::Result;

/// What reading a file may cost. Whatever the file claims, no more memory than this is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Directories (images: overviews, masks, pages).
    pub directories: usize,
    /// How deep directories may hang below one another (tag SubIFDs).
    pub nesting: usize,
    /// Entries of a directory.
    pub entries: u64,
    /// Bytes of memory for all directories and the values that are read with them.
    pub value_bytes: u64,
    /// Tiles or strips of a directory whose table is read, 16 bytes of memory each.
    pub chunks: u64,
    /// Bytes of a decoded tile or strip, at most 2³¹ − 1.
    pub chunk_bytes: u64,
    /// Samples (pixels × bands) of a window.
    pub samples: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            directories: 1024,
            nesting: 4,
            entries: 4096,
            value_bytes: 64 << 20,
            chunks: 64 << 20,
            chunk_bytes: 1 << 30,
            samples: 1 << 36,
        }
    }
}

/// Reads the directories of a classic TIFF or BigTIFF in either byte order, in the order of the file; `name` is for
/// messages. Directories that hang below others (tag SubIFDs) come last.
///
/// # Errors
/// [`GeoTiffError::Malformed`](crate::GeoTiffError::Malformed) for what breaks the specification (cycles, sizes beyond the file, missing or
/// contradicting tags), [`GeoTiffError::Limit`](crate::GeoTiffError::Limit) for what passes `limits`,
/// [`GeoTiffError::Io`](crate::GeoTiffError::Io).
pub fn read_directories(source: impl ByteSource, name: &Path, limits: &Limits) -> Result<Vec<Directory>> {
    let mut source = source::Source::new(&source, name, limits.value_bytes)?;
    let directories = chain::read(&mut source, limits)?;
    directories.into_iter().enumerate().map(|(index, raw)| Directory::new(raw, index, name)).collect()
}
