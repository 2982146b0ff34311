//! Header and bounded reads.

use std::io::Result;
use std::ops::Range;

use super::Findings;
use crate::ByteSource;
use crate::read::coalesce;

/// A file whose header makes sense.
pub(super) struct Source<S> {
    bytes: S,
    pub length: u64,
    pub big: bool,
    little_endian: bool,
    pub first_directory: u64,
}

impl<S: ByteSource> Source<S> {
    /// Reads the header; `None` if nothing after it can be read.
    pub fn open(bytes: S, findings: &mut Findings) -> Result<Option<Self>> {
        let length = bytes.size()?;
        let mut source = Self { bytes, length, big: false, little_endian: true, first_directory: 0 };
        let Some(header) = source.read(0, 8)? else {
            findings.error(0, format!("the file has {length} bytes, a TIFF header alone has 8"));
            return Ok(None);
        };
        source.little_endian = match &header[..2] {
            b"II" => true,
            b"MM" => false,
            _ => {
                findings.error(0, "the file starts with neither \"II\" nor \"MM\": it is no TIFF");
                return Ok(None);
            }
        };
        match source.number(&header[2..4]) {
            42 => source.first_directory = source.number(&header[4..8]),
            43 => {
                source.big = true;
                let (offset_bytes, zero) = (source.number(&header[4..6]), source.number(&header[6..8]));
                let first = source.read(8, 8)?;
                let (8, 0, Some(first)) = (offset_bytes, zero, first) else {
                    findings.error(4, "the BigTIFF header does not announce offsets of 8 bytes, or ends early");
                    return Ok(None);
                };
                source.first_directory = source.number(&first);
            }
            version => {
                findings.error(2, format!("version {version} is neither TIFF (42) nor BigTIFF (43)"));
                return Ok(None);
            }
        }
        Ok(Some(source))
    }

    /// Reads `bytes` at `offset`; `None` beyond the end of the file.
    pub fn read(&self, offset: u64, bytes: u64) -> Result<Option<Vec<u8>>> {
        if !self.holds(offset, bytes) {
            return Ok(None);
        }
        let mut read = Vec::new();
        self.bytes.read_ranges(std::slice::from_ref(&(offset..offset + bytes)), &mut read)?;
        Ok(Some(read))
    }

    /// Reads many small parts in few requests, those that lie within the file.
    pub fn read_parts(&self, mut parts: Vec<Range<u64>>) -> Result<Parts> {
        parts.retain(|part| part.end <= self.length);
        parts.sort_unstable_by_key(|part| part.start);
        let spans = coalesce(parts, self.bytes.worthwhile_gap());
        let mut bytes = Vec::new();
        self.bytes.read_ranges(&spans, &mut bytes)?;
        let mut read = 0;
        let place = |span: Range<u64>| {
            let at = read;
            read += (span.end - span.start) as usize;
            (span, at)
        };
        Ok(Parts { spans: spans.into_iter().map(place).collect(), bytes })
    }
}

/// Parts of a file.
pub(super) struct Parts {
    /// In ascending order, each with its place in `bytes`.
    spans: Vec<(Range<u64>, usize)>,
    bytes: Vec<u8>,
}

impl Parts {
    /// A part, if it was read.
    pub fn get(&self, part: Range<u64>) -> Option<&[u8]> {
        let (span, at) = self.spans.get(self.spans.partition_point(|(span, _)| span.end < part.end))?;
        let start = at + usize::try_from(part.start.checked_sub(span.start)?).ok()?;
        self.bytes.get(start..start + (part.end - part.start) as usize)
    }
}

impl<S> Source<S> {
    pub fn holds(&self, offset: u64, bytes: u64) -> bool {
        offset.checked_add(bytes).is_some_and(|end| end <= self.length)
    }

    /// The unsigned number in up to 8 bytes.
    pub fn number(&self, bytes: &[u8]) -> u64 {
        let append = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        if self.little_endian { bytes.iter().rev().fold(0, append) } else { bytes.iter().fold(0, append) }
    }

    pub fn header_bytes(&self) -> u64 {
        if self.big { 16 } else { 8 }
    }

    /// Bytes of an offset, and of a value inside an entry.
    pub fn word(&self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    pub fn is_little_endian(&self) -> bool {
        self.little_endian
    }
}
