//! The suite on an OpenCL device, and what the driver says when something is wrong.

use xr_conformance::{
    Failure, Verdict,
    streams::{damaged_streams_have_the_cpu_s_verdict, foreign_streams_come_back, streams_inflate, terrain_inflates},
    tiles::{streams_are_aligned_and_verified, streams_are_packed, tiles_are_prepared},
};
use xr_core::{
    Backend, Error, Result,
    kernels::{Kernels, Source},
};
use xr_opencl::{Choice, OpenCl};

xr_conformance::conformance!(
    "OPENCL",
    || OpenCl::open(Choice::Any),
    kernels_that_do_not_compile_say_why,
    allocations_beyond_the_device_are_out_of_memory,
    tiles_are_prepared,
    streams_are_packed,
    streams_are_aligned_and_verified,
    streams_inflate,
    terrain_inflates,
    foreign_streams_come_back,
    damaged_streams_have_the_cpu_s_verdict
);

/// The compiler's words are in the error, the second time too.
fn kernels_that_do_not_compile_say_why(open: &impl Fn() -> Result<OpenCl>) -> Verdict {
    let device = open()?;
    for _ in 0..2 {
        match device.program(&Source::new(String::new(), vec!["__kernel void k() { nonsense; }"])).map(drop) {
            Err(Error::Device { detail, .. }) if detail.contains("does not compile") && detail.contains("nonsense") => {
            }
            other => return Err(Failure::Wrong(format!("a kernel of nonsense: {other:?}"))),
        }
    }
    Ok(device.program(&Source::new(String::new(), vec!["__kernel void k() {}"])).map(drop)?)
}

fn allocations_beyond_the_device_are_out_of_memory(open: &impl Fn() -> Result<OpenCl>) -> Verdict {
    let bytes = 1 << 60;
    match open()?.alloc(bytes).map(drop) {
        Err(Error::OutOfMemory { asked, .. }) if asked == bytes => Ok(()),
        other => Err(Failure::Wrong(format!("an exbibyte: {other:?}"))),
    }
}
