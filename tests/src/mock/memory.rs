//! Device memory that notices wrong use.

use super::words::Words;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use xr_core::{DeviceBuffer, Error, HostBuffer, Meter, Result, Span, Staged};

/// What undefined memory holds.
pub(super) const POISON: u8 = 0xcd;
/// What a host block holds before its transfer is done.
pub(super) const GARBAGE: u8 = 0xa5;

/// All allocations of a device.
#[derive(Default)]
pub(super) struct Heap {
    allocations: Mutex<Allocations>,
    next: AtomicU64,
    broken: Mutex<Option<String>>,
    pub(super) meter: Meter,
}

/// Memory by handle. `None` from its methods: no such memory, or no such bytes in it.
#[derive(Default)]
pub(super) struct Allocations(HashMap<u64, Words>);

impl Allocations {
    /// Bytes of a span.
    pub(super) fn span(&self, id: u64, span: Span) -> Option<&[u8]> {
        self.0.get(&id)?.get(span.range())
    }

    /// Bytes of a span, to write.
    pub(super) fn span_mut(&mut self, id: u64, span: Span) -> Option<&mut [u8]> {
        self.0.get_mut(&id)?.get_mut(span.range())
    }

    /// The first `len` elements.
    pub(super) fn table<T: bytemuck::Pod>(&self, Table { id, len }: Table) -> Option<&[T]> {
        Some(bytemuck::cast_slice(self.0.get(&id)?.get(..len * size_of::<T>())?))
    }

    /// Writes at an offset.
    pub(super) fn write(&mut self, id: u64, at: usize, bytes: &[u8]) -> Option<()> {
        self.span_mut(id, Span { at, len: bytes.len() })?.copy_from_slice(bytes);
        Some(())
    }
}

/// A staged table as a kernel argument: handle and number of elements.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub(super) id: u64,
    pub(super) len: usize,
}

impl Table {
    /// Its memory.
    pub(super) fn new<T>(staged: &Staged<super::Mock, T>) -> Self {
        Self { id: staged.buffer().id, len: staged.len() }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Heap {
    /// Runs a command on the memory; one that meets freed memory breaks the device for good.
    pub(super) fn run(&self, what: &str, command: impl FnOnce(&mut Allocations) -> Option<()>) {
        if command(&mut lock(&self.allocations)).is_none() {
            self.fail(format!("{what}: use of freed memory, or beyond its end"));
        }
    }

    /// Breaks the device.
    pub(super) fn fail(&self, detail: String) {
        lock(&self.broken).get_or_insert(detail);
    }

    /// Whether everything went well so far.
    pub(super) fn check(&self) -> Result<()> {
        lock(&self.broken).as_ref().map_or(Ok(()), |detail| Err(device_fault(detail)))
    }

    pub(super) fn alloc(self: &Arc<Self>, bytes: usize) -> Buffer {
        self.meter.allocation(bytes);
        let id = self.next.fetch_add(1, Relaxed);
        lock(&self.allocations).0.insert(id, Words::filled(POISON, bytes));
        Buffer { id, bytes, heap: self.clone() }
    }
}

pub(super) fn device_fault(detail: &str) -> Error {
    Error::Device { backend: "mock", detail: detail.into() }
}

/// Handle to device memory, which is gone with it, work in flight or not.
pub struct Buffer {
    pub(super) id: u64,
    bytes: usize,
    heap: Arc<Heap>,
}

impl DeviceBuffer for Buffer {
    fn size(&self) -> usize {
        self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        lock(&self.heap.allocations).0.remove(&self.id);
    }
}

/// Host block.
pub struct Block(pub(super) Words);

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for Block {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl HostBuffer for Block {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::Mock;
    use xr_core::Backend;

    #[test]
    fn memory_freed_under_enqueued_work_is_noticed() {
        let mock = Mock::open(None);
        let (stream, buffer) = (mock.stream().unwrap(), mock.alloc(64).unwrap());
        for _ in 0..100 {
            mock.upload(&stream, &[1; 64], &buffer, 0).unwrap();
        }
        drop(buffer);
        assert!(matches!(mock.sync(&stream), Err(Error::Device { .. })));
    }
}
