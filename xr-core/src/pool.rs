//! Device memory: one allocation, many spans; reuse is per lane, hence in stream order.

use crate::{Backend, DeviceBuffer, Error, Result, session::Shared};
use std::sync::{Arc, Mutex, PoisonError};

/// Byte range in a slab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub at: usize,
    /// Number of bytes.
    pub len: usize,
}

impl Span {
    /// Half-open range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.at..self.at + self.len
    }
}

/// Offsets of named parts of a future slab; every part is 256-byte aligned.
#[derive(Default, Debug)]
pub struct Layout {
    total: usize,
}

impl Layout {
    /// That of the parts of a span of a slab, which was reserved for them: as if it were the slab, but where it lies.
    pub fn within(span: Span) -> Self {
        Self { total: span.at }
    }

    /// Reserves `len` bytes.
    ///
    /// # Errors
    /// [`Error::Limit`] when the sum leaves the address space.
    pub fn add(&mut self, len: usize) -> Result<Span> {
        let at = self.total;
        let end =
            at.checked_add(len).and_then(|n| n.checked_next_multiple_of(256)).filter(|&n| n <= isize::MAX as usize);
        self.total = end.ok_or(Error::Limit { what: "slab bytes", got: u64::MAX, limit: isize::MAX as u64 })?;
        Ok(Span { at, len })
    }

    /// Bytes to allocate.
    pub fn total(&self) -> usize {
        self.total
    }
}

/// Which in-order queue memory belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneId(pub usize);

impl LaneId {
    /// Read by all lanes ([`crate::Staged`]); reused only after all lanes are drained.
    pub const SHARED: LaneId = LaneId(usize::MAX);
    /// Read by all lanes and not the pool's: a table of the host, given up when it is no longer read.
    pub(crate) const ADOPTED: LaneId = LaneId(usize::MAX - 1);
}

/// Where slabs come from.
///
/// A buffer given back on lane `L` may still be in use by work enqueued on `L`; it may therefore be
/// taken again on `L` only (in-order makes that safe), never on another lane.
pub trait Pool<B: Backend>: Send + Sync {
    /// A buffer of at least `bytes`; calls `alloc` at most once.
    ///
    /// # Errors
    /// Those of `alloc`.
    fn take(&self, lane: LaneId, bytes: usize, alloc: &dyn Fn(usize) -> Result<B::Buffer>) -> Result<B::Buffer>;
    /// Takes a buffer back.
    fn give(&self, lane: LaneId, buffer: B::Buffer);
    /// Frees buffers until at most `keep` bytes are held. Called when all lanes are drained.
    fn trim(&self, keep: usize);
}

/// Default pool: allocates what is asked for, to the page, and hands a free buffer out again when it is at most an
/// eighth too large. Windows of one job all ask for the same size, so after warm-up nothing is allocated.
pub struct LanePool<B: Backend> {
    free: Mutex<Vec<(LaneId, B::Buffer)>>,
}

/// Granularity of allocations in bytes.
const PAGE: usize = 4096;

impl<B: Backend> Default for LanePool<B> {
    fn default() -> Self {
        Self { free: Mutex::default() }
    }
}

impl<B: Backend> LanePool<B> {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<(LaneId, B::Buffer)>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Backend> Pool<B> for LanePool<B> {
    fn take(&self, lane: LaneId, bytes: usize, alloc: &dyn Fn(usize) -> Result<B::Buffer>) -> Result<B::Buffer> {
        let wanted = bytes.max(1).next_multiple_of(PAGE);
        {
            let mut free = self.free();
            let fits = |size: usize| size >= wanted && size - wanted <= (wanted / 8).max(PAGE);
            let best = (0..free.len())
                .filter(|&i| free[i].0 == lane && fits(free[i].1.size()))
                .min_by_key(|&i| free[i].1.size());
            if let Some(i) = best {
                return Ok(free.swap_remove(i).1);
            }
        }
        alloc(wanted)
    }

    fn give(&self, lane: LaneId, buffer: B::Buffer) {
        self.free().push((lane, buffer));
    }

    fn trim(&self, keep: usize) {
        let mut free = self.free();
        let mut held: usize = free.iter().map(|(_, b)| b.size()).sum();
        while held > keep && !free.is_empty() {
            held -= free.remove(0).1.size();
        }
    }
}

/// One device allocation on loan from the pool. Goes back on drop; never freed under a copy, since
/// a [`Download`](crate::Download) owns a share of it.
pub struct Slab<B: Backend> {
    pub(crate) shared: Arc<Shared<B>>,
    pub(crate) lane: LaneId,
    pub(crate) buffer: Option<B::Buffer>,
}

impl<B: Backend> Slab<B> {
    /// The allocation. `Some` until drop.
    pub fn buffer(&self) -> &B::Buffer {
        match &self.buffer {
            Some(b) => b,
            None => unreachable!("a slab gives its buffer up in drop only"),
        }
    }
}

impl<B: Backend> Drop for Slab<B> {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            self.shared.retire(self.lane, buffer);
        }
    }
}
