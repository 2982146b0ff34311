//! CUDA C++ to machine code, by NVIDIA's compiler as a library.
#![allow(unsafe_code, reason = "NVRTC is C")]

use crate::{NAME, library};
use libloading::Library;
use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr,
    sync::OnceLock,
};
use xr_core::{Error, Result};

/// Names of the library, by the major versions that are known to compile the kernels.
const NAMES: &[&str] = &["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "nvrtc64_130_0.dll", "nvrtc64_120_0.dll"];

/// What the compiler is told beside the architecture. Contraction is off: `fma` is written where it is meant.
pub(crate) const OPTIONS: &[&str] = &["--fmad=false", "--std=c++17", "--disable-warnings"];

type Program = *mut c_void;
type Size = unsafe extern "C" fn(Program, *mut usize) -> c_int;
type Text = unsafe extern "C" fn(Program, *mut c_char) -> c_int;

struct Nvrtc {
    create: unsafe extern "C" fn(
        *mut Program,
        *const c_char,
        *const c_char,
        c_int,
        *const *const c_char,
        *const *const c_char,
    ) -> c_int,
    compile: unsafe extern "C" fn(Program, c_int, *const *const c_char) -> c_int,
    destroy: unsafe extern "C" fn(*mut Program) -> c_int,
    cubin: (Size, Text),
    log: (Size, Text),
    words: unsafe extern "C" fn(c_int) -> *const c_char,
    _library: Library,
}

impl Nvrtc {
    /// The library, loaded when it is first asked for.
    fn get() -> Result<&'static Self> {
        static LOADED: OnceLock<Result<Nvrtc, String>> = OnceLock::new();
        LOADED.get_or_init(Self::load).as_ref().map_err(|reason| Error::Unavailable {
            backend: NAME,
            reason: format!(
                "the kernels' compiler, NVRTC, cannot be loaded ({reason}); install a CUDA toolkit or the Python package \
                 nvidia-cuda-nvrtc, and name the library's file in XR_NVRTC"
            ),
        })
    }

    fn load() -> Result<Self, String> {
        let library = library::load("XR_NVRTC", NAMES)?;
        // SAFETY: the types are those of nvrtc.h, the same in all versions.
        let loaded = unsafe {
            (|| -> Result<Self, libloading::Error> {
                Ok(Self {
                    create: *library.get(c"nvrtcCreateProgram")?,
                    compile: *library.get(c"nvrtcCompileProgram")?,
                    destroy: *library.get(c"nvrtcDestroyProgram")?,
                    cubin: (*library.get(c"nvrtcGetCUBINSize")?, *library.get(c"nvrtcGetCUBIN")?),
                    log: (*library.get(c"nvrtcGetProgramLogSize")?, *library.get(c"nvrtcGetProgramLog")?),
                    words: *library.get(c"nvrtcGetErrorString")?,
                    _library: library,
                })
            })()
        };
        loaded.map_err(|error| error.to_string())
    }

    fn check(&self, code: c_int) -> Result<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: a text for every code, which is never freed.
        let words = unsafe { CStr::from_ptr((self.words)(code)) }.to_string_lossy();
        Err(Error::Device { backend: NAME, detail: format!("NVRTC: {words}") })
    }

    fn output(&self, program: Program, (size, text): (Size, Text)) -> Result<Vec<u8>> {
        let mut bytes = 0;
        // SAFETY: writes how many bytes there are, then these.
        unsafe {
            self.check(size(program, &raw mut bytes))?;
            let mut output = vec![0; bytes];
            self.check(text(program, output.as_mut_ptr().cast()))?;
            Ok(output)
        }
    }

    fn log(&self, program: Program) -> String {
        let log = self.output(program, self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).trim_end_matches('\0').trim().to_owned()
    }

    fn build(&self, program: Program, options: &[&CStr]) -> Result<Compiled> {
        let pointers: Vec<*const c_char> = options.iter().map(|option| option.as_ptr()).collect();
        let count = c_int::try_from(pointers.len()).unwrap_or_default();
        // SAFETY: so many options, alive until the call returns.
        let code = unsafe { (self.compile)(program, count, pointers.as_ptr()) };
        self.check(code).map_err(|error| {
            let detail = format!("a kernel does not compile: {error}\n{}", self.log(program));
            Error::Device { backend: NAME, detail }
        })?;
        Ok(Compiled { code: self.output(program, self.cubin)?, log: self.log(program) })
    }
}

/// What the compiler made of a source.
pub struct Compiled {
    /// Machine code.
    pub code: Vec<u8>,
    /// The compiler's words.
    pub log: String,
}

/// Compiles CUDA C++ for an architecture, such as `sm_90`, with options beside those that the kernels always have; no device
/// is needed.
///
/// # Errors
/// [`Error::Unavailable`] without the library; [`Error::Device`] with the compiler's words.
pub fn compile(text: &str, architecture: &str, options: &[&str]) -> Result<Compiled> {
    let nvrtc = Nvrtc::get()?;
    let c_text = |text: &str| {
        let detail = |error: std::ffi::NulError| Error::Device { backend: NAME, detail: error.to_string() };
        CString::new(text).map_err(detail)
    };
    let architecture = format!("--gpu-architecture={architecture}");
    let options = [&architecture].into_iter().map(String::as_str).chain(OPTIONS.iter().chain(options).copied());
    let options = options.map(c_text).collect::<Result<Vec<CString>>>()?;
    let options: Vec<&CStr> = options.iter().map(CString::as_c_str).collect();
    let (text, mut program) = (c_text(text)?, ptr::null_mut());
    // SAFETY: the text is alive until the program is destroyed; there are no headers.
    nvrtc.check(unsafe {
        (nvrtc.create)(&raw mut program, text.as_ptr(), c"kernels.cu".as_ptr(), 0, ptr::null(), ptr::null())
    })?;
    let built = nvrtc.build(program, &options);
    // SAFETY: destroyed once.
    let _ = unsafe { (nvrtc.destroy)(&raw mut program) };
    built
}

/// Whether there is a compiler.
///
/// # Errors
/// [`Error::Unavailable`] with the reason.
pub fn compiler() -> Result<()> {
    Nvrtc::get().map(drop)
}
