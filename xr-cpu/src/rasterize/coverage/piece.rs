//! Edges cut into one piece per pixel.

use super::super::{rows::ByRow, touch};
use std::ops::Range;
use xr_core::crossing::{Edge, ceil, floor};

/// The shorter side of an edge's box, in pixels, up to which plain double precision places its crossings well enough: the
/// area on the wrong side of a crossing that is off by ε of the edge's length is below 6ε of that side.
const SHORT: f64 = 128.0;

/// An end of a piece.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    Upper,
    Lower,
}

/// What of an edge lies in one pixel, of which the right and lower side are part and the left and upper are not.
#[derive(Clone, Copy, Default)]
pub(super) struct Piece {
    pub column: i32,
    /// The polygon that the edge is of.
    pub part: u32,
    /// Upper and lower end, from the pixel's left side.
    pub x: [f64; 2],
    /// The same from its upper side; `y[0] <= y[1]`.
    pub y: [f64; 2],
    /// The end at which the edge crosses the pixel's left side, if it does.
    pub left: Option<End>,
    /// Whether the edge comes over the upper side: corners to the right of it have it on their left.
    pub enters: bool,
    /// Whether it is more than a part of the pixel's border.
    pub inner: bool,
}

/// Cuts edges of one part.
pub(super) struct Cut<'a> {
    pub part: u32,
    /// Rows and columns wanted, of the grid.
    pub rows: &'a Range<i32>,
    pub columns: &'a Range<i32>,
    /// Columns of the grid.
    pub width: i32,
    pub pieces: &'a mut ByRow<Piece>,
}

impl Cut<'_> {
    /// Adds the pieces of an edge in the wanted rows and columns. Of one left of them, those that come over the upper side.
    #[inline]
    pub(super) fn edge(&mut self, a: [f64; 2], b: [f64; 2]) {
        let Some(edge) = Edge::new(a, b) else {
            let row = floor(a[1]);
            if f64::from(row) < a[1] && self.rows.contains(&row) {
                self.row(row, &Line::new(a, b), touch::at_vertex(a[0]), touch::at_vertex(b[0]));
            }
            return;
        };
        let (top, bottom) = (edge.top(), edge.bottom());
        let (first, end) = (floor(top[1]).max(self.rows.start), ceil(bottom[1]).min(self.rows.end));
        if first >= end {
            return;
        }
        let line = Line::new(top, bottom);
        let mut upper = touch::enters(&edge, first, self.width);
        for row in first..end {
            let lower = if bottom[1] <= f64::from(row + 1) {
                touch::at_vertex(bottom[0])
            } else {
                touch::at_line(&edge, row + 1, self.width)
            };
            self.row(row, &line, upper, lower);
            upper = lower;
        }
    }

    /// The pieces in a row, in which the line's upper and lower end are between these columns.
    fn row(&mut self, row: i32, line: &Line, upper: touch::Rounded, lower: touch::Rounded) {
        let at = f64::from(row);
        let enters = line.y[0] <= at && line.y[1] > at;
        let home = upper.ceil.saturating_sub(1);
        let below = (row - self.rows.start) as u32;
        if enters && home < self.columns.start {
            self.pieces.push(below, Piece { column: home, part: self.part, enters, ..Piece::default() });
        }
        let rightwards = upper.ceil <= lower.ceil;
        let inner = upper.floor.min(lower.floor);
        let first = upper.ceil.min(lower.ceil).saturating_sub(1);
        let last = upper.ceil.max(lower.ceil).saturating_sub(1);
        let (from, to) = (first.max(self.columns.start), last.min(self.columns.end - 1));
        if from > to {
            return;
        }
        let y = [(line.y[0] - at).max(0.0), (line.y[1] - at).min(1.0)];
        let x = |end: End, column: i32| {
            let (vertex, visible) = match end {
                End::Upper => (line.x[0], line.y[0] >= at),
                End::Lower => (line.x[1], line.y[1] <= at + 1.0),
            };
            if visible {
                return vertex - f64::from(column);
            }
            line.x_at(if end == End::Upper { at } else { at + 1.0 }, f64::from(column)).clamp(0.0, 1.0)
        };
        let side = |column: i32| line.y_at(f64::from(column), at).max(y[0]).min(y[1]);
        let mut next = if from > first { side(from) } else { 0.0 };
        for column in from..=to {
            let left = (column > first).then_some(next);
            next = if column < last { side(column + 1) } else { 0.0 };
            let (start, end) = if rightwards { (End::Upper, End::Lower) } else { (End::Lower, End::Upper) };
            let one = left.map_or_else(|| (x(start, column), y[start as usize]), |y| (0.0, y));
            let other = if column < last { (1.0, next) } else { (x(end, column), y[end as usize]) };
            let (upper, lower) = if rightwards { (one, other) } else { (other, one) };
            let piece = Piece {
                column,
                part: self.part,
                x: [upper.0, lower.0],
                y: [upper.1, lower.1.max(upper.1)],
                left: left.map(|_| start),
                enters: enters && column == home,
                inner: column >= inner,
            };
            self.pieces.push(below, piece);
        }
    }
}

/// The line through an edge, its upper vertex first.
struct Line {
    x: [f64; 2],
    y: [f64; 2],
    slope: f64,
    rise: f64,
    short: bool,
}

impl Line {
    fn new(top: [f64; 2], bottom: [f64; 2]) -> Self {
        let (dx, dy) = (bottom[0] - top[0], bottom[1] - top[1]);
        let short = dx.abs().min(dy.abs()) <= SHORT;
        Self { x: [top[0], bottom[0]], y: [top[1], bottom[1]], slope: dx / dy, rise: dy / dx, short }
    }

    /// Where the line crosses a row's border, from a column's left side.
    fn x_at(&self, row: f64, column: f64) -> f64 {
        if self.short {
            (self.x[0] - column) + (row - self.y[0]) * self.slope
        } else {
            at_zero(self.x, column, self.y, row)
        }
    }

    /// Where the line crosses a column's left side, from a row's border.
    fn y_at(&self, column: f64, row: f64) -> f64 {
        if self.short {
            (self.y[0] - row) + (column - self.x[0]) * self.rise
        } else {
            at_zero(self.y, row, self.x, column)
        }
    }
}

/// What `p` is where `q` is `q0`, less `p0`, of a line between two points: correctly but for the last bits, however far
/// away they are.
///
/// The numerator is a sum of 16 doubles without error (Dekker's products of Knuth's differences). Passes of error-free
/// additions concentrate it in its last term until nothing changes (Ogita, Rump and Oishi 2005, VecSum).
#[cold]
fn at_zero(p: [f64; 2], p0: f64, q: [f64; 2], q0: f64) -> f64 {
    let difference = |a: f64, b: f64| two_sum(a, -b);
    let mut terms = [0.0; 16];
    let products = [(difference(p[0], p0), difference(q[1], q0)), (difference(p0, p[1]), difference(q[0], q0))];
    let mut slots = terms.chunks_exact_mut(2);
    for (a, b) in products {
        for (a, b) in [(a[0], b[0]), (a[0], b[1]), (a[1], b[0]), (a[1], b[1])] {
            if let Some(slot) = slots.next() {
                let product = a * b;
                slot.copy_from_slice(&[a.mul_add(b, -product), product]);
            }
        }
    }
    for _ in 0..terms.len() {
        let before = terms;
        for n in 1..terms.len() {
            [terms[n], terms[n - 1]] = two_sum(terms[n], terms[n - 1]);
        }
        if terms == before {
            break;
        }
    }
    terms.iter().sum::<f64>() / (q[1] - q[0])
}

/// The rounded sum and its error (Knuth).
fn two_sum(a: f64, b: f64) -> [f64; 2] {
    let sum = a + b;
    let part = sum - a;
    [sum, (a - (sum - part)) + (b - part)]
}

#[cfg(test)]
mod tests {
    use super::two_sum;

    #[test]
    fn a_sum_keeps_what_rounding_takes() {
        let small = 2f64.powi(-60);
        assert_eq!(two_sum(1.0, small), [1.0, small]);
        assert_eq!(two_sum(-small, 1.0), [1.0, -small]);
        assert_eq!(two_sum(1e16, 1.0), [1e16, 1.0]);
    }
}
