//! How large a window may be.

use crate::{
    failure::Failure,
    output::{BlockSize, Levels},
    statistics::SEGMENT,
};
use xr::{Encoding, Engine, Grid};

/// Bytes of pixels in a window when nobody asks for a bound: enough rows for all cores, little enough for its memory to be
/// used again by the next: a fresh page costs more than burning it.
const COMFORTABLE: u64 = 16 << 20;
/// The same of a whole row of tiles: in windows that are narrower than the raster, features are walked again for each.
const COMFORTABLE_ROW: u64 = 64 << 20;
/// Windows in flight, and the host block that a window's tiles come down to.
const COPIES: u64 = 3;
/// What the program needs beside tables and windows.
pub const BASE: u64 = 32 << 20;

/// Bytes that features take until they are burned: their geometry, up to as much again for what is derived from it, and
/// for each number read itself and its values.
pub fn tables(geometry: usize, features: usize, numbers: usize) -> u64 {
    (2 * geometry + features * (16 + 32 * numbers)) as u64
}

/// Bytes of tables that are in memory at once: half of what there is, which leaves as much to windows. Few features are in
/// memory under any bound.
pub fn of_tables(bound: u64) -> u64 {
    const FEW: u64 = 1 << 20;
    (bound.saturating_sub(BASE) / 2).max(FEW)
}

/// The bound that leaves so many bytes to tables.
pub fn bound_for(tables: u64) -> String {
    mib(2 * tables + BASE)
}

/// Windows that are encoded where they are burned: whole rows of tiles if one fits, else whole tiles.
pub fn window(
    engine: &dyn Engine,
    grid: &Grid,
    encoding: &Encoding,
    tables: u64,
    bound: Option<u64>,
) -> Result<Windows, Failure> {
    let tile = (encoding.tile_width, encoding.tile_height);
    let needed = |width: u32, height: u32| -> Result<u64, xr::Error> {
        Ok(engine.encoded_window_bytes(encoding, width, height)? as u64 * COPIES)
    };
    let least = needed(tile.0.min(grid.width), tile.1.min(grid.height))?;
    let budget = match bound {
        None => {
            let row = needed(grid.width, tile.1.min(grid.height)).unwrap_or(u64::MAX);
            let row = if row <= COMFORTABLE_ROW * COPIES * 2 { row } else { 0 };
            least.max(row).max(COMFORTABLE * COPIES * 2)
        }
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
    Ok(Windows { window: (width, (down.max(1) * tile.1).min(grid.height)), blocks: None })
}

/// Bytes that tiles of a raster to burn into may take while they are read.
pub fn reading(bound: Option<u64>) -> u64 {
    bound.map_or(COMFORTABLE, |bound| (bound / 8).min(COMFORTABLE))
}

/// How the raster is cut.
pub struct Windows {
    /// Columns and rows of a window.
    pub window: (u32, u32),
    /// Of windows whose pixels come back, if they are not whole rows.
    pub blocks: Option<BlockSize>,
}

/// Windows whose pixels come back: whole rows of tiles if they fit, else blocks.
pub fn pixels(
    levels: &Levels<'_>,
    encoding: &Encoding,
    tables: u64,
    bound: Option<u64>,
    is_update: bool,
) -> Result<Windows, Failure> {
    // Two windows in flight with a block each, rows that wait in the levels, the encoder's copy, and encoded tiles, which
    // may be as large as the pixels: alone, put together, in a block, and for the writer; and of an update the pixels that
    // three windows start from, once more as planes.
    let copies = if is_update { 14 } else { 10 };
    let (width, height) = levels.size;
    let tile = encoding.tile_height;
    let tile_row = u64::from(width) * encoding.pixel_bytes() as u64 * u64::from(tile.min(height));
    let budget = bound.map(|bound| bound.saturating_sub(tables + BASE));
    let comfortable = if tile_row <= COMFORTABLE_ROW { COMFORTABLE.max(tile_row) } else { COMFORTABLE };
    let rows = budget.map_or(comfortable, |budget| comfortable.min(budget / copies)) / tile_row;
    if rows > 0 {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX).min(height.div_ceil(tile));
        return Ok(Windows { window: (width, (rows * tile).min(height)), blocks: None });
    }
    let blocks = Blocks { levels, encoding, is_update };
    let budget = budget.unwrap_or(u64::MAX).min(COMFORTABLE * copies);
    blocks.largest(budget).or_else(|| bound.is_none().then(|| blocks.least().1)).ok_or_else(|| {
        let least = mib(blocks.least().0 + tables + BASE);
        Failure::usage(
            format!("--max-memory is too small: geometry, and tiles with those of overviews, need {least}"),
            format!("pass --max-memory {least} or more, or a smaller --tile-size"),
        )
    })
}

/// What blocks of a raster need.
struct Blocks<'a> {
    levels: &'a Levels<'a>,
    encoding: &'a Encoding,
    is_update: bool,
}

impl Blocks<'_> {
    /// Rows of a window: few, because blocks are high, but those of a raster that is read are whole tiles.
    const WINDOW_ROWS: u32 = 64;

    /// So many tiles of the last level made of single blocks, side by side; with the bytes that they take.
    fn cut(&self, halvings: usize, across: u32) -> Option<(u64, Windows)> {
        let (encoding, (width, height)) = (self.encoding, self.levels.size);
        let side = u32::try_from(u64::from(encoding.tile_width) << halvings).ok()?;
        let columns = side.checked_mul(across)?;
        if self.levels.statistics && !columns.is_multiple_of(SEGMENT) && columns < width {
            return None;
        }
        let margin = BlockSize::margin(self.levels, halvings);
        if margin >= columns {
            return None;
        }
        let size = BlockSize { width: columns.min(width), height: side.min(height), halvings, margin };
        let window_rows = if self.is_update { encoding.tile_height } else { Self::WINDOW_ROWS };
        let window = (size.width, window_rows.min(height));

        let bytes = |columns: u32, rows: u32| u64::from(columns) * u64::from(rows) * encoding.pixel_bytes() as u64;
        // In flight and down, a part without the margin; of an update what they start from, and as planes.
        let windows = bytes(size.width.saturating_add(2 * margin), window.1) * if self.is_update { 9 } else { 5 };
        // Rows that wait for tiles in all levels, and encoded tiles: alone, put together, and for the writer.
        let tiles = bytes(size.width, encoding.tile_height) * 5;
        let beyond = if self.levels.halvings() > halvings { self.levels.size_of(halvings + 1).0 } else { 0 };
        // The rows that are put together, and the like; and which pixels make a pixel.
        let rows = bytes(beyond, encoding.tile_height) * 5 + u64::from(beyond) * 100;
        Some((windows + tiles + rows, Windows { window, blocks: Some(size) }))
    }

    /// The widest that fits, of the halvings that need least.
    fn largest(&self, budget: u64) -> Option<Windows> {
        let fits = |halvings: usize, across: u32| self.cut(halvings, across).filter(|(bytes, _)| *bytes <= budget);
        let (_, halvings) = self.all().filter_map(|(h, n)| Some((self.cut(h, n)?.0, h))).min()?;
        let wider = (0..32).filter_map(|n| fits(halvings, 1 << n)).next_back();
        let any = || self.all().find_map(|(halvings, across)| fits(halvings, across));
        wider.or_else(any).map(|(_, pixels)| pixels)
    }

    /// The narrowest blocks of any halvings.
    fn all(&self) -> impl Iterator<Item = (usize, u32)> {
        // Statistics are of segments of whole columns of blocks.
        (0..=self.levels.halvings()).flat_map(|halvings| (0..=SEGMENT.ilog2()).map(move |n| (halvings, 1 << n)))
    }

    fn least(&self) -> (u64, Windows) {
        let all = self.all().filter_map(|(halvings, across)| self.cut(halvings, across));
        all.min_by_key(|(bytes, _)| *bytes).unwrap_or((u64::MAX, Windows { window: self.levels.size, blocks: None }))
    }
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

/// In whole mebibytes.
pub fn mib(bytes: u64) -> String {
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
