//! Where the pixels of an image are and how they are encoded: what is read once, before the first window.

use super::byte_source::ByteSource;
use super::decode::TileSpec;
use super::directory::{ChunkLayout, ChunkTable, Directory};
use super::storage::Storage;
use super::{Limits, fill};
use crate::chunks::ChunkGrid;
use crate::{Compression, GeoTiffError, Predictor, Result, tag};

/// Rows of raw data are read about this many bytes at a time, however long their strip is.
const RAW_STRIP_BYTES: u64 = 64 << 10;
/// Encoded bytes of a chunk beyond what any encoder makes of its pixels; more is not read.
const LARGEST_OVERHEAD: u64 = 64 << 10;

/// An image ready to be read.
#[derive(Debug)]
pub(super) struct Stored {
    pub storage: Storage,
    pub grid: ChunkGrid,
    /// Samples of a pixel that a chunk has side by side.
    pub samples: u16,
    /// Of a full tile or strip.
    pub spec: TileSpec,
    /// Whether the file's bytes have their bits in reverse order.
    pub reversed_bits: bool,
    /// A pixel of a sparse tile, in native byte order.
    pub fill: Vec<u8>,
    table: ChunkTable,
    file_bytes: u64,
    /// Whether the one strip of the image (of each plane) is taken apart into chunks of fewer rows.
    divided: bool,
}

/// A tile or strip of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Number in the directory.
    pub index: u64,
    pub plane: u16,
    /// Place in the grid.
    pub column: u32,
    pub row: u32,
    pub offset: u64,
    /// Encoded bytes, 0 if the chunk is sparse.
    pub bytes: u64,
}

impl Stored {
    pub fn load(directory: &Directory, source: &dyn ByteSource, limits: &Limits) -> Result<Self> {
        let storage = directory.storage()?;
        let compression = directory.readable_compression()?;
        let predictor = match compression {
            Compression::None | Compression::PackBits => Predictor::None,
            _ => directory.predictor().ok_or_else(|| directory.unsupported("an unknown predictor"))?,
        };
        let whole_bytes = storage.bits() >= 8;
        if predictor != Predictor::None && !whole_bytes {
            return Err(directory.unsupported("a predictor on samples of less than 8 bits"));
        }
        if predictor == Predictor::Float && directory.sample_formats()[0] != 3 {
            return Err(directory.malformed(tag::PREDICTOR, "is 3, which is for floating-point samples"));
        }
        let mut grid = directory.chunk_grid();
        let samples = if grid.planes == 1 { directory.samples() } else { 1 };
        let row_bytes = (u64::from(grid.chunk_width) * u64::from(samples)).saturating_mul(storage.bits()).div_ceil(8);
        let divided = compression == Compression::None
            && matches!(directory.layout(), ChunkLayout::Strips { .. })
            && grid.down() == 1
            && row_bytes.saturating_mul(grid.chunk_height.into()) > RAW_STRIP_BYTES;
        let table = directory.chunk_table(source, limits)?;
        if divided {
            grid.chunk_height = (RAW_STRIP_BYTES / row_bytes).max(1) as u32;
        }
        let chunk_bytes = row_bytes.saturating_mul(grid.chunk_height.into());
        let limit = limits.chunk_bytes.min(i32::MAX as u64);
        let (width, sample_bytes, spec_samples) = match storage {
            _ if chunk_bytes > limit => {
                let (path, offset) = (directory.path().to_owned(), directory.offset());
                let what = "the size of a decoded tile or strip in bytes".to_owned();
                return Err(GeoTiffError::Limit { path, offset, what, value: chunk_bytes, limit });
            }
            Storage::Whole(kind) => (grid.chunk_width, kind.bytes() as u8, samples),
            Storage::Half => (grid.chunk_width, 2, samples),
            Storage::Bits(_) => (row_bytes.min(u32::MAX.into()) as u32, 1, 1),
        };
        let height = grid.chunk_height;
        let big_endian = directory.is_big_endian();
        let spec = TileSpec { compression, predictor, sample_bytes, samples: spec_samples, width, height, big_endian };
        let file_bytes = source.size().map_err(|error| GeoTiffError::io(directory.path(), "read", error))?;
        Ok(Self {
            storage,
            grid,
            samples,
            spec,
            reversed_bits: directory.code(tag::FILL_ORDER, 1)? == 2,
            fill: fill::pixel(storage.pixel_type(), directory.nodata().as_deref()),
            table,
            file_bytes,
            divided,
        })
    }

    /// The tile or strip at a place of the grid, its extent checked against the file and against its pixels.
    ///
    /// # Errors
    /// [`GeoTiffError::Chunk`].
    pub fn chunk(&self, directory: &Directory, plane: u16, column: u32, row: u32) -> Result<Chunk> {
        let place = u64::from(row) * self.grid.across() + u64::from(column);
        let index = if self.divided {
            plane.into()
        } else {
            u64::from(plane) * (self.grid.across() * self.grid.down()) + place
        };
        let entry = |table: &[u64]| table.get(index as usize).copied().unwrap_or(0);
        let (offset, stored) = (entry(&self.table.offsets), entry(&self.table.byte_counts));
        let mut chunk = Chunk { index, plane, column, row, offset, bytes: 0 };
        // GDAL and libtiff leave both out; a file cannot have pixels where its header is.
        if offset == 0 || stored == 0 {
            return Ok(chunk);
        }
        let decoded = self.spec_of_row(row, directory).tile_bytes() as u64;
        let before = if self.divided { u64::from(row) * self.spec.tile_bytes() as u64 } else { 0 };
        chunk.offset = offset.saturating_add(before);
        let available = stored.saturating_sub(before);
        chunk.bytes = match self.spec.compression {
            Compression::None => available.min(decoded),
            _ => available.min(decoded.saturating_mul(2).saturating_add(LARGEST_OVERHEAD)),
        };
        let failed = |reason| Err(chunk_error(directory, &chunk, reason));
        if chunk.offset.checked_add(chunk.bytes).is_none_or(|end| end > self.file_bytes) {
            let (bytes, end) = (chunk.bytes, self.file_bytes);
            return failed(format!("its {bytes} bytes reach beyond the end of the file at {end}"));
        }
        let most = chunk.bytes.saturating_mul(largest_ratio(self.spec.compression));
        if most < decoded {
            return failed(format!("its {available} bytes can never decode to the {decoded} bytes of its pixels"));
        }
        Ok(chunk)
    }

    /// What the chunks of a row of the grid have in common; the last strip is shorter.
    pub fn spec_of_row(&self, row: u32, directory: &Directory) -> TileSpec {
        let height = match directory.layout() {
            ChunkLayout::Tiles { .. } => self.spec.height,
            ChunkLayout::Strips { .. } => {
                let above = u64::from(row) * u64::from(self.spec.height);
                u64::from(self.grid.image_height).saturating_sub(above).min(self.spec.height.into()) as u32
            }
        };
        TileSpec { height, ..self.spec }
    }
}

/// The error of a chunk, the reason being a sentence about it.
pub(super) fn chunk_error(directory: &Directory, chunk: &Chunk, reason: String) -> GeoTiffError {
    let (path, directory_index) = (directory.path().to_owned(), directory.index());
    let (index, offset) = (chunk.index, chunk.offset);
    GeoTiffError::Chunk { path, directory: directory_index, chunk: chunk_name(directory), index, offset, reason }
}

pub(super) fn chunk_name(directory: &Directory) -> &'static str {
    match directory.layout() {
        ChunkLayout::Tiles { .. } => "tile",
        ChunkLayout::Strips { .. } => "strip",
    }
}

/// No codec makes more than this many bytes of one: what claims to is hostile, and is refused before memory is taken.
fn largest_ratio(compression: Compression) -> u64 {
    match compression {
        Compression::None => 1,
        // 128 bytes from 2.
        Compression::PackBits => 64,
        // 258 bytes from 2 bits (RFC 1951); a short stream is rounded up to bytes.
        Compression::Deflate => 1032,
        // The longest entry of a table of 4096 codes, for every 9 bits.
        Compression::Lzw => 4096,
        // A block of 128 KiB from 4 bytes (RFC 8878).
        Compression::Zstd => 32 << 10,
    }
}
