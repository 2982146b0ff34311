//! A window of a spline's surface: tiles of it in parallel.

use super::{
    Field,
    direct::{OnLattice, Points, Slopes, Values, padded},
    fmm::{Part, Scratch, Shown},
    width::Width,
};
use rayon::prelude::*;
use std::{marker::PhantomData, ops::Range};
use xr_core::{
    DataType, Error, Grid, Pixel, Quantity, Result, STATUS_OVERFLOW, Surface, Window,
    spline::{Column, SplineView},
};

/// Rows and columns of a part by direct sums: enough work for a thread, small enough for its first cache.
const TILE: (usize, usize) = (2, 256);

/// Columns of values that are summed in one go, at most.
const TOGETHER: usize = 4;

/// Paints a window of a spline and what was derived of it: `bands` are its bands' row-major pixels, of the type of `surface.fill`. Returns a status word.
///
/// # Errors
/// [`Error::Misuse`] for tables and slices that do not belong together, or of another type.
pub fn interpolate(
    spline: SplineView<'_>,
    field: &Field,
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
    if field.far().is_some_and(|far| far.len() != spline.columns.len()) {
        return Err(Error::Misuse { what: "a field belongs to another spline" });
    }
    match surface.fill.dtype() {
        DataType::F32 => paint::<f32>(spline, field, grid, surface, window, bands),
        DataType::F64 => paint::<f64>(spline, field, grid, surface, window, bands),
        _ => Err(Error::Misuse { what: "a spline makes a raster of floats" }),
    }
}

/// A part of the window and the pixels there.
struct Tile<'a, T> {
    part: Part,
    /// Rows of each band, band after band.
    rows: Vec<&'a mut [T]>,
}

fn paint<T: Pixel>(
    spline: SplineView<'_>,
    field: &Field,
    grid: &Grid,
    surface: &Surface,
    window: Window,
    bands: &mut [&mut [u8]],
) -> Result<u64> {
    let fill = surface.fill.get::<T>()?;
    let [across, down] = match field {
        Field::Direct => [cuts(window.col, window.width, TILE.1), cuts(window.row, window.height, TILE.0)],
        Field::Fast { tree, .. } => tree.parts(window),
    };
    let mut tiles: Vec<Tile<'_, T>> = Vec::with_capacity(across.len() * down.len());
    for rows in &down {
        let part = |columns: &Range<usize>| Part { columns: columns.clone(), rows: rows.clone() };
        tiles.extend(across.iter().map(|columns| Tile { part: part(columns), rows: Vec::new() }));
    }
    for band in bands.iter_mut() {
        let band: &mut [T] = bytemuck::try_cast_slice_mut(band)
            .map_err(|_| Error::Misuse { what: "pixels are aligned to their type" })?;
        if band.len() != window.pixels() {
            return Err(Error::Misuse { what: "a window's slice holds its pixels" });
        }
        let mut lines = band.chunks_exact_mut(window.width as usize);
        for (tiles, rows) in tiles.chunks_mut(across.len()).zip(&down) {
            for mut line in lines.by_ref().take(rows.len()) {
                for tile in tiles.iter_mut() {
                    let (pixels, rest) = line.split_at_mut(tile.part.columns.len());
                    tile.rows.push(pixels);
                    line = rest;
                }
            }
        }
    }
    let painter = Painter { spline, field, grid, surface, fill };
    let finite = tiles
        .into_par_iter()
        .map_init(Default::default, |scratch, tile| painter.tile(tile, scratch))
        .reduce(|| true, |a, b| a && b);
    Ok(if finite { 0 } else { STATUS_OVERFLOW })
}

/// Ranges of `step` that make up `count` from `from` on.
fn cuts(from: u32, count: u32, step: usize) -> Vec<Range<usize>> {
    let (from, end) = (from as usize, from as usize + count as usize);
    (from..end).step_by(step).map(|at| at..end.min(at + step)).collect()
}

/// Numbers of a part, and memory to compute them.
#[derive(Default)]
struct Numbers {
    /// Planes of rows.
    planes: Vec<f64>,
    fast: Scratch,
}

struct Painter<'a, T> {
    spline: SplineView<'a>,
    field: &'a Field,
    grid: &'a Grid,
    surface: &'a Surface,
    fill: T,
}

impl<T: Pixel> Painter<'_, T> {
    /// Whether all pixels are finite.
    fn tile(&self, Tile { part, mut rows }: Tile<'_, T>, numbers: &mut Numbers) -> bool {
        let down = part.rows.len();
        let outside: Vec<Vec<bool>> = match self.surface.masked {
            true => rows[..down].iter().map(|row| row.iter().map(|pixel| self.is_fill(pixel)).collect()).collect(),
            false => Vec::new(),
        };
        if !outside.is_empty() && outside.iter().flatten().all(|&outside| outside) {
            rows.iter_mut().for_each(|row| row.fill(self.fill));
            return true;
        }
        let stride = padded(part.columns.len());
        let mut finite = true;
        for (first, columns) in self.spline.columns.chunks(self.together()).enumerate() {
            let first = first * self.together();
            self.numbers(first, columns.len(), &part, numbers);
            let planes = numbers.planes.chunks_exact(stride * down);
            let bands = rows.chunks_exact_mut(down).skip(self.surface.quantity.bands(first));
            for (n, (plane, band)) in planes.zip(bands).enumerate() {
                for (r, (numbers, pixels)) in plane.chunks_exact(stride).zip(band).enumerate() {
                    for (c, (pixel, &number)) in pixels.iter_mut().zip(numbers).enumerate() {
                        let inside = !self.surface.masked || !outside[r][c];
                        *pixel = if inside { self.pixel(number, columns, n, &mut finite) } else { self.fill };
                    }
                }
            }
        }
        finite
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

    /// Planes of numbers of `count` columns from `first` on, of rows that are [`padded`].
    fn numbers(&self, first: usize, count: usize, part: &Part, out: &mut Numbers) {
        let bands = self.surface.quantity.bands(count);
        out.planes.resize(bands * padded(part.columns.len()) * part.rows.len(), 0.0);
        match (self.surface.quantity, count) {
            (Quantity::Gradient, _) => self.sum::<Slopes, 1, 2>(first, part, out),
            (Quantity::Value, 1) => self.sum::<Values, 1, 1>(first, part, out),
            (Quantity::Value, 2) => self.sum::<Values, 2, 2>(first, part, out),
            (Quantity::Value, 3) => self.sum::<Values, 3, 3>(first, part, out),
            (Quantity::Value, _) => self.sum::<Values, TOGETHER, TOGETHER>(first, part, out),
        }
    }

    fn sum<F: Shown<K, A>, const K: usize, const A: usize>(&self, first: usize, part: &Part, out: &mut Numbers) {
        let polynomials = std::array::from_fn(|k| self.spline.columns[first + k].polynomial);
        let stride = padded(part.columns.len());
        if let Field::Fast { tree, columns } = self.field {
            let fields = std::array::from_fn(|k| &columns[first + k]);
            return tree.numbers::<F, K, A>(fields, polynomials, part, &mut out.fast, stride, &mut out.planes);
        }
        let frame = self.spline.frame;
        let vs: Vec<f64> = part.rows.clone().map(|row| frame.row(self.grid, row as u32)).collect();
        let mut us: Vec<f64> = part.columns.clone().map(|column| frame.column(self.grid, column as u32)).collect();
        us.resize(stride, us[0]);
        let count = self.spline.points.len() / 2;
        let (point_us, point_vs) = self.spline.points.split_at(count);
        let halves = std::array::from_fn(|k| &self.spline.halves[(first + k) * count..][..count]);
        let points = Points { us: point_us, vs: point_vs, halves, polynomials };
        Width::best().run(OnLattice::<F, K, A> { term: PhantomData, points, us: &us, vs: &vs, out: &mut out.planes });
    }
}
