//! Little-endian classic TIFF files, laid out by hand: header, directory, long values, tiles or strips.

use std::path::Path;

use crate::host::HostDecoder;
use xr_geotiff::{ByteSource, Interleave, Limits, PixelWindow, Pixels, Reader, Result, WindowRequest, tag};

/// Values of an entry.
#[derive(Clone)]
pub enum Values {
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
    Doubles(Vec<f64>),
    Text(&'static str),
}

impl Values {
    /// Type, count, bytes.
    fn parts(&self) -> (u16, usize, Vec<u8>) {
        match self {
            Self::Shorts(v) => (3, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Longs(v) => (4, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Doubles(v) => (12, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Text(v) => (2, v.len() + 1, [v.as_bytes(), &[0]].concat()),
        }
    }
}

/// Entries of a one-band u8 image without compression, in strips of `rows`.
pub fn strips(width: u32, height: u32, rows: u32) -> Vec<(u16, Values)> {
    vec![
        (tag::IMAGE_WIDTH, Values::Longs(vec![width])),
        (tag::IMAGE_LENGTH, Values::Longs(vec![height])),
        (tag::BITS_PER_SAMPLE, Values::Shorts(vec![8])),
        (tag::COMPRESSION, Values::Shorts(vec![1])),
        (tag::ROWS_PER_STRIP, Values::Longs(vec![rows])),
    ]
}

/// Entries of a one-band u8 image without compression, in square tiles.
pub fn tiles(width: u32, height: u32, tile: u32) -> Vec<(u16, Values)> {
    let mut entries = strips(width, height, 1);
    entries.retain(|(tag, _)| *tag != tag::ROWS_PER_STRIP);
    entries.push((tag::TILE_WIDTH, Values::Longs(vec![tile])));
    entries.push((tag::TILE_LENGTH, Values::Longs(vec![tile])));
    entries
}

/// Sets entries, replacing those of the same tags.
pub fn with(mut entries: Vec<(u16, Values)>, others: &[(u16, Values)]) -> Vec<(u16, Values)> {
    entries.retain(|(tag, _)| others.iter().all(|(other, _)| tag != other));
    entries.extend(others.iter().cloned());
    entries
}

/// The file; offsets and byte counts are added unless given, both 0 for an empty chunk.
pub fn tiff(entries: Vec<(u16, Values)>, chunks: &[Vec<u8>]) -> Vec<u8> {
    let is_tiled = entries.iter().any(|(tag, _)| *tag == tag::TILE_WIDTH);
    let (offsets_tag, counts_tag) = match is_tiled {
        true => (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS),
        false => (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS),
    };
    let counts: Vec<u32> = chunks.iter().map(|chunk| chunk.len() as u32).collect();
    let mut head = Vec::new();
    // The head's length depends on nothing but the entries, so the second time offsets are right.
    for _ in 0..2 {
        let mut end = head.len() as u32;
        let place = |count: &u32| {
            end += count;
            if *count == 0 { 0 } else { end - count }
        };
        let offsets = counts.iter().map(place).collect();
        let tables = [(offsets_tag, Values::Longs(offsets)), (counts_tag, Values::Longs(counts.clone()))];
        let tables: Vec<_> =
            tables.into_iter().filter(|(tag, _)| entries.iter().all(|(other, _)| tag != other)).collect();
        head = lay_out(with(entries.clone(), &tables));
    }
    [head, chunks.concat()].concat()
}

fn lay_out(mut entries: Vec<(u16, Values)>) -> Vec<u8> {
    entries.sort_by_key(|(tag, _)| *tag);
    let mut directory = [&b"II\x2a\0\x08\0\0\0"[..], &(entries.len() as u16).to_le_bytes()].concat();
    let values_at = directory.len() + 12 * entries.len() + 4;
    let mut values = Vec::new();
    for (tag, entry) in &entries {
        let (kind, count, mut bytes) = entry.parts();
        directory.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        directory.extend((count as u32).to_le_bytes());
        if bytes.len() > 4 {
            directory.extend(((values_at + values.len()) as u32).to_le_bytes());
            values.append(&mut bytes);
        } else {
            bytes.resize(4, 0);
            directory.append(&mut bytes);
        }
    }
    directory.extend([0; 4]);
    [directory, values].concat()
}

/// Opens a source.
pub fn open(source: impl ByteSource + 'static) -> Result<Reader> {
    Reader::new(source, Path::new("test.tif"), &Limits::default())
}

/// All of an image, band after band, with a MiB of memory.
pub fn whole(reader: &Reader, image: usize) -> WindowRequest<'static> {
    let window = PixelWindow::of(reader.directory(image).unwrap());
    WindowRequest { image, window, bands: None, interleave: Interleave::Band, memory: 1 << 20 }
}

/// All of the first image.
pub fn read(file: Vec<u8>) -> Result<Pixels> {
    let reader = open(file)?;
    reader.read_window(&whole(&reader, 0), &mut HostDecoder::default())
}
