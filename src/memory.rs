//! How large a window may be.

use crate::failure::Failure;
use xr::{Encoding, Engine, Grid};

/// Bytes of pixels in a window when nobody asks for a bound: enough rows for all cores, little enough to stay resident.
const COMFORTABLE: u64 = 64 << 20;
/// Windows in flight, and the host block that a window's tiles come down to.
const COPIES: u64 = 3;
/// What the program needs beside tables and windows.
const BASE: u64 = 32 << 20;

/// Columns and rows of a window: whole rows of tiles if one fits, else whole tiles.
pub fn window(
    engine: &dyn Engine,
    grid: &Grid,
    encoding: &Encoding,
    tables: u64,
    bound: Option<u64>,
) -> Result<(u32, u32), Failure> {
    let tile = (encoding.tile_width, encoding.tile_height);
    let needed = |width: u32, height: u32| -> Result<u64, xr::Error> {
        Ok(engine.encoded_window_bytes(encoding, width, height)? as u64 * COPIES)
    };
    let least = needed(tile.0.min(grid.width), tile.1.min(grid.height))?;
    let budget = match bound {
        None => least.max(COMFORTABLE * COPIES * 2),
        Some(bound) => bound.saturating_sub(tables + BASE),
    };
    let fits = |width: u32, height: u32| matches!(needed(width, height), Ok(bytes) if bytes <= budget);
    // The whole width if possible, else as many tiles across as fit.
    let across = largest(grid.width.div_ceil(tile.0), |n| fits((n * tile.0).min(grid.width), tile.1.min(grid.height)));
    if across == 0 {
        let least = least + tables + BASE;
        return Err(Failure::usage(
            format!(
                "--max-memory is too small: {} of geometry and the windows of one tile need {}",
                mib(tables),
                mib(least)
            ),
            format!("pass --max-memory {} or more, or a smaller --tile-size", mib(least)),
        ));
    }
    let width = (across * tile.0).min(grid.width);
    let down = if width == grid.width {
        largest(grid.height.div_ceil(tile.1), |n| fits(width, (n * tile.1).min(grid.height)))
    } else {
        1
    };
    Ok((width, (down.max(1) * tile.1).min(grid.height)))
}

/// Bytes that tiles of a raster to burn into may take while they are read.
pub fn reading(bound: Option<u64>) -> u64 {
    bound.map_or(COMFORTABLE, |bound| (bound / 8).min(COMFORTABLE))
}

/// Columns and rows of a window for pixels that come back: whole rows of the raster, whole rows of tiles.
pub fn rows(
    grid: &Grid,
    encoding: &Encoding,
    tables: u64,
    bound: Option<u64>,
    is_update: bool,
) -> Result<(u32, u32), Failure> {
    // Two windows in flight with a block each, rows that wait in the levels, the encoder's copy, and encoded tiles,
    // which may be as large as the pixels: alone, put together, in a block, and for the writer; and of an update the
    // pixels that three windows start from, once more as planes.
    let copies = if is_update { 14 } else { 10 };
    let tile_row = u64::from(grid.width) * encoding.pixel_bytes() as u64 * u64::from(encoding.tile_height);
    let comfortable = COMFORTABLE.max(tile_row);
    let budget = bound.map_or(comfortable, |bound| comfortable.min(bound.saturating_sub(tables + BASE) / copies));
    let count = u32::try_from(budget / tile_row).unwrap_or(u32::MAX).min(grid.height.div_ceil(encoding.tile_height));
    if count == 0 {
        let least = mib(tile_row * copies + tables + BASE);
        return Err(Failure::usage(
            format!(
                "--max-memory is too small: overviews, statistics and several bands are made of whole rows of tiles, which need {least}"
            ),
            format!("pass --max-memory {least} or more, or a smaller --tile-size"),
        ));
    }
    Ok((grid.width, (count * encoding.tile_height).min(grid.height)))
}

/// Largest `n` in `0..=most` for which `fits` holds, `fits` being true up to some point.
fn largest(most: u32, fits: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = high - (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

fn mib(bytes: u64) -> String {
    format!("{}MiB", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_that_fits_is_found() {
        for limit in 0..=9 {
            assert_eq!(largest(7, |n| n <= limit), limit.min(7));
        }
    }
}
