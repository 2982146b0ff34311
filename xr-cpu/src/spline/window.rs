//! A window of a spline's surface: tiles of it in parallel.

use super::{
    direct::{OnLattice, Points, Slopes, Term, Values, padded},
    width::Width,
};
use rayon::prelude::*;
use std::marker::PhantomData;
use xr_core::{
    DataType, Error, Grid, Pixel, Quantity, Result, STATUS_OVERFLOW, Surface, Window,
    spline::{Column, SplineView},
};

/// Rows and columns of a tile: enough work for a thread, small enough for its first cache.
const TILE: (usize, usize) = (2, 256);

/// Columns of values that are summed in one go, at most.
const TOGETHER: usize = 4;

/// Paints a window: `bands` are its bands' row-major pixels, of the type of `surface.fill`. Returns a status word.
///
/// # Errors
/// [`Error::Misuse`] for tables and slices that do not belong together, or of another type.
pub fn interpolate(
    spline: SplineView<'_>,
    grid: &Grid,
    surface: &Surface,
    window: Window,
    bands: &mut [&mut [u8]],
) -> Result<u64> {
    let points = spline.points.len() / 2;
    if spline.halves.len() != points * spline.columns.len() || spline.columns.is_empty() {
        return Err(Error::Misuse { what: "a spline has a column at least, and a weight for each point" });
    } else if bands.len() != surface.quantity.bands(spline.columns.len()) || window.pixels() == 0 {
        return Err(Error::Misuse { what: "a window has pixels, and a slice for each band" });
    }
    match surface.fill.dtype() {
        DataType::F32 => paint::<f32>(spline, grid, surface, window, bands),
        DataType::F64 => paint::<f64>(spline, grid, surface, window, bands),
        _ => Err(Error::Misuse { what: "a spline makes a raster of floats" }),
    }
}

/// A part of the window.
struct Tile<'a, T> {
    /// Row and column of the grid.
    at: (u32, u32),
    /// Rows of each band, band after band.
    rows: Vec<&'a mut [T]>,
}

fn paint<T: Pixel>(
    spline: SplineView<'_>,
    grid: &Grid,
    surface: &Surface,
    window: Window,
    bands: &mut [&mut [u8]],
) -> Result<u64> {
    let fill = surface.fill.get::<T>()?;
    let (width, across) = (window.width as usize, (window.width as usize).div_ceil(TILE.1));
    let mut tiles: Vec<Tile<'_, T>> = (0..across * (window.height as usize).div_ceil(TILE.0))
        .map(|n| (window.row + (n / across * TILE.0) as u32, window.col + (n % across * TILE.1) as u32))
        .map(|at| Tile { at, rows: Vec::with_capacity(bands.len() * TILE.0) })
        .collect();
    for band in bands.iter_mut() {
        let band: &mut [T] = bytemuck::try_cast_slice_mut(band)
            .map_err(|_| Error::Misuse { what: "pixels are aligned to their type" })?;
        if band.len() != window.pixels() {
            return Err(Error::Misuse { what: "a window's slice holds its pixels" });
        }
        for (row, pixels) in band.chunks_exact_mut(width).enumerate() {
            for (column, part) in pixels.chunks_mut(TILE.1).enumerate() {
                tiles[row / TILE.0 * across + column].rows.push(part);
            }
        }
    }
    let painter = Painter { spline, grid, surface, fill };
    let finite =
        tiles.into_par_iter().map_init(Vec::new, |out, tile| painter.tile(tile, out)).reduce(|| true, |a, b| a && b);
    Ok(if finite { 0 } else { STATUS_OVERFLOW })
}

struct Painter<'a, T> {
    spline: SplineView<'a>,
    grid: &'a Grid,
    surface: &'a Surface,
    fill: T,
}

impl<T: Pixel> Painter<'_, T> {
    /// Whether all pixels are finite.
    fn tile(&self, Tile { at, mut rows }: Tile<'_, T>, out: &mut Vec<f64>) -> bool {
        let down = rows.len() / self.bands();
        let outside: Vec<Vec<bool>> = match self.surface.masked {
            true => rows[..down].iter().map(|row| row.iter().map(|pixel| self.is_fill(pixel)).collect()).collect(),
            false => Vec::new(),
        };
        if !outside.is_empty() && outside.iter().flatten().all(|&outside| outside) {
            rows.iter_mut().for_each(|row| row.fill(self.fill));
            return true;
        }
        let frame = self.spline.frame;
        let vs: Vec<f64> = (0..down).map(|row| frame.row(self.grid, at.0 + row as u32)).collect();
        let mut us: Vec<f64> = (0..rows[0].len()).map(|column| frame.column(self.grid, at.1 + column as u32)).collect();
        us.resize(padded(us.len()), us[0]);
        let mut finite = true;
        for (first, columns) in self.spline.columns.chunks(self.together()).enumerate() {
            let first = first * self.together();
            self.numbers(first, columns.len(), &us, &vs, out);
            let planes = out.chunks_exact(us.len() * down);
            let bands = rows.chunks_exact_mut(down).skip(self.surface.quantity.bands(first));
            for (n, (plane, band)) in planes.zip(bands).enumerate() {
                for (r, (numbers, pixels)) in plane.chunks_exact(us.len()).zip(band).enumerate() {
                    for (c, (pixel, &number)) in pixels.iter_mut().zip(numbers).enumerate() {
                        let inside = !self.surface.masked || !outside[r][c];
                        *pixel = if inside { self.pixel(number, columns, n, &mut finite) } else { self.fill };
                    }
                }
            }
        }
        finite
    }

    fn bands(&self) -> usize {
        self.surface.quantity.bands(self.spline.columns.len())
    }

    fn is_fill(&self, pixel: &T) -> bool {
        bytemuck::bytes_of(pixel) == bytemuck::bytes_of(&self.fill)
    }

    /// Columns that are taken at a time.
    fn together(&self) -> usize {
        match self.surface.quantity {
            Quantity::Value => TOGETHER,
            Quantity::Gradient => 1,
        }
    }

    /// The pixel of plane `n` of `columns`.
    fn pixel(&self, number: f64, columns: &[Column], n: usize, finite: &mut bool) -> T {
        let number = match self.surface.quantity {
            Quantity::Value => {
                let [low, high] = columns[n].range;
                if number < low {
                    low
                } else if number > high {
                    high
                } else {
                    number
                }
            }
            Quantity::Gradient => number / self.spline.frame.scale,
        };
        let pixel = if number.is_finite() { T::from_float(number) } else { None };
        *finite &= pixel.is_some();
        pixel.unwrap_or(self.fill)
    }

    /// Planes of numbers of `count` columns from `first` on.
    fn numbers(&self, first: usize, count: usize, us: &[f64], vs: &[f64], out: &mut Vec<f64>) {
        out.resize(self.surface.quantity.bands(count) * us.len() * vs.len(), 0.0);
        match (self.surface.quantity, count) {
            (Quantity::Gradient, _) => self.sum::<Slopes, 1, 2>(first, us, vs, out),
            (Quantity::Value, 1) => self.sum::<Values, 1, 1>(first, us, vs, out),
            (Quantity::Value, 2) => self.sum::<Values, 2, 2>(first, us, vs, out),
            (Quantity::Value, 3) => self.sum::<Values, 3, 3>(first, us, vs, out),
            (Quantity::Value, _) => self.sum::<Values, TOGETHER, TOGETHER>(first, us, vs, out),
        }
    }

    fn sum<F: Term<K, A>, const K: usize, const A: usize>(
        &self,
        first: usize,
        us: &[f64],
        vs: &[f64],
        out: &mut [f64],
    ) {
        let count = self.spline.points.len() / 2;
        let (point_us, point_vs) = self.spline.points.split_at(count);
        let halves = std::array::from_fn(|k| &self.spline.halves[(first + k) * count..][..count]);
        let polynomials = std::array::from_fn(|k| self.spline.columns[first + k].polynomial);
        let points = Points { us: point_us, vs: point_vs, halves, polynomials };
        Width::best().run(OnLattice::<F, K, A> { term: PhantomData, points, us, vs, out });
    }
}
