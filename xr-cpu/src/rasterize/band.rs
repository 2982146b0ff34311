//! One window: its bands in parallel, the features of a band in order.

use super::{
    fill,
    fold::{Accumulate, Count, Fold, Max, Mean, Min, Paint, Sum},
    line,
    rows::{ByRow, sort},
    scene::{Chunk, Drawn, Scene},
    touch,
};
use crate::spare::Spare;
use rayon::prelude::*;
use std::ops::Range;
use xr_core::{
    Error, GeometryView, Grid, Merge, Pixel, Result, Rule, Window,
    crossing::{Edge, floor},
    with_pixel,
};

/// Burns a window. `values` holds one value per feature in native byte order, `out` the window's row-major pixels, both
/// of the type of `rule.fill`. Returns a status word.
///
/// # Errors
/// [`Error::Misuse`] for slices of the wrong length or alignment.
pub fn burn(
    view: GeometryView<'_>,
    values: &[u8],
    scene: &Scene,
    grid: &Grid,
    rule: &Rule,
    window: Window,
    out: &mut [u8],
) -> Result<u64> {
    with_pixel!(rule.fill.dtype(), T => {
        let misaligned = |_| Error::Misuse { what: "pixels are aligned to their type" };
        let values: &[T] = bytemuck::try_cast_slice(values).map_err(misaligned)?;
        let out: &mut [T] = bytemuck::try_cast_slice_mut(out).map_err(misaligned)?;
        if out.len() != window.pixels() || window.pixels() == 0 {
            return Err(Error::Misuse { what: "a window's slice holds its pixels" });
        }
        let burn = WindowBurn { view, values, scene, grid, window, fill: rule.fill.get::<T>()?, merge: rule.merge };
        Ok(match rule.merge {
            Merge::Last | Merge::First => burn.run::<Paint>(out),
            Merge::Min => burn.run::<Accumulate<T, Min>>(out),
            Merge::Max => burn.run::<Accumulate<T, Max>>(out),
            Merge::Sum => burn.run::<Accumulate<T, Sum>>(out),
            Merge::Count => burn.run::<Accumulate<T, Count>>(out),
            Merge::Mean => burn.run::<Accumulate<T, Mean>>(out),
        })
    })
}

struct WindowBurn<'a, T> {
    view: GeometryView<'a>,
    values: &'a [T],
    scene: &'a Scene,
    grid: &'a Grid,
    window: Window,
    fill: T,
    merge: Merge,
}

/// Consecutive entries of one part in a band.
struct Run {
    part: u32,
    chunk: u32,
    entries: Range<u32>,
}

/// Working memory of one thread.
struct Scratch<F> {
    fold: F,
    runs: Vec<Run>,
    crossings: ByRow<i32>,
    intervals: Intervals,
}

impl<T: Pixel> WindowBurn<'_, T> {
    fn run<F: Fold<T>>(&self, out: &mut [T]) -> u64 {
        let spare = Spare::new();
        let scratch = || Scratch {
            fold: F::new(),
            runs: Vec::new(),
            crossings: ByRow::new(),
            intervals: Intervals { by_row: ByRow::new(), rows: 0..0, columns: 0..0 },
        };
        self.bands(out)
            .into_par_iter()
            .with_max_len(1)
            .map(|(band, rows, pixels)| {
                spare.with(scratch, |scratch| {
                    scratch.fold.start(self.window.width as usize, self.fill, pixels);
                    self.band(band, rows, scratch, pixels);
                    scratch.fold.finish(self.fill, pixels)
                })
            })
            .reduce(|| 0, |a, b| a | b)
    }

    /// The window's part of each band it meets: index, rows of the grid, pixels.
    fn bands<'o>(&self, mut out: &'o mut [T]) -> Vec<(usize, Range<i32>, &'o mut [T])> {
        let (mut row, end) = (self.window.row, self.window.row + self.window.height);
        let mut bands = Vec::new();
        while row < end {
            let band = row / self.scene.band_rows;
            let next = end.min((band + 1) * self.scene.band_rows);
            let (pixels, rest) = out.split_at_mut((next - row) as usize * self.window.width as usize);
            bands.push((band as usize, row as i32..next as i32, pixels));
            (out, row) = (rest, next);
        }
        bands
    }

    fn band<F: Fold<T>>(&self, band: usize, rows: Range<i32>, scratch: &mut Scratch<F>, pixels: &mut [T]) {
        scratch.crossings.start(rows.len());
        scratch.intervals.by_row.start(rows.len());
        scratch.intervals.rows = rows;
        scratch.intervals.columns = self.window.col as i32..(self.window.col + self.window.width) as i32;
        let mut runs = std::mem::take(&mut scratch.runs);
        self.find_runs(band, &mut runs);
        let feature = |run: &Run| self.view.parts[run.part as usize].feature;
        let groups = runs.chunk_by(|a, b| feature(a) == feature(b));
        // The first feature's value is what painting in reverse order leaves.
        if self.merge == Merge::First {
            groups.rev().for_each(|group| self.feature(feature(&group[0]), group, band, scratch, pixels));
        } else {
            groups.for_each(|group| self.feature(feature(&group[0]), group, band, scratch, pixels));
        }
        scratch.runs = runs;
    }

    fn find_runs(&self, band: usize, runs: &mut Vec<Run>) {
        runs.clear();
        let ends = &self.scene.part_ends;
        for (chunk, entries) in self.scene.chunks.iter().map(|chunk| chunk.band(band)).enumerate() {
            let (mut at, mut part) = (0, 0);
            while at < entries.len() {
                part += gallop(&ends[part..], |&end| end <= entries[at]);
                let end = ends[part];
                let len = entries[at..].iter().take_while(|&&vertex| vertex < end).count();
                runs.push(Run { part: part as u32, chunk: chunk as u32, entries: at as u32..(at + len) as u32 });
                at += len;
            }
        }
    }

    fn feature<F: Fold<T>>(
        &self,
        feature: u32,
        group: &[Run],
        band: usize,
        scratch: &mut Scratch<F>,
        pixels: &mut [T],
    ) {
        let value = self.values[feature as usize];
        if F::IGNORES_NAN && value.is_nan() {
            return;
        }
        let rows = scratch.intervals.rows.clone();
        let left = self.window.col as i32;
        let Scratch { fold, crossings, intervals, .. } = scratch;
        let mut add = |row: u32, start: i32, end: i32| {
            fold.add(row as usize, (start - left) as usize..(end - left) as usize, value, pixels);
        };
        let filled_only = group.len() == 1 && !self.scene.all_touched && self.drawn(&group[0]) == Drawn::Polygon;
        for run in group {
            self.draw(run, band, &rows, crossings, intervals);
            crossings.drain(|row, columns| {
                sort(columns, |&c| c);
                for pair in columns.chunks_exact(2) {
                    if let Some((start, end)) = intervals.clip(pair[0], pair[1]) {
                        if filled_only {
                            add(row, start, end);
                        } else {
                            intervals.by_row.push(row, [start, end]);
                        }
                    }
                }
            });
        }
        if !intervals.by_row.is_empty() {
            intervals.by_row.drain(|row, spans| union(spans, |start, end| add(row, start, end)));
        }
    }

    fn drawn(&self, run: &Run) -> Drawn {
        self.scene.drawn[run.part as usize]
    }

    fn draw(&self, run: &Run, band: usize, rows: &Range<i32>, crossings: &mut ByRow<i32>, intervals: &mut Intervals) {
        let chunk: &Chunk = &self.scene.chunks[run.chunk as usize];
        let entries = &chunk.band(band)[run.entries.start as usize..run.entries.end as usize];
        let width = self.grid.width as i32;
        let pixel = |vertex: u32| self.grid.to_pixel(self.view.vertices[vertex as usize]);
        let drawn = self.drawn(run);
        if drawn == Drawn::Point {
            for [x, y] in entries.iter().map(|&vertex| pixel(vertex)) {
                intervals.push(floor(y), floor(x), floor(x).saturating_add(1));
            }
            return;
        }
        let mut last = (u32::MAX, [0.0; 2]); // most edges begin where the one before them ends
        for &vertex in entries {
            let a = if last.0 == vertex { last.1 } else { pixel(vertex) };
            let b = pixel(vertex + 1);
            last = (vertex + 1, b);
            match (drawn, self.scene.all_touched) {
                (Drawn::Polygon, touched) => {
                    if let Some(edge) = Edge::new(a, b) {
                        fill::cross(&edge, rows, width, crossings);
                    }
                    if touched {
                        touch::edge(a, b, rows, width, intervals);
                    }
                }
                (_, true) => touch::segment(a, b, rows, width, intervals),
                (_, false) => line::segment(a, b, rows, intervals),
            }
        }
    }
}

/// Number of leading items for which `before` holds, found near the front fast.
fn gallop<T>(items: &[T], before: impl Fn(&T) -> bool) -> usize {
    let mut step = 1;
    while step < items.len() && before(&items[step - 1]) {
        step *= 2;
    }
    let low = step / 2;
    low + items[low..items.len().min(step)].partition_point(before)
}

/// Calls `each` with the maximal spans that a row's intervals cover.
fn union(intervals: &mut [[i32; 2]], mut each: impl FnMut(i32, i32)) {
    sort(intervals, |i| i[0]);
    let mut rest = intervals.iter();
    let Some(&[mut start, mut end]) = rest.next() else { return };
    for &[from, to] in rest {
        if from > end {
            each(start, end);
            (start, end) = (from, to);
        } else {
            end = end.max(to);
        }
    }
    each(start, end);
}

/// Intervals of columns in the rows of a band, clipped to the window.
pub(super) struct Intervals {
    by_row: ByRow<[i32; 2]>,
    rows: Range<i32>,
    columns: Range<i32>,
}

impl Intervals {
    /// Adds the pixels `start..end` of a row of the grid.
    pub(super) fn push(&mut self, row: i32, start: i32, end: i32) {
        if let Some((start, end)) = self.clip(start, end).filter(|_| self.rows.contains(&row)) {
            self.by_row.push((row - self.rows.start) as u32, [start, end]);
        }
    }

    /// The same for columns that may lie anywhere.
    pub(super) fn push_wide(&mut self, row: i32, start: i128, end: i128) {
        let near = |column: i128| column.clamp(-1, i32::MAX.into()) as i32;
        self.push(row, near(start), near(end));
    }

    fn clip(&self, start: i32, end: i32) -> Option<(i32, i32)> {
        let (start, end) = (start.max(self.columns.start), end.min(self.columns.end));
        (start < end).then_some((start, end))
    }
}
