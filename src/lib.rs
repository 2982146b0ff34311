//! Vectors and points into rasters, on whatever hardware is there.
//!
//! This crate picks a backend by Cargo feature and opens it by name at run time; everything else is re-exported from
//! [`xr_core`]. The features: `cpu` (default); `cuda` adds NVIDIA GPUs and `opencl` devices of the system's OpenCL
//! library, without whose drivers the program starts all the same; `geotiff` adds [`EngineDecoder`], with which an engine decodes the tiles of GeoTIFF files.
#![forbid(unsafe_code)]

pub use xr_core::*;

#[cfg(feature = "geotiff")]
mod decode;
#[cfg(feature = "geotiff")]
pub use decode::EngineDecoder;

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Backends compiled in, in order of preference.
pub const BACKENDS: &[&str] = &[
    #[cfg(feature = "cuda")]
    "cuda",
    #[cfg(feature = "opencl")]
    "opencl",
    #[cfg(feature = "cpu")]
    "cpu",
];

/// How to open a backend.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// CPU threads; 0 means all cores.
    pub threads: usize,
    /// Indices among the backend's [`devices`]; none takes the best. [`Several`] share the windows of a job.
    pub devices: Vec<usize>,
}

/// A device of a backend.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// What it is: `CPU`, `GPU` or `accelerator`.
    pub kind: String,
    /// Codecs that it runs.
    pub codecs: &'static [Codec],
    /// Why it cannot be used, if it cannot.
    pub unusable: Option<&'static str>,
}

/// The devices of a backend, in the order of their indices.
///
/// # Errors
/// [`Error::NotCompiledIn`] for a backend that this build lacks, [`Error::Unavailable`] for one without hardware here.
pub fn devices(name: &str) -> Result<Vec<Device>> {
    match name {
        #[cfg(feature = "cuda")]
        "cuda" => {
            let device = |found: xr_cuda::Found| Device {
                name: found.name,
                kind: "GPU".into(),
                codecs: xr_cuda::codecs(),
                unusable: None,
            };
            Ok(xr_cuda::devices()?.into_iter().map(device).collect())
        }
        #[cfg(feature = "opencl")]
        "opencl" => {
            let device = |found: xr_opencl::Found| Device {
                kind: found.kind.to_string(),
                unusable: (!found.has_f64).then_some("it lacks double precision"),
                name: found.name,
                codecs: xr_opencl::CODECS,
            };
            Ok(xr_opencl::devices()?.into_iter().map(device).collect())
        }
        #[cfg(feature = "cpu")]
        "cpu" => {
            let caps = xr_cpu::Cpu::open().caps().clone();
            Ok(vec![Device { name: caps.device, kind: "CPU".into(), codecs: caps.codecs, unusable: None }])
        }
        _ => Err(not_compiled_in(name)),
    }
}

fn not_compiled_in(name: &str) -> Error {
    Error::NotCompiledIn { name: name.to_owned(), compiled: BACKENDS.join(", ") }
}

/// Windows in flight: one computes while the other comes down.
const DEPTH: usize = 2;

/// Largest difference between the sums of `method` and direct ones at `pixels`, columns and rows of `grid`; for each column of
/// a spline, in its units. On the host, whose bits are those of every backend.
///
/// # Errors
/// [`Error::NotCompiledIn`] without the `cpu` feature.
pub fn spline_errors(
    tables: &spline::SplineTables,
    grid: &Grid,
    method: spline::Method,
    pixels: &[[u32; 2]],
) -> Result<Vec<f64>> {
    #[cfg(feature = "cpu")]
    {
        let field = xr_cpu::Field::new(tables.view(), grid, method);
        xr_cpu::errors_at(tables.view(), &field, grid, pixels)
    }
    #[cfg(not(feature = "cpu"))]
    {
        let _ = (tables, grid, method, pixels);
        Err(not_compiled_in("cpu"))
    }
}

/// Opens an engine by the name of its backend; `auto` takes the first of [`BACKENDS`] that opens, of OpenCL a GPU only.
/// The one place where a backend's name meets its crate.
///
/// # Errors
/// [`Error::NotCompiledIn`] for a backend that this build lacks, [`Error::Unavailable`] for one without hardware here;
/// [`Error::Misuse`] for a device that is named twice.
pub fn engine(name: &str, options: OpenOptions) -> Result<Box<dyn Engine>> {
    if name == "auto" {
        let mut failed = Error::Unavailable { backend: "auto", reason: "no backend is compiled in".into() };
        for name in BACKENDS {
            let opened = match *name {
                #[cfg(feature = "opencl")]
                "opencl" => opencl(xr_opencl::Choice::Kind(xr_opencl::Kind::Gpu)),
                name => engine(name, options.clone()),
            };
            match opened {
                Ok(engine) => return Ok(engine),
                Err(error) => failed = error,
            }
        }
        return Err(failed);
    }
    let OpenOptions { threads, devices } = options;
    if (1..devices.len()).any(|n| devices[..n].contains(&devices[n])) {
        return Err(Error::Misuse { what: "a device is named once" });
    }
    match devices[..] {
        [] => on_device(name, None, threads),
        [device] => on_device(name, Some(device), threads),
        _ => {
            let engines = devices.into_iter().map(|device| on_device(name, Some(device), threads));
            Ok(Box::new(Several::new(engines.collect::<Result<_>>()?)?))
        }
    }
}

fn on_device(backend: &str, device: Option<usize>, threads: usize) -> Result<Box<dyn Engine>> {
    match backend {
        #[cfg(feature = "cuda")]
        "cuda" => {
            let choice = device.map_or(xr_cuda::Choice::Any, xr_cuda::Choice::Index);
            Ok(Box::new(Session::open(xr_cuda::Cuda::open(choice)?, DEPTH)?))
        }
        #[cfg(feature = "opencl")]
        "opencl" => opencl(device.map_or(xr_opencl::Choice::Any, xr_opencl::Choice::Index)),
        #[cfg(feature = "cpu")]
        "cpu" => {
            if let Some(device) = device.filter(|&device| device > 0) {
                let reason = format!("there is no device {device}, only 0");
                return Err(Error::Unavailable { backend: "cpu", reason });
            }
            let cpu = if threads == 0 { xr_cpu::Cpu::open() } else { xr_cpu::Cpu::with_threads(threads)? };
            Ok(Box::new(Session::open(cpu, DEPTH)?))
        }
        _ => Err(not_compiled_in(backend)),
    }
}

#[cfg(feature = "opencl")]
fn opencl(choice: xr_opencl::Choice) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Session::open(xr_opencl::OpenCl::open(choice)?, DEPTH)?))
}
