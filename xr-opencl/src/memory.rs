//! Device memory, page-locked host blocks, copies under way.
#![allow(unsafe_code, reason = "blocks are the driver's memory")]

use crate::{
    OpenCl,
    raw::{self, Device, Pins, Program},
};
use ocl::core::{CommandQueue, Event, Kernel, Mem};
use std::{
    collections::{HashMap, hash_map::Entry},
    ptr::NonNull,
    slice,
    sync::{Arc, Mutex, PoisonError},
};
use xr_core::{DeviceBuffer, HostBuffer, Result, Transfer, kernels::Argument};

/// One device allocation. The driver frees it after the commands that use it.
pub struct Buffer {
    pub(crate) memory: Mem,
    pub(crate) bytes: usize,
}

impl DeviceBuffer for Buffer {
    fn size(&self) -> usize {
        self.bytes
    }
}

/// Page-locked host memory.
pub struct Block {
    memory: Mem,
    bytes: NonNull<u8>,
    len: usize,
    pins: Arc<Pins>,
}

impl Block {
    pub(crate) fn new(device: &Device, len: usize) -> Result<Self> {
        let (memory, bytes, pins) = device.pinned(len)?;
        let mut block = Self { memory, bytes, len, pins };
        block.as_mut().fill(0); // so that nobody reads memory that was never written
        Ok(block)
    }
}

// SAFETY: the block owns its mapping, which is not bound to a thread.
unsafe impl Send for Block {}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: mapped for `len` bytes until the block is dropped, and initialised by `new`.
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
        Device::unpin(&self.pins, &self.memory, self.bytes);
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
        raw::is_done(&self.done)
    }

    fn wait(mut self) -> Result<Block> {
        raw::wait(&self.done)?;
        self.block.take().ok_or(xr_core::Error::Misuse { what: "a transfer is waited for once" })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.block.is_some() && raw::wait(&self.done).is_err() {
            // Nobody knows what a failed device still writes: the block is left to it.
            std::mem::forget(self.block.take());
        }
    }
}

/// Blocks that uploads pass through, each reused when its copy is done.
const STEPS: usize = 8;
/// Bytes of each of them.
const STEP: usize = 512 << 10;

/// An in-order queue and the page-locked ring that feeds it.
pub struct Stream {
    pub(crate) queue: CommandQueue,
    ring: Mutex<Ring>,
    kernels: Mutex<Kernels>,
}

/// Kernel objects hold their arguments, so each queue has its own.
type Kernels = HashMap<(usize, &'static str), (Program, Kernel)>;

#[derive(Default)]
struct Ring {
    steps: Vec<(Block, Option<Event>)>,
    next: usize,
}

impl Stream {
    pub(crate) fn new(device: &Device) -> Result<Self> {
        Ok(Self { queue: device.queue()?, ring: Mutex::default(), kernels: Mutex::default() })
    }

    /// Starts a kernel of a program over `groups` work-groups of `items` work-items.
    pub(crate) fn launch(
        &self,
        device: &Device,
        program: &Program,
        name: &'static str,
        arguments: &[Argument<'_, OpenCl>],
        groups: usize,
        items: usize,
    ) -> Result<()> {
        let mut kernels = self.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, kernel) = match kernels.entry((program.address(), name)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert((program.clone(), raw::kernel(program, name)?)),
        };
        device.launch(&self.queue, kernel, arguments, groups, items)
    }

    /// Copies bytes to the device, by way of the ring if they are not page-locked: the source is free when this returns,
    /// the copy is in order.
    pub(crate) fn upload(&self, device: &Device, source: &[u8], to: &Buffer, at: usize) -> Result<()> {
        device.meter.upload(source.len());
        if device.is_pinned(source) {
            // SAFETY: the source is borrowed until the copy is done.
            return raw::wait(&unsafe { device.write(&self.queue, source, &to.memory, at) }?);
        }
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        for (n, part) in source.chunks(STEP).enumerate() {
            ring.step(device)?.as_mut()[..part.len()].copy_from_slice(part);
            ring.send(device, &self.queue, part.len(), to, at + n * STEP)?;
        }
        Ok(())
    }
}

impl Ring {
    /// The next block, its last copy done.
    fn step(&mut self, device: &Device) -> Result<&mut Block> {
        if self.steps.len() < STEPS {
            self.next = self.steps.len();
            self.steps.push((Block::new(device, STEP)?, None));
        } else {
            self.next = (self.next + 1) % STEPS;
        }
        let (block, copy) = &mut self.steps[self.next];
        if let Some(copy) = copy.take() {
            raw::wait(&copy)?;
        }
        Ok(block)
    }

    fn send(&mut self, device: &Device, queue: &CommandQueue, len: usize, to: &Buffer, at: usize) -> Result<()> {
        let (block, copy) = &mut self.steps[self.next];
        // SAFETY: `step` and `drop` wait for the copy.
        *copy = Some(unsafe { device.write(queue, &block.as_ref()[..len], &to.memory, at) }?);
        Ok(())
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        for (_, copy) in &mut self.steps {
            if let Some(copy) = copy.take() {
                let _ = raw::wait(&copy); // a block must outlive its copy; nobody is left to hear of a fault
            }
        }
    }
}
