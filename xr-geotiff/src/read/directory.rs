//! What the tags of a directory say about its image.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use super::Limits;
use super::chain::RawDirectory;
use super::entry::Entry;
use super::source::Source;
use crate::chunks::ChunkGrid;
use crate::{GeoTiffError, Predictor, Result, SampleType, compression_name, tag};

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
    pub(super) fn new(raw: RawDirectory, path: &Path) -> Result<Self> {
        let mut directory = Self {
            raw,
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

    /// Type of the samples; `None` if bands differ, or for types such as 1-bit or 16-bit floating point.
    pub fn sample_type(&self) -> Option<SampleType> {
        let same = |values: &[u16]| values.iter().all(|value| *value == values[0]);
        if !same(&self.bits) || !same(&self.sample_formats) {
            return None;
        }
        // Format 4 is "undefined", which readers take as unsigned.
        let format = if self.sample_formats[0] == 4 { 1 } else { self.sample_formats[0] };
        SampleType::from_tags(self.bits[0], format)
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
    pub fn chunk_table<R: Read + Seek>(&self, reader: R, limits: &Limits) -> Result<ChunkTable> {
        let mut source = Source::new(reader, &self.path, u64::MAX)?;
        let (offsets, byte_counts) = match self.layout {
            ChunkLayout::Strips { .. } => (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS),
            ChunkLayout::Tiles { .. } => (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS),
        };
        let count = self.chunk_grid().count().unwrap_or(u64::MAX);
        if count > limits.chunks {
            return Err(source.limit(self.raw.offset, "the number of tiles or strips", count, limits.chunks));
        }
        let mut read = |tag| self.read_table(&mut source, tag, count);
        Ok(ChunkTable { offsets: read(offsets)?, byte_counts: read(byte_counts)? })
    }

    fn read_table<R: Read + Seek>(&self, source: &mut Source<'_, R>, tag: u16, count: u64) -> Result<Vec<u64>> {
        let entry = self.entry(tag).ok_or_else(|| self.malformed(tag, "is missing"))?;
        if entry.count < count {
            return Err(
                self.malformed(tag, &format!("has {} values, the image has {count} tiles or strips", entry.count))
            );
        }
        let bytes = source.read_at(entry.offset, count, entry.kind.bytes(), &format!("the value of tag {tag}"))?;
        let read = Entry { bytes: Some(bytes), ..entry.clone() };
        let values = read.unsigned().ok_or_else(|| self.malformed(tag, "does not hold unsigned integers"))?;
        Ok(values.collect())
    }

    fn subfile_type(&self) -> u64 {
        self.number(tag::NEW_SUBFILE_TYPE).ok().flatten().unwrap_or(0)
    }

    /// First value of a tag that holds unsigned integers.
    fn number(&self, tag: u16) -> Result<Option<u64>> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let first = entry.unsigned().and_then(|mut values| values.next());
        first.map(Some).ok_or_else(|| self.malformed(tag, "does not hold an unsigned integer"))
    }

    fn code(&self, tag: u16, default: u16) -> Result<u16> {
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

    pub(super) fn malformed(&self, tag: u16, reason: &str) -> GeoTiffError {
        let offset = self.entry(tag).map_or(self.raw.offset, |entry| entry.offset);
        GeoTiffError::malformed(&self.path, offset, format!("tag {tag} {reason}"))
    }
}
