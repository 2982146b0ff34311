//! Lines one pixel wide.

use super::band::Intervals;
use std::ops::Range;

/// End pixels are clamped to this magnitude, 2⁶¹: products of differences then fit 128 bits.
const FAR: f64 = (1u64 << 61) as f64;

/// Pixels of a segment between its two end pixels, in integers: along the longer axis one pixel per step, the nearest to
/// the line between the end pixels' centres, a tie going to the smaller row or column whatever the direction.
///
/// Rows and columns come from the whole, unclipped segment, each row's by a division of its own, so that neither window
/// nor band can matter.
pub(super) fn segment(a: [f64; 2], b: [f64; 2], rows: &Range<i32>, out: &mut Intervals) {
    let pixel = |x: f64| x.floor().clamp(-FAR, FAR) as i128;
    let (a, b) = ((pixel(a[0]), pixel(a[1])), (pixel(b[0]), pixel(b[1])));
    let (across, down) = ((b.0 - a.0).abs(), (b.1 - a.1).abs());
    if across >= down {
        let (left, right) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        along_columns(left, right, rows, out);
    } else {
        let (top, bottom) = if a.1 <= b.1 { (a, b) } else { (b, a) };
        along_rows(top, bottom, rows, out);
    }
}

/// `left` and `right` are (column, row) with as many columns as rows between them or more.
fn along_columns(left: (i128, i128), right: (i128, i128), rows: &Range<i32>, out: &mut Intervals) {
    let (across, down) = (right.0 - left.0, (right.1 - left.1).abs());
    let falling = right.1 >= left.1;
    for row in visible(left.1.min(right.1), left.1.max(right.1), rows) {
        let step = (i128::from(row) - left.1).abs();
        // Column n is on this row when n·down/across rounds to step; halves round to the smaller row.
        let (first, last) = if down == 0 {
            (0, across)
        } else if falling {
            ((across * (2 * step - 1)).div_euclid(2 * down) + 1, (across * (2 * step + 1)).div_euclid(2 * down))
        } else {
            (ceil_div(across * (2 * step - 1), 2 * down), ceil_div(across * (2 * step + 1), 2 * down) - 1)
        };
        out.push_wide(row, left.0 + first.max(0), left.0 + last.min(across) + 1);
    }
}

/// `top` and `bottom` are (column, row) with more rows than columns between them.
fn along_rows(top: (i128, i128), bottom: (i128, i128), rows: &Range<i32>, out: &mut Intervals) {
    let (across, down) = (bottom.0 - top.0, bottom.1 - top.1);
    for row in visible(top.1, bottom.1, rows) {
        let column = top.0 + ceil_div(2 * (i128::from(row) - top.1) * across - down, 2 * down);
        out.push_wide(row, column, column + 1);
    }
}

/// The rows of a band between two rows, both included.
fn visible(first: i128, last: i128, rows: &Range<i32>) -> Range<i32> {
    let clip = |row: i128| row.clamp(rows.start.into(), rows.end.into()) as i32;
    clip(first)..clip(last + 1)
}

fn ceil_div(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}
