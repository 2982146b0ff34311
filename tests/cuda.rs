//! The suite on an NVIDIA GPU, and what the driver says when something is wrong.

use xr_conformance::{
    Failure, Verdict,
    tiles::{streams_are_aligned_and_verified, streams_are_packed, tiles_are_prepared},
};
use xr_core::{Backend, Error, Purpose, Result, Span, Transfer};
use xr_cuda::{Choice, Cuda};

xr_conformance::conformance!(
    "CUDA",
    || Cuda::open(Choice::Any),
    kernels_that_do_not_compile_say_why,
    allocations_beyond_the_device_are_out_of_memory,
    memory_is_freed_after_the_work_that_uses_it,
    page_locked_sources_may_change_after_an_upload,
    tiles_are_prepared,
    streams_are_packed,
    streams_are_aligned_and_verified
);

/// The compiler's words are in the error, the second time too.
fn kernels_that_do_not_compile_say_why(open: &impl Fn() -> Result<Cuda>) -> Verdict {
    let device = open()?;
    for _ in 0..2 {
        match device.compile("KERNEL(1) k() { nonsense; }") {
            Err(Error::Device { detail, .. }) if detail.contains("does not compile") && detail.contains("nonsense") => {
            }
            other => return Err(Failure::Wrong(format!("a kernel of nonsense: {other:?}"))),
        }
    }
    Ok(device.compile("KERNEL(1) k() {}")?)
}

fn allocations_beyond_the_device_are_out_of_memory(open: &impl Fn() -> Result<Cuda>) -> Verdict {
    let device = open()?;
    let total = device.caps().max_alloc;
    for bytes in [1 << 60, total] {
        match device.alloc(bytes).map(drop) {
            Err(Error::OutOfMemory { asked, .. }) if asked == bytes => {}
            other => return Err(Failure::Wrong(format!("{bytes} bytes: {other:?}"))),
        }
    }
    Ok(device.alloc(1 << 20).map(drop)?)
}

/// Bytes of a copy that takes longer than it takes to enqueue.
const MUCH: usize = 256 << 20;

/// A buffer that is dropped while copies from it are under way is not handed out before they are done.
fn memory_is_freed_after_the_work_that_uses_it(open: &impl Fn() -> Result<Cuda>) -> Verdict {
    let device = open()?;
    let (reads, writes) = (device.stream()?, device.stream()?);
    let span = Span { at: 0, len: MUCH };
    let (first, second) = (device.host(MUCH)?, device.host(MUCH)?);
    let source = device.alloc(MUCH)?;
    device.upload(&reads, &vec![1; MUCH], &source, 0)?;
    device.sync(&reads)?;
    let downloads = [first, second].map(|host| device.download(&reads, &source, span, host, Purpose::Payload));
    drop(source);
    let other = device.alloc(MUCH)?;
    device.upload(&writes, &vec![2; MUCH], &other, 0)?;
    for download in downloads {
        if download?.wait()?.as_ref()[..MUCH].iter().any(|&byte| byte != 1) {
            return Err(Failure::Wrong("memory was handed out while it was read".into()));
        }
    }
    Ok(device.sync(&writes)?)
}

/// What is uploaded from memory that the device reads itself is what was there when it was asked for.
fn page_locked_sources_may_change_after_an_upload(open: &impl Fn() -> Result<Cuda>) -> Verdict {
    let device = open()?;
    let stream = device.stream()?;
    let target = device.alloc(MUCH)?;
    let mut source = device.host(MUCH)?;
    source.as_mut().fill(1);
    device.upload(&stream, source.as_ref(), &target, 0)?;
    source.as_mut().fill(2);
    let span = Span { at: 0, len: MUCH };
    let arrived = device.download(&stream, &target, span, source, Purpose::Payload)?.wait()?;
    if arrived.as_ref()[..MUCH].iter().any(|&byte| byte != 1) {
        return Err(Failure::Wrong("a source was read after its upload".into()));
    }
    Ok(())
}
