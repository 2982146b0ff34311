//! Header and chain of directories of classic TIFF (TIFF 6.0 section 2) and BigTIFF.

use std::collections::{BTreeMap, HashSet};

use super::Limits;
use super::entry::Entry;
use super::source::{ByteOrder, Source};
use crate::field::FieldType;
use crate::{Result, tag};

/// Values that are read with their directory. All others stay in the file: tables of tiles, and whatever private
/// data other programs keep there.
const READ_AT_ONCE: [u16; 28] = [
    tag::NEW_SUBFILE_TYPE,
    tag::IMAGE_WIDTH,
    tag::IMAGE_LENGTH,
    tag::BITS_PER_SAMPLE,
    tag::COMPRESSION,
    tag::PHOTOMETRIC_INTERPRETATION,
    tag::FILL_ORDER,
    tag::IMAGE_DESCRIPTION,
    tag::SAMPLES_PER_PIXEL,
    tag::ROWS_PER_STRIP,
    tag::PLANAR_CONFIGURATION,
    tag::SOFTWARE,
    tag::PREDICTOR,
    tag::COLOR_MAP,
    tag::TILE_WIDTH,
    tag::TILE_LENGTH,
    tag::SUB_IFDS,
    tag::EXTRA_SAMPLES,
    tag::SAMPLE_FORMAT,
    tag::YCBCR_SUBSAMPLING,
    tag::MODEL_PIXEL_SCALE,
    tag::MODEL_TIEPOINT,
    tag::MODEL_TRANSFORMATION,
    tag::GEO_KEY_DIRECTORY,
    tag::GEO_DOUBLE_PARAMS,
    tag::GEO_ASCII_PARAMS,
    tag::GDAL_METADATA,
    tag::GDAL_NODATA,
];

/// Tables that are kept if they came along with their directory, which saves a request before the first window.
const TABLES: [u16; 4] = [tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS, tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS];

/// A directory before its tags are understood.
#[derive(Debug, Clone)]
pub(super) struct RawDirectory {
    pub offset: u64,
    /// Directory that this one hangs below (tag SubIFDs), and how many are above it.
    pub parent: Option<usize>,
    pub depth: usize,
    pub big: bool,
    pub order: ByteOrder,
    pub entries: BTreeMap<u16, Entry>,
}

/// What classic TIFF and BigTIFF do differently.
#[derive(Clone, Copy)]
struct Format {
    order: ByteOrder,
    big: bool,
}

impl Format {
    /// Bytes of an offset, and of an entry's count and value.
    fn word(self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    fn entry_count_bytes(self) -> u64 {
        if self.big { 8 } else { 2 }
    }

    fn entry_bytes(self) -> u64 {
        if self.big { 20 } else { 12 }
    }
}

/// Reads the chain of directories, then those that hang below them.
pub(super) fn read(source: &mut Source<'_>, limits: &Limits) -> Result<Vec<RawDirectory>> {
    let (format, mut offset) = read_header(source)?;
    let mut walk = Walk { format, limits, seen: HashSet::new(), directories: Vec::new() };
    while offset != 0 {
        offset = walk.visit(source, offset, None)?;
    }
    if walk.directories.is_empty() {
        return Err(source.malformed(0, "the file has no directory"));
    }
    let mut parent = 0;
    while let Some(directory) = walk.directories.get(parent) {
        let below: Vec<u64> =
            directory.entries.get(&tag::SUB_IFDS).and_then(Entry::unsigned).into_iter().flatten().collect();
        for offset in below {
            walk.visit(source, offset, Some(parent))?;
        }
        parent += 1;
    }
    Ok(walk.directories)
}

struct Walk<'a> {
    format: Format,
    limits: &'a Limits,
    seen: HashSet<u64>,
    directories: Vec<RawDirectory>,
}

impl Walk<'_> {
    /// Reads the directory at `offset` and returns the position of the next one, 0 for none.
    fn visit(&mut self, source: &mut Source<'_>, offset: u64, parent: Option<usize>) -> Result<u64> {
        if !self.seen.insert(offset) {
            return Err(source.malformed(offset, "the chain of directories comes back to this one"));
        }
        let check = |what: &str, value: usize, limit: usize| match value > limit {
            true => Err(source.limit(offset, what, value as u64, limit as u64)),
            false => Ok(()),
        };
        check("the number of directories", self.directories.len() + 1, self.limits.directories)?;
        let depth = parent.and_then(|parent| self.directories.get(parent)).map_or(0, |above| above.depth + 1);
        check("the nesting of directories", depth, self.limits.nesting)?;
        let (entries, next) = read_directory(source, self.format, offset, self.limits)?;
        let Format { order, big } = self.format;
        self.directories.push(RawDirectory { offset, parent, depth, big, order, entries });
        Ok(next)
    }
}

fn read_header(source: &mut Source<'_>) -> Result<(Format, u64)> {
    let head = source.read_at(0, 8, 1, "the TIFF header")?;
    let order = match &head[..2] {
        b"II" => ByteOrder::Little,
        b"MM" => ByteOrder::Big,
        _ => return Err(source.malformed(0, "the file starts with neither \"II\" nor \"MM\"")),
    };
    match order.unsigned(&head[2..4]) {
        42 => Ok((Format { order, big: false }, order.unsigned(&head[4..8]))),
        43 if order.unsigned(&head[4..8]) == if order == ByteOrder::Little { 8 } else { 8 << 16 } => {
            let first = source.read_at(8, 8, 1, "the BigTIFF header")?;
            Ok((Format { order, big: true }, order.unsigned(&first)))
        }
        43 => Err(source.malformed(4, "a BigTIFF with other than 8-byte offsets")),
        version => Err(source.malformed(2, format!("version {version} is neither TIFF (42) nor BigTIFF (43)"))),
    }
}

fn read_directory(
    source: &mut Source<'_>,
    format: Format,
    offset: u64,
    limits: &Limits,
) -> Result<(BTreeMap<u16, Entry>, u64)> {
    let count = source.read_at(offset, format.entry_count_bytes(), 1, "the size of a directory")?;
    let count = format.order.unsigned(&count);
    if count > limits.entries {
        return Err(source.limit(offset, "the number of entries of a directory", count, limits.entries));
    }
    source.spend(offset, count.saturating_mul(size_of::<Entry>() as u64), "the entries of a directory")?;
    // The first read proved that this position exists.
    let start = offset + format.entry_count_bytes();
    let block = source.read_at(start, count * format.entry_bytes() + format.word(), 1, "a directory")?;
    let (entries, next) = block.split_at((count * format.entry_bytes()) as usize);
    let mut directory = BTreeMap::new();
    for (i, bytes) in entries.chunks_exact(format.entry_bytes() as usize).enumerate() {
        let position = start + i as u64 * format.entry_bytes();
        if let Some(entry) = read_entry(source, format, position, bytes)? {
            // The first of two entries with one tag counts, as in libtiff.
            directory.entry(entry.tag).or_insert(entry);
        }
    }
    Ok((directory, format.order.unsigned(next)))
}

/// Reads an entry, `None` for a field type that the specification leaves open (to be skipped, TIFF 6.0 section 2).
fn read_entry(source: &mut Source<'_>, format: Format, position: u64, bytes: &[u8]) -> Result<Option<Entry>> {
    let (order, word) = (format.order, format.word() as usize);
    let tag = order.unsigned(&bytes[..2]) as u16;
    let Some(kind) = FieldType::from_code(order.unsigned(&bytes[2..4]) as u16) else {
        return Ok(None);
    };
    let count = order.unsigned(&bytes[4..4 + word]);
    let slot = &bytes[4 + word..];
    let size = count.saturating_mul(kind.bytes());
    let inline = size <= format.word();
    let offset = if inline { position + 4 + format.word() } else { order.unsigned(slot) };
    let bytes = match (inline, READ_AT_ONCE.contains(&tag)) {
        (true, _) => Some(slot[..size as usize].to_vec()),
        (false, true) => Some(source.read_at(offset, count, kind.bytes(), &format!("the value of tag {tag}"))?),
        (false, false) if TABLES.contains(&tag) && source.at_hand(offset, size).is_some() => {
            Some(source.read_at(offset, count, kind.bytes(), "a table of tiles")?)
        }
        (false, false) => None,
    };
    Ok(Some(Entry { tag, kind, count, order, offset, bytes }))
}
