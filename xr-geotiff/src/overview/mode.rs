//! The most frequent value.

use super::level::{Columns, Rows};
use super::sample::{Sample, is_nodata};
use super::span::Span;

/// Most pixels that a pixel covers: 3 × 3 at odd sizes.
const MAX_VALUES: usize = 9;

pub(super) fn row<T: Sample>(window: Rows<'_, T>, span: &Span, columns: &Columns<T>, row: &mut [T]) {
    let samples = columns.samples;
    for (across, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        for (band, mode) in pixel.iter_mut().enumerate() {
            let (mut values, mut count) = ([T::ZERO; MAX_VALUES], 0);
            for y in span.start..span.end() {
                let pixels = window.row(y)[across.start * samples..].iter().skip(band).step_by(samples);
                for &value in pixels.take(across.weights().len()) {
                    if count < MAX_VALUES && columns.nodata.is_none_or(|nodata| !is_nodata(value, nodata)) {
                        values[count] = value;
                        count += 1;
                    }
                }
            }
            *mode = first_most_frequent(&values[..count]).or(columns.nodata).unwrap_or(T::ZERO);
        }
    }
}

/// The value that is the first to be there as often as the most frequent one; `None` for no values.
fn first_most_frequent<T: Sample>(values: &[T]) -> Option<T> {
    let (&first, rest) = values.split_first()?;
    if rest.iter().all(|&value| value == first) {
        return Some(first);
    }
    let (mut best, mut best_count) = (first, 1);
    for (i, &value) in values.iter().enumerate() {
        let count = values[..=i].iter().filter(|&&earlier| earlier == value).count();
        if count > best_count {
            (best, best_count) = (value, count);
        }
    }
    Some(best)
}
