//! The suite on an NVIDIA GPU where nvCOMP deflates, instead of kernels of our own. Damaged tiles may break the device for all
//! cases that follow: nvCOMP's headers leave open what they do.

use xr_cuda::{Choice, Cuda};

xr_conformance::conformance!("NVCOMP", || Cuda::open(Choice::Any).and_then(Cuda::deflating_by_nvcomp));
