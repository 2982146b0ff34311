//! What a case says: cases return what is wrong instead of panicking, so that a test can demand a verdict.

use std::fmt;
use xr_core::{DataType, Error, Pixel, with_pixel};

/// Why a case failed.
#[derive(Debug)]
pub enum Failure {
    /// The backend answered, wrongly.
    Wrong(String),
    /// The backend did not answer.
    Xr(Error),
}

/// A case's result.
pub type Verdict<T = ()> = Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(what) => f.write_str(what),
            Self::Xr(error) => write!(f, "error: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Xr(error)
    }
}

/// Wrong unless `holds`.
///
/// # Errors
/// [`Failure::Wrong`].
pub fn expect(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Failure::Wrong(what())) }
}

/// Wrong unless two rasters are the same, bit for bit; only NaNs are alike, since arithmetic does not define their bits.
/// Names the first pixel that differs.
///
/// # Errors
/// [`Failure::Wrong`].
pub fn same_pixels(got: &[u8], want: &[u8], dtype: DataType, width: u32, what: impl FnOnce() -> String) -> Verdict {
    if got == want {
        return Ok(());
    }
    if got.len() != want.len() {
        return Err(Failure::Wrong(format!("{}: {} bytes instead of {}", what(), got.len(), want.len())));
    }
    let size = dtype.size();
    let pairs = got.chunks_exact(size).zip(want.chunks_exact(size));
    let alike = |got: &[u8], want: &[u8]| got == want || (is_nan(got, dtype) && is_nan(want, dtype));
    let mut differing = pairs.enumerate().filter(|(_, (got, want))| !alike(got, want));
    let Some((first, (g, w))) = differing.next() else { return Ok(()) };
    let (column, row) = (first % width as usize, first / width as usize);
    let (g, w) = (shown(g, dtype), shown(w, dtype));
    let count = 1 + differing.count();
    Err(Failure::Wrong(format!(
        "{}: {count} pixels differ, first column {column}, row {row}: {g} instead of {w}",
        what()
    )))
}

fn is_nan(pixel: &[u8], dtype: DataType) -> bool {
    with_pixel!(dtype, T => Pixel::is_nan(bytemuck::pod_read_unaligned::<T>(pixel)))
}

fn shown(pixel: &[u8], dtype: DataType) -> String {
    with_pixel!(dtype, T => format!("{:?}", bytemuck::pod_read_unaligned::<T>(pixel)))
}
