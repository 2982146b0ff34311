//! Host memory that plays both device memory and page-locked blocks.

use crate::Cpu;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use xr_core::{DeviceBuffer, Error, HostBuffer, Result, Staged, Transfer};

/// "Device" memory. Kernels borrow it; 64-bit words keep every pixel type aligned.
pub struct Memory(RwLock<Vec<u64>>);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Result<Self> {
        zeroed(bytes).map(|words| Self(RwLock::new(words)))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Vec<u64>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Vec<u64>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
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
        self.read().len() * size_of::<u64>()
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
pub(crate) fn prefix<'a, T: bytemuck::Pod>(words: &'a [u64], staged: &Staged<Cpu, T>) -> Result<&'a [T]> {
    let bytes: &[u8] = bytemuck::cast_slice(words);
    let elements = bytes.get(..staged.len() * size_of::<T>()).map(bytemuck::try_cast_slice);
    elements.and_then(std::result::Result::ok).ok_or(Error::Misuse { what: "staged memory holds its elements" })
}
