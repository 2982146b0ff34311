//! The Gaussian kernel 1 2 1, 2 4 2, 1 2 1, whose weights are the products of those of rows and columns.

use super::level::{Columns, Rows};
use super::sample::{Sample, is_nodata};
use super::span::Span;

pub(super) fn row<T: Sample>(window: Rows<'_, T>, span: &Span, columns: &Columns<T>, row: &mut [T]) {
    let samples = columns.samples;
    for (across, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        for (band, result) in pixel.iter_mut().enumerate() {
            let (mut total, mut total_weight) = (0.0, 0.0);
            for (y, &weight_down) in (span.start..).zip(span.weights()) {
                let pixels = window.row(y)[across.start * samples..].iter().skip(band).step_by(samples);
                for (&value, &weight) in pixels.zip(across.weights()) {
                    if columns.nodata.is_none_or(|nodata| !is_nodata(value, nodata)) {
                        total += value.to_f64() * weight * weight_down;
                        total_weight += weight * weight_down;
                    }
                }
            }
            *result = match columns.nodata {
                Some(nodata) if total_weight == 0.0 => nodata,
                nodata => T::from_filtered(total / total_weight, nodata),
            };
        }
    }
}
