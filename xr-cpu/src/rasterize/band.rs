//! One window: its bands in parallel, the features of a band in order.

use super::{
    coverage, fill,
    fold::{Accumulate, Count, CountOn, Fold, Max, Mean, Min, Paint, Sum},
    line,
    rows::{ByRow, sort},
    scene::{Chunk, Drawn, Run, Scene, Vertices, WHOLE_VERTICES},
    touch,
    user::Plan,
};
use crate::{prefetch::prefetch, spare::Spare};
use rayon::prelude::*;
use std::ops::Range;
use xr_core::{
    Base, DataType, Error, GeometryView, Grid, Merge, Pixel, Result, Rule, Window,
    crossing::{Edge, floor},
    with_pixel,
};

/// Burns a window. `values` holds one value per feature in native byte order, `out` the window's row-major pixels, both
/// of the type of `rule.fill`; `properties` are the tables of a user merge. What `out` holds before counts if `rule.base`
/// says so. Returns a status word.
///
/// # Errors
/// [`Error::Misuse`] for slices of the wrong length or alignment, and as for [`Rule::check`].
#[allow(clippy::too_many_arguments, reason = "what a kernel takes")]
pub fn burn(
    view: GeometryView<'_>,
    values: &[u8],
    properties: &[&[u8]],
    scene: &Scene,
    grid: &Grid,
    rule: &Rule<'_>,
    window: Window,
    out: &mut [u8],
) -> Result<u64> {
    rule.check()?;
    if scene.all_touched != rule.touches_all() {
        return Err(Error::Misuse { what: "a scene is made for its rule" });
    }
    if let Some(mode) = rule.coverage {
        return match rule.fill.dtype() {
            DataType::F32 => {
                coverage::run(&WindowBurn::<f32>::new(view, values, scene, grid, rule, window)?, mode, out)
            }
            _ => coverage::run(&WindowBurn::<f64>::new(view, values, scene, grid, rule, window)?, mode, out),
        };
    }
    with_pixel!(rule.fill.dtype(), T => {
        let burn = WindowBurn::<T>::new(view, values, scene, grid, rule, window)?;
        match rule.merge {
            Merge::Last | Merge::First => burn.run(|| Scratch::new(Paint::new(rule.merge)), out),
            Merge::Min => burn.run(|| Scratch::new(Accumulate::<T, Min>::new()), out),
            Merge::Max => burn.run(|| Scratch::new(Accumulate::<T, Max>::new()), out),
            Merge::Sum => burn.run(|| Scratch::new(Accumulate::<T, Sum>::new()), out),
            Merge::Count if rule.base == Base::Fill => burn.run(|| Scratch::new(Accumulate::<T, Count>::new()), out),
            Merge::Count => burn.run(|| Scratch::new(Accumulate::<T, CountOn>::new()), out),
            Merge::Mean => burn.run(|| Scratch::new(Accumulate::<T, Mean>::new()), out),
            Merge::User(user) => {
                let plan = Plan::<T>::new(user, properties)?;
                burn.run(|| Scratch::new(plan.fold()), out)
            }
        }
    })
}

/// Runs between asking for a run's vertices and drawing it.
const AHEAD: usize = 8;

pub(super) struct WindowBurn<'a, T> {
    view: GeometryView<'a>,
    pub(super) values: &'a [T],
    scene: &'a Scene,
    pub(super) grid: &'a Grid,
    pub(super) window: Window,
    pub(super) fill: T,
    pub(super) base: Base,
    pub(super) merge: Merge<'a>,
}

/// Draws the features of one band; the working memory of one thread.
pub(super) trait Draw<T>: Send {
    /// Begins a band of rows of the grid.
    fn start(&mut self, burn: &WindowBurn<'_, T>, rows: Range<i32>, pixels: &mut [T]);
    /// Draws the runs of one feature.
    fn feature(&mut self, burn: &WindowBurn<'_, T>, chunk: &Chunk, runs: &[Run], pixels: &mut [T]);
    /// Writes what is not yet in `pixels`; returns a status word.
    fn finish(&mut self, fill: T, pixels: &mut [T]) -> u64;
}

/// Draws whole pixels.
struct Scratch<F> {
    fold: F,
    crossings: ByRow<i32>,
    intervals: Intervals,
}

impl<'a, T: Pixel> WindowBurn<'a, T> {
    fn new(
        view: GeometryView<'a>,
        values: &'a [u8],
        scene: &'a Scene,
        grid: &'a Grid,
        rule: &Rule<'a>,
        window: Window,
    ) -> Result<Self> {
        let values: &[T] = bytemuck::try_cast_slice(values).map_err(misaligned)?;
        Ok(Self { view, values, scene, grid, window, fill: rule.fill.get::<T>()?, base: rule.base, merge: rule.merge })
    }

    pub(super) fn run<D: Draw<T>>(&self, draw: impl Fn() -> D + Sync, out: &mut [u8]) -> Result<u64> {
        let out: &mut [T] = bytemuck::try_cast_slice_mut(out).map_err(misaligned)?;
        if out.len() != self.window.pixels() || self.window.pixels() == 0 {
            return Err(Error::Misuse { what: "a window's slice holds its pixels" });
        }
        let spare = Spare::new();
        let status = self.bands(out).into_par_iter().with_max_len(1).map(|(band, rows, pixels)| {
            spare.with(&draw, |draw| {
                draw.start(self, rows, pixels);
                self.band(band, draw, pixels);
                draw.finish(self.fill, pixels)
            })
        });
        Ok(status.reduce(|| 0, |a, b| a | b))
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

    /// Columns of the window in the grid.
    pub(super) fn columns(&self) -> Range<i32> {
        self.window.col as i32..(self.window.col + self.window.width) as i32
    }

    fn band<D: Draw<T>>(&self, band: usize, draw: &mut D, pixels: &mut [T]) {
        // Pixels are painted once: for the last feature's value, the last feature comes first.
        if self.merge == Merge::Last {
            for chunk in self.scene.chunks.iter().rev() {
                let runs = chunk.band(band);
                self.features(chunk, groups(runs).rev(), runs.iter().rev(), draw, pixels);
            }
        } else {
            for chunk in &self.scene.chunks {
                let runs = chunk.band(band);
                self.features(chunk, groups(runs), runs.iter(), draw, pixels);
            }
        }
    }

    /// Draws features; `runs` are theirs, in the same order.
    fn features<'r, D: Draw<T>>(
        &self,
        chunk: &Chunk,
        features: impl Iterator<Item = &'r [Run]>,
        runs: impl Iterator<Item = &'r Run>,
        draw: &mut D,
        pixels: &mut [T],
    ) {
        let mut ahead = runs.skip(AHEAD);
        for feature in features {
            for run in ahead.by_ref().take(feature.len()) {
                if let Vertices::Path(path) = chunk.vertices(run) {
                    prefetch(&self.view.vertices[path.start as usize..path.end as usize]);
                }
                prefetch(&self.values[run.feature as usize..][..1]);
            }
            draw.feature(self, chunk, feature, pixels);
        }
    }

    fn draw(&self, chunk: &Chunk, run: &Run, rows: &Range<i32>, crossings: &mut ByRow<i32>, intervals: &mut Intervals) {
        let world = |vertex: u32| self.view.vertices[vertex as usize];
        match (run.drawn, chunk.vertices(run)) {
            (Drawn::Polygon, Vertices::Path(path)) => {
                let path = &self.view.vertices[path.start as usize..path.end as usize];
                self.polygon(path, rows, crossings, intervals);
            }
            (Drawn::Point, vertices) => {
                let mut point = |vertex| {
                    let [x, y] = self.grid.to_pixel(world(vertex));
                    intervals.push(floor(y), floor(x), floor(x).saturating_add(1));
                };
                match vertices {
                    Vertices::Path(path) => path.for_each(point),
                    Vertices::Listed(points) => points.iter().for_each(|&vertex| point(vertex)),
                }
            }
            (drawn, _) => self.edges(chunk, run, |a, b| self.edge(drawn, a, b, rows, crossings, intervals)),
        }
    }

    /// Draws a polygon of one ring of [`WHOLE_VERTICES`] at most.
    fn polygon(&self, ring: &[[f64; 2]], rows: &Range<i32>, crossings: &mut ByRow<i32>, intervals: &mut Intervals) {
        let mut pixels = [[0.0; 2]; WHOLE_VERTICES];
        let pixels = &mut pixels[..ring.len()];
        for (pixel, &vertex) in pixels.iter_mut().zip(ring) {
            *pixel = self.grid.to_pixel(vertex);
        }
        let width = self.grid.width as i32;
        fill::cross_path(pixels, rows, width, crossings);
        if self.scene.all_touched {
            for ends in pixels.windows(2).filter(|ends| reaches(ends[0], ends[1], rows)) {
                touch::edge(ends[0], ends[1], rows, width, intervals);
            }
        }
    }

    /// Calls `each` with the ends, in pixel space, of every edge or segment of a run.
    #[inline]
    pub(super) fn edges(&self, chunk: &Chunk, run: &Run, mut each: impl FnMut([f64; 2], [f64; 2])) {
        let pixel = |vertex: u32| self.grid.to_pixel(self.view.vertices[vertex as usize]);
        match chunk.vertices(run) {
            Vertices::Path(mut path) => {
                let Some(first) = path.next() else { return };
                let mut a = pixel(first);
                for vertex in path {
                    let b = pixel(vertex);
                    each(a, b);
                    a = b;
                }
            }
            Vertices::Listed(begins) => {
                let mut last = (u32::MAX, [0.0; 2]); // most edges begin where the one before them ends
                for &vertex in begins {
                    let a = if last.0 == vertex { last.1 } else { pixel(vertex) };
                    let b = pixel(vertex + 1);
                    last = (vertex + 1, b);
                    each(a, b);
                }
            }
        }
    }

    #[inline]
    fn edge(
        &self,
        drawn: Drawn,
        a: [f64; 2],
        b: [f64; 2],
        rows: &Range<i32>,
        crossings: &mut ByRow<i32>,
        intervals: &mut Intervals,
    ) {
        if !reaches(a, b, rows) {
            return;
        }
        let width = self.grid.width as i32;
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

impl<F> Scratch<F> {
    fn new(fold: F) -> Self {
        let intervals = Intervals { by_row: ByRow::new(), rows: 0..0, columns: 0..0 };
        Self { fold, crossings: ByRow::new(), intervals }
    }
}

impl<T: Pixel, F: Fold<T>> Draw<T> for Scratch<F> {
    fn start(&mut self, burn: &WindowBurn<'_, T>, rows: Range<i32>, pixels: &mut [T]) {
        self.fold.start(burn.window.width as usize, burn.fill, burn.base, pixels);
        self.crossings.start(rows.len());
        self.intervals.by_row.start(rows.len());
        self.intervals.rows = rows;
        self.intervals.columns = burn.columns();
    }

    fn feature(&mut self, burn: &WindowBurn<'_, T>, chunk: &Chunk, runs: &[Run], pixels: &mut [T]) {
        let value = burn.values[runs[0].feature as usize];
        if F::IGNORES_NAN && value.is_nan() {
            return;
        }
        let rows = self.intervals.rows.clone();
        let left = burn.window.col as i32;
        let Self { fold, crossings, intervals } = self;
        fold.feature(runs[0].feature, value);
        let mut add = |row: u32, start: i32, end: i32| {
            fold.add(row as usize, (start - left) as usize..(end - left) as usize, value, pixels);
        };
        let filled_only = runs.len() == 1 && !burn.scene.all_touched && runs[0].drawn == Drawn::Polygon;
        for run in runs {
            burn.draw(chunk, run, &rows, crossings, intervals);
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

    fn finish(&mut self, fill: T, pixels: &mut [T]) -> u64 {
        self.fold.finish(fill, pixels)
    }
}

/// Whether an edge has a point in the closed band of rows.
#[inline]
fn reaches(a: [f64; 2], b: [f64; 2], rows: &Range<i32>) -> bool {
    let (top, bottom) = (f64::from(rows.start), f64::from(rows.end));
    !((a[1] < top && b[1] < top) || (a[1] > bottom && b[1] > bottom))
}

fn misaligned(_: bytemuck::PodCastError) -> Error {
    Error::Misuse { what: "pixels are aligned to their type" }
}

/// The runs of each feature.
fn groups(runs: &[Run]) -> impl DoubleEndedIterator<Item = &[Run]> {
    runs.chunk_by(|a, b| a.feature == b.feature)
}

/// Calls `each` with the maximal spans that a row's intervals cover.
fn union(intervals: &mut [[i32; 2]], mut each: impl FnMut(i32, i32)) {
    // Nearly always the longest, a polygon's inside, reaches all others, its edges: one span, and nothing to sort.
    let Some(&[from, to]) = intervals.iter().max_by_key(|i| i[1] - i[0]) else { return };
    if intervals.iter().all(|i| i[0] <= to && i[1] >= from) {
        let ends = intervals.iter().fold([from, to], |[from, to], i| [from.min(i[0]), to.max(i[1])]);
        return each(ends[0], ends[1]);
    }
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
