//! Which way to sum.

use super::{
    SplineTables,
    direct::{CHUNK, REACH},
    fmm::{Precision, Tree},
};
use crate::{Grid, Quantity};

/// Up to so many points, direct sums are as fast as a tree.
const FEW_POINTS: usize = 200;
/// Pairs of pixel and point that take no longer than a tree takes to be made.
const FEW_PAIRS: u64 = 100_000_000;

/// How the sums of a spline over its points are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Term by term, [`direct`](super::direct): a pixel costs as much as there are points.
    #[default]
    Direct,
    /// By a tree of boxes, [`fmm`](super::fmm): a pixel costs the same at any number of points.
    Fast(Precision),
}

impl Method {
    /// The cheapest that shows a spline on a grid with errors below `tolerances`, one for each column and in its units. Where no
    /// tree is as exact, rounding spoils direct sums likewise, and the best tree is taken.
    pub fn choose(tables: &SplineTables, grid: &Grid, quantity: Quantity, tolerances: &[f64]) -> Self {
        let points = tables.points();
        if points <= FEW_POINTS || points as u64 * grid.pixels() <= FEW_PAIRS {
            return Self::Direct;
        }
        let fast = Self::fast(tables, grid, quantity, tolerances);
        let view = tables.view();
        let (us, vs) = view.points.split_at(points);
        // Boxes reach beyond the grid's last pixels.
        if Tree::over_grid(&view.frame, grid, us, vs).is_within_reach() { fast } else { Self::Direct }
    }

    /// The cheaper of trees, likewise.
    pub fn fast(tables: &SplineTables, grid: &Grid, quantity: Quantity, tolerances: &[f64]) -> Self {
        let exact = |(column, &tolerance)| Precision::Standard.error() * tables.magnitude(column, grid) <= tolerance;
        // A derivative of what is interpolated on few nodes has lost digits.
        let standard = quantity == Quantity::Value && tolerances.iter().enumerate().all(exact);
        Self::Fast(if standard { Precision::Standard } else { Precision::High })
    }

    /// Largest error of a pixel's value in parts of [`SplineTables::magnitude`], of so many points.
    pub fn error(self, points: usize) -> f64 {
        match self {
            // Each term is off by 3 units in the last place of the largest, and partial sums round.
            Self::Direct => ((points.min(CHUNK) + points.div_ceil(CHUNK) + 3) as f64) * (f64::EPSILON / 2.0),
            Self::Fast(precision) => precision.error(),
        }
    }
}

impl Method {
    /// About the bytes that it derives from a spline on a grid.
    pub fn bytes(self, tables: &SplineTables, grid: &Grid) -> u64 {
        let points = tables.points();
        let Self::Fast(precision) = self else { return 0 };
        if points == 0 {
            return 0;
        }
        let view = tables.view();
        let (us, vs) = view.points.split_at(points);
        let tree = Tree::over_grid(&view.frame, grid, us, vs);
        let leaves: u64 = tree.counts.iter().map(|&count| count as u64).product();
        // Potentials of each column, and for one of them charges and the level above; points in the tree's order.
        let coefficients = leaves * 8 * precision.rank() as u64 * (tables.columns() as u64 + 3);
        let polynomials = 16 * 2 * precision.leaf_side(&tree) as u64 * (u64::from(grid.width) + u64::from(grid.height));
        coefficients + polynomials + points as u64 * (20 + 8 * tables.columns() as u64)
    }
}

impl SplineTables {
    /// S of a column: Σ|w| times the largest |φ| between a point and a pixel of `grid`, at least that within the unit box.
    /// Errors of sums are in proportion to it.
    pub fn magnitude(&self, column: usize, grid: &Grid) -> f64 {
        let view = self.view();
        let halves = view.halves.chunks_exact(self.points().max(1)).nth(column).unwrap_or_default();
        let weights: f64 = halves.iter().map(|half| 2.0 * half.abs()).sum();
        // From the middle of the box to a pixel, and to a corner of the box.
        let far = 0.5 * self.extrapolation(grid).clamp(1.0, 2.0 * REACH) + 0.5;
        let square = 2.0 * far * far;
        weights * 0.5 * square * square.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spline::{Column, Frame};

    fn tables(points: usize) -> SplineTables {
        let us: Vec<f64> = (0..points).map(|n| n as f64 / points as f64).collect();
        let vs: Vec<f64> = (0..points).map(|n| (n * 37 % points) as f64 / points as f64).collect();
        let column = Column { polynomial: [0.0; 3], range: [f64::NEG_INFINITY, f64::INFINITY] };
        SplineTables::new(Frame { x: 0.0, y: 0.0, scale: 1.0 }, &us, &vs, &[(&vec![0.5; points], column)]).unwrap()
    }

    #[test]
    fn s_is_the_weights_times_the_largest_kernel() {
        let inside = Grid::new(10, 10, [0.0, 0.1, 1.0, -0.1]).unwrap();
        assert!((tables(4).magnitude(0, &inside) - 2.0 * std::f64::consts::LN_2).abs() < 1e-12);
        // Pixels as far as 1.5 from the middle, so 2 from the far side along each axis: r² = 8.
        let wide = Grid::new(300, 300, [-1.0, 0.01, 2.0, -0.01]).unwrap();
        let far = tables(4).magnitude(0, &wide);
        assert!((far - 2.0 * 4.0 * 8f64.ln()).abs() < 0.2, "{far}");
    }

    #[test]
    fn the_method_follows_points_pixels_and_tolerance() {
        let grid =
            |side: u32| Grid::new(side, side, [0.0, 1.0 / f64::from(side), 1.0, -1.0 / f64::from(side)]).unwrap();
        let chosen =
            |points, side, quantity, tolerance| Method::choose(&tables(points), &grid(side), quantity, &[tolerance]);
        assert_eq!(chosen(50, 2000, Quantity::Value, 1e-6), Method::Direct);
        assert_eq!(chosen(1000, 20, Quantity::Value, 1e-6), Method::Direct);
        assert_eq!(chosen(1000, 2000, Quantity::Value, 1e-6), Method::Fast(Precision::Standard));
        assert_eq!(chosen(1000, 2000, Quantity::Value, 1e-10), Method::Fast(Precision::High));
        assert_eq!(chosen(1000, 2000, Quantity::Gradient, 1.0), Method::Fast(Precision::High));
    }
}
