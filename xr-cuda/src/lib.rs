//! NVIDIA GPUs through CUDA.
//!
//! Builds without a CUDA toolkit and starts without a driver: both the driver and the compiler of kernels are found when the
//! program runs.
#![deny(unsafe_code)] // but where C is called

mod backend;
mod cache;
mod codec;
mod kernels;
mod library;
mod memory;
mod nvrtc;
mod raw;

pub use codec::{codecs, nvcomp_source};
pub use kernels::Compiled as Program;
pub use memory::{Block, Buffer, Reading, Stream};
pub use nvrtc::{Compiled, compile, compiler};
pub use raw::{Found, devices};

use kernels::Programs;
use raw::Device;
use xr_core::{Caps, Error, Result, kernels::CUDA_PRELUDE};

/// How errors call the backend.
pub(crate) const NAME: &str = "cuda";

/// What the backend does not do.
fn unsupported<T>(what: &str) -> Result<T> {
    Err(Error::Unsupported { backend: NAME, what: what.into() })
}

/// Which device to open.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// The driver's first, which is the fastest unless its environment says otherwise.
    Any,
    /// By its index in [`devices`].
    Index(usize),
}

/// An opened device.
pub struct Cuda {
    caps: Caps,
    device: Device,
    programs: &'static Programs,
    deflates_by_nvcomp: bool,
}

impl Cuda {
    /// Opens a device.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a driver or such a device, or without a compiler where nothing was compiled before.
    pub fn open(choice: Choice) -> Result<Self> {
        let found = devices()?;
        let index = match choice {
            Choice::Any => 0,
            Choice::Index(index) => index,
        };
        let chosen = found.get(index).ok_or_else(|| {
            let reason = format!("there is no device {index}, only {}", found.len());
            Error::Unavailable { backend: NAME, reason }
        })?;
        let device = Device::open(chosen)?;
        let programs = Programs::of(device.context);
        programs.check()?;
        let caps = Caps {
            backend: NAME,
            device: chosen.name.clone(),
            max_alloc: device.max_alloc(),
            codecs: codecs(),
            decoders: codec::decoders(),
            splines: true,
            host_memory: false,
        };
        Ok(Self { caps, device, programs, deflates_by_nvcomp: false })
    }

    /// Leaves deflate to nvCOMP, in both directions, instead of to kernels of our own, so that the two can be compared. Only
    /// for tiles that are not damaged: what nvCOMP does with those its headers leave open.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it is not found.
    pub fn deflating_by_nvcomp(self) -> Result<Self> {
        codec::find_nvcomp()?;
        Ok(Self { deflates_by_nvcomp: true, ..self })
    }

    /// Compiles CUDA C++ for the device, in the words of [`CUDA_PRELUDE`].
    ///
    /// # Errors
    /// [`Error::Device`] with the compiler's words.
    pub fn compile(&self, source: &str) -> Result<()> {
        self.programs.build(&[CUDA_PRELUDE, source].join("\n")).map(drop)
    }
}
