//! Where an edge crosses a row: decided exactly, from two doubles a vertex to integers.
//!
//! The estimate in f64 decides wherever it is further from an integer than its error bound; elsewhere the sign of an
//! exact orientation determinant does (Shewchuk's expansions, crate `robust`). From there on everything is integers, so
//! every backend, thread count and tiling gives the same bits.

use robust::{Coord, orient2d};

/// An edge in pixel space that is not horizontal, its upper vertex (smaller y) first.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
    slope: f64,
    error: f64,
}

/// The smallest integer at or right of a crossing, and whether the crossing is exactly there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The integer, clamped to the range asked for.
    pub column: i32,
    /// Whether the crossing is at that integer.
    pub exact: bool,
}

impl Edge {
    /// The edge between two vertices, `None` if they are on one row line.
    #[inline]
    pub fn new(a: [f64; 2], b: [f64; 2]) -> Option<Self> {
        if a[1] == b[1] {
            return None;
        }
        let ([x0, y0], [x1, y1]) = if a[1] < b[1] { (a, b) } else { (b, a) };
        // |estimate - crossing| ≤ 7u(|x0|+|x1|) + u/2 with u = 2^-53: three roundings in the slope, one each in y - y0,
        // the product, the sum and the subtraction of the offset. 2^-50 = 8u leaves room for the bound's own rounding.
        let error = (x0.abs() + x1.abs() + 1.0) * f64::from_bits((1023 - 50) << 52);
        Some(Self { x0, y0, x1, y1, slope: (x1 - x0) / (y1 - y0), error })
    }

    /// Upper vertex, `[x, y]`.
    #[inline]
    pub fn top(&self) -> [f64; 2] {
        [self.x0, self.y0]
    }

    /// Lower vertex, `[x, y]`.
    #[inline]
    pub fn bottom(&self) -> [f64; 2] {
        [self.x1, self.y1]
    }

    /// Rows whose centre line the edge crosses, `first..end` before clipping to a grid: the edge is half-open, its upper
    /// vertex belongs to it. A centre on a top edge is thus inside, on a bottom edge outside.
    #[inline]
    pub fn centre_rows(&self) -> (i32, i32) {
        (ceil(self.y0 - 0.5), ceil(self.y1 - 0.5))
    }

    /// First column whose centre is at or right of the crossing with the centre line of `row`, clamped to `0..=width`.
    /// A centre on a left edge is thus inside, on a right edge outside.
    #[inline]
    pub fn first_column(&self, row: i32, width: i32) -> i32 {
        self.ceiling(f64::from(row) + 0.5, 0.5, width).column
    }

    /// Smallest integer `c` in `0..=width` with `c + offset` at or right of the crossing with the line at `y`, for
    /// `y` between the vertices.
    #[inline]
    pub fn ceiling(&self, y: f64, offset: f64, width: i32) -> Ceiling {
        let estimate = (y - self.y0) * self.slope + self.x0 - offset;
        // Adding and subtracting 1.5·2^52 rounds to the nearest integer without a libm call.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        let near = estimate.clamp(-0.5, f64::from(width) + 0.5);
        let nearest = (near + ROUND) - ROUND;
        // False for NaN, and where the bound is too wide to tell neighbouring integers apart.
        if (near - nearest).abs() > self.error && self.error < 0.25 {
            let column = nearest as i32 + i32::from(near > nearest);
            return Ceiling { column: column.clamp(0, width), exact: false };
        }
        self.exact_ceiling(y, offset, width)
    }

    #[cold]
    #[inline(never)]
    fn exact_ceiling(&self, y: f64, offset: f64, width: i32) -> Ceiling {
        let (mut low, mut high) = (-1, width); // smallest c in (low, high]; `width` is taken when all are left of the crossing
        let mut exact = false;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let side = self.side(f64::from(middle) + offset, y);
            if side <= 0.0 {
                (high, exact) = (middle, side == 0.0);
            } else {
                low = middle;
            }
        }
        if high == width {
            exact = self.side(f64::from(width) + offset, y) == 0.0;
        }
        Ceiling { column: high, exact }
    }

    /// Sign of (crossing with the line at `y`) − `x`, exactly.
    fn side(&self, x: f64, y: f64) -> f64 {
        let coord = |x, y| Coord { x, y };
        orient2d(coord(self.x0, self.y0), coord(self.x1, self.y1), coord(x, y))
    }
}

/// Whether three points are on one line, exactly.
pub fn collinear(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    let coord = |[x, y]: [f64; 2]| Coord { x, y };
    orient2d(coord(a), coord(b), coord(c)) == 0.0
}

/// Smallest integer ≥ `v`, saturating.
#[inline]
pub fn ceil(v: f64) -> i32 {
    let whole = v as i32; // towards zero
    whole.saturating_add(i32::from(v > f64::from(whole)))
}

/// Largest integer ≤ `v`, saturating.
#[inline]
pub fn floor(v: f64) -> i32 {
    let whole = v as i32;
    whole.saturating_sub(i32::from(v < f64::from(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: [f64; 2], b: [f64; 2]) -> Edge {
        Edge::new(a, b).unwrap()
    }

    #[test]
    fn a_centre_on_a_left_edge_is_in() {
        assert_eq!(edge([2.5, 0.0], [2.5, 9.0]).first_column(4, 10), 2);
    }

    #[test]
    fn a_hair_right_of_a_centre_is_the_next_column() {
        assert_eq!(edge([2.5f64.next_up(), 0.0], [2.5f64.next_up(), 9.0]).first_column(4, 10), 3);
    }

    #[test]
    fn a_crossing_through_a_centre_is_found_exactly() {
        // From (0, 0) to (3, 9): x = y/3, so the line passes (1.5, 4.5), a centre that no f64 estimate can be sure of.
        assert_eq!(edge([0.0, 0.0], [3.0, 9.0]).first_column(4, 10), 1);
        assert_eq!(edge([0.0, 0.0], [3.0, 9.0]).ceiling(3.0, 0.0, 10), Ceiling { column: 1, exact: true });
    }

    #[test]
    fn far_vertices_do_not_lose_the_column() {
        // The line through (-1e15, 0.5 - 1e15) and (1e15, 1e15 + 0.5) is x = y - 0.5.
        let e = edge([-1e15, -1e15], [1e15, 1e15]);
        assert_eq!(e.first_column(7, 20), 7);
    }

    #[test]
    fn rows_are_half_open() {
        assert_eq!(edge([0.0, 0.5], [0.0, 2.5]).centre_rows(), (0, 2));
    }

    #[test]
    fn integers_round_outwards() {
        assert_eq!((floor(-0.5), floor(2.0), ceil(-0.5), ceil(2.0), ceil(2.1)), (-1, 2, 0, 2, 3));
        assert_eq!((floor(1e300), ceil(-1e300)), (i32::MAX, i32::MIN));
    }
}
