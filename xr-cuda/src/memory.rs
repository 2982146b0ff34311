//! Device memory, page-locked host blocks, copies under way.
#![allow(unsafe_code, reason = "blocks are the driver's memory")]

use crate::raw::{Context, Device, Event, Queue};
use std::{
    mem,
    ptr::NonNull,
    slice,
    sync::{Mutex, PoisonError},
};
use xr_core::{DeviceBuffer, Error, HostBuffer, Result, Span, Transfer};

/// One device allocation, freed after the work that uses it.
pub struct Buffer {
    context: &'static Context,
    address: u64,
    bytes: usize,
}

impl Buffer {
    pub(crate) fn new(context: &'static Context, address: u64, bytes: usize) -> Self {
        Self { context, address, bytes }
    }

    /// Where it begins.
    pub(crate) fn whole(&self) -> u64 {
        self.address
    }

    /// Where a span of it begins.
    pub(crate) fn address(&self, span: Span) -> Result<u64> {
        let fits = span.at.checked_add(span.len).is_some_and(|end| end <= self.bytes);
        if fits {
            Ok(self.address + span.at as u64)
        } else {
            Err(Error::Misuse { what: "a span lies within its buffer" })
        }
    }
}

impl DeviceBuffer for Buffer {
    fn size(&self) -> usize {
        self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.context.free(self.address);
    }
}

/// Page-locked host memory.
pub struct Block {
    context: &'static Context,
    bytes: NonNull<u8>,
    len: usize,
}

impl Block {
    pub(crate) fn new(context: &'static Context, len: usize) -> Result<Self> {
        let bytes = context.pin(len.max(1))?;
        // SAFETY: so many bytes were allocated. Written so that nobody reads memory that never was.
        unsafe { bytes.write_bytes(0, len) };
        Ok(Self { context, bytes, len })
    }
}

// SAFETY: the block owns its memory, which is not bound to a thread.
unsafe impl Send for Block {}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: there are `len` bytes until the block is dropped, initialised by `new`.
        unsafe { slice::from_raw_parts(self.bytes.as_ptr(), self.len) }
    }
}

impl AsMut<[u8]> for Block {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; the borrow is exclusive.
        unsafe { slice::from_raw_parts_mut(self.bytes.as_ptr(), self.len) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.context.unpin(self.bytes);
    }
}

impl HostBuffer for Block {}

/// A device→host copy under way.
pub struct Reading {
    done: Event,
    block: Option<Block>,
}

impl Reading {
    pub(crate) fn new(done: Event, block: Block) -> Self {
        Self { done, block: Some(block) }
    }
}

impl Transfer for Reading {
    type Host = Block;

    fn is_done(&self) -> bool {
        self.done.is_done()
    }

    fn wait(mut self) -> Result<Block> {
        self.done.wait()?;
        self.block.take().ok_or(Error::Misuse { what: "a transfer is waited for once" })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.block.is_some() && self.done.wait().is_err() {
            // Nobody knows what a failed device still writes: the block is left to it.
            mem::forget(self.block.take());
        }
    }
}

/// Blocks that uploads pass through, each reused when its copy is done.
const STEPS: usize = 8;
/// Bytes of each of them: few, so that one is filled while another is copied.
const STEP: usize = 1 << 20;

/// An in-order stream and the page-locked ring that feeds it.
pub struct Stream {
    ring: Mutex<Ring>,
    context: &'static Context,
    pub(crate) queue: Queue,
}

impl Stream {
    pub(crate) fn new(context: &'static Context) -> Result<Self> {
        Ok(Self { ring: Mutex::default(), context, queue: context.queue()? })
    }

    /// Copies bytes to the device, by way of the ring unless they are page-locked: the source is free when this returns,
    /// the copy is in order.
    pub(crate) fn upload(&self, device: &Device, source: &[u8], to: &Buffer, at: usize) -> Result<()> {
        device.meter.upload(source.len());
        if device.write_pinned(self.queue, source, to, at)? {
            return Ok(());
        }
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        for (n, part) in source.chunks(STEP).enumerate() {
            let step = ring.step(device)?;
            step.block.as_mut()[..part.len()].copy_from_slice(part);
            step.copy = Some(device.write(self.queue, &step.block.as_ref()[..part.len()], to, at + n * STEP)?);
        }
        Ok(())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.context.close(self.queue);
    }
}

#[derive(Default)]
struct Ring {
    steps: Vec<Step>,
    next: usize,
}

struct Step {
    block: Block,
    copy: Option<Event>,
}

impl Ring {
    /// The next step, its last copy done.
    fn step(&mut self, device: &Device) -> Result<&mut Step> {
        if self.steps.len() < STEPS {
            self.next = self.steps.len();
            self.steps.push(Step { block: Block::new(device.context, STEP)?, copy: None });
        } else {
            self.next = (self.next + 1) % STEPS;
        }
        let step = &mut self.steps[self.next];
        if let Some(copy) = step.copy.take() {
            copy.wait()?;
        }
        Ok(step)
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        for step in self.steps.drain(..) {
            if step.copy.as_ref().is_some_and(|copy| copy.wait().is_err()) {
                mem::forget(step); // nobody knows what a failed device still reads
            }
        }
    }
}
