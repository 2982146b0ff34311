//! What `xr` calls of NVIDIA's nvCOMP: deflate and Zstandard of batches. The library is not needed to build and is looked
//! for when the program runs; majors 5 and 6 are known.
//!
//! `bindings.rs` is what bindgen makes of the headers of nvCOMP 6; the feature `bindgen` makes it anew from the headers in
//! `$NVCOMP_HOME/include`.

#![allow(unsafe_code, reason = "nvCOMP is C")]

mod batch;
mod find;

/// What bindgen made.
#[expect(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "generated"
)]
#[allow(dead_code, reason = "generated")]
pub mod bindings {
    #[cfg(generated)]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    #[cfg(not(generated))]
    include!("bindings.rs");
}

pub use batch::{ALIGNMENT, Chunks, Codec, Places, Status, Stream};
pub use find::{VARIABLE, candidates};

use batch::TempSizes;
use std::path::{Path, PathBuf};

/// Why there is no nvCOMP.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No library opens.
    #[error(
        "nvCOMP is not there ({tried}): install the Python package nvidia-libnvcomp-cu13 or name its library in {VARIABLE}"
    )]
    NotFound {
        /// What was tried, and what came of it.
        tried: String,
    },
    /// One of another major version.
    #[error("{} is nvCOMP {version}, and 5 and 6 are known", .path.display())]
    Version {
        /// The library.
        path: PathBuf,
        /// Its version.
        version: Version,
    },
    /// One that lacks a function of its version, or does not tell its version.
    #[error("{}: {what}", .path.display())]
    Broken {
        /// The library.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// A version of nvCOMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(u32);

impl Version {
    /// As `NVCOMP_VER_MAJOR` has it.
    pub const fn major(self) -> u32 {
        self.0 / 1000
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major(), self.0 % 1000 / 100, self.0 % 100)
    }
}

/// An nvCOMP that was found.
pub struct Nvcomp {
    functions: bindings::Functions,
    temp: TempSizes,
    path: PathBuf,
    version: Version,
    cuda: u32,
}

impl Nvcomp {
    /// Opens the first of [`candidates`] that opens.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open() -> Result<Self, Error> {
        let mut tried = Vec::new();
        for path in candidates() {
            // SAFETY: an nvCOMP runs no code of its own that could break ours when it is loaded.
            match unsafe { libloading::Library::new(path.as_os_str()) } {
                Ok(library) => return Self::of(library, path),
                Err(error) => {
                    let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                    tried.push(why); // the loader's words, which name the file
                }
            }
        }
        Err(Error::NotFound { tried: tried.join("; ") })
    }

    fn of(library: libloading::Library, path: PathBuf) -> Result<Self, Error> {
        let broken = |what: String| Error::Broken { path: path.clone(), what };
        let bindings::nvcompProperties_t { version, cudart_version } = properties(&library).map_err(broken)?;
        let version = Version(version);
        if !matches!(version.major(), 5 | 6) {
            return Err(Error::Version { path, version });
        }
        // SAFETY: these majors declare the functions like this.
        let temp = unsafe { TempSizes::of(&library, version) }.map_err(|error| broken(error.to_string()))?;
        // SAFETY: likewise.
        let functions =
            unsafe { bindings::Functions::from_library(library) }.map_err(|error| broken(error.to_string()))?;
        Ok(Self { functions, temp, path, version, cuda: cudart_version / 1000 })
    }

    /// Where it was found: a name alone if the loader found it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The major version of CUDA that it was built for, which the driver has to have.
    pub fn cuda(&self) -> u32 {
        self.cuda
    }
}

/// What every version tells.
fn properties(library: &libloading::Library) -> Result<bindings::nvcompProperties_t, String> {
    type GetProperties = unsafe extern "C" fn(*mut bindings::nvcompProperties_t) -> bindings::nvcompStatus_t;
    let mut properties = bindings::nvcompProperties_t { version: 0, cudart_version: 0 };
    // SAFETY: the function has been declared like this since nvCOMP 3.
    let status = unsafe {
        let get = library.get::<GetProperties>(c"nvcompGetProperties").map_err(|error| error.to_string())?;
        get(&raw mut properties)
    };
    match Status::check(status) {
        Ok(()) => Ok(properties),
        Err(status) => Err(format!("nvcompGetProperties: {status}")),
    }
}
