use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::Range;

use crate::VectorError;
use crate::error::FileName;
use crate::geometry::{GeometryBuffer, Kind, Part};

const HEADER: u64 = 100;

/// The records of a `.shp`, one after the other.
pub(super) struct Shapes {
    input: BufReader<File>,
    at: u64,
    /// Where the records end by the header, and where the file does.
    stated_end: u64,
    end: u64,
    content: Vec<u8>,
}

pub(super) enum Record {
    Shape(Part),
    Null,
    Malformed(String),
}

impl Shapes {
    pub(super) fn open(file: &FileName) -> Result<Self, VectorError> {
        let mut input = BufReader::with_capacity(1 << 20, File::open(&file.0).map_err(|e| file.io(e))?);
        let end = input.get_ref().metadata().map_err(|e| file.io(e))?.len();
        let mut header = [0; HEADER as usize];
        if end < HEADER {
            return Err(file.corrupt(None, end, "the file ends within its header of 100 bytes"));
        }
        input.read_exact(&mut header).map_err(|e| file.io(e))?;
        let stated_end = 2 * u64::from(be_u32(&header, 24));
        Ok(Shapes { input, at: HEADER, stated_end, end, content: Vec::new() })
    }

    /// Decodes the next record into `buffer`, `None` at the end.
    pub(super) fn next_record(
        &mut self,
        file: &FileName,
        index: u64,
        buffer: &mut GeometryBuffer,
    ) -> Result<Option<Record>, VectorError> {
        if self.at >= self.stated_end {
            return Ok(None);
        }
        let truncated = |length: u64| {
            let reason =
                format!("a record of {length} bytes starts here, but the file ends at byte {} (truncated?)", self.end);
            file.corrupt(index, self.at, reason)
        };
        if self.end.saturating_sub(self.at) < 8 {
            return Err(truncated(8));
        }
        let mut head = [0; 8];
        self.input.read_exact(&mut head).map_err(|e| file.io(e))?;
        let length = 2 * u64::from(be_u32(&head, 4));
        if length > self.end - self.at - 8 {
            return Err(truncated(length + 8));
        }
        self.content.resize(length as usize, 0);
        self.input.read_exact(&mut self.content).map_err(|e| file.io(e))?;
        self.at += 8 + length;
        buffer.clear();
        Ok(Some(match decode(&self.content, buffer) {
            Ok(Some(part)) => Record::Shape(part),
            Ok(None) => Record::Null,
            Err(reason) => Record::Malformed(reason),
        }))
    }
}

/// The four bytes at `at`; callers have checked that they exist.
fn four(bytes: &[u8], at: usize) -> [u8; 4] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
}

fn be_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(four(bytes, at))
}

fn le_len(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(four(bytes, at)) as usize
}

/// Decodes a record's content; M values, behind all others, are not read.
fn decode(content: &[u8], buffer: &mut GeometryBuffer) -> Result<Option<Part>, String> {
    /// Shape type, and the bounding box of all but points.
    const BOXED: usize = 4 + 32;
    let short = || format!("a record of {} bytes is too short for its shape", content.len());
    if content.len() < 4 {
        return Err(short());
    }
    let shape_type = le_len(content, 0);
    let (kind, start, end) = match shape_type {
        0 => return Ok(None),
        1 | 11 | 21 => {
            buffer.push_le_positions(content.get(4..20).ok_or_else(short)?);
            (Kind::Point, 0, 1)
        }
        8 | 18 | 28 => {
            let count = positions(content, BOXED, BOXED + 4, buffer).ok_or_else(short)?;
            (Kind::MultiPoint, 0, count)
        }
        3 | 13 | 23 => {
            let rings = rings(content, BOXED, buffer)?;
            (Kind::MultiLineString, rings.start, rings.end)
        }
        // One polygon of all rings: even-odd filling needs neither shells nor orientation.
        5 | 15 | 25 => {
            let rings = rings(content, BOXED, buffer)?;
            (Kind::Polygon, rings.start, rings.end)
        }
        31 => return Err("MultiPatch shapes are not supported".into()),
        other => return Err(format!("unknown shape type {other}")),
    };
    if matches!(shape_type, 11 | 13 | 15 | 18) {
        let heights = z_values(content, shape_type, BOXED, buffer.positions()).ok_or_else(short)?;
        buffer.set_z(0, heights.iter().map(|z| f64::from_le_bytes(*z)));
    }
    Ok(Some(Part { kind, start, end }))
}

/// The Z of all positions, which follows the last of them: a point's at once, that of others behind its range.
fn z_values(content: &[u8], shape_type: usize, boxed: usize, count: usize) -> Option<&[[u8; 8]]> {
    const RANGE: usize = 16;
    let first = match shape_type {
        11 => 20,
        18 => boxed + 4 + 16 * count + RANGE,
        _ => boxed + 8 + 4 * le_len(content, boxed) + 16 * count + RANGE,
    };
    Some(content.get(first..first + 8 * count)?.as_chunks().0)
}

/// Appends the positions at `at`, whose number is at `count_at`; `None` if they are not all there.
fn positions(content: &[u8], count_at: usize, at: usize, buffer: &mut GeometryBuffer) -> Option<usize> {
    content.get(count_at..count_at + 4)?;
    let count = le_len(content, count_at);
    let end = count.checked_mul(16)?.checked_add(at)?;
    buffer.push_le_positions(content.get(at..end)?);
    Some(count)
}

/// Part count, position count, first position of each part, positions.
fn rings(content: &[u8], at: usize, buffer: &mut GeometryBuffer) -> Result<Range<usize>, String> {
    let short = || format!("a record of {} bytes is too short for its parts", content.len());
    content.get(at..at + 8).ok_or_else(short)?;
    let starts_at = at + 8;
    let starts_end =
        le_len(content, at).checked_mul(4).and_then(|size| size.checked_add(starts_at)).ok_or_else(short)?;
    let starts = content.get(starts_at..starts_end).ok_or_else(short)?;
    let count = positions(content, at + 4, starts_end, buffer).ok_or_else(short)?;
    let (starts, _) = starts.as_chunks::<4>();
    let starts = || starts.iter().map(|start| u32::from_le_bytes(*start) as usize);
    for (start, end) in starts().zip(starts().skip(1).chain([count])) {
        if start > end || end > count {
            return Err("part starts that do not ascend or exceed the positions".into());
        }
        buffer.push_ring(start..end);
    }
    Ok(0..buffer.rings())
}
