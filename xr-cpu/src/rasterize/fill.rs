//! Crossings of a polygon's edges with the centre lines of rows.

use super::rows::ByRow;
use std::ops::Range;
use xr_core::crossing::Edge;

/// Adds the crossings of one edge with the rows of a band: even-odd pairs of them are the spans inside.
pub(super) fn cross(edge: &Edge, rows: &Range<i32>, width: i32, crossings: &mut ByRow<i32>) {
    let (first, end) = edge.centre_rows();
    for row in first.max(rows.start)..end.min(rows.end) {
        crossings.push((row - rows.start) as u32, edge.first_column(row, width));
    }
}
