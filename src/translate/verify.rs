//! `--verify`: the file read again and compared.

use super::Rows;
use crate::failure::Failure;
use std::path::Path;
use xr::Engine;
use xr_geotiff::{Limits, PixelWindow, Reader};

/// Compares every pixel of the rows with the file written from them.
pub fn same(input: &Reader, rows: &Rows, output: &Path, engine: &mut dyn Engine) -> Result<(), Failure> {
    let written = Reader::open(output, &Limits::default())?;
    for window in rows.windows() {
        let wanted = rows.read(input, window, engine)?;
        let place = PixelWindow { column: 0, row: window.row - rows.area.row, ..window };
        let found = rows.read(&written, place, engine)?;
        if wanted.bytes != found.bytes {
            let message = format!(
                "{}: rows {} to {} differ from the input",
                output.display(),
                place.row,
                place.row + place.height - 1
            );
            return Err(Failure::data(message, "please report this, with the input if you can"));
        }
    }
    Ok(())
}
