//! One device, its lanes and its memory. Owns all stream ordering.
//!
//! - A slab stays on the lane it was taken for, from first upload to download.
//! - Only [`Staged`] memory is seen by several lanes; it is complete before its handle exists, and never written again.
//! - A returned buffer is reused on its own lane only; retired `Staged` memory is reused after [`Session::drain`] only.

use crate::{
    Backend, DeviceBuffer, Download, Error, LaneId, LanePool, Layout, Meter, Pool, Purpose, Result, Slab, Span, Staged,
    Traffic, readback, traffic::PROBE_LIMIT,
};
use std::{
    collections::VecDeque,
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError},
};

/// Page-locked blocks kept for reuse, at most.
const KEPT_HOST_BLOCKS: usize = 8;

pub(crate) struct Shared<B: Backend> {
    // Field order is drop order: memory goes before the device that made it.
    pub(crate) pool: Box<dyn Pool<B>>,
    /// Memory of all lanes that was given back: the pool's after the next drain.
    retired: Mutex<Vec<B::Buffer>>,
    hosts: Mutex<VecDeque<B::Host>>,
    ledger: Meter,
    backend: B,
}

impl<B: Backend> Shared<B> {
    fn hosts(&self) -> std::sync::MutexGuard<'_, VecDeque<B::Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes memory back.
    pub(crate) fn retire(&self, lane: LaneId, buffer: B::Buffer) {
        match lane {
            LaneId::ADOPTED => drop(buffer),
            LaneId::SHARED => self.retired().push(buffer),
            lane => self.pool.give(lane, buffer),
        }
    }

    fn retired(&self) -> std::sync::MutexGuard<'_, Vec<B::Buffer>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn recycle(&self, host: B::Host) {
        let mut free = self.hosts();
        free.push_back(host);
        while free.len() > KEPT_HOST_BLOCKS {
            free.pop_front();
        }
    }

    fn host(&self, bytes: usize) -> Result<B::Host> {
        let mut free = self.hosts();
        let size = |h: &B::Host| h.as_ref().len();
        let fits =
            free.iter().enumerate().filter(|(_, h)| size(h) >= bytes).min_by_key(|(_, h)| size(h)).map(|(i, _)| i);
        match fits.and_then(|i| free.remove(i)) {
            Some(host) => Ok(host),
            None => self.backend.host(bytes.next_multiple_of(4096)),
        }
    }
}

/// An in-order queue of the session. Work on different lanes overlaps.
pub struct Lane<B: Backend> {
    /// Identity, for the pool.
    pub id: LaneId,
    /// Queue to launch on.
    pub stream: B::Stream,
}

/// Drives one device, one job at a time (methods of [`crate::Engine`] take `&mut self`).
/// Two jobs at once are two sessions; they may open the same device.
pub struct Session<B: Backend> {
    lanes: Vec<Lane<B>>,
    shared: Arc<Shared<B>>,
}

impl<B: Backend> Session<B> {
    /// `depth` windows in flight at most (2: compute one while the other downloads).
    ///
    /// # Errors
    /// Those of the device.
    pub fn open(backend: B, depth: usize) -> Result<Self> {
        Self::with_pool(backend, depth, Box::new(LanePool::default()))
    }

    /// With a pool of your own.
    ///
    /// # Errors
    /// Those of the device.
    pub fn with_pool(backend: B, depth: usize, pool: Box<dyn Pool<B>>) -> Result<Self> {
        let lane = |n| Ok(Lane { id: LaneId(n), stream: backend.stream()? });
        let lanes = (0..depth.max(1)).map(lane).collect::<Result<_>>()?;
        Ok(Self {
            lanes,
            shared: Arc::new(Shared {
                pool,
                retired: Mutex::default(),
                hosts: Mutex::default(),
                ledger: Meter::default(),
                backend,
            }),
        })
    }

    /// The device.
    pub fn backend(&self) -> &B {
        &self.shared.backend
    }

    /// Lane for the `n`th window: round-robin.
    pub fn lane(&self, n: usize) -> &Lane<B> {
        &self.lanes[n % self.lanes.len()]
    }

    /// Windows in flight at most.
    pub fn depth(&self) -> usize {
        self.lanes.len()
    }

    /// What core asked for and what the driver was asked for. But for launches equal, or the backend hides transfers.
    pub fn books(&self) -> (Traffic, Traffic) {
        (self.shared.ledger.snapshot(), self.shared.backend.traffic())
    }

    fn take(&self, lane: LaneId, bytes: usize) -> Result<Slab<B>> {
        let max = self.backend().caps().max_alloc;
        if bytes > max {
            return Err(Error::Limit { what: "slab bytes", got: bytes as u64, limit: max as u64 });
        }
        let alloc = |n| {
            self.shared.ledger.allocation(n);
            self.shared.backend.alloc(n)
        };
        let buffer = Some(self.shared.pool.take(lane, bytes, &alloc)?);
        Ok(Slab { shared: self.shared.clone(), lane, buffer })
    }

    /// Memory for what a backend derives from staged tables once per job, and all lanes read: complete before the first
    /// window, never written again.
    ///
    /// # Errors
    /// Those of the device.
    pub fn derived(&self, bytes: usize) -> Result<Slab<B>> {
        // A retired table may still be read by work in flight.
        let retired = std::mem::take(&mut *self.shared.retired());
        if !retired.is_empty() {
            self.drain()?;
            retired.into_iter().for_each(|buffer| self.shared.pool.give(LaneId::SHARED, buffer));
        }
        self.take(LaneId::SHARED, bytes)
    }

    /// THE way invariant data reaches a device, with [`stage_shared`](Self::stage_shared) for what the host keeps anyway.
    /// Blocks: the handle is ready for every lane.
    ///
    /// # Errors
    /// Those of the device.
    pub fn stage<T: bytemuck::NoUninit>(&self, data: &[T]) -> Result<Staged<B, T>> {
        let staged = self.send(data)?;
        self.settle()?;
        Ok(staged)
    }

    /// [`stage`](Self::stage) without the wait: the handle is for [`settle`](Self::settle) to make ready.
    pub(crate) fn send<T: bytemuck::NoUninit>(&self, data: &[T]) -> Result<Staged<B, T>> {
        let bytes: &[u8] = bytemuck::cast_slice(data);
        let slab = self.derived(bytes.len())?;
        let lane = self.lane(0);
        self.shared.ledger.upload(bytes.len());
        self.backend().upload(&lane.stream, bytes, slab.buffer(), 0)?;
        Ok(Staged { slab, len: data.len(), of: PhantomData })
    }

    /// Waits for what was sent.
    pub(crate) fn settle(&self) -> Result<()> {
        self.backend().sync(&self.lane(0).stream)
    }

    /// [`stage`](Self::stage) for a table that can be shared: a device whose memory is the host's reads it where it lies.
    /// An upload in the books all the same.
    ///
    /// # Errors
    /// Those of the device.
    pub fn stage_shared<T>(&self, table: &Arc<Vec<T>>) -> Result<Staged<B, T>>
    where
        T: bytemuck::NoUninit + Send + Sync,
    {
        let staged = self.send_shared(table)?;
        self.settle()?;
        Ok(staged)
    }

    /// [`stage_shared`](Self::stage_shared) without the wait, likewise.
    pub(crate) fn send_shared<T>(&self, table: &Arc<Vec<T>>) -> Result<Staged<B, T>>
    where
        T: bytemuck::NoUninit + Send + Sync,
    {
        if !self.backend().caps().host_memory {
            return self.send(table);
        }
        self.shared.ledger.upload(size_of_val(&table[..]));
        let buffer = Some(self.backend().adopt(Arc::new(Shares(table.clone())))?);
        let slab = Slab { shared: self.shared.clone(), lane: LaneId::ADOPTED, buffer };
        Ok(Staged { slab, len: table.len(), of: PhantomData })
    }

    /// So many bytes on a lane, for what work on that lane hands on to work that follows.
    pub(crate) fn scratch(&self, lane: &Lane<B>, bytes: usize) -> Result<Arc<Slab<B>>> {
        self.take(lane.id, bytes).map(Arc::new)
    }

    /// One allocation for all parts of `layout`.
    ///
    /// # Errors
    /// Those of the device; [`Error::Limit`] if it takes no allocation of that size.
    pub fn slab(&self, lane: &Lane<B>, layout: &Layout) -> Result<Arc<Slab<B>>> {
        self.take(lane.id, layout.total()).map(Arc::new)
    }

    fn check(lane: &Lane<B>, slab: &Slab<B>, spans: &[Span]) -> Result<()> {
        let size = slab.buffer().size();
        if slab.lane != lane.id {
            Err(Error::Misuse { what: "a slab stays on the lane it was taken for" })
        } else if spans.iter().any(|s| s.at.checked_add(s.len).is_none_or(|end| end > size)) {
            Err(Error::Misuse { what: "a span lies within its slab" })
        } else {
            Ok(())
        }
    }

    /// Copies per-batch data into a slab, in lane order.
    ///
    /// # Errors
    /// Those of the device; [`Error::Misuse`] for a foreign slab or too many bytes.
    pub fn put(&self, lane: &Lane<B>, src: &[u8], slab: &Slab<B>, to: Span) -> Result<()> {
        Self::check(lane, slab, &[to])?;
        if src.len() > to.len {
            return Err(Error::Misuse { what: "a span holds what is put there" });
        }
        self.shared.ledger.upload(src.len());
        self.backend().upload(&lane.stream, src, slab.buffer(), to.at)
    }

    /// Reads any number of spans back in ONE transfer: as they lie when they adjoin, else after one
    /// device-side gather. Returns at once. What was read is undefined on the device afterwards.
    ///
    /// # Errors
    /// Those of the device; [`Error::Misuse`] for a foreign slab; [`Error::Limit`] for a probe that is none.
    pub fn read(&self, lane: &Lane<B>, slab: &Arc<Slab<B>>, spans: &[Span], why: Purpose) -> Result<Download<B>> {
        Self::check(lane, slab, spans)?;
        let (parts, run) = readback::pack(spans);
        let len = parts.last().map_or(0, |r| r.end);
        if len == 0 {
            return Ok(Download { shared: self.shared.clone(), transfer: None, source: None, parts });
        }
        if why == Purpose::Probe && len > PROBE_LIMIT {
            return Err(Error::Limit { what: "probe bytes", got: len as u64, limit: PROBE_LIMIT as u64 });
        }
        let (source, span) = match run {
            Some(span) => (slab.clone(), span),
            None => {
                let packed = Arc::new(self.take(lane.id, len)?);
                self.shared.ledger.gather();
                self.backend().gather(&lane.stream, slab.buffer(), spans, packed.buffer())?;
                (packed, Span { at: 0, len })
            }
        };
        self.shared.ledger.download(len, why);
        let host = self.shared.host(len)?;
        let transfer = Some(self.backend().download(&lane.stream, source.buffer(), span, host, why)?);
        Ok(Download { shared: self.shared.clone(), transfer, source: Some(source), parts })
    }

    /// Waits for all lanes.
    ///
    /// # Errors
    /// Any fault of earlier work.
    pub fn drain(&self) -> Result<()> {
        self.lanes.iter().try_for_each(|lane| self.backend().sync(&lane.stream))
    }

    /// Drains, then frees pooled device memory beyond `keep` bytes.
    ///
    /// # Errors
    /// Any fault of earlier work.
    pub fn trim(&self, keep: usize) -> Result<()> {
        let retired = std::mem::take(&mut *self.shared.retired());
        self.drain()?;
        retired.into_iter().for_each(|buffer| self.shared.pool.give(LaneId::SHARED, buffer));
        self.shared.pool.trim(keep);
        Ok(())
    }
}

/// A share of a table, as bytes.
struct Shares<T>(Arc<Vec<T>>);

impl<T: bytemuck::NoUninit> AsRef<[u8]> for Shares<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

impl<B: Backend> Drop for Session<B> {
    fn drop(&mut self) {
        let _ = self.drain(); // memory in the pool may be in use until here; nobody is left to hear of a fault
    }
}
