//! Outputs looked at before any work is done for them.

use crate::failure::Failure;
use std::path::Path;

/// Whether two paths name one file.
pub fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Refuses a target that exists unless it may be replaced; the writer checks its own again.
pub fn refuse_existing(path: &Path, overwrite: bool) -> Result<(), Failure> {
    if !overwrite && path.exists() {
        return Err(xr_geotiff::GeoTiffError::Exists { path: path.to_owned() }.into());
    }
    Ok(())
}
