//! The suite on an OpenCL device.
xr_conformance::conformance!("OPENCL", || xr_opencl::OpenCl::open(xr_opencl::Choice::Any));
