//! Any OpenCL device that computes in double precision.
//!
//! Builds without an OpenCL SDK and starts without a driver: `opencl-link` finds the library when the program runs.
#![deny(unsafe_code)] // but where C is called

mod backend;
mod codec;
mod memory;
mod rasterize;
mod raw;
mod spline;

pub use memory::{Block, Buffer, Reading, Stream};
pub use rasterize::Scene;
pub use raw::{Found, Kind, devices};
pub use spline::{Fast, Field};

use raw::Device;
use xr_core::{Caps, Error, Result};

/// How errors call the backend.
pub(crate) const NAME: &str = "opencl";

/// What the backend does not do.
fn unsupported<T>(what: &str) -> Result<T> {
    Err(Error::Unsupported { backend: NAME, what: what.into() })
}

/// An opened device.
pub struct OpenCl {
    caps: Caps,
    device: Device,
}

impl OpenCl {
    /// Opens a device by its index in [`devices`]; `None` takes the first GPU, or else the first device, that computes in
    /// double precision.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a library, a platform or such a device; [`Error::Unsupported`] for one without
    /// double precision.
    pub fn open(index: Option<usize>) -> Result<Self> {
        let found = devices()?;
        let unavailable = |reason: String| Error::Unavailable { backend: NAME, reason };
        let chosen = match index {
            Some(index) => found
                .get(index)
                .ok_or_else(|| unavailable(format!("there is no device {index}, only {}", found.len())))?,
            None => {
                let usable = || found.iter().filter(|device| device.has_f64);
                let chosen = usable().find(|device| device.kind == Kind::Gpu).or_else(|| usable().next());
                chosen.ok_or_else(|| unavailable(format!("{} lacks double precision", found[0].name)))?
            }
        };
        if !chosen.has_f64 {
            let what = format!("{}: a device without double precision", chosen.name);
            return Err(Error::Unsupported { backend: NAME, what });
        }
        let device = Device::open(chosen)?;
        let caps = Caps {
            backend: NAME,
            device: chosen.name.clone(),
            max_alloc: device.max_alloc(),
            codecs: &[],
            splines: true,
            host_memory: false,
        };
        Ok(Self { caps, device })
    }
}
