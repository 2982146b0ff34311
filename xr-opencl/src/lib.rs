//! Any OpenCL device that computes in double precision.
//!
//! Builds without an OpenCL SDK and starts without a driver: `opencl-link` finds the library when the program runs.
#![deny(unsafe_code)] // but where C is called

mod backend;
mod codec;
mod kernels;
mod memory;
mod raw;

pub use memory::{Block, Buffer, Reading, Stream};
pub use raw::{Found, Kind, Program, devices};

use raw::Device;
use xr_core::{Caps, Codec, Error, Result};

/// How errors call the backend.
pub(crate) const NAME: &str = "opencl";

/// What the backend does not do.
fn unsupported<T>(what: &str) -> Result<T> {
    Err(Error::Unsupported { backend: NAME, what: what.into() })
}

/// Which device to open.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// The first GPU that computes in double precision, or else the first device that does.
    Any,
    /// The first of its kind that does.
    Kind(Kind),
    /// By its index in [`devices`].
    Index(usize),
}

/// Codecs that run on devices.
pub const CODECS: &[Codec] = &[Codec::None, Codec::Deflate];

/// Codecs that devices decode.
const DECODERS: &[Codec] = &[Codec::None, Codec::Deflate, Codec::Lzw, Codec::PackBits];

/// An opened device.
pub struct OpenCl {
    caps: Caps,
    device: Device,
}

impl OpenCl {
    /// Opens a device.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a library, a platform or such a device; [`Error::Unsupported`] for one without
    /// double precision.
    pub fn open(choice: Choice) -> Result<Self> {
        let found = devices()?;
        let unavailable = |reason: String| Error::Unavailable { backend: NAME, reason };
        let chosen = match choice {
            Choice::Index(index) => found
                .get(index)
                .ok_or_else(|| unavailable(format!("there is no device {index}, only {}", found.len())))?,
            Choice::Kind(kind) => {
                let mut of_kind = found.iter().filter(|device| device.kind == kind && device.has_f64);
                of_kind.next().ok_or_else(|| unavailable(format!("no {kind} computes in double precision")))?
            }
            Choice::Any => {
                let usable = || found.iter().filter(|device| device.has_f64);
                let chosen = usable().find(|device| device.kind == Kind::Gpu).or_else(|| usable().next());
                chosen.ok_or_else(|| unavailable("no device computes in double precision".into()))?
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
            codecs: CODECS,
            decoders: DECODERS,
            splines: true,
            host_memory: false,
        };
        Ok(Self { caps, device })
    }
}
