//! Sessions on devices that have memory of their own, by the names of their backends.

use crate::Failure;
use xr::{Compress, Decompress, Interpolate, Rasterize, Session};

/// Everything that a backend does.
pub trait Full: Rasterize + Interpolate + Compress + Decompress {}

impl<B: Rasterize + Interpolate + Compress + Decompress> Full for B {}

/// What is done with whichever backend it is.
pub trait OnDevice {
    type Output;
    fn run<B: Full>(self, session: &Session<B>) -> Result<Self::Output, Failure>;
}

/// Opens a session of one lane and hands it on; `None` for backends that compute in the host's memory.
pub fn on_device<T: OnDevice>(backend: &str, work: T) -> Result<Option<T::Output>, Failure> {
    match backend {
        #[cfg(feature = "cuda")]
        "cuda" => work.run(&Session::open(xr_cuda::Cuda::open(xr_cuda::Choice::Any)?, 1)?).map(Some),
        #[cfg(feature = "cuda")]
        "nvcomp" => {
            let device = xr_cuda::Cuda::open(xr_cuda::Choice::Any)?.trusting_nvcomp()?;
            work.run(&Session::open(device, 1)?).map(Some)
        }
        #[cfg(feature = "opencl")]
        "opencl" => work.run(&Session::open(xr_opencl::OpenCl::open(xr_opencl::Choice::Any)?, 1)?).map(Some),
        _ => {
            let _ = work;
            Ok(None)
        }
    }
}
