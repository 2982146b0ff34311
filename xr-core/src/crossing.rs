//! Where an edge crosses a row: decided exactly, from two doubles a vertex to integers.
//!
//! The estimate in f64 decides wherever it is further from an integer than its error bound; elsewhere the sign of an
//! exact orientation determinant does (Shewchuk's expansions, crate `robust`). From there on everything is integers, so
//! every backend, thread count and tiling gives the same bits.

use robust::{Coord, orient2d};

/// Rows that [`Edge::first_columns`] finds at a time.
pub const ROWS: usize = 4;

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
        Some(if a[1] < b[1] { Self::down(a, b) } else { Self::down(b, a) })
    }

    /// The edge from a vertex to one of larger y.
    #[inline]
    pub fn down([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> Self {
        // |estimate - crossing| ≤ 7u(|x0|+|x1|) + u/2 with u = 2^-53: three roundings in the slope, one each in y - y0,
        // the product, the sum and the subtraction of the offset. 2^-50 = 8u leaves room for the bound's own rounding.
        let error = (x0.abs() + x1.abs() + 1.0) * f64::from_bits((1023 - 50) << 52);
        Self { x0, y0, x1, y1, slope: (x1 - x0) / (y1 - y0), error }
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

    /// [`first_column`](Self::first_column) of `count` rows from `row` on, [`ROWS`] at most; what it says of rows beyond
    /// them means nothing.
    #[inline]
    pub fn first_columns(&self, row: i32, count: usize, width: i32) -> [i32; ROWS] {
        let (first, right) = (f64::from(row) + 0.5, f64::from(width) - 0.5);
        let mut columns = [0; ROWS];
        let mut least = [0.0; ROWS];
        for n in 0..ROWS {
            let estimate = (first + n as f64 - self.y0) * self.slope + self.x0 - 0.5;
            // What is right of the last column's centre is so far right that the clamp makes it sure. Written out, these
            // are one instruction each: `f64::clamp` minds NaN.
            let near = if estimate > -0.5 { estimate } else { -0.5 };
            let near = if near < right { near } else { right };
            let (nearest, distance) = round(near);
            columns[n] = nearest + i32::from(distance > 0.0);
            least[n] = distance.abs();
        }
        let [a, b, c, d] = least;
        let (a, b) = (if a < b { a } else { b }, if c < d { c } else { d });
        let least = if a < b { a } else { b };
        if least > self.error && self.error < 0.25 {
            return columns;
        }
        self.columns_one_by_one(row, count, width)
    }

    #[cold]
    #[inline(never)]
    fn columns_one_by_one(&self, row: i32, count: usize, width: i32) -> [i32; ROWS] {
        let mut columns = [0; ROWS];
        for (n, column) in columns.iter_mut().enumerate().take(count) {
            *column = self.first_column(row + n as i32, width);
        }
        columns
    }

    /// Smallest integer `c` in `0..=width` with `c + offset` at or right of the crossing with the line at `y`, for
    /// `y` between the vertices.
    #[inline]
    pub fn ceiling(&self, y: f64, offset: f64, width: i32) -> Ceiling {
        let estimate = (y - self.y0) * self.slope + self.x0 - offset;
        let (nearest, distance) = round(estimate.clamp(-0.5, f64::from(width) + 0.5));
        if self.error >= 0.25 || estimate.is_nan() {
            // The bound is too wide to tell neighbouring integers apart.
            return self.searched_ceiling(y, offset, width);
        }
        if distance.abs() > self.error {
            let column = nearest + i32::from(distance > 0.0);
            return Ceiling { column: column.clamp(0, width), exact: false };
        }
        self.exact_ceiling(y, offset, nearest, width)
    }

    /// The crossing is less than half a column from `nearest`.
    #[cold]
    #[inline(never)]
    fn exact_ceiling(&self, y: f64, offset: f64, nearest: i32, width: i32) -> Ceiling {
        let side = self.side(f64::from(nearest) + offset, y);
        Ceiling { column: (nearest + i32::from(side > 0.0)).min(width), exact: side == 0.0 }
    }

    #[cold]
    #[inline(never)]
    fn searched_ceiling(&self, y: f64, offset: f64, width: i32) -> Ceiling {
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

/// The nearest integer to a `v` that 32 bits hold, and how far right of it `v` is.
#[inline]
fn round(v: f64) -> (i32, f64) {
    // Adding 1.5·2^52 leaves no room for a fraction: the integer is in the lowest bits. No libm call, no saturation.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let shifted = v + SHIFT;
    (shifted.to_bits() as i32, v - (shifted - SHIFT))
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

/// Smallest integer ≥ `v` within `low..=high`, both below 2³¹ in magnitude.
#[inline]
pub fn ceil_within(v: f64, low: i32, high: i32) -> i32 {
    let (low, high) = (f64::from(low), f64::from(high));
    let v = if v > low { v } else { low };
    let (nearest, distance) = round(if v < high { v } else { high });
    nearest + i32::from(distance > 0.0)
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
