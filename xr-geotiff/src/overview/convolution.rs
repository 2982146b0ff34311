//! Bilinear and cubic: a filter along the rows as they come, then one down the columns.

use super::level::{Columns, Rows, Waiting, each_row};
use super::sample::{Sample, is_nodata};
use super::span::Span;

/// Source rows after the filter along them, at the width of the overview.
pub(super) struct Filter {
    values: Waiting<f64>,
    /// 1 where there was something to filter; `None` without nodata.
    valid: Option<Waiting<u8>>,
    row_samples: usize,
    /// Whether the kernel has negative weights, and a result needs half of its pixels valid beside each other.
    negative: bool,
}

/// Filtered rows in memory.
pub(super) struct Filtered<'a> {
    values: Rows<'a, f64>,
    valid: Option<Rows<'a, u8>>,
    negative: bool,
}

impl Filter {
    pub fn new(row_samples: usize, nodata: bool, negative: bool) -> Self {
        let valid = nodata.then(|| Waiting::new(row_samples));
        Self { values: Waiting::new(row_samples), valid, row_samples, negative }
    }

    /// Filters the rows of `source`, calls `use_rows`, and keeps rows from `keep_from` on.
    pub fn with<T: Sample>(
        &mut self,
        source: &[T],
        source_row_samples: usize,
        columns: &Columns<T>,
        keep_from: usize,
        use_rows: impl FnOnce(Filtered<'_>),
    ) {
        let negative = self.negative;
        let rows = source.len() / source_row_samples;
        let source_row = |i: usize| &source[i * source_row_samples..][..source_row_samples];
        let (Some(valid), Some(nodata)) = (&mut self.valid, columns.nodata) else {
            let mut values = vec![0.0; rows * self.row_samples];
            each_row(&mut values, self.row_samples, |i, row| along(source_row(i), columns, row));
            self.values.with(&values, keep_from, |values| use_rows(Filtered { values, valid: None, negative }));
            return;
        };
        // Value and validity together, so that one pass makes both.
        let mut both = vec![(0.0, 0); rows * self.row_samples];
        each_row(&mut both, self.row_samples, |i, row| along_valid(source_row(i), columns, nodata, negative, row));
        let (new_values, new_valid): (Vec<f64>, Vec<u8>) = both.into_iter().unzip();
        self.values.with(&new_values, keep_from, |values| {
            valid.with(&new_valid, keep_from, |valid| use_rows(Filtered { values, valid: Some(valid), negative }));
        });
    }
}

impl Filtered<'_> {
    /// One row of the overview.
    pub fn row<T: Sample>(&self, span: &Span, nodata: Option<T>, row: &mut [T]) {
        match (self.valid, nodata) {
            (Some(valid), Some(nodata)) => self.valid_row(valid, span, nodata, row),
            _ => self.full_row(span, row),
        }
    }

    fn full_row<T: Sample>(&self, span: &Span, row: &mut [T]) {
        let scale = 1.0 / span.weights().iter().sum::<f64>();
        let mut sums = vec![0.0; row.len()];
        for (y, weight) in (span.start..).zip(span.weights()) {
            let weight = weight * scale;
            for (sum, value) in sums.iter_mut().zip(self.values.row(y)) {
                *sum += value * weight;
            }
        }
        for (result, sum) in row.iter_mut().zip(sums) {
            *result = T::from_filtered(sum, None);
        }
    }

    fn valid_row<T: Sample>(&self, valid: Rows<'_, u8>, span: &Span, nodata: T, row: &mut [T]) {
        let mut columns = vec![Column::default(); row.len()];
        for (y, weight) in (span.start..).zip(span.weights()) {
            for ((column, value), &valid) in columns.iter_mut().zip(self.values.row(y)).zip(valid.row(y)) {
                let weight = weight * f64::from(valid);
                column.total += value * weight;
                column.weight += weight;
                column.run = (column.run + valid) * valid;
                column.longest = column.longest.max(column.run);
            }
        }
        for (result, column) in row.iter_mut().zip(columns) {
            let enough = !self.negative || enough_beside(column.longest, span.weights().len());
            *result = if column.weight > 0.0 && enough {
                T::from_filtered(column.total / column.weight, Some(nodata))
            } else {
                nodata
            };
        }
    }
}

/// What is known of the pixels above each other.
#[derive(Clone, Copy, Default)]
struct Column {
    total: f64,
    weight: f64,
    /// Valid pixels up to the last, and most of them.
    run: u8,
    longest: u8,
}

/// Filters a row, weights scaled to a sum of 1.
fn along<T: Sample>(source: &[T], columns: &Columns<T>, row: &mut [f64]) {
    let samples = columns.samples;
    for (span, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        let scale = 1.0 / span.weights().iter().sum::<f64>();
        let pixels = &source[span.start * samples..span.end() * samples];
        if samples == 1 {
            let sum: f64 = pixels.iter().zip(span.weights()).map(|(value, weight)| value.to_f64() * weight).sum();
            pixel[0] = sum * scale;
            continue;
        }
        for (band, result) in pixel.iter_mut().enumerate() {
            let values = pixels.iter().skip(band).step_by(samples);
            *result = values.zip(span.weights()).map(|(value, weight)| value.to_f64() * weight).sum::<f64>() * scale;
        }
    }
}

/// Filters the valid samples of a row; 0 and invalid where there is too little.
fn along_valid<T: Sample>(source: &[T], columns: &Columns<T>, nodata: T, negative: bool, row: &mut [(f64, u8)]) {
    let samples = columns.samples;
    for (span, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        let pixels = &source[span.start * samples..span.end() * samples];
        for (band, result) in pixel.iter_mut().enumerate() {
            let (mut total, mut total_weight) = (0.0, 0.0);
            let (mut run, mut longest) = (0, 0);
            for (&value, weight) in pixels.iter().skip(band).step_by(samples).zip(span.weights()) {
                let valid = !is_nodata(value, nodata);
                if valid {
                    total += value.to_f64() * weight;
                    total_weight += weight;
                }
                run = (run + u8::from(valid)) * u8::from(valid);
                longest = longest.max(run);
            }
            let enough = total_weight > 0.0 && (!negative || enough_beside(longest, span.weights().len()));
            *result = if enough { (total / total_weight, 1) } else { (0.0, 0) };
        }
    }
}

/// GDAL's rule for kernels with negative weights: at least half of the pixels, rounded down, valid in one run.
fn enough_beside(longest_run: u8, pixels: usize) -> bool {
    usize::from(longest_run) >= pixels / 2
}
