//! Crossings of a polygon's edges with the centre lines of rows: even-odd pairs of them are the spans inside.

use super::{
    rows::{ByRow, INLINE},
    scene::WHOLE_VERTICES,
};
use std::ops::Range;
use xr_core::crossing::{Edge, ROWS, ceil_within};

const _: () = assert!(WHOLE_VERTICES <= INLINE, "a row has room for all crossings of a whole path");

/// Adds the crossings of one edge with the rows of a band.
#[inline]
pub(super) fn cross(edge: &Edge, rows: &Range<i32>, width: i32, crossings: &mut ByRow<i32>) {
    let (first, end) = edge.centre_rows();
    for row in first.max(rows.start)..end.min(rows.end) {
        crossings.push((row - rows.start) as u32, edge.first_column(row, width));
    }
}

/// Adds the crossings of a path of [`WHOLE_VERTICES`] at most. Most of its edges cross a few rows or none, at random:
/// what costs is branches that nobody can foresee, so there are few.
pub(super) fn cross_path(vertices: &[[f64; 2]], rows: &Range<i32>, width: i32, crossings: &mut ByRow<i32>) {
    // How many rows of the band have their centres above each vertex: between those of its ends an edge crosses rows.
    let mut above = [0; WHOLE_VERTICES];
    let (mut first, mut end) = (u32::MAX, 0);
    for (above, vertex) in above.iter_mut().zip(vertices) {
        *above = (ceil_within(vertex[1] - 0.5, rows.start, rows.end) - rows.start) as u32;
        (first, end) = (first.min(*above), end.max(*above));
    }
    crossings.reach(first, end);
    let (mut crossing, mut count) = ([0u8; WHOLE_VERTICES], 0);
    for n in 1..vertices.len() {
        crossing[count % WHOLE_VERTICES] = n as u8;
        count += usize::from(above[n - 1] != above[n]);
    }
    for &n in &crossing[..count] {
        let n = usize::from(n) % WHOLE_VERTICES;
        let (before, n) = (n.wrapping_sub(1) % WHOLE_VERTICES, n);
        let rises = above[before] > above[n];
        let (top, bottom) = if rises { (n, before) } else { (before, n) };
        let edge = Edge::down(vertices[top], vertices[bottom]);
        for row in (above[top]..above[bottom]).step_by(ROWS) {
            let few = (above[bottom] - row) as usize;
            crossings.push_few(row, edge.first_columns(rows.start + row as i32, few, width), few);
        }
    }
}
