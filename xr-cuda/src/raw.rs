//! Every call of the driver, those that move or allocate bytes each beside its counter.
#![allow(unsafe_code, reason = "CUDA is C")]

use crate::{
    Cuda, NAME,
    memory::{Block, Buffer},
};
use cudarc::driver::sys::{
    self, CUcontext, CUdevice, CUdevice_attribute as Attribute, CUdeviceptr, CUevent, CUfunction, CUmemPool_attribute,
    CUmemoryPool, CUmemorytype, CUmodule, CUpointer_attribute, CUresult, CUstream,
};
use std::{
    collections::HashMap,
    ffi::{CStr, CString, c_char, c_int, c_uint},
    ptr::{self, NonNull},
    sync::{Mutex, MutexGuard, PoisonError},
};
use xr_core::{Error, Meter, Purpose, Result, Span, kernels::Argument};

/// The oldest driver that is asked for anything: CUDA 12.0.
const OLDEST_DRIVER: c_int = 12_000;

/// A device that was found, not yet opened.
#[derive(Clone, Debug)]
pub struct Found {
    device: CUdevice,
    driver: c_int,
    /// Its name.
    pub name: String,
    /// Its compute capability, major and minor.
    pub capability: [i32; 2],
    /// Bytes of its memory.
    pub memory: usize,
}

/// All devices, in the driver's order.
///
/// # Errors
/// [`Error::Unavailable`] without the driver's library or a device.
pub fn devices() -> Result<Vec<Found>> {
    let unavailable = |reason: String| Error::Unavailable { backend: NAME, reason };
    // SAFETY: loading the driver's library runs nothing but its initialisers.
    if !unsafe { sys::is_culib_present() } {
        return Err(unavailable("the CUDA library cannot be loaded; install NVIDIA's driver".into()));
    }
    let mut driver = 0;
    // SAFETY: writes a number, and needs no initialisation.
    let answer = unsafe { sys::cuDriverGetVersion(&raw mut driver) };
    if answer == CUresult::CUDA_SUCCESS && driver < OLDEST_DRIVER {
        let version = format!("CUDA {}.{}", driver / 1000, driver % 1000 / 10);
        return Err(unavailable(format!("the driver is one of {version}; install one of CUDA 12.0 or later")));
    }
    // SAFETY: may be called at any time.
    match unsafe { sys::cuInit(0) } {
        CUresult::CUDA_SUCCESS => {}
        CUresult::CUDA_ERROR_NO_DEVICE => return Err(unavailable("there is no NVIDIA GPU".into())),
        code => return Err(unavailable(format!("the CUDA driver does not start: {code:?}"))),
    }
    let mut count = 0;
    // SAFETY: writes a number.
    check(unsafe { sys::cuDeviceGetCount(&raw mut count) })?;
    if count == 0 {
        return Err(unavailable("there is no NVIDIA GPU".into()));
    }
    (0..count).map(|index| find(index, driver)).collect()
}

fn find(index: c_int, driver: c_int) -> Result<Found> {
    let (mut device, mut memory, mut name) = (0, 0, [0 as c_char; 256]);
    // SAFETY: each writes to the variables and the bytes that it is given.
    unsafe {
        check(sys::cuDeviceGet(&raw mut device, index))?;
        check(sys::cuDeviceTotalMem_v2(&raw mut memory, device))?;
        check(sys::cuDeviceGetName(name.as_mut_ptr(), 255, device))?;
    }
    // SAFETY: the driver ends the name with a zero, and if it did not, the last byte is one.
    let name = unsafe { CStr::from_ptr(name.as_ptr()) }.to_string_lossy().into_owned();
    let capability = [
        attribute(device, Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
        attribute(device, Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
    ];
    Ok(Found { device, driver, name, capability, memory })
}

fn attribute(device: CUdevice, what: Attribute) -> Result<i32> {
    let mut value = 0;
    // SAFETY: writes a number.
    check(unsafe { sys::cuDeviceGetAttribute(&raw mut value, what, device) })?;
    Ok(value)
}

/// A device's primary context with what every session on the device shares. Kept as long as the process runs: compiling
/// takes longer than most jobs, and sessions come and go.
pub(crate) struct Context {
    raw: CUcontext,
    /// As compilers call the device: `sm_90`.
    pub architecture: String,
    /// Version of the driver.
    pub driver: c_int,
    memory: usize,
    arena: Option<Arena>,
    streams: Mutex<Vec<Queue>>,
}

// SAFETY: the driver takes its handles from any thread.
unsafe impl Send for Context {}
// SAFETY: likewise, and from several at a time.
unsafe impl Sync for Context {}

/// Memory that is allocated and freed in the order of a stream of its own, and kept by the driver in between.
struct Arena {
    stream: CUstream,
    pool: CUmemoryPool,
}

impl Context {
    /// The context of a device.
    pub fn of(found: &Found) -> Result<&'static Self> {
        static ALL: Mutex<Vec<(CUdevice, &Context)>> = Mutex::new(Vec::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, context)) = all.iter().find(|(device, _)| *device == found.device) {
            return Ok(context);
        }
        let mut raw = ptr::null_mut();
        // SAFETY: writes a handle, which is never released.
        check(unsafe { sys::cuDevicePrimaryCtxRetain(&raw mut raw, found.device) })?;
        let [major, minor] = found.capability;
        let mut context = Self {
            raw,
            architecture: format!("sm_{major}{minor}"),
            driver: found.driver,
            memory: found.memory,
            arena: None,
            streams: Mutex::default(),
        };
        if attribute(found.device, Attribute::CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED)? != 0 {
            context.arena = Some(context.arena(found.device)?);
        }
        let context: &'static Self = Box::leak(Box::new(context));
        all.push((found.device, context));
        Ok(context)
    }

    fn arena(&self, device: CUdevice) -> Result<Arena> {
        let (stream, mut pool, mut threshold) = (self.stream()?, ptr::null_mut(), u64::MAX);
        let what = CUmemPool_attribute::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
        // SAFETY: writes a handle; reads a number of the 64 bits that the attribute has.
        unsafe {
            check(sys::cuDeviceGetDefaultMemPool(&raw mut pool, device))?;
            check(sys::cuMemPoolSetAttribute(pool, what, (&raw mut threshold).cast()))?;
        }
        Ok(Arena { stream, pool })
    }

    /// Makes the context that of the calling thread, as every other call expects.
    pub fn enter(&self) -> Result<()> {
        // SAFETY: the context is never released.
        check(unsafe { sys::cuCtxSetCurrent(self.raw) })
    }

    fn stream(&self) -> Result<CUstream> {
        self.enter()?;
        let mut stream = ptr::null_mut();
        // SAFETY: writes a handle.
        check(unsafe { sys::cuStreamCreate(&raw mut stream, sys::CUstream_flags::CU_STREAM_NON_BLOCKING as c_uint) })?;
        Ok(stream)
    }

    fn streams(&self) -> MutexGuard<'_, Vec<Queue>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Memory that every stream may use at once.
    fn alloc(&self, bytes: usize) -> Result<CUdeviceptr, CUresult> {
        let mut pointer = 0;
        let Some(arena) = &self.arena else {
            // SAFETY: writes an address.
            succeeded(unsafe { sys::cuMemAlloc_v2(&raw mut pointer, bytes) })?;
            return Ok(pointer);
        };
        // SAFETY: writes an address. The memory is there for all streams once the arena's has come so far.
        unsafe {
            succeeded(sys::cuMemAllocAsync(&raw mut pointer, bytes, arena.stream))?;
            succeeded(sys::cuStreamSynchronize(arena.stream))?;
        }
        Ok(pointer)
    }

    /// Gives what the driver keeps for later back to the device.
    fn trim(&self) -> Result<(), CUresult> {
        // SAFETY: no memory that is in use is given back.
        unsafe {
            succeeded(sys::cuCtxSynchronize())?;
            self.arena.as_ref().map_or(Ok(()), |arena| succeeded(sys::cuMemPoolTrimTo(arena.pool, 0)))
        }
    }

    /// Frees memory after everything that was enqueued on any stream until now.
    pub fn free(&'static self, pointer: CUdeviceptr) {
        // What a device that fails still does nobody knows: its memory is left to it.
        let _ = self.try_free(pointer);
    }

    fn try_free(&'static self, pointer: CUdeviceptr) -> Result<()> {
        self.enter()?;
        let Some(arena) = &self.arena else {
            // SAFETY: no work is left that could use the memory.
            return unsafe { check(sys::cuCtxSynchronize()).and_then(|()| check(sys::cuMemFree_v2(pointer))) };
        };
        let done = Event::new(self)?;
        for queue in &*self.streams() {
            done.record(*queue)?;
            // SAFETY: both handles are alive: a stream leaves the list before it is destroyed.
            check(unsafe { sys::cuStreamWaitEvent(arena.stream, done.raw, 0) })?;
        }
        // SAFETY: freed in the order of the arena's stream, which now comes after all others.
        check(unsafe { sys::cuMemFreeAsync(pointer, arena.stream) })
    }

    /// Opens a stream.
    pub fn queue(&self) -> Result<Queue> {
        let queue = Queue { raw: self.stream()? };
        self.streams().push(queue);
        Ok(queue)
    }

    /// Closes a stream when its work is done.
    pub fn close(&self, queue: Queue) {
        let _ = self.finish(queue); // nobody is left to hear of a fault
        self.streams().retain(|open| open.raw != queue.raw);
        // SAFETY: nobody else has the handle any more.
        let _ = unsafe { sys::cuStreamDestroy_v2(queue.raw) };
    }

    /// Waits for a stream.
    pub fn finish(&self, queue: Queue) -> Result<()> {
        self.enter()?;
        // SAFETY: the stream is open.
        check(unsafe { sys::cuStreamSynchronize(queue.raw) })
    }

    /// Page-locked host memory, for all contexts.
    pub fn pin(&self, bytes: usize) -> Result<NonNull<u8>> {
        self.enter()?;
        let mut pointer = ptr::null_mut();
        // SAFETY: writes an address.
        let code = unsafe { sys::cuMemHostAlloc(&raw mut pointer, bytes, sys::CU_MEMHOSTALLOC_PORTABLE) };
        succeeded(code).map_err(|code| fault(code, bytes))?;
        NonNull::new(pointer.cast()).ok_or(Error::OutOfMemory { backend: NAME, asked: bytes })
    }

    /// Takes page-locked memory back.
    pub fn unpin(&self, pointer: NonNull<u8>) {
        if self.enter().is_ok() {
            // SAFETY: the pointer is one of `pin`, and no copy uses it any more.
            let _ = unsafe { sys::cuMemFreeHost(pointer.as_ptr().cast()) };
        }
    }

    /// Whether bytes are page-locked.
    fn is_pinned(source: &[u8]) -> bool {
        let (mut kind, address) = (0u32, source.as_ptr().addr() as CUdeviceptr);
        let what = CUpointer_attribute::CU_POINTER_ATTRIBUTE_MEMORY_TYPE;
        // SAFETY: writes a number; of memory that the driver does not know it says that the value is invalid.
        let code = unsafe { sys::cuPointerGetAttribute((&raw mut kind).cast(), what, address) };
        code == CUresult::CUDA_SUCCESS && kind == CUmemorytype::CU_MEMORYTYPE_HOST as u32
    }

    /// A program in the machine code of the device.
    pub fn load(&'static self, code: &[u8]) -> Result<Program> {
        self.enter()?;
        let mut module = ptr::null_mut();
        // SAFETY: the driver reads as much as the code says of itself, which was made by its compiler.
        check(unsafe { sys::cuModuleLoadData(&raw mut module, code.as_ptr().cast()) })?;
        Ok(Program { context: self, module, kernels: Mutex::default() })
    }
}

/// A program on the device.
pub(crate) struct Program {
    context: &'static Context,
    module: CUmodule,
    kernels: Mutex<HashMap<&'static str, Kernel>>,
}

// SAFETY: the driver takes its handles from any thread.
unsafe impl Send for Program {}
// SAFETY: likewise.
unsafe impl Sync for Program {}

/// A kernel of a program, alive as long as that.
#[derive(Clone, Copy)]
struct Kernel(CUfunction);

impl Program {
    fn kernel(&self, name: &'static str) -> Result<Kernel> {
        let mut kernels = self.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kernel) = kernels.get(name) {
            return Ok(*kernel);
        }
        let (mut raw, text) = (ptr::null_mut(), CString::new(name).map_err(|error| device_fault(error.to_string()))?);
        // SAFETY: writes a handle.
        check(unsafe { sys::cuModuleGetFunction(&raw mut raw, self.module, text.as_ptr()) })?;
        kernels.insert(name, Kernel(raw));
        Ok(Kernel(raw))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: nobody has its kernels any more. The driver waits for those that run.
            let _ = unsafe { sys::cuModuleUnload(self.module) };
        }
    }
}

/// An open stream.
#[derive(Clone, Copy)]
pub(crate) struct Queue {
    raw: CUstream,
}

impl Queue {
    /// As the driver and its libraries know it.
    pub fn raw(self) -> CUstream {
        self.raw
    }
}

// SAFETY: the driver takes its handles from any thread.
unsafe impl Send for Queue {}
// SAFETY: likewise, and from several at a time.
unsafe impl Sync for Queue {}

/// A point in the order of a stream.
pub(crate) struct Event {
    context: &'static Context,
    raw: CUevent,
}

// SAFETY: the driver takes its handles from any thread.
unsafe impl Send for Event {}

impl Event {
    fn new(context: &'static Context) -> Result<Self> {
        context.enter()?;
        let mut raw = ptr::null_mut();
        // SAFETY: writes a handle.
        check(unsafe { sys::cuEventCreate(&raw mut raw, sys::CUevent_flags::CU_EVENT_DISABLE_TIMING as c_uint) })?;
        Ok(Self { context, raw })
    }

    /// Moves it to the end of what was enqueued. If that fails, nothing of it is under way any more.
    fn record(&self, queue: Queue) -> Result<()> {
        // SAFETY: both are alive.
        let recorded = check(unsafe { sys::cuEventRecord(self.raw, queue.raw) });
        recorded.inspect_err(|_| drop(self.context.finish(queue)))
    }

    /// Waits for what was enqueued before; says what of it failed.
    pub fn wait(&self) -> Result<()> {
        self.context.enter()?;
        // SAFETY: the event is alive.
        check(unsafe { sys::cuEventSynchronize(self.raw) })
    }

    /// Whether waiting would take no time.
    pub fn is_done(&self) -> bool {
        // SAFETY: likewise.
        self.context.enter().is_err() || unsafe { sys::cuEventQuery(self.raw) != CUresult::CUDA_ERROR_NOT_READY }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: the driver keeps it for those who wait.
            let _ = unsafe { sys::cuEventDestroy_v2(self.raw) };
        }
    }
}

/// An opened device.
pub(crate) struct Device {
    pub context: &'static Context,
    pub meter: Meter,
}

impl Device {
    pub fn open(found: &Found) -> Result<Self> {
        Ok(Self { context: Context::of(found)?, meter: Meter::default() })
    }

    pub fn max_alloc(&self) -> usize {
        self.context.memory
    }

    pub fn alloc(&self, bytes: usize) -> Result<Buffer> {
        let context = self.context;
        if bytes > context.memory {
            return Err(Error::OutOfMemory { backend: NAME, asked: bytes });
        }
        self.meter.allocation(bytes);
        context.enter()?;
        let allocated = match context.alloc(bytes.max(1)) {
            Err(CUresult::CUDA_ERROR_OUT_OF_MEMORY) => context.trim().and_then(|()| context.alloc(bytes.max(1))),
            allocated => allocated,
        };
        let address = allocated.map_err(|code| fault(code, bytes))?;
        Ok(Buffer::new(context, address, bytes))
    }

    /// Starts to copy bytes to the device; the event says when they may change.
    pub fn write(&self, queue: Queue, source: &[u8], to: &Buffer, at: usize) -> Result<Event> {
        let target = to.address(Span { at, len: source.len() })?;
        let done = Event::new(self.context)?;
        // SAFETY: whoever has the bytes waits for the event before they are changed or freed.
        check(unsafe { sys::cuMemcpyHtoDAsync_v2(target, source.as_ptr().cast(), source.len(), queue.raw) })?;
        done.record(queue)?;
        Ok(done)
    }

    /// Copies bytes that are page-locked, and waits for that. Tells whether they are.
    pub fn write_pinned(&self, queue: Queue, source: &[u8], to: &Buffer, at: usize) -> Result<bool> {
        self.context.enter()?;
        if !Context::is_pinned(source) {
            return Ok(false);
        }
        self.write(queue, source, to, at)?.wait()?;
        Ok(true)
    }

    /// Starts to copy a span to the front of a block.
    pub fn read(&self, queue: Queue, from: &Buffer, span: Span, to: &mut Block, why: Purpose) -> Result<Event> {
        self.meter.download(span.len, why);
        let source = from.address(span)?;
        let target = to.as_mut().get_mut(..span.len).ok_or(Error::Misuse { what: "a block holds what is read" })?;
        let done = Event::new(self.context)?;
        // SAFETY: the block is lent to nobody before the event is waited for, see `Reading`.
        check(unsafe { sys::cuMemcpyDtoHAsync_v2(target.as_mut_ptr().cast(), source, span.len, queue.raw) })?;
        done.record(queue)?;
        Ok(done)
    }

    /// Sets the bytes of a span.
    pub fn fill(&self, queue: Queue, buffer: &Buffer, span: Span, byte: u8) -> Result<()> {
        if span.len == 0 {
            return Ok(());
        }
        self.meter.launch();
        let target = buffer.address(span)?;
        self.context.enter()?;
        // SAFETY: the span lies in the buffer; words begin at multiples of four.
        check(unsafe {
            if (span.at | span.len).is_multiple_of(4) {
                sys::cuMemsetD32Async(target, u32::from_ne_bytes([byte; 4]), span.len / 4, queue.raw)
            } else {
                sys::cuMemsetD8Async(target, byte, span.len, queue.raw)
            }
        })
    }

    /// Starts a kernel over `groups` work-groups of `items` work-items.
    pub fn launch(
        &self,
        queue: Queue,
        (program, name): (&Program, &'static str),
        arguments: &[Argument<'_, Cuda>],
        groups: usize,
        items: usize,
    ) -> Result<()> {
        if groups == 0 {
            return Ok(());
        }
        self.meter.launch();
        let across = |count: usize| {
            let few = c_uint::try_from(count).ok().filter(|&count| count <= c_int::MAX as c_uint);
            few.ok_or(Error::Limit { what: "work-groups", got: count as u64, limit: c_int::MAX as u64 })
        };
        let (groups, items) = (across(groups)?, across(items)?);
        self.context.enter()?;
        let kernel = program.kernel(name)?;
        let mut packed = Packed::default();
        for argument in arguments {
            match argument {
                Argument::Buffer(buffer) => packed.push(&buffer.whole().to_ne_bytes()),
                Argument::Value(bytes) => packed.push(bytes),
            }
        }
        let mut pointers = packed.pointers();
        // SAFETY: the driver copies as many bytes from each pointer as the kernel declares, which are those of the argument.
        // Kernels stay within the buffers and sizes that they are given; the conformance suite and compute-sanitizer look
        // after that.
        check(unsafe {
            sys::cuLaunchKernel(
                kernel.0,
                groups,
                1,
                1,
                items,
                1,
                1,
                0,
                queue.raw,
                pointers.as_mut_ptr(),
                ptr::null_mut(),
            )
        })
    }
}

/// Arguments, each aligned for whatever type it has.
#[derive(Default)]
struct Packed {
    words: Vec<u128>,
    starts: Vec<usize>,
}

impl Packed {
    fn push(&mut self, bytes: &[u8]) {
        self.starts.push(self.words.len());
        for part in bytes.chunks(16) {
            let mut word = [0; 16];
            word[..part.len()].copy_from_slice(part);
            self.words.push(u128::from_ne_bytes(word));
        }
    }

    fn pointers(&mut self) -> Vec<*mut std::ffi::c_void> {
        self.starts.iter().map(|&start| self.words[start..].as_mut_ptr().cast()).collect()
    }
}

fn succeeded(code: CUresult) -> Result<(), CUresult> {
    if code == CUresult::CUDA_SUCCESS { Ok(()) } else { Err(code) }
}

fn check(code: CUresult) -> Result<()> {
    succeeded(code).map_err(|code| fault(code, 0))
}

fn device_fault(detail: String) -> Error {
    Error::Device { backend: NAME, detail }
}

fn fault(code: CUresult, asked: usize) -> Error {
    match code {
        CUresult::CUDA_ERROR_OUT_OF_MEMORY => Error::OutOfMemory { backend: NAME, asked },
        code => device_fault(format!("{code:?}")),
    }
}
