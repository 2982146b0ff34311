//! Memory that runs out when a test wants it to.

use std::sync::{Mutex, MutexGuard, PoisonError};
use xr_core::{Backend, DeviceBuffer, Error, LaneId, Pool, Result};

/// A pool that takes a fixed number of bytes from the device at most, and hands buffers out again for their own size only.
pub struct CappedPool<B: Backend> {
    state: Mutex<State<B>>,
}

struct State<B: Backend> {
    free: Vec<(LaneId, B::Buffer)>,
    room: usize,
}

impl<B: Backend> CappedPool<B> {
    /// A pool of so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self { state: Mutex::new(State { free: Vec::new(), room: bytes }) }
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Backend> Pool<B> for CappedPool<B> {
    fn take(&self, lane: LaneId, bytes: usize, alloc: &dyn Fn(usize) -> Result<B::Buffer>) -> Result<B::Buffer> {
        let bytes = bytes.max(1).next_multiple_of(4096);
        let mut state = self.state();
        if let Some(n) = state.free.iter().position(|(of, buffer)| *of == lane && buffer.size() == bytes) {
            return Ok(state.free.swap_remove(n).1);
        }
        state.room = state.room.checked_sub(bytes).ok_or(Error::OutOfMemory { backend: "capped", asked: bytes })?;
        alloc(bytes)
    }

    fn give(&self, lane: LaneId, buffer: B::Buffer) {
        self.state().free.push((lane, buffer));
    }

    fn trim(&self, keep: usize) {
        let mut state = self.state();
        let mut held: usize = state.free.iter().map(|(_, buffer)| buffer.size()).sum();
        while held > keep
            && let Some((_, buffer)) = state.free.pop()
        {
            held -= buffer.size();
            state.room += buffer.size();
        }
    }
}
