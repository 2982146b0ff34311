//! The program on an OpenCL device.
#![expect(clippy::unwrap_used, clippy::panic, reason = "functions of tests")]

mod device;
#[expect(dead_code, reason = "other tests use more of it")]
mod program;
#[expect(dead_code, reason = "other tests use more of it")]
mod raster;

fn main() -> std::process::ExitCode {
    device::main("opencl", "XR_REQUIRE_OPENCL")
}
