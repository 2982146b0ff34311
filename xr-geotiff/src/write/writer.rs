//! The streaming writer.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::head::Head;
use super::replacement::Replacement;
use crate::{GeoTiffError, ImageSpec, Result};

const BUFFER_BYTES: usize = 1 << 20;
/// Offset of a tile that was not given yet.
const MISSING: u64 = u64::MAX;

/// Writes the tiles of one image as they come; bounded memory (16 bytes a tile and a buffer).
///
/// The file appears under its name in [`finish`](Self::finish). Dropping the writer instead removes what was
/// written and leaves an older file of that name as it was.
pub struct GeoTiffWriter {
    file: BufWriter<File>,
    replacement: Replacement,
    head: Head,
    tiles: Vec<Tile>,
    position: u64,
    failed: bool,
}

#[derive(Clone, Copy)]
struct Tile {
    offset: u64,
    bytes: u32,
}

/// What [`GeoTiffWriter::finish`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteSummary {
    /// The file, symbolic links followed.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// All tiles.
    pub tiles: u64,
    /// Tiles without data among them.
    pub sparse_tiles: u64,
    /// Whether the file is a BigTIFF.
    pub bigtiff: bool,
}

impl GeoTiffWriter {
    /// Starts a file: a temporary one in the target's folder, with the directory in it.
    ///
    /// # Errors
    /// A target that exists unless `overwrite`, a target that is no regular file, an image that cannot be written
    /// ([`GeoTiffError::Spec`], [`GeoTiffError::CrsNotExpressible`]), a folder that cannot be written to.
    pub fn create(path: &Path, spec: &ImageSpec, overwrite: bool) -> Result<Self> {
        spec.validate()?;
        let head = Head::new(spec)?;
        check_end(path, &head, head.data_start)?;
        let count = spec.tile_count() as usize;
        let mut tiles = Vec::new();
        if tiles.try_reserve_exact(count).is_err() {
            return Err(GeoTiffError::spec("tile size", format!("no memory for {count} tiles; use larger tiles")));
        }
        tiles.resize(count, Tile { offset: MISSING, bytes: 0 });

        let (replacement, file) = Replacement::create(path, overwrite)?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut writer = Self { file, replacement, head, tiles, position: 0, failed: false };
        let started = writer.file.write_all(&writer.head.bytes).and_then(|()| {
            // The arrays that are skipped are written last.
            writer.file.seek(SeekFrom::Start(writer.head.data_start)).map(drop)
        });
        started.map_err(|error| writer.write_error(writer.head.data_start, error))?;
        writer.position = writer.head.data_start;
        Ok(writer)
    }

    /// Writes tile `index` (row-major); any order, each tile once. An empty slice makes a sparse tile, which readers
    /// take as nodata, or 0 without a nodata value.
    ///
    /// # Errors
    /// An index out of range or given before, a full disk, a classic TIFF that passes 4 GiB. After a failed write
    /// every further call fails.
    pub fn write_tile(&mut self, index: u64, encoded: &[u8]) -> Result<()> {
        let path = self.replacement.target();
        if self.failed {
            return Err(GeoTiffError::Abandoned { path: path.to_owned() });
        }
        let tiles = self.tiles.len() as u64;
        let Some(tile) = usize::try_from(index).ok().and_then(|i| self.tiles.get(i)) else {
            return Err(GeoTiffError::TileIndex { path: path.to_owned(), index, tiles });
        };
        if tile.offset != MISSING {
            return Err(GeoTiffError::TileTwice { path: path.to_owned(), index });
        }
        let Ok(bytes) = u32::try_from(encoded.len()) else {
            let reason = format!("tile {index} has {} encoded bytes; use smaller tiles", encoded.len());
            return Err(GeoTiffError::spec("tile size", reason));
        };
        let offset = if bytes == 0 { 0 } else { self.position };
        let end = self.position.saturating_add(u64::from(bytes));
        check_end(path, &self.head, end)?;
        if let Err(error) = self.file.write_all(encoded) {
            self.failed = true;
            return Err(self.write_error(end, error));
        }
        self.position = end;
        self.tiles[index as usize] = Tile { offset, bytes };
        Ok(())
    }

    /// Completes the file: fills in where the tiles are, waits for the disk, and puts the file under its name.
    ///
    /// # Errors
    /// Tiles that were never given, a full disk, a target that came into being meanwhile (unless `overwrite`).
    pub fn finish(mut self) -> Result<WriteSummary> {
        let path = self.replacement.target();
        if self.failed {
            return Err(GeoTiffError::Abandoned { path: path.to_owned() });
        }
        let tiles = self.tiles.len() as u64;
        let is_missing = |tile: &Tile| tile.offset == MISSING;
        if let Some(first) = self.tiles.iter().position(is_missing) {
            let missing = self.tiles.iter().filter(|tile| is_missing(tile)).count() as u64;
            return Err(GeoTiffError::TilesMissing { path: path.to_owned(), missing, first: first as u64, tiles });
        }
        self.write_arrays().map_err(|error| self.write_error(self.position, error))?;
        let Self { file, replacement, head, tiles: table, position, .. } = self;
        let path = replacement.target().to_owned();
        let file = file.into_inner().map_err(|error| GeoTiffError::write(&path, position, error.into_error()))?;
        // A file of sparse tiles ends inside the arrays' room, or where its last array ends.
        file.set_len(position).and_then(|()| file.sync_all()).map_err(|e| GeoTiffError::write(&path, position, e))?;
        drop(file);
        replacement.commit()?;
        let sparse_tiles = table.iter().filter(|tile| tile.bytes == 0).count() as u64;
        Ok(WriteSummary { path, bytes: position, tiles, sparse_tiles, bigtiff: head.big })
    }

    fn write_arrays(&mut self) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.head.offsets_at))?;
        let offset_bytes = if self.head.big { 8 } else { 4 };
        for tile in &self.tiles {
            self.file.write_all(&tile.offset.to_le_bytes()[..offset_bytes])?;
        }
        self.file.seek(SeekFrom::Start(self.head.byte_counts_at))?;
        for tile in &self.tiles {
            self.file.write_all(&tile.bytes.to_le_bytes())?;
        }
        self.file.flush()
    }

    fn write_error(&self, bytes: u64, error: std::io::Error) -> GeoTiffError {
        GeoTiffError::write(self.replacement.target(), bytes, error)
    }
}

/// Refuses a classic TIFF of 4 GiB or more.
fn check_end(path: &Path, head: &Head, end: u64) -> Result<()> {
    if !head.big && end > u64::from(u32::MAX) {
        return Err(GeoTiffError::TooLargeForClassic { path: path.to_owned(), bytes: end });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BigTiff, Compression, Predictor, SampleType};

    #[test]
    fn classic_file_ends_at_4_gib() {
        let spec = ImageSpec {
            width: 32,
            height: 16,
            samples: 1,
            sample_type: SampleType::U8,
            tile_width: 16,
            tile_height: 16,
            compression: Compression::None,
            predictor: Predictor::None,
            transform: [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
            crs: None,
            nodata: None,
            description: None,
            bigtiff: BigTiff::No,
        };
        let folder = tempfile::tempdir().unwrap();
        let mut writer = GeoTiffWriter::create(&folder.path().join("a.tif"), &spec, false).unwrap();
        writer.position = u64::from(u32::MAX) - 300;
        writer.write_tile(0, &[1; 256]).unwrap();
        let error = writer.write_tile(1, &[1; 256]).unwrap_err();
        assert!(matches!(error, GeoTiffError::TooLargeForClassic { bytes: 4_294_967_507, .. }), "{error}");
        assert!(error.to_string().contains("--bigtiff"));
    }
}
