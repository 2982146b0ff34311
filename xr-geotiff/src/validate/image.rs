//! What the directories say about their images, and where the tiles or strips are.

use std::fmt;
use std::io::Result;

use super::directory::{Directory, Entry};
use super::source::Source;
use super::{Faulty, Findings, Severity};
use crate::ByteSource;
use crate::chunks::ChunkGrid;
use crate::field::FieldType;
use crate::tag;

/// Tiles or strips of all images that are looked at.
const MAX_CHUNKS: u64 = 1 << 22;

/// An image whose sizes make sense.
pub(super) struct Image {
    /// Number of the directory.
    pub number: usize,
    pub offset: u64,
    pub subfile_type: u64,
    pub grid: ChunkGrid,
    pub is_tiled: bool,
    /// Offset and byte count of each tile or strip; empty if the tables cannot be read.
    pub chunks: Vec<(u64, u64)>,
}

impl Image {
    pub fn is_mask(&self) -> bool {
        self.subfile_type & 4 != 0
    }

    pub fn is_overview(&self) -> bool {
        self.subfile_type & 1 != 0
    }

    pub fn chunk_name(&self) -> &'static str {
        if self.is_tiled { "tile" } else { "strip" }
    }

    /// Position of the first tile or strip that has data.
    pub fn first_data(&self) -> Option<u64> {
        self.chunks.iter().find(|chunk| chunk.1 > 0).map(|chunk| chunk.0)
    }

    pub fn size(&self) -> (u32, u32) {
        (self.grid.image_width, self.grid.image_height)
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.is_overview(), self.is_mask()) {
            (false, false) => "image",
            (true, false) => "overview",
            (false, true) => "mask",
            (true, true) => "overview of a mask",
        };
        write!(f, "directory {} ({what}, {} × {})", self.number, self.grid.image_width, self.grid.image_height)
    }
}

pub(super) fn read_all<S: ByteSource>(
    source: &Source<S>,
    directories: &[Directory],
    findings: &mut Findings,
) -> Result<Vec<Image>> {
    let (mut images, mut looked_at) = (Vec::new(), 0);
    for (number, directory) in directories.iter().enumerate() {
        let mut tags = Tags { source, directory, findings: &mut *findings };
        let Some(mut image) = tags.image(number)? else { continue };
        let count = image.grid.count().unwrap_or(u64::MAX);
        looked_at = count.saturating_add(looked_at);
        if looked_at > MAX_CHUNKS {
            let message = format!("{image} has {count} {}s; their tables are not looked at", image.chunk_name());
            tags.findings.add(Severity::Warning, image.offset, message);
        } else {
            image.chunks = tags.chunks(&image, count)?;
            check_chunks(source, &image, findings);
        }
        images.push(image);
    }
    Ok(images)
}

/// Reads values of a directory's tags.
struct Tags<'a, S> {
    source: &'a Source<S>,
    directory: &'a Directory,
    findings: &'a mut Findings,
}

impl<S: ByteSource> Tags<'_, S> {
    fn image(&mut self, number: usize) -> Result<Option<Image>> {
        let width = self.size(tag::IMAGE_WIDTH, None)?;
        let height = self.size(tag::IMAGE_LENGTH, None)?;
        let samples = self.first(tag::SAMPLES_PER_PIXEL)?.unwrap_or(1).clamp(1, u64::from(u16::MAX)) as u16;
        let planes = if self.first(tag::PLANAR_CONFIGURATION)? == Some(2) { samples } else { 1 };
        let subfile_type = self.first(tag::NEW_SUBFILE_TYPE)?.unwrap_or(0);
        let is_tiled = self.directory.entry(tag::TILE_WIDTH).is_some();
        let (chunk_width, chunk_height) = if is_tiled {
            (self.tile_size(tag::TILE_WIDTH)?, self.tile_size(tag::TILE_LENGTH)?)
        } else {
            (width, self.size(tag::ROWS_PER_STRIP, Some(u32::MAX))?.map(|rows| rows.min(height.unwrap_or(rows))))
        };
        let (Some(image_width), Some(image_height), Some(chunk_width), Some(chunk_height)) =
            (width, height, chunk_width, chunk_height)
        else {
            return Ok(None);
        };
        let grid = ChunkGrid { image_width, image_height, chunk_width, chunk_height, planes };
        let offset = self.directory.offset;
        Ok(Some(Image { number, offset, subfile_type, grid, is_tiled, chunks: Vec::new() }))
    }

    fn tile_size(&mut self, tag: u16) -> Result<Option<u32>> {
        let size = self.size(tag, None)?;
        if let Some(size) = size.filter(|size| size % 16 != 0) {
            self.findings.error(self.directory.offset, format!("tag {tag} is {size}, not a multiple of 16"));
        }
        Ok(size)
    }

    /// A number of pixels, not 0.
    fn size(&mut self, tag: u16, default: Option<u32>) -> Result<Option<u32>> {
        let value = self.first(tag)?;
        let size = value.and_then(|value| u32::try_from(value).ok()).filter(|&value| value > 0);
        if size.is_none() && (value.is_some() || default.is_none()) {
            let found = value.map_or("missing".to_owned(), |value| value.to_string());
            self.findings.error(self.directory.offset, format!("tag {tag}, a number of pixels, is {found}"));
        }
        Ok(size.or(default))
    }

    /// First value of a tag of unsigned integers.
    fn first(&mut self, tag: u16) -> Result<Option<u64>> {
        let Some(&entry) = self.directory.entry(tag) else { return Ok(None) };
        Ok(self.values(entry, 1)?.and_then(|values| values.first().copied()))
    }

    /// The first `count` values, `None` if there are fewer, or no unsigned integers.
    fn values(&mut self, entry: Entry, count: u64) -> Result<Option<Vec<u64>>> {
        use FieldType::{Byte, Ifd, Ifd8, Long, Long8, Short};
        if !matches!(entry.kind, Byte | Short | Long | Long8 | Ifd | Ifd8) || entry.count < count {
            let Entry { tag, kind, count: has, value_at, .. } = entry;
            let message = format!("tag {tag} has {has} values of the type {kind:?}, not {count} unsigned integers");
            self.findings.error(value_at, message);
            return Ok(None);
        }
        let size = entry.kind.bytes();
        let bytes = self.source.read(entry.value_at, count * size)?;
        Ok(bytes.map(|bytes| bytes.chunks_exact(size as usize).map(|value| self.source.number(value)).collect()))
    }

    /// Offsets and byte counts.
    fn chunks(&mut self, image: &Image, count: u64) -> Result<Vec<(u64, u64)>> {
        let (offsets, byte_counts) = if image.is_tiled {
            (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
        };
        let mut tables = [offsets, byte_counts].map(|tag| (tag, None));
        for (tag, table) in &mut tables {
            let Some(&entry) = self.directory.entry(*tag) else {
                self.findings.error(image.offset, format!("{image} has no tag {tag}"));
                continue;
            };
            if entry.count != count {
                let message =
                    format!("tag {tag} has {} values, {image} has {count} {}s", entry.count, image.chunk_name());
                let severity = if entry.count < count { Severity::Error } else { Severity::Warning };
                self.findings.add(severity, entry.value_at, message);
            }
            if entry.count >= count {
                *table = self.values(entry, count)?;
            }
        }
        let [(_, Some(offsets)), (_, Some(byte_counts))] = tables else { return Ok(Vec::new()) };
        Ok(offsets.into_iter().zip(byte_counts).collect())
    }
}

fn check_chunks<S>(source: &Source<S>, image: &Image, findings: &mut Findings) {
    let (mut beyond, mut nowhere) = (Faulty::default(), Faulty::default());
    for (index, &(offset, bytes)) in image.chunks.iter().enumerate() {
        if bytes > 0 && offset == 0 {
            nowhere.add(index, image.offset);
        } else if !source.holds(offset, bytes) {
            beyond.add(index, offset);
        }
    }
    findings.tiles(image, &nowhere, "has bytes but no offset");
    findings.tiles(image, &beyond, &format!("reaches beyond the end of the file at {}", source.length));
}
