//! What the tags of a directory say about its image.

use std::path::{Path, PathBuf};

use super::Limits;
use super::byte_source::ByteSource;
use super::chain::RawDirectory;
use super::entry::Entry;
use super::source::{ByteOrder, Source};
use crate::chunks::ChunkGrid;
use crate::{GeoTiffError, Predictor, Result, VerbatimTag, compression_name, tag};

/// How the pixels are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkLayout {
    /// Whole rows.
    Strips {
        /// Rows of a strip, at most the image's.
        rows: u32,
    },
    /// Tiles.
    Tiles {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// Where the tiles or strips of an image are; not yet checked against the file's length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkTable {
    /// Position of each, row by row, plane by plane.
    pub offsets: Vec<u64>,
    /// Encoded bytes of each; 0 for a sparse tile.
    pub byte_counts: Vec<u64>,
}

impl ChunkTable {
    /// Number of tiles or strips without data.
    pub fn sparse(&self) -> usize {
        self.byte_counts.iter().filter(|&&bytes| bytes == 0).count()
    }

    /// Encoded bytes of all.
    pub fn stored_bytes(&self) -> u64 {
        self.byte_counts.iter().fold(0, |sum, &bytes| sum.saturating_add(bytes))
    }
}

/// An image of a file, as its tags describe it.
#[derive(Debug, Clone)]
pub struct Directory {
    raw: RawDirectory,
    index: usize,
    path: PathBuf,
    width: u32,
    height: u32,
    samples: u16,
    bits: Vec<u16>,
    sample_formats: Vec<u16>,
    planes: u16,
    layout: ChunkLayout,
}

impl Directory {
    pub(super) fn new(raw: RawDirectory, index: usize, path: &Path) -> Result<Self> {
        let mut directory = Self {
            raw,
            index,
            path: path.to_owned(),
            width: 0,
            height: 0,
            samples: 1,
            bits: Vec::new(),
            sample_formats: Vec::new(),
            planes: 1,
            layout: ChunkLayout::Strips { rows: 1 },
        };
        directory.width = directory.size(tag::IMAGE_WIDTH, None)?;
        directory.height = directory.size(tag::IMAGE_LENGTH, None)?;
        directory.samples = directory.code(tag::SAMPLES_PER_PIXEL, 1)?;
        if directory.samples == 0 {
            return Err(directory.malformed(tag::SAMPLES_PER_PIXEL, "is 0"));
        }
        directory.bits = directory.per_sample(tag::BITS_PER_SAMPLE)?;
        directory.sample_formats = directory.per_sample(tag::SAMPLE_FORMAT)?;
        directory.planes = match directory.code(tag::PLANAR_CONFIGURATION, 1)? {
            1 => 1,
            2 => directory.samples,
            _ => return Err(directory.malformed(tag::PLANAR_CONFIGURATION, "is neither 1 nor 2")),
        };
        directory.layout = if directory.entry(tag::TILE_WIDTH).is_some() {
            let (width, height) = (directory.size(tag::TILE_WIDTH, None)?, directory.size(tag::TILE_LENGTH, None)?);
            ChunkLayout::Tiles { width, height }
        } else {
            ChunkLayout::Strips { rows: directory.size(tag::ROWS_PER_STRIP, Some(u32::MAX))?.min(directory.height) }
        };
        for codes in [tag::COMPRESSION, tag::PREDICTOR, tag::PHOTOMETRIC_INTERPRETATION] {
            directory.code(codes, 1)?;
        }
        Ok(directory)
    }

    /// Position of the directory in the file.
    pub fn offset(&self) -> u64 {
        self.raw.offset
    }

    /// Number of the directory in its file, from 0: the chain in its order, then those below others.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Number of the directory that this one hangs below (tag SubIFDs).
    pub fn parent(&self) -> Option<usize> {
        self.raw.parent
    }

    /// Whether the file's numbers have their most significant byte first.
    pub fn is_big_endian(&self) -> bool {
        self.raw.order == ByteOrder::Big
    }

    /// Whether the file is a BigTIFF.
    pub fn is_bigtiff(&self) -> bool {
        self.raw.big
    }

    /// Entries in ascending order of tags; those of unknown field types are left out.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.raw.entries.values()
    }

    /// Entry of a tag.
    pub fn entry(&self, tag: u16) -> Option<&Entry> {
        self.raw.entries.get(&tag)
    }

    /// Width, pixels, not 0.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height, pixels, not 0.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bands, not 0.
    pub fn samples(&self) -> u16 {
        self.samples
    }

    /// Bits of a sample, one value for each band, or one for all.
    pub fn bits_per_sample(&self) -> &[u16] {
        &self.bits
    }

    /// Tag SampleFormat (1 unsigned, 2 signed, 3 floating point), one value for each band, or one for all.
    pub fn sample_formats(&self) -> &[u16] {
        &self.sample_formats
    }

    /// Tag Compression.
    pub fn compression_code(&self) -> u16 {
        self.code(tag::COMPRESSION, 1).unwrap_or(1)
    }

    /// Usual name of the compression.
    pub fn compression_name(&self) -> &'static str {
        compression_name(self.compression_code())
    }

    /// The predictor; `None` for a code that TIFF does not define.
    pub fn predictor(&self) -> Option<Predictor> {
        Predictor::from_code(self.code(tag::PREDICTOR, 1).unwrap_or(1))
    }

    /// Tag PhotometricInterpretation; 1 ("black is zero") if it is missing.
    pub fn photometric(&self) -> u16 {
        self.code(tag::PHOTOMETRIC_INTERPRETATION, 1).unwrap_or(1)
    }

    /// Whether each band is stored in a plane of its own.
    pub fn is_planar(&self) -> bool {
        self.entry(tag::PLANAR_CONFIGURATION).is_some() && self.code(tag::PLANAR_CONFIGURATION, 1).unwrap_or(1) == 2
    }

    /// Tiles or strips.
    pub fn layout(&self) -> ChunkLayout {
        self.layout
    }

    /// The grid of tiles or strips.
    pub fn chunk_grid(&self) -> ChunkGrid {
        let (chunk_width, chunk_height) = match self.layout {
            ChunkLayout::Strips { rows } => (self.width, rows),
            ChunkLayout::Tiles { width, height } => (width, height),
        };
        let (image_width, image_height) = (self.width, self.height);
        ChunkGrid { image_width, image_height, chunk_width, chunk_height, planes: self.planes }
    }

    /// Whether this is a smaller version of another image of the file.
    pub fn is_overview(&self) -> bool {
        self.subfile_type() & 1 != 0
    }

    /// Whether this is the transparency mask of another image of the file.
    pub fn is_mask(&self) -> bool {
        self.subfile_type() & 4 != 0
    }

    /// Reads where the tiles or strips are, from the file that the directory was read from.
    ///
    /// # Errors
    /// More of them than `limits` allow, tables that are missing, too short, or beyond the end of the file.
    pub fn chunk_table(&self, source: impl ByteSource, limits: &Limits) -> Result<ChunkTable> {
        let mut source = Source::new(&source, &self.path, u64::MAX)?;
        let (offsets, byte_counts) = match self.layout {
            ChunkLayout::Strips { .. } => (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS),
            ChunkLayout::Tiles { .. } => (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS),
        };
        let count = self.chunk_grid().count().unwrap_or(u64::MAX);
        if count > limits.chunks {
            return Err(source.limit(self.raw.offset, "the number of tiles or strips", count, limits.chunks));
        }
        let offsets = self.read_table(&mut source, offsets, count)?;
        let byte_counts = match self.entry(byte_counts) {
            // Old writers of raw strips leave the tag out.
            None if self.compression_code() == 1 => self.raw_chunk_bytes(),
            _ => self.read_table(&mut source, byte_counts, count)?,
        };
        Ok(ChunkTable { offsets, byte_counts })
    }

    /// Bytes of every tile or strip without compression.
    fn raw_chunk_bytes(&self) -> Vec<u64> {
        let grid = self.chunk_grid();
        let samples = if grid.planes == 1 { u64::from(self.samples) } else { 1 };
        let bits = u64::from(grid.chunk_width).saturating_mul(samples).saturating_mul(u64::from(self.bits[0]));
        let rows = (0..grid.down()).flat_map(|row| std::iter::repeat_n(self.chunk_rows(row), grid.across() as usize));
        let plane: Vec<u64> = rows.map(|rows| bits.div_ceil(8).saturating_mul(u64::from(rows))).collect();
        plane.repeat(usize::from(grid.planes))
    }

    /// Rows of the tiles or strips of a row of them: the last strip ends with the image, tiles are all alike.
    pub(super) fn chunk_rows(&self, row: u64) -> u32 {
        match self.layout {
            ChunkLayout::Tiles { height, .. } => height,
            ChunkLayout::Strips { rows } => {
                u64::from(self.height).saturating_sub(row.saturating_mul(rows.into())).min(rows.into()) as u32
            }
        }
    }

    /// Reads the values of a tag, whatever they mean, from the file that the directory was read from. `None` without the
    /// tag.
    ///
    /// # Errors
    /// More bytes than `limits` allow, values beyond the end of the file.
    pub fn verbatim(&self, tag: u16, source: impl ByteSource, limits: &Limits) -> Result<Option<VerbatimTag>> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let mut bytes = match &entry.bytes {
            Some(bytes) => bytes.clone(),
            None => Source::new(&source, &self.path, limits.value_bytes)?.read_at(
                entry.offset,
                entry.count,
                entry.kind.bytes(),
                &format!("the value of tag {tag}"),
            )?,
        };
        if entry.order == ByteOrder::Big {
            bytes.chunks_exact_mut(entry.kind.number_bytes() as usize).for_each(<[u8]>::reverse);
        }
        Ok(Some(VerbatimTag { tag, kind: entry.kind, bytes }))
    }

    fn read_table(&self, source: &mut Source<'_>, tag: u16, count: u64) -> Result<Vec<u64>> {
        let entry = self.entry(tag).ok_or_else(|| self.malformed(tag, "is missing"))?;
        if entry.count < count {
            return Err(
                self.malformed(tag, &format!("has {} values, the image has {count} tiles or strips", entry.count))
            );
        }
        let not_integers = || self.malformed(tag, "does not hold unsigned integers");
        if entry.bytes.is_some() {
            return Ok(entry.unsigned().ok_or_else(not_integers)?.take(count as usize).collect());
        }
        let bytes = source.read_at(entry.offset, count, entry.kind.bytes(), &format!("the value of tag {tag}"))?;
        let (tag, kind, order, offset) = (entry.tag, entry.kind, entry.order, entry.offset);
        let read = Entry { tag, kind, count, order, offset, bytes: Some(bytes) };
        Ok(read.unsigned().ok_or_else(not_integers)?.collect())
    }

    fn subfile_type(&self) -> u64 {
        self.number(tag::NEW_SUBFILE_TYPE).ok().flatten().unwrap_or(0)
    }

    /// First value of a tag that holds unsigned integers.
    pub(super) fn number(&self, tag: u16) -> Result<Option<u64>> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let first = entry.unsigned().and_then(|mut values| values.next());
        first.map(Some).ok_or_else(|| self.malformed(tag, "does not hold an unsigned integer"))
    }

    pub(super) fn code(&self, tag: u16, default: u16) -> Result<u16> {
        let value = self.number(tag)?.unwrap_or(u64::from(default));
        u16::try_from(value).map_err(|_| self.malformed(tag, &format!("is {value}, more than 65535")))
    }

    fn size(&self, tag: u16, default: Option<u32>) -> Result<u32> {
        match self.number(tag)?.or(default.map(u64::from)) {
            None => Err(self.malformed(tag, "is missing")),
            Some(0) => Err(self.malformed(tag, "is 0")),
            Some(value) => {
                u32::try_from(value).map_err(|_| self.malformed(tag, &format!("is {value}, more than 32 bits")))
            }
        }
    }

    /// Values for each sample; 1 if the tag is missing. Some writers give one value for all samples.
    fn per_sample(&self, tag: u16) -> Result<Vec<u16>> {
        let Some(entry) = self.entry(tag) else { return Ok(vec![1]) };
        let samples = usize::from(self.samples);
        let values = entry.unsigned().into_iter().flatten().take(samples).map(u16::try_from);
        match values.collect::<std::result::Result<Vec<u16>, _>>() {
            Ok(values) if values.len() == samples || values.len() == 1 => Ok(values),
            _ => Err(self.malformed(tag, &format!("does not hold {samples} numbers of 16 bits"))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn unsupported(&self, what: impl Into<String>) -> GeoTiffError {
        GeoTiffError::Unsupported { path: self.path.clone(), directory: self.index, what: what.into() }
    }

    pub(super) fn malformed(&self, tag: u16, reason: &str) -> GeoTiffError {
        let offset = self.entry(tag).map_or(self.raw.offset, |entry| entry.offset);
        GeoTiffError::malformed(&self.path, offset, format!("tag {tag} {reason}"))
    }
}
