//! Host memory that plays both device memory and page-locked blocks.

use crate::Cpu;
use std::{
    ops::Deref,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use xr_core::{DeviceBuffer, Error, HostBuffer, Result, SharedTable, Staged, Transfer};

/// "Device" memory. Kernels borrow it; 64-bit words keep every pixel type aligned.
pub struct Memory {
    words: RwLock<Vec<u64>>,
    /// A table of the host in place of words: it is read only.
    table: Option<SharedTable>,
}

impl Memory {
    pub(crate) fn new(bytes: usize) -> Result<Self> {
        zeroed(bytes).map(|words| Self { words: RwLock::new(words), table: None })
    }

    pub(crate) fn of(table: SharedTable) -> Self {
        Self { words: RwLock::default(), table: Some(table) }
    }

    pub(crate) fn read(&self) -> Reading<'_> {
        match &self.table {
            Some(table) => Reading::Table((**table).as_ref()),
            None => Reading::Words(self.words.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Vec<u64>> {
        self.words.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the memory into the block when the whole of both is meant, instead of copying it.
    pub(crate) fn swap(&self, block: &mut Block) -> bool {
        let mut words = self.write();
        let same = words.len() == block.0.len();
        if same {
            std::mem::swap(&mut *words, &mut block.0);
        }
        same
    }
}

impl DeviceBuffer for Memory {
    fn size(&self) -> usize {
        self.read().len()
    }
}

/// Memory that is being read, as bytes.
pub(crate) enum Reading<'a> {
    Words(RwLockReadGuard<'a, Vec<u64>>),
    Table(&'a [u8]),
}

impl Deref for Reading<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Words(words) => bytemuck::cast_slice(words),
            Self::Table(bytes) => bytes,
        }
    }
}

/// A host block, and a finished transfer of it.
pub struct Block(pub(crate) Vec<u64>);

impl Block {
    pub(crate) fn new(bytes: usize) -> Result<Self> {
        zeroed(bytes).map(Self)
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

impl AsMut<[u8]> for Block {
    fn as_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.0)
    }
}

impl HostBuffer for Block {}

impl Transfer for Block {
    type Host = Self;

    fn is_done(&self) -> bool {
        true
    }

    fn wait(self) -> Result<Self> {
        Ok(self)
    }
}

/// Zeroed memory straight from the allocator, so that pages nobody writes are never touched.
fn zeroed(bytes: usize) -> Result<Vec<u64>> {
    let words = bytes.div_ceil(size_of::<u64>());
    bytemuck::allocation::try_zeroed_vec(words).map_err(|()| Error::OutOfMemory { backend: "cpu", asked: bytes })
}

/// The staged elements at the front of their memory.
pub(crate) fn prefix<'a, T: bytemuck::Pod>(bytes: &'a [u8], staged: &Staged<Cpu, T>) -> Result<&'a [T]> {
    let elements = bytes.get(..staged.len() * size_of::<T>()).map(bytemuck::try_cast_slice);
    elements.and_then(std::result::Result::ok).ok_or(Error::Misuse { what: "staged memory holds its elements" })
}
