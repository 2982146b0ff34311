//! The raster's geometry: pixels, their world coordinates, and windows of them.

use crate::{Error, Result};

/// Grids are smaller than this a side, so that pixel indices and twice their products stay exact.
pub const MAX_SIDE: u32 = 1_000_000_000;

/// Pixel coordinates of smaller magnitude count as zero: products in the exact predicates then cannot underflow.
const SNAP: f64 = f64::from_bits((1023 - 300) << 52); // 2^-300
/// Pixel coordinates are clamped to this magnitude: products in the exact predicates then cannot overflow.
const FAR: f64 = f64::from_bits((1023 + 500) << 52); // 2^500

/// A raster's size and its affine transform without rotation. `Copy`: kernels get it by value.
///
/// Pixel `(c, r)` is the box `[c, c+1) × [r, r+1)` of pixel space, x to the right and y down; its world coordinates are
/// `x0 + c·dx`, `y0 + r·dy`. A north-up raster has `dx > 0` and `dy < 0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// World x of the outer edge of the first column.
    pub x0: f64,
    /// World y of the outer edge of the first row.
    pub y0: f64,
    /// World units from a column to the next.
    pub dx: f64,
    /// World units from a row to the next.
    pub dy: f64,
}

impl Grid {
    /// Checks size and transform.
    ///
    /// # Errors
    /// [`Error::Grid`] for an empty side, a side of [`MAX_SIDE`] or more, a pixel size of zero, or numbers that are not finite.
    pub fn new(width: u32, height: u32, [x0, dx, y0, dy]: [f64; 4]) -> Result<Self> {
        if width == 0 || height == 0 {
            return Err(Error::Grid(format!(
                "{width} × {height} pixels: a grid needs at least one row and one column"
            )));
        }
        if width >= MAX_SIDE || height >= MAX_SIDE {
            return Err(Error::Grid(format!("{width} × {height} pixels: a side has at most {}", MAX_SIDE - 1)));
        }
        if ![x0, dx, y0, dy].iter().all(|v| v.is_finite()) || dx == 0.0 || dy == 0.0 {
            return Err(Error::Grid(format!("origin ({x0}, {y0}), pixel size ({dx}, {dy})")));
        }
        Ok(Self { width, height, x0, y0, dx, dy })
    }

    /// World to pixel space. Done once per coordinate, in f64, from the grid's own origin, never a window's: that alone
    /// makes results independent of tiling. One subtraction and one division, each correctly rounded; magnitudes below
    /// 2⁻³⁰⁰ become 0 and those beyond 2⁵⁰⁰ are clamped.
    #[inline]
    pub fn to_pixel(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.to_column(x), self.to_row(y)]
    }

    /// The x part of [`to_pixel`](Self::to_pixel).
    #[inline]
    pub fn to_column(&self, x: f64) -> f64 {
        bounded((x - self.x0) / self.dx)
    }

    /// The y part of [`to_pixel`](Self::to_pixel).
    #[inline]
    pub fn to_row(&self, y: f64) -> f64 {
        bounded((y - self.y0) / self.dy)
    }

    /// Number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The whole grid as one window.
    pub fn window(&self) -> Window {
        Window { col: 0, row: 0, width: self.width, height: self.height }
    }

    /// Windows of at most `width × height` pixels that cover the grid, row-major.
    pub fn windows(&self, width: u32, height: u32) -> impl ExactSizeIterator<Item = Window> + use<> {
        let (grid, width, height) = (*self, width.max(1), height.max(1));
        let across = grid.width.div_ceil(width) as usize;
        (0..across * grid.height.div_ceil(height) as usize).map(move |n| {
            let (col, row) = ((n % across) as u32 * width, (n / across) as u32 * height);
            Window { col, row, width: width.min(grid.width - col), height: height.min(grid.height - row) }
        })
    }
}

#[inline]
fn bounded(v: f64) -> f64 {
    if v.abs() < SNAP { 0.0 } else { v.clamp(-FAR, FAR) }
}

/// A rectangle of pixels of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First column.
    pub col: u32,
    /// First row.
    pub row: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Window {
    /// Number of pixels.
    pub fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_each_pixel_once() {
        let grid = Grid::new(10, 7, [0.0, 1.0, 0.0, -1.0]).unwrap();
        let windows: Vec<_> = grid.windows(4, 3).collect();
        assert_eq!(windows.len(), 9);
        assert_eq!(windows.iter().map(Window::pixels).sum::<usize>(), 70);
        assert_eq!(windows[8], Window { col: 8, row: 6, width: 2, height: 1 });
    }

    #[test]
    fn a_coordinate_on_a_pixel_edge_is_an_integer() {
        let grid = Grid::new(100, 100, [500_000.0, 30.0, 4_000_000.0, -30.0]).unwrap();
        assert_eq!(grid.to_pixel([500_090.0, 3_999_985.0]), [3.0, 0.5]);
    }

    #[test]
    fn extremes_stay_in_range_of_the_predicates() {
        let grid = Grid::new(1, 1, [0.0, 1e-300, 0.0, 1e300]).unwrap();
        assert_eq!(grid.to_pixel([1e300, 1e-10]), [FAR, 0.0]);
    }

    #[test]
    fn grids_that_cannot_be_are_refused() {
        let transform = [0.0, 1.0, 0.0, -1.0];
        assert!(Grid::new(0, 5, transform).is_err());
        assert!(Grid::new(5, MAX_SIDE, transform).is_err());
        assert!(Grid::new(5, 5, [0.0, 0.0, 0.0, -1.0]).is_err());
        assert!(Grid::new(5, 5, [f64::NAN, 1.0, 0.0, -1.0]).is_err());
    }
}
