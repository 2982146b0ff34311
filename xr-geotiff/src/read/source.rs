//! Reads of tags at a position that check sizes before they take memory, and few requests for many small values.

use std::collections::VecDeque;
use std::path::Path;

use super::byte_source::ByteSource;
use crate::{GeoTiffError, Result};

/// Bytes that are read at least, since the next value is most likely near.
const BLOCK_BYTES: u64 = 32 << 10;
/// Blocks that are kept: heads of files, and directories at their ends.
const BLOCKS: usize = 8;

/// Byte order of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// The unsigned number in up to 8 bytes.
    pub fn unsigned(self, bytes: &[u8]) -> u64 {
        let append = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        match self {
            Self::Little => bytes.iter().rev().fold(0, append),
            Self::Big => bytes.iter().fold(0, append),
        }
    }
}

/// A file, with a budget of memory that reading it may take.
pub(super) struct Source<'a> {
    bytes: &'a dyn ByteSource,
    length: u64,
    budget: u64,
    spent: u64,
    /// Parts of the file with their positions, the latest last.
    blocks: VecDeque<(u64, Vec<u8>)>,
    pub name: &'a Path,
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a dyn ByteSource, name: &'a Path, budget: u64) -> Result<Self> {
        let length = bytes.size().map_err(|e| GeoTiffError::io(name, "read", e))?;
        Ok(Self { bytes, length, budget, spent: 0, blocks: VecDeque::new(), name })
    }

    /// Reads `count` items of `size` bytes at `offset`.
    pub fn read_at(&mut self, offset: u64, count: u64, size: u64, what: &str) -> Result<Vec<u8>> {
        let wanted = count.saturating_mul(size);
        let Some(end) = offset.checked_add(wanted).filter(|&end| end <= self.length) else {
            let reason = format!("{what} of {wanted} bytes reaches beyond the end of the file at {}", self.length);
            return Err(self.malformed(offset, reason));
        };
        self.spend(offset, wanted, what)?;
        if let Some(bytes) = self.at_hand(offset, wanted) {
            return Ok(bytes.to_vec());
        }
        if wanted >= BLOCK_BYTES {
            return self.fetch(offset, end);
        }
        // A directory's entries point forwards as a rule.
        let block = self.fetch(offset, (offset + BLOCK_BYTES).min(self.length))?;
        let bytes = block[..wanted as usize].to_vec();
        if self.blocks.len() == BLOCKS {
            self.blocks.pop_front();
        }
        self.blocks.push_back((offset, block));
        Ok(bytes)
    }

    /// The bytes if they came along with others.
    pub fn at_hand(&self, offset: u64, bytes: u64) -> Option<&[u8]> {
        let within = |(start, block): &'_ (u64, Vec<u8>)| {
            let start = usize::try_from(offset.checked_sub(*start)?).ok()?;
            let end = start.checked_add(usize::try_from(bytes).ok()?)?;
            (end <= block.len()).then_some(start..end)
        };
        self.blocks.iter().find_map(|block| Some(&block.1[within(block)?]))
    }

    fn fetch(&self, start: u64, end: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.bytes.read_ranges(std::slice::from_ref(&(start..end)), &mut bytes);
        read.map_err(|error| GeoTiffError::io(self.name, "read", error))?;
        if bytes.len() as u64 == end - start {
            Ok(bytes)
        } else {
            Err(GeoTiffError::io(self.name, "read", std::io::ErrorKind::UnexpectedEof.into()))
        }
    }

    /// Takes `bytes` of memory from the budget.
    pub fn spend(&mut self, offset: u64, bytes: u64, what: &str) -> Result<()> {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent > self.budget {
            let what = format!("the memory for tags up to {what}, in bytes,");
            return Err(self.limit(offset, what, self.spent, self.budget));
        }
        Ok(())
    }

    pub fn malformed(&self, offset: u64, reason: impl Into<String>) -> GeoTiffError {
        GeoTiffError::malformed(self.name, offset, reason)
    }

    pub fn limit(&self, offset: u64, what: impl Into<String>, value: u64, limit: u64) -> GeoTiffError {
        GeoTiffError::Limit { path: self.name.to_owned(), offset, what: what.into(), value, limit }
    }
}
