//! The streaming writer.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::cog;
use super::head::Head;
use super::image::Image;
use super::metadata::Statistics;
use super::replacement::Replacement;
use super::spool::Spool;
use super::tiles::{Tile, TileTable};
use crate::{BigTiff, GeoTiffError, ImageSpec, Layout, Result};

const BUFFER_BYTES: usize = 1 << 20;

/// Writes the tiles of an image, its overviews and masks as they come; bounded memory (16 bytes a tile and buffers).
///
/// The file appears under its name in [`finish`](Self::finish). Dropping the writer instead removes what was
/// written and leaves an older file of that name as it was.
pub struct GeoTiffWriter {
    file: BufWriter<File>,
    replacement: Replacement,
    spec: ImageSpec,
    tables: Vec<TileTable>,
    /// One for each band.
    statistics: Vec<Option<Statistics>>,
    big: bool,
    /// Where the next tile goes.
    position: u64,
    /// Where tiles are until the file is finished, if their order is not that in which they come.
    spool: Option<Spool>,
    failed: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteSummary {
    /// The file, symbolic links followed.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// Tiles of all images.
    pub tiles: u64,
    /// Tiles without data among them.
    pub sparse_tiles: u64,
    /// Whether the file is a BigTIFF.
    pub bigtiff: bool,
}

/// A complete file under a temporary name. Dropped instead of [published](Self::publish) it is removed, and an older file
/// of its name stays as it was.
pub struct CompleteFile {
    replacement: Replacement,
    summary: WriteSummary,
}

impl CompleteFile {
    /// Where the file is for now.
    pub fn path(&self) -> &Path {
        self.replacement.temporary()
    }

    /// Puts the file under its name.
    ///
    /// # Errors
    /// A target that came into being meanwhile (unless `overwrite`), a folder that lets nothing be renamed.
    pub fn publish(self) -> Result<WriteSummary> {
        self.replacement.commit()?;
        Ok(self.summary)
    }
}

impl GeoTiffWriter {
    /// Starts a file: a temporary one in the target's folder.
    ///
    /// # Errors
    /// A target that exists unless `overwrite`, a target that is no regular file, an image that cannot be written
    /// ([`GeoTiffError::Spec`], [`GeoTiffError::CrsNotExpressible`]), a folder that cannot be written to.
    pub fn create(path: &Path, spec: &ImageSpec, overwrite: bool) -> Result<Self> {
        spec.check()?;
        let images = Image::all(spec);
        let statistics = vec![None; usize::from(spec.samples)];
        let data_bound = match spec.layout {
            Layout::Plain => images.iter().fold(0u64, |sum, image| sum.saturating_add(image.data_bound(spec))),
            // Decided when all tiles are known.
            Layout::Cog => 0,
        };
        let head = choose_head(path, spec, &images, &statistics, data_bound)?;
        let tables = images.iter().map(|&image| TileTable::new(spec, image)).collect::<Result<_>>()?;

        let (replacement, file) = Replacement::create(path, overwrite)?;
        let spool = match spec.layout {
            Layout::Plain => None,
            Layout::Cog => Some(Spool::create(replacement.target())?),
        };
        let mut writer = Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            replacement,
            spec: spec.clone(),
            tables,
            statistics,
            big: head.big,
            position: head.data_start,
            spool,
            failed: false,
        };
        // The head is written last.
        let started = writer.file.seek(SeekFrom::Start(head.data_start));
        started.map_err(|error| writer.write_error(head.data_start, error))?;
        Ok(writer)
    }

    /// Writes tile `index` of the full image (row by row, band by band); any order, each tile once. An empty slice
    /// makes a sparse tile, which readers take as nodata, or 0 without a nodata value.
    ///
    /// # Errors
    /// An index out of range or given before, a full disk, a classic TIFF that passes 4 GiB. After a failed write
    /// every further call fails.
    pub fn write_tile(&mut self, index: u64, encoded: &[u8]) -> Result<()> {
        self.write(0, false, index, encoded)
    }

    /// Writes tile `index` of a level: 0 is the full image, 1 the first overview.
    ///
    /// # Errors
    /// As [`write_tile`](Self::write_tile), and a level that there is not.
    pub fn write_level_tile(&mut self, level: usize, index: u64, encoded: &[u8]) -> Result<()> {
        self.write(level, false, index, encoded)
    }

    /// Writes tile `index` of the mask of a level. A sparse tile is invalid everywhere.
    ///
    /// # Errors
    /// As [`write_level_tile`](Self::write_level_tile), and an image without masks.
    pub fn write_mask_tile(&mut self, level: usize, index: u64, encoded: &[u8]) -> Result<()> {
        self.write(level, true, index, encoded)
    }

    /// Gives the statistics of a band, from 0, at any time.
    ///
    /// # Errors
    /// An image that was not specified to have statistics, a band that it does not have, numbers that are not finite.
    pub fn set_statistics(&mut self, band: u16, statistics: Statistics) -> Result<()> {
        statistics.check()?;
        match self.statistics.get_mut(usize::from(band)).filter(|_| self.spec.statistics) {
            Some(slot) => {
                *slot = Some(statistics);
                Ok(())
            }
            None => Err(GeoTiffError::spec("statistics", format!("there is no room for those of band {band}"))),
        }
    }

    fn write(&mut self, level: usize, is_mask: bool, index: u64, encoded: &[u8]) -> Result<()> {
        let path = self.replacement.target();
        if self.failed {
            return Err(GeoTiffError::Abandoned { path: path.to_owned() });
        }
        let is_it = |table: &&mut TileTable| (table.image.level, table.image.is_mask) == (level, is_mask);
        let Some(table) = self.tables.iter_mut().find(is_it) else {
            let what = if is_mask { "mask" } else { "image" };
            return Err(GeoTiffError::spec("overviews", format!("there is no {what} of level {level}")));
        };
        let tile = table.vacant(path, index)?;
        let Ok(bytes) = u32::try_from(encoded.len()) else {
            let reason = format!("tile {index} has {} encoded bytes; use smaller tiles", encoded.len());
            return Err(GeoTiffError::spec("tile size", reason));
        };
        if bytes == 0 {
            *tile = Tile { offset: 0, bytes };
            return Ok(());
        }
        let written = match &mut self.spool {
            Some(spool) => spool.append(encoded),
            None => {
                let end = self.position.saturating_add(u64::from(bytes));
                check_end(path, self.big, end)?;
                let offset = std::mem::replace(&mut self.position, end);
                self.file.write_all(encoded).map(|()| offset).map_err(|e| GeoTiffError::write(path, end, e))
            }
        };
        match written {
            Ok(offset) => *tile = Tile { offset, bytes },
            Err(_) => self.failed = true,
        }
        written.map(drop)
    }

    /// Completes the file and puts it under its name: [`complete`](Self::complete), then
    /// [`publish`](CompleteFile::publish).
    ///
    /// # Errors
    /// Those of both.
    pub fn finish(self) -> Result<WriteSummary> {
        self.complete()?.publish()
    }

    /// Completes the file: puts the tiles in order, fills in where they are, and waits for the disk. The file keeps its
    /// temporary name, so that it can be looked at before it replaces anything.
    ///
    /// # Errors
    /// Tiles that were never given, a full disk.
    pub fn complete(mut self) -> Result<CompleteFile> {
        let path = self.replacement.target();
        if self.failed {
            return Err(GeoTiffError::Abandoned { path: path.to_owned() });
        }
        self.tables.iter().try_for_each(|table| table.check_complete(path))?;
        if let Some(spool) = self.spool.take() {
            self.order_tiles(spool)?;
        }
        let images: Vec<Image> = self.tables.iter().map(|table| table.image).collect();
        let head = Head::new(&self.spec, &images, &self.statistics, self.big)?;
        self.write_head(&head).map_err(|error| self.write_error(self.position, error))?;

        let Self { file, replacement, tables, position, .. } = self;
        let path = replacement.target().to_owned();
        let file = file.into_inner().map_err(|error| GeoTiffError::write(&path, position, error.into_error()))?;
        // A file of sparse tiles ends inside the arrays' room, or where its last array ends.
        file.set_len(position).and_then(|()| file.sync_all()).map_err(|e| GeoTiffError::write(&path, position, e))?;
        drop(file);
        let tiles = tables.iter().map(|table| table.tiles.len() as u64).sum();
        let sparse_tiles = tables.iter().flat_map(|table| &table.tiles).filter(|tile| tile.bytes == 0).count() as u64;
        let summary = WriteSummary { path, bytes: position, tiles, sparse_tiles, bigtiff: head.big };
        Ok(CompleteFile { replacement, summary })
    }

    /// Copies the spooled tiles behind the head, in the order of a COG.
    fn order_tiles(&mut self, spool: Spool) -> Result<()> {
        let images: Vec<Image> = self.tables.iter().map(|table| table.image).collect();
        let path = self.replacement.target();
        let data_bytes = cog::data_bytes(&self.tables);
        let head = choose_head(path, &self.spec, &images, &self.statistics, data_bytes)?;
        let end = head.data_start.saturating_add(data_bytes);
        check_end(path, head.big, end)?;
        let written = |error| GeoTiffError::write(path, end, error);
        self.file.seek(SeekFrom::Start(head.data_start)).map_err(written)?;
        let (file, tables) = (&mut self.file, &mut self.tables);
        cog::write_tiles(file, head.data_start, &self.spec, tables, &mut spool.into_reader()?, written)?;
        (self.big, self.position) = (head.big, end);
        Ok(())
    }

    fn write_head(&mut self, head: &Head) -> std::io::Result<()> {
        let file = &mut self.file;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&head.bytes)?;
        let offset_bytes = if head.big { 8 } else { 4 };
        for (table, arrays) in self.tables.iter().zip(&head.arrays) {
            file.seek(SeekFrom::Start(arrays.offsets_at))?;
            for tile in &table.tiles {
                file.write_all(&tile.offset.to_le_bytes()[..offset_bytes])?;
            }
            file.seek(SeekFrom::Start(arrays.byte_counts_at))?;
            for tile in &table.tiles {
                file.write_all(&tile.bytes.to_le_bytes())?;
            }
        }
        file.flush()
    }

    fn write_error(&self, bytes: u64, error: std::io::Error) -> GeoTiffError {
        GeoTiffError::write(self.replacement.target(), bytes, error)
    }
}

/// The head of the format that `data_bytes` of tiles need.
fn choose_head(
    path: &Path,
    spec: &ImageSpec,
    images: &[Image],
    statistics: &[Option<Statistics>],
    data_bytes: u64,
) -> Result<Head> {
    let head = Head::new(spec, images, statistics, spec.bigtiff == BigTiff::Yes)?;
    if spec.bigtiff == BigTiff::Auto && head.data_start.saturating_add(data_bytes) > u64::from(u32::MAX) {
        return Head::new(spec, images, statistics, true);
    }
    check_end(path, head.big, head.data_start)?;
    Ok(head)
}

/// Refuses a classic TIFF of 4 GiB or more.
fn check_end(path: &Path, big: bool, end: u64) -> Result<()> {
    if !big && end > u64::from(u32::MAX) {
        return Err(GeoTiffError::TooLargeForClassic { path: path.to_owned(), bytes: end });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleType;

    #[test]
    fn classic_file_ends_at_4_gib() {
        let spec = ImageSpec {
            tile_width: 16,
            tile_height: 16,
            bigtiff: BigTiff::No,
            ..ImageSpec::new(32, 16, SampleType::U8)
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
