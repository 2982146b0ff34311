//! Every call of the driver, those that move or allocate bytes each beside its counter.
#![allow(unsafe_code, reason = "OpenCL is C")]

use crate::{
    OpenCl,
    memory::{Block, Buffer},
};
use ocl::core::{
    self, ArgVal, CommandQueue, Context, DeviceId, DeviceInfo, DeviceInfoResult, DeviceType, Event, Kernel, MapFlags,
    Mem, MemFlags, PlatformInfo, Status,
};
use std::{
    collections::{BTreeMap, HashMap},
    ffi::CString,
    fmt,
    ptr::NonNull,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use xr_core::{
    Error, Meter, Purpose, Result, Span,
    kernels::{Argument, OPENCL_PRELUDE, Source},
};

/// A device that was found, not yet opened.
#[derive(Clone, Debug)]
pub struct Found {
    id: DeviceId,
    /// Its name, and that of its platform.
    pub name: String,
    /// Whether it is a GPU, a CPU or something else.
    pub kind: Kind,
    /// Whether it computes in double precision.
    pub has_f64: bool,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A graphics processor.
    Gpu,
    /// The host's processor.
    Cpu,
    /// Anything else that an OpenCL platform offers.
    Accelerator,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gpu => "GPU",
            Self::Cpu => "CPU",
            Self::Accelerator => "accelerator",
        })
    }
}

/// All devices of all platforms, platform by platform.
///
/// # Errors
/// [`Error::Unavailable`] without a library or a platform.
pub fn devices() -> Result<Vec<Found>> {
    let unavailable = |reason: String| Error::Unavailable { backend: crate::NAME, reason };
    #[cfg(all(unix, not(target_vendor = "apple")))]
    opencl_link::find().map_err(|reason| unavailable(format!("the OpenCL library cannot be loaded: {reason}")))?;
    let mut count = 0;
    // SAFETY: no list is asked for, only how long it is. The crate itself tries for ten seconds before it says none.
    let status = unsafe { ocl::ffi::clGetPlatformIDs(0, std::ptr::null_mut(), &raw mut count) };
    if status != 0 || count == 0 {
        return Err(unavailable("there is no OpenCL platform; install the driver of a device".into()));
    }
    let platforms = match core::get_platform_ids() {
        Ok(platforms) => platforms,
        Err(error) => return Err(unavailable(format!("there is no OpenCL platform: {}", brief(&error)))),
    };
    let mut found = Vec::new();
    for platform in platforms {
        let owner = core::get_platform_info(platform, PlatformInfo::Name).map(|name| name.to_string());
        let owner = owner.unwrap_or_default();
        // A platform without a device is an error in OpenCL, and none here.
        for id in core::get_device_ids(platform, Some(DeviceType::ALL), None).unwrap_or_default() {
            let info = |what| core::get_device_info(id, what);
            let name = info(DeviceInfo::Name).map(|name| name.to_string()).unwrap_or_default();
            let kind = match info(DeviceInfo::Type) {
                Ok(DeviceInfoResult::Type(kind)) if kind.contains(DeviceType::GPU) => Kind::Gpu,
                Ok(DeviceInfoResult::Type(kind)) if kind.contains(DeviceType::CPU) => Kind::Cpu,
                _ => Kind::Accelerator,
            };
            let extensions = info(DeviceInfo::Extensions).map(|list| list.to_string()).unwrap_or_default();
            let has_f64 = extensions.split_whitespace().any(|name| name == "cl_khr_fp64");
            found.push(Found { id, name: format!("{} ({})", name.trim(), owner.trim()), kind, has_f64 });
        }
    }
    if found.is_empty() {
        return Err(unavailable("no OpenCL platform has a device".into()));
    }
    Ok(found)
}

/// An opened device.
pub(crate) struct Device {
    id: DeviceId,
    compiled: Arc<Compiled>,
    pub meter: Meter,
    pins: Arc<Pins>,
}

/// Page-locked blocks.
pub(crate) struct Pins {
    /// Where they are mapped and unmapped.
    queue: CommandQueue,
    /// Where those that are alive begin, and how long they are.
    alive: Mutex<BTreeMap<usize, usize>>,
}

impl Pins {
    fn alive(&self) -> MutexGuard<'_, BTreeMap<usize, usize>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A device's context with the programs that were compiled for it. Kept as long as the process runs: compiling takes
/// longer than most jobs, and sessions come and go.
struct Compiled {
    context: Context,
    options: CString,
    programs: Mutex<HashMap<Source, Arc<Place>>>,
}

/// A program, once it is compiled.
type Place = Mutex<Option<Program>>;

/// A compiled source.
#[derive(Clone)]
pub struct Program(Arc<core::Program>);

impl Program {
    /// Tells it from others that are alive.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl Compiled {
    fn of(&Found { id, kind, .. }: &Found) -> Result<Arc<Self>> {
        static ALL: Mutex<Vec<(DeviceId, Arc<Compiled>)>> = Mutex::new(Vec::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, compiled)) = all.iter().find(|(known, _)| *known == id) {
            return Ok(compiled.clone());
        }
        let context = core::create_context(None, &[id], None, None).map_err(fault)?;
        // On a processor optimising takes longer than most jobs, and whoever wants speed there has the CPU backend.
        let options = if kind == Kind::Cpu { c"-cl-opt-disable" } else { c"" }.to_owned();
        let compiled = Arc::new(Self { context, options, programs: Mutex::default() });
        all.push((id, compiled.clone()));
        Ok(compiled)
    }
}

impl Device {
    pub fn open(found: &Found) -> Result<Self> {
        let (id, compiled) = (found.id, Compiled::of(found)?);
        let queue = core::create_command_queue(&compiled.context, id, None).map_err(fault)?;
        let pins = Arc::new(Pins { queue, alive: Mutex::default() });
        Ok(Self { id, compiled, meter: Meter::default(), pins })
    }

    pub fn max_alloc(&self) -> usize {
        match core::get_device_info(self.id, DeviceInfo::MaxMemAllocSize) {
            Ok(DeviceInfoResult::MaxMemAllocSize(bytes)) => usize::try_from(bytes).unwrap_or(usize::MAX),
            _ => 0,
        }
    }

    /// An in-order queue.
    pub fn queue(&self) -> Result<CommandQueue> {
        core::create_command_queue(&self.compiled.context, self.id, None).map_err(fault)
    }

    pub fn alloc(&self, bytes: usize) -> Result<Mem> {
        // Some drivers find out only when the memory is used.
        if bytes > self.max_alloc() {
            return Err(Error::OutOfMemory { backend: crate::NAME, asked: bytes });
        }
        self.meter.allocation(bytes);
        // SAFETY: no host memory is lent to the buffer.
        let memory = unsafe { core::create_buffer::<_, u8>(&self.compiled.context, MemFlags::READ_WRITE, bytes, None) };
        memory.map_err(|error| out_of_memory(error, bytes))
    }

    /// Page-locked host memory: a buffer that the driver keeps on the host, mapped for as long as it lives.
    pub fn pinned(&self, bytes: usize) -> Result<(Mem, NonNull<u8>, Arc<Pins>)> {
        let flags = MemFlags::READ_WRITE | MemFlags::ALLOC_HOST_PTR;
        // SAFETY: no host memory is lent to the buffer.
        let memory = unsafe { core::create_buffer::<_, u8>(&self.compiled.context, flags, bytes, None) };
        let memory = memory.map_err(|error| out_of_memory(error, bytes))?;
        let access = MapFlags::READ | MapFlags::WRITE;
        // SAFETY: mapped when the call returns, unmapped by nobody but `unpin`.
        let mapped = unsafe {
            core::enqueue_map_buffer::<u8, _, (), ()>(&self.pins.queue, &memory, true, access, 0, bytes, None, None)
        };
        let mut mapped = mapped.map_err(|error| out_of_memory(error, bytes))?;
        let pointer = NonNull::new(mapped.as_mut_ptr());
        let pointer = pointer.ok_or(Error::OutOfMemory { backend: crate::NAME, asked: bytes })?;
        self.pins.alive().insert(pointer.addr().get(), bytes);
        Ok((memory, pointer, self.pins.clone()))
    }

    /// Whether bytes are page-locked.
    pub fn is_pinned(&self, bytes: &[u8]) -> bool {
        let from = bytes.as_ptr().addr();
        let alive = self.pins.alive();
        alive.range(..=from).next_back().is_some_and(|(begin, len)| from + bytes.len() <= begin + len)
    }

    /// Takes a mapping back. The memory goes when the driver is done with it.
    pub fn unpin(pins: &Pins, memory: &Mem, pointer: NonNull<u8>) {
        pins.alive().remove(&pointer.addr().get());
        // SAFETY: the pointer is that of the mapping.
        let mapped = unsafe { core::MemMap::from_raw(pointer.as_ptr()) };
        let _ = core::enqueue_unmap_mem_object::<u8, _, (), ()>(&pins.queue, memory, &mapped, None, None);
    }

    /// Starts to copy page-locked bytes to the device.
    ///
    /// # Safety
    /// Whoever lends the bytes waits for the event before they are written or dropped.
    pub unsafe fn write(&self, queue: &CommandQueue, bytes: &[u8], to: &Mem, at: usize) -> Result<Event> {
        let mut done = Event::null();
        // SAFETY: as above.
        unsafe { core::enqueue_write_buffer::<u8, _, _, ()>(queue, to, false, at, bytes, None, Some(&mut done)) }
            .map_err(fault)?;
        Ok(done)
    }

    /// Starts to copy a span to the front of a block.
    pub fn read(&self, queue: &CommandQueue, from: &Mem, span: Span, to: &mut Block, why: Purpose) -> Result<Event> {
        self.meter.download(span.len, why);
        let mut done = Event::null();
        let bytes = &mut to.as_mut()[..span.len];
        // SAFETY: the block is lent to nobody before the event is waited for, see `Reading`.
        unsafe { core::enqueue_read_buffer::<u8, _, _, ()>(queue, from, false, span.at, bytes, None, Some(&mut done)) }
            .map_err(fault)?;
        core::flush(queue).map_err(fault)?;
        Ok(done)
    }

    /// Sets the bytes of a span.
    pub fn fill(&self, queue: &CommandQueue, buffer: &Buffer, span: Span, byte: u8) -> Result<()> {
        self.meter.launch();
        core::enqueue_fill_buffer::<u8, _, (), ()>(queue, &buffer.memory, byte, span.at, span.len, None, None, None)
            .map_err(fault)
    }

    /// The program of a source, compiled once; several sources at a time.
    pub fn program(&self, source: &Source) -> Result<Program> {
        let mut programs = self.compiled.programs.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match programs.get(source) {
            Some(place) => place.clone(),
            None => programs.entry(source.clone()).or_default().clone(),
        };
        drop(programs);
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = &*place {
            return Ok(program.clone());
        }
        let text = CString::new(source.text(OPENCL_PRELUDE)).map_err(|e| device_fault(e.to_string()))?;
        let program = core::create_program_with_source(&self.compiled.context, &[text]).map_err(fault)?;
        core::build_program(&program, Some(&[self.id]), &self.compiled.options, None, None)
            .map_err(|error| device_fault(format!("a kernel does not compile: {error}")))?;
        Ok(place.insert(Program(Arc::new(program))).clone())
    }

    /// Starts a kernel over `groups` work-groups of `items` work-items.
    pub fn launch(
        &self,
        queue: &CommandQueue,
        kernel: &Kernel,
        arguments: &[Argument<'_, OpenCl>],
        groups: usize,
        items: usize,
    ) -> Result<()> {
        if groups == 0 {
            return Ok(());
        }
        self.meter.launch();
        for (index, argument) in (0..).zip(arguments) {
            let value = match argument {
                Argument::Buffer(buffer) => ArgVal::mem(&buffer.memory),
                // SAFETY: the driver copies the bytes before the call returns.
                Argument::Value(bytes) => unsafe { ArgVal::from_raw(bytes.len(), bytes.as_ptr().cast(), false) },
            };
            core::set_kernel_arg(kernel, index, value).map_err(fault)?;
        }
        let (all, local) = ([groups * items, 1, 1], Some([items, 1, 1]));
        // SAFETY: kernels stay within the buffers and sizes that they are given; the conformance suite and oclgrind
        // look after that.
        unsafe { core::enqueue_kernel::<(), ()>(queue, kernel, 1, None, &all, local, None, None) }.map_err(fault)
    }
}

/// A kernel object: its arguments are state, so each queue has its own.
pub(crate) fn kernel(program: &Program, name: &str) -> Result<Kernel> {
    core::create_kernel(&program.0, name).map_err(fault)
}

pub(crate) fn wait(event: &Event) -> Result<()> {
    core::wait_for_event(event).map_err(fault)
}

pub(crate) fn is_done(event: &Event) -> bool {
    core::event_is_complete(event).unwrap_or(true)
}

pub(crate) fn finish(queue: &CommandQueue) -> Result<()> {
    core::finish(queue).map_err(fault)
}

fn device_fault(detail: String) -> Error {
    Error::Device { backend: crate::NAME, detail }
}

fn fault(error: core::Error) -> Error {
    match error.api_status() {
        // Memory is allocated when it is first used, so any command may lack it.
        Some(Status::CL_MEM_OBJECT_ALLOCATION_FAILURE | Status::CL_OUT_OF_HOST_MEMORY) => {
            Error::OutOfMemory { backend: crate::NAME, asked: 0 }
        }
        _ => device_fault(brief(&error)),
    }
}

fn out_of_memory(error: core::Error, asked: usize) -> Error {
    match error.api_status() {
        Some(
            Status::CL_MEM_OBJECT_ALLOCATION_FAILURE
            | Status::CL_OUT_OF_HOST_MEMORY
            | Status::CL_OUT_OF_RESOURCES
            | Status::CL_INVALID_BUFFER_SIZE,
        ) => Error::OutOfMemory { backend: crate::NAME, asked },
        _ => fault(error),
    }
}

/// The function that failed and how, without the pages of advice that the crate adds.
fn brief(error: &core::Error) -> String {
    match error {
        core::Error::Api(error) => format!("{:?}", error.status()),
        other => other.to_string(),
    }
}
