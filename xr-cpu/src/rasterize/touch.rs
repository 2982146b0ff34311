//! Pixels that an edge passes through.

use super::band::Intervals;
use std::ops::Range;
use xr_core::crossing::{Edge, ceil, floor};

/// Pixels whose *open* box the edge passes through: what all-touched adds to a polygon's inside. An edge along pixel
/// borders touches nothing, so that a polygon aligned with the grid burns exactly its own pixels.
pub(super) fn edge(a: [f64; 2], b: [f64; 2], rows: &Range<i32>, width: i32, out: &mut Intervals) {
    let Some(edge) = Edge::new(a, b) else {
        let row = floor(a[1]);
        if f64::from(row) < a[1] {
            out.push(row, floor(a[0].min(b[0])), ceil(a[0].max(b[0])));
        }
        return;
    };
    let (top, bottom) = (edge.top(), edge.bottom());
    let (first, end) = (floor(top[1]).max(rows.start), ceil(bottom[1]).min(rows.end));
    let mut upper = enters(&edge, first, width);
    for row in first..end {
        let lower = if bottom[1] <= f64::from(row + 1) { at_vertex(bottom[0]) } else { at_line(&edge, row + 1, width) };
        out.push(row, upper.floor.min(lower.floor), upper.ceil.max(lower.ceil));
        upper = lower;
    }
}

/// Pixels whose *half-open* box the closed segment meets: lines, and polygons of no area.
pub(super) fn segment(a: [f64; 2], b: [f64; 2], rows: &Range<i32>, width: i32, out: &mut Intervals) {
    let Some(edge) = Edge::new(a, b) else {
        out.push(floor(a[1]), floor(a[0].min(b[0])), floor(a[0].max(b[0])).saturating_add(1));
        return;
    };
    let (top, bottom) = (edge.top(), edge.bottom());
    let (first, end) = (floor(top[1]).max(rows.start), floor(bottom[1]).saturating_add(1).min(rows.end));
    let mut upper = enters(&edge, first, width);
    for row in first..end {
        if bottom[1] < f64::from(row + 1) {
            let lower = at_vertex(bottom[0]);
            out.push(row, upper.floor.min(lower.floor), upper.floor.max(lower.floor).saturating_add(1));
            continue;
        }
        // The row's lower border belongs to the next row: columns reached only there do not count.
        let lower = at_line(&edge, row + 1, width);
        if bottom[0] < top[0] {
            out.push(row, lower.floor, upper.floor.saturating_add(1));
        } else {
            out.push(row, upper.floor, lower.ceil.max(upper.floor.saturating_add(1)));
        }
        upper = lower;
    }
}

/// The integers around an x.
#[derive(Clone, Copy)]
pub(super) struct Rounded {
    pub(super) floor: i32,
    pub(super) ceil: i32,
}

/// Where the edge comes into a row: at its top, or over the row's upper border.
pub(super) fn enters(edge: &Edge, row: i32, width: i32) -> Rounded {
    let [x, y] = edge.top();
    if y >= f64::from(row) { at_vertex(x) } else { at_line(edge, row, width) }
}

pub(super) fn at_vertex(x: f64) -> Rounded {
    Rounded { floor: floor(x), ceil: ceil(x) }
}

/// Where the edge crosses the upper border of `row`. Columns beyond the grid's right edge stay beyond it.
pub(super) fn at_line(edge: &Edge, row: i32, width: i32) -> Rounded {
    let crossing = edge.ceiling(f64::from(row), 0.0, width + 1);
    Rounded { floor: crossing.column - i32::from(!crossing.exact), ceil: crossing.column }
}
