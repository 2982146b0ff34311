//! Bytes on disk until they are wanted in another order.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::replacement::create_beside;
use crate::{GeoTiffError, Result};

const BUFFER_BYTES: usize = 1 << 20;

/// A file without a name beside a target: nothing is left of it when it is closed, however the process ends.
pub struct Spool {
    file: BufWriter<File>,
    position: u64,
    target: PathBuf,
}

impl Spool {
    /// Makes one in the target's folder.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn create(target: &Path) -> Result<Self> {
        let (path, file) = create_beside(target)?;
        let unnamed = fs::remove_file(&path);
        unnamed.map_err(|error| GeoTiffError::io(&path, "make a temporary file of", error))?;
        Ok(Self { file: BufWriter::with_capacity(BUFFER_BYTES, file), position: 0, target: target.to_owned() })
    }

    /// Adds bytes, and returns where they are.
    ///
    /// # Errors
    /// A full disk.
    pub fn append(&mut self, bytes: &[u8]) -> Result<u64> {
        let at = self.position;
        let end = at + bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| GeoTiffError::write(&self.target, end, error))?;
        self.position = end;
        Ok(at)
    }

    /// Ends writing.
    ///
    /// # Errors
    /// A full disk.
    pub fn into_reader(self) -> Result<SpoolReader> {
        let Self { file, position, target } = self;
        let mut file = file.into_inner().map_err(|e| GeoTiffError::write(&target, position, e.into_error()))?;
        file.seek(SeekFrom::Start(0))
            .map_err(|error| GeoTiffError::io(&target, "read back temporary data of", error))?;
        Ok(SpoolReader { file: BufReader::with_capacity(BUFFER_BYTES, file), position: 0, target })
    }
}

/// Reads bytes back; fast where they are wanted in the order in which they were added.
pub struct SpoolReader {
    file: BufReader<File>,
    position: u64,
    target: PathBuf,
}

impl SpoolReader {
    /// Fills `bytes` with those from an offset on.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn read(&mut self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let distance = offset as i64 - self.position as i64;
        let read = self.file.seek_relative(distance).and_then(|()| self.file.read_exact(bytes));
        read.map_err(|error| GeoTiffError::io(&self.target, "read back temporary data of", error))?;
        self.position = offset + bytes.len() as u64;
        Ok(())
    }
}
