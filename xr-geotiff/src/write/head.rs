//! The bytes of a file before its first tile: header, directories with their values, and room for the tile arrays.

use super::directory::fields;
use super::field::Field;
use super::ghost::ghost_area;
use super::image::Image;
use super::metadata::Statistics;
use crate::{ImageSpec, Layout, Result, tag};

/// Head of a file, and where in it the tile arrays lie.
pub(super) struct Head {
    /// Everything up to the arrays (arrays of one or two values are inside).
    pub bytes: Vec<u8>,
    /// Positions of the arrays of each image.
    pub arrays: Vec<Arrays>,
    /// First position after the head.
    pub data_start: u64,
    /// Whether this is a BigTIFF.
    pub big: bool,
}

/// Where the tile arrays of an image are.
#[derive(Clone, Copy)]
pub(super) struct Arrays {
    /// Values of TileOffsets: 4 bytes a tile in classic TIFF, 8 in BigTIFF.
    pub offsets_at: u64,
    /// Values of TileByteCounts: 4 bytes a tile.
    pub byte_counts_at: u64,
}

/// What classic TIFF and BigTIFF do differently.
#[derive(Clone, Copy)]
struct Format {
    big: bool,
    header_bytes: u64,
    entry_bytes: u64,
    /// Bytes of an offset, and of a value inside an entry.
    word: u64,
    /// Bytes of the number of entries.
    count_bytes: u64,
    /// Alignment of values outside entries.
    alignment: u64,
}

const CLASSIC: Format = Format { big: false, header_bytes: 8, entry_bytes: 12, word: 4, count_bytes: 2, alignment: 2 };
const BIG: Format = Format { big: true, header_bytes: 16, entry_bytes: 20, word: 8, count_bytes: 8, alignment: 8 };

/// A directory with the positions of its parts.
struct Placed {
    fields: Vec<Field>,
    positions: Vec<u64>,
    at: u64,
}

impl Head {
    /// Lays the head out. Its size does not depend on the statistics.
    pub fn new(spec: &ImageSpec, images: &[Image], statistics: &[Option<Statistics>], big: bool) -> Result<Self> {
        let format = if big { BIG } else { CLASSIC };
        let ghost = if spec.layout == Layout::Cog { ghost_area(spec) } else { String::new() };
        let mut end = format.header_bytes + ghost.len() as u64;
        let mut directories = Vec::new();
        for image in images {
            // A directory starts at an even position.
            directories.push(place(fields(spec, image, statistics, big)?, end.next_multiple_of(2), format, &mut end));
        }
        let mut arrays = Vec::new();
        for directory in &mut directories {
            arrays.push(place_arrays(directory, format, &mut end));
        }

        let mut bytes = header(format, &directories);
        bytes.extend(ghost.as_bytes());
        for (i, directory) in directories.iter().enumerate() {
            let next = directories.get(i + 1).map_or(0, |next| next.at);
            append(&mut bytes, directory, next, format);
        }
        Ok(Self { bytes, arrays, data_start: end, big })
    }
}

impl Format {
    /// Position of the value inside entry `i` of a directory.
    fn inline_at(self, directory: u64, i: usize) -> u64 {
        directory + self.count_bytes + self.entry_bytes * (i as u64 + 1) - self.word
    }

    fn is_inline(self, field: &Field) -> bool {
        field.bytes() <= self.word
    }
}

/// Places a directory and the values that are known; `end` moves behind them.
fn place(fields: Vec<Field>, at: u64, format: Format, end: &mut u64) -> Placed {
    *end = at + format.count_bytes + format.entry_bytes * fields.len() as u64 + format.word;
    let mut positions = Vec::new();
    for (i, field) in fields.iter().enumerate() {
        if format.is_inline(field) {
            positions.push(format.inline_at(at, i));
        } else if field.value.is_some() {
            let position = end.next_multiple_of(format.alignment);
            *end = position + field.bytes();
            positions.push(position);
        } else {
            positions.push(0);
        }
    }
    Placed { fields, positions, at }
}

/// Places the values that are not known yet.
fn place_arrays(directory: &mut Placed, format: Format, end: &mut u64) -> Arrays {
    for (field, position) in directory.fields.iter().zip(&mut directory.positions) {
        if field.value.is_none() && !format.is_inline(field) {
            *position = end.next_multiple_of(format.alignment);
            *end = *position + field.bytes();
        }
    }
    let at = |tag: u16| {
        let mut found = directory.fields.iter().zip(&directory.positions).filter(|(field, _)| field.tag == tag);
        found.next().map_or(0, |(_, &position)| position)
    };
    Arrays { offsets_at: at(tag::TILE_OFFSETS), byte_counts_at: at(tag::TILE_BYTE_COUNTS) }
}

fn header(format: Format, directories: &[Placed]) -> Vec<u8> {
    let first = directories.first().map_or(0, |directory| directory.at).to_le_bytes();
    if format.big { [&b"II\x2b\0\x08\0\0\0"[..], &first].concat() } else { [&b"II\x2a\0"[..], &first[..4]].concat() }
}

fn append(bytes: &mut Vec<u8>, directory: &Placed, next: u64, format: Format) {
    let word = format.word as usize;
    bytes.resize(directory.at as usize, 0);
    bytes.extend(&(directory.fields.len() as u64).to_le_bytes()[..format.count_bytes as usize]);
    for (field, position) in directory.fields.iter().zip(&directory.positions) {
        bytes.extend(field.tag.to_le_bytes());
        bytes.extend(field.kind.code().to_le_bytes());
        bytes.extend(&field.count.to_le_bytes()[..word]);
        let inline = format.is_inline(field);
        let mut slot = if inline { field.value.clone().unwrap_or_default() } else { position.to_le_bytes().to_vec() };
        slot.resize(word, 0);
        bytes.extend(slot);
    }
    bytes.extend(&next.to_le_bytes()[..word]);
    for (field, &position) in directory.fields.iter().zip(&directory.positions) {
        if let Some(value) = &field.value
            && !format.is_inline(field)
        {
            bytes.resize(position as usize, 0);
            bytes.extend(value);
        }
    }
}
