//! Vectors and points into rasters, on whatever hardware is there.
//!
//! This crate picks a backend by Cargo feature and opens it by name at run time; everything else is re-exported from
//! [`xr_core`]. The features: `cpu` (default); `geotiff` adds
//! [`EngineDecoder`], with which an engine decodes the tiles of GeoTIFF files.
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
    #[cfg(feature = "cpu")]
    "cpu",
];

/// How to open a backend.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// CPU threads; 0 means all cores.
    pub threads: usize,
}

/// Windows in flight: one computes while the other comes down.
const DEPTH: usize = 2;

/// Sums of splines over points `(us, vs)` of the unit box at these points, which a fit needs; on the host.
///
/// # Errors
/// [`Error::NotCompiledIn`] without the `cpu` feature.
pub fn point_sums<'a>(us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn spline::PointSums + 'a>> {
    #[cfg(feature = "cpu")]
    return Ok(Box::new(xr_cpu::FastSums::new(us, vs)));
    #[cfg(not(feature = "cpu"))]
    {
        let _ = (us, vs);
        Err(Error::NotCompiledIn { name: "cpu".into(), compiled: BACKENDS.join(", ") })
    }
}

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
        Err(Error::NotCompiledIn { name: "cpu".into(), compiled: BACKENDS.join(", ") })
    }
}

/// Opens an engine by the name of its backend; `auto` takes the first of [`BACKENDS`] that opens.
/// The one place where a backend's name meets its crate.
///
/// # Errors
/// [`Error::NotCompiledIn`] for a backend that this build lacks, [`Error::Unavailable`] for one without hardware here.
pub fn engine(name: &str, options: OpenOptions) -> Result<Box<dyn Engine>> {
    match name {
        "auto" => {
            let mut failed = Error::Unavailable { backend: "auto", reason: "no backend is compiled in".into() };
            for name in BACKENDS {
                match engine(name, options) {
                    Ok(engine) => return Ok(engine),
                    Err(error) => failed = error,
                }
            }
            Err(failed)
        }
        #[cfg(feature = "cpu")]
        "cpu" => {
            let cpu =
                if options.threads == 0 { xr_cpu::Cpu::open() } else { xr_cpu::Cpu::with_threads(options.threads)? };
            Ok(Box::new(Session::open(cpu, DEPTH)?))
        }
        _ => Err(Error::NotCompiledIn { name: name.to_owned(), compiled: BACKENDS.join(", ") }),
    }
}
