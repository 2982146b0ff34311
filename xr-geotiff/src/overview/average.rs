//! Mean of the covered pixels. Sums are formed in the order of GDAL's, so that ties round alike.

use super::level::{Columns, Rows};
use super::sample::{Sample, is_nodata};
use super::span::Span;

pub(super) fn row<T: Sample>(window: Rows<'_, T>, span: &Span, columns: &Columns<T>, row: &mut [T]) {
    // Without nodata GDAL takes any two rows as equal, also the first and the last two of an odd height.
    let two_equal_rows = span.is_pair() || (columns.nodata.is_none() && span.weights().len() == 2);
    if columns.pairs && two_equal_rows {
        pairs(window.row(span.start), window.row(span.start + 1), columns, row);
        return;
    }
    let samples = columns.samples;
    for (across, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        for (band, value) in pixel.iter_mut().enumerate() {
            *value = mean(window, span, across, (samples, band), columns.nodata);
        }
    }
}

/// The usual case: two rows, two columns, equal weights.
fn pairs<T: Sample>(upper: &[T], lower: &[T], columns: &Columns<T>, row: &mut [T]) {
    let samples = columns.samples;
    let of_four = |four| match columns.nodata {
        None => T::mean_of_four(four),
        Some(nodata) => valid_mean_of_four(four, nodata),
    };
    if samples == 1 {
        let (upper, lower) = (upper.as_chunks().0, lower.as_chunks().0);
        for ((&[a, b], &[c, d]), value) in upper.iter().zip(lower).zip(row) {
            *value = of_four([a, b, c, d]);
        }
        return;
    }
    let both = upper.chunks_exact(2 * samples).zip(lower.chunks_exact(2 * samples));
    for ((upper, lower), pixel) in both.zip(row.chunks_exact_mut(samples)) {
        for (band, value) in pixel.iter_mut().enumerate() {
            *value = of_four([upper[band], upper[samples + band], lower[band], lower[samples + band]]);
        }
    }
}

fn valid_mean_of_four<T: Sample>(four: [T; 4], nodata: T) -> T {
    let (mut total, mut count) = (0.0, 0.0);
    for value in four {
        let valid = !is_nodata(value, nodata);
        total += if valid { value.to_f64() } else { 0.0 };
        count += if valid { 1.0 } else { 0.0 };
    }
    if count == 0.0 { nodata } else { T::from_mean(total / count, Some(nodata)) }
}

/// The mean of the valid samples of a band, weighted.
fn mean<T: Sample>(
    window: Rows<'_, T>,
    down: &Span,
    across: &Span,
    (samples, band): (usize, usize),
    nodata: Option<T>,
) -> T {
    let (mut total, mut total_weight, mut any) = (0.0, 0.0, false);
    for (y, &weight_down) in (down.start..).zip(down.weights()) {
        let pixels = window.row(y)[across.start * samples..].iter().skip(band).step_by(samples);
        let (mut line, mut line_weight) = (0.0, 0.0);
        for (&value, &weight) in pixels.zip(across.weights()) {
            if nodata.is_none_or(|nodata| !is_nodata(value, nodata)) {
                any = true;
                line += value.to_f64() * weight;
                line_weight += weight;
            }
        }
        total += line * weight_down;
        total_weight += line_weight * weight_down;
    }
    match nodata {
        Some(nodata) if !any => nodata,
        nodata => T::from_mean(total / total_weight, nodata),
    }
}
