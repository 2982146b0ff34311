//! The state of one overview: which rows are made, and the rows of its source that rows still to come need.

use rayon::prelude::*;

use super::convolution::Filter;
use super::sample::Sample;
use super::span::{Axis, Span};
use super::{Resampling, average, kernel, mode};

/// Samples below which rows are computed one after another.
const PARALLEL_SAMPLES: usize = 1 << 14;

/// What every row of a level shares.
pub(super) struct Columns<T> {
    /// The span of each pixel of a row.
    pub spans: Vec<Span>,
    /// Whether all spans are plain pairs, one after another.
    pub pairs: bool,
    /// Bands, interleaved by pixel.
    pub samples: usize,
    pub nodata: Option<T>,
}

/// Consecutive rows of a source.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, V> {
    values: &'a [V],
    first: usize,
    row_samples: usize,
}

impl<'a, V> Rows<'a, V> {
    /// Row `y` of the source.
    pub fn row(&self, y: usize) -> &'a [V] {
        let start = (y - self.first) * self.row_samples;
        &self.values[start..start + self.row_samples]
    }
}

/// Rows that wait for rows below them.
pub(super) struct Waiting<V> {
    values: Vec<V>,
    first: usize,
    row_samples: usize,
}

impl<V: Copy> Waiting<V> {
    pub fn new(row_samples: usize) -> Self {
        Self { values: Vec::new(), first: 0, row_samples }
    }

    /// Calls `use_rows` with all rows, the waiting ones and those of `source`, and keeps those from `keep_from` on.
    /// Rows of `source` are copied only if they, or rows above them, are kept.
    pub fn with(&mut self, source: &[V], keep_from: usize, use_rows: impl FnOnce(Rows<'_, V>)) {
        let &mut Self { first, row_samples, .. } = self;
        let unneeded = |count: usize| ((keep_from - first) * row_samples).min(count);
        if self.values.is_empty() {
            use_rows(Rows { values: source, first, row_samples });
            let start = unneeded(source.len());
            self.values.extend_from_slice(&source[start..]);
            self.first += start / row_samples;
        } else {
            self.values.extend_from_slice(source);
            use_rows(Rows { values: &self.values, first, row_samples });
            let start = unneeded(self.values.len());
            self.values.drain(..start);
            self.first += start / row_samples;
        }
    }
}

enum Source<T> {
    Samples(Waiting<T>),
    Filtered(Filter),
}

/// One overview in the making.
pub(super) struct Level<T> {
    rows: Axis,
    columns: Columns<T>,
    source: Source<T>,
    source_row_samples: usize,
    /// Rows of the source so far.
    arrived: usize,
    /// Next row to be made.
    next: usize,
}

impl<T: Sample> Level<T> {
    pub fn new(columns: Axis, rows: Axis, samples: usize, nodata: Option<T>) -> Self {
        let spans: Vec<Span> = (0..columns.made()).map(|i| columns.span(i)).collect();
        let pairs = spans.iter().enumerate().all(|(i, span)| span.start == 2 * i && span.is_pair());
        let source_row_samples = columns.given() * samples;
        let source = match rows.resampling() {
            Resampling::Bilinear | Resampling::Cubic => Source::Filtered(Filter::new(
                spans.len() * samples,
                nodata.is_some(),
                rows.resampling() == Resampling::Cubic,
            )),
            _ => Source::Samples(Waiting::new(source_row_samples)),
        };
        let columns = Columns { spans, pairs, samples, nodata };
        Self { rows, columns, source, source_row_samples, arrived: 0, next: 0 }
    }

    /// Width and height of what is made.
    pub fn size(&self) -> (u32, u32) {
        (self.columns.spans.len() as u32, self.rows.made() as u32)
    }

    /// Takes the next rows of the source and replaces `made` by the rows that they complete. Returns the first of
    /// these.
    pub fn push(&mut self, source: &[T], made: &mut Vec<T>) -> u32 {
        self.arrived += source.len() / self.source_row_samples;
        let first = self.next;
        while self.next < self.rows.made() && self.rows.span(self.next).end() <= self.arrived {
            self.next += 1;
        }
        let waited_for = if self.next < self.rows.made() { self.rows.span(self.next).start } else { usize::MAX };
        let keep_from = waited_for.min(self.arrived);

        let row_samples = self.columns.spans.len() * self.columns.samples;
        made.clear();
        made.resize((self.next - first) * row_samples, T::ZERO);
        let (rows, columns) = (self.rows, &self.columns);
        match &mut self.source {
            Source::Samples(waiting) => waiting.with(source, keep_from, |window| {
                each_row(made, row_samples, |i, row| {
                    resample(window, &rows.span(first + i), columns, rows.resampling(), row)
                });
            }),
            Source::Filtered(filter) => {
                filter.with(source, self.source_row_samples, columns, keep_from, |filtered| {
                    each_row(made, row_samples, |i, row| filtered.row(&rows.span(first + i), columns.nodata, row));
                });
            }
        }
        first as u32
    }
}

/// Calls `make` with the number and the samples of each row.
pub(super) fn each_row<V: Send>(rows: &mut [V], row_samples: usize, make: impl Fn(usize, &mut [V]) + Sync) {
    if rows.len() < PARALLEL_SAMPLES {
        rows.chunks_exact_mut(row_samples).enumerate().for_each(|(i, row)| make(i, row));
    } else {
        rows.par_chunks_exact_mut(row_samples).enumerate().for_each(|(i, row)| make(i, row));
    }
}

/// One row from the source rows of `span`.
fn resample<T: Sample>(window: Rows<'_, T>, span: &Span, columns: &Columns<T>, resampling: Resampling, row: &mut [T]) {
    match resampling {
        Resampling::Average => average::row(window, span, columns, row),
        Resampling::Mode => mode::row(window, span, columns, row),
        Resampling::Gauss => kernel::row(window, span, columns, row),
        _ => nearest(window.row(span.start), columns, row),
    }
}

fn nearest<T: Sample>(source: &[T], columns: &Columns<T>, row: &mut [T]) {
    let samples = columns.samples;
    for (span, pixel) in columns.spans.iter().zip(row.chunks_exact_mut(samples)) {
        pixel.copy_from_slice(&source[span.start * samples..][..samples]);
    }
}
