//! Reads at a position that check sizes before they take memory.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::{GeoTiffError, Result};

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
pub(super) struct Source<'a, R> {
    reader: R,
    length: u64,
    budget: u64,
    spent: u64,
    pub name: &'a Path,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub fn new(mut reader: R, name: &'a Path, budget: u64) -> Result<Self> {
        let length = reader.seek(SeekFrom::End(0)).map_err(|e| GeoTiffError::io(name, "read", e))?;
        Ok(Self { reader, length, budget, spent: 0, name })
    }

    /// Reads `count` items of `size` bytes at `offset`.
    pub fn read_at(&mut self, offset: u64, count: u64, size: u64, what: &str) -> Result<Vec<u8>> {
        let wanted = count.saturating_mul(size);
        if offset.checked_add(wanted).is_none_or(|end| end > self.length) {
            let reason = format!("{what} of {wanted} bytes reaches beyond the end of the file at {}", self.length);
            return Err(self.malformed(offset, reason));
        }
        self.spend(offset, wanted, what)?;
        let failed = |error| GeoTiffError::io(self.name, "read", error);
        let mut bytes = vec![0; wanted as usize];
        self.reader.seek(SeekFrom::Start(offset)).map_err(failed)?;
        self.reader.read_exact(&mut bytes).map_err(failed)?;
        Ok(bytes)
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
