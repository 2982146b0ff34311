//! Crossings of a polygon's edges with the centre lines of rows.

use super::rows::ByRow;
use std::ops::Range;
use xr_core::crossing::Edge;

/// Adds the crossings of one edge with the rows of a band: even-odd pairs of them are the spans inside.
#[inline]
pub(super) fn cross(edge: &Edge, rows: &Range<i32>, width: i32, crossings: &mut ByRow<i32>) {
    let (first, end) = edge.centre_rows();
    let (first, end) = (first.max(rows.start), end.min(rows.end));
    let below = |row: i32| (row - rows.start).max(0) as u32;
    crossings.push_rows(below(first), below(end), |row| edge.first_column(rows.start + row as i32, width));
}
