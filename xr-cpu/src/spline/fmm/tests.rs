use super::super::{Field, interpolate};
use super::*;
use std::f64::consts::LN_2;
use xr_core::{
    Quantity, Scalar, Surface, Window,
    spline::{Column, SplineView, direct::Terms},
};

/// Uniform numbers in 0..1.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed * 2 + 1;
    move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

struct Points {
    us: Vec<f64>,
    vs: Vec<f64>,
    weights: Vec<f64>,
}

/// Half of the points are in a small cluster.
fn points(count: usize) -> Points {
    let mut random = numbers(count as u64);
    let mut place = |n: usize| if n.is_multiple_of(2) { random() } else { 0.3 + 0.01 * random() };
    let us = (0..count).map(&mut place).collect();
    let vs = (0..count).map(&mut place).collect();
    Points { us, vs, weights: (0..count).map(|_| random() - 0.5).collect() }
}

impl Points {
    fn terms<T>(&self, polynomial: [f64; 3], f: impl FnOnce(&Terms<'_>) -> T) -> T {
        let halves: Vec<f64> = self.weights.iter().map(|w| 0.5 * w).collect();
        f(&Terms { us: &self.us, vs: &self.vs, halves: &halves, polynomial })
    }

    /// Σ|w|·ln 2.
    fn scale(&self) -> f64 {
        self.weights.iter().map(|w| w.abs()).sum::<f64>() * LN_2
    }

    /// Term by term, in parts of S.
    fn error(&self, [u, v]: [f64; 2], polynomial: [f64; 3], found: f64) -> f64 {
        (self.terms(polynomial, |terms| terms.value(u, v)) - found).abs() / self.scale()
    }

    fn field(&self, grid: &Grid, precision: Precision, width: Width) -> Field {
        let mut tree = Fmm::over_grid(&FRAME, grid, &self.us, &self.vs, precision);
        tree.matrices.width = width;
        Field::Fast { columns: vec![tree.field(&self.weights)], tree: Box::new(tree) }
    }

    /// Bands of a window.
    fn window(&self, field: &Field, grid: &Grid, quantity: Quantity, window: Window) -> Vec<Vec<f64>> {
        let points: Vec<f64> = self.us.iter().chain(&self.vs).copied().collect();
        let halves: Vec<f64> = self.weights.iter().map(|w| 0.5 * w).collect();
        let columns = [Column { polynomial: POLYNOMIAL, range: [f64::NEG_INFINITY, f64::INFINITY] }];
        let view = SplineView { frame: FRAME, points: &points, halves: &halves, columns: &columns };
        let surface = Surface { quantity, fill: Scalar::of(f64::NAN), masked: false };
        let mut bands = vec![vec![f64::NAN; window.pixels()]; quantity.bands(1)];
        let mut slices: Vec<&mut [u8]> = bands.iter_mut().map(|band| bytemuck::cast_slice_mut(band)).collect();
        assert_eq!(interpolate(view, field, grid, &surface, window, &mut slices).unwrap(), 0);
        bands
    }
}

const POLYNOMIAL: [f64; 3] = [0.5, 2.0, -3.0];
const FRAME: Frame = Frame { x: 0.0, y: 0.0, scale: 1.0 };

/// Columns and rows, each by the edge of the first, the step and their number.
fn grid((x0, dx, width): (f64, f64, u32), (y0, dy, height): (f64, f64, u32)) -> Grid {
    Grid::new(width, height, [x0, dx, y0, dy]).unwrap()
}

fn grids() -> [Grid; 5] {
    [
        // North up, over the unit box.
        grid((0.002, 0.004, 250), (0.998, -0.004, 250)),
        // Pixels that are no squares; points outside; more columns than rows.
        grid((0.2, 0.001, 300), (0.7, 0.0037, 70)),
        // Beyond the points, both axes downwards.
        grid((2.5, -0.01, 200), (-0.5, -0.01, 64)),
        // One pixel, one column.
        grid((0.31, 0.1, 1), (0.31, 0.1, 1)),
        grid((0.31, 0.01, 1), (0.0, 0.001, 900)),
    ]
}

/// Every so many-th pixel and its place.
fn places(grid: &Grid, checks: usize) -> impl Iterator<Item = (usize, [f64; 2])> {
    let (grid, pixels) = (*grid, grid.pixels() as usize);
    (0..pixels).step_by(1 + pixels / checks).map(move |n| {
        let (column, row) = (n as u32 % grid.width, n as u32 / grid.width);
        (n, [FRAME.column(&grid, column), FRAME.row(&grid, row)])
    })
}

/// As many points as `XR_SPLINE_POINTS` says, and 10,000 pixels then; otherwise fewer.
#[test]
fn pixels_are_those_of_direct_sums() {
    let many = std::env::var("XR_SPLINE_POINTS").ok().map(|count| count.parse().unwrap());
    let (points, checks) = (points(many.unwrap_or(800)), if many.is_some() { 10_000 } else { 200 });
    for grid in grids() {
        for precision in [Precision::Standard, Precision::High] {
            let field = points.field(&grid, precision, Width::best());
            let found = points.window(&field, &grid, Quantity::Value, grid.window());
            for (n, place) in places(&grid, checks) {
                let error = points.error(place, POLYNOMIAL, found[0][n]);
                assert!(error < precision.error(), "{grid:?} {precision:?} at {place:?}: {error:e} S");
            }
        }
    }
}

#[test]
fn slopes_are_those_of_direct_sums() {
    let points = points(800);
    for grid in grids() {
        let field = points.field(&grid, Precision::High, Width::best());
        let found = points.window(&field, &grid, Quantity::Gradient, grid.window());
        for (n, [u, v]) in places(&grid, 200) {
            let slopes = points.terms(POLYNOMIAL, |terms| terms.gradient(u, v));
            for axis in [0, 1] {
                let error = (slopes[axis] - found[axis][n]).abs() / points.scale();
                assert!(error < 1e-12, "{grid:?} at ({u}, {v}), axis {axis}: {error:e} S");
            }
        }
    }
}

#[test]
fn sums_at_points_are_those_of_direct_sums() {
    for count in [1, 2, 9, 3000] {
        let points = points(count);
        for (precision, bound) in [(Precision::Standard, 1e-12), (Precision::High, 2e-15)] {
            let fmm = Fmm::over_points(&points.us, &points.vs, precision);
            let mut out = vec![f64::NAN; count];
            fmm.at_points(&fmm.field(&points.weights), &mut out);
            for n in (0..count).step_by(1 + count / 200) {
                let error = points.error([points.us[n], points.vs[n]], [0.0; 3], out[n]);
                assert!(error < bound, "{precision:?}, point {n} of {count}: {error:e} S");
            }
        }
    }
}

#[test]
fn every_window_has_the_bits_of_the_whole() {
    let points = points(500);
    let grid = grid((0.1, 0.003, 230), (0.9, -0.004, 190));
    let field = points.field(&grid, Precision::Standard, Width::best());
    for quantity in [Quantity::Value, Quantity::Gradient] {
        let all = points.window(&field, &grid, quantity, grid.window());
        for window in [[0, 0, 7, 190], [101, 33, 129, 5], [229, 189, 1, 1], [3, 0, 50, 77]] {
            let [col, row, width, height] = window;
            let part = points.window(&field, &grid, quantity, Window { col, row, width, height });
            for (all, part) in all.iter().zip(part) {
                for (r, line) in part.chunks(width as usize).enumerate() {
                    let from = (row as usize + r) * 230 + col as usize;
                    assert_eq!(line, &all[from..from + width as usize], "{window:?}, row {r}");
                }
            }
        }
    }
}

#[test]
fn every_width_and_number_of_threads_gives_the_same_bits() {
    let points = points(600);
    let grid = grid((0.0, 0.006, 170), (0.0, 0.006, 170));
    for precision in [Precision::Standard, Precision::High] {
        let mut results = Vec::new();
        for &width in Width::all() {
            for threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                results.push(pool.install(|| {
                    let field = points.field(&grid, precision, width);
                    let mut over_points = Fmm::over_points(&points.us, &points.vs, precision);
                    over_points.matrices.width = width;
                    let mut found = vec![0.0; 600];
                    over_points.at_points(&over_points.field(&points.weights), &mut found);
                    for quantity in [Quantity::Value, Quantity::Gradient] {
                        found.extend(points.window(&field, &grid, quantity, grid.window()).concat());
                    }
                    found
                }));
            }
        }
        assert!(results.iter().all(|found| *found == results[0]), "{precision:?}");
    }
}
