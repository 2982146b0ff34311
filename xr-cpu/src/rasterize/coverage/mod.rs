//! Exact fractions: the area of a feature's polygons within each pixel that they touch.
//!
//! Edges are cut into pieces, one per pixel they pass through. Which pixels those are, and on which side of a pixel's
//! upper left corner an edge lies, is decided in integers as for all-touched; so a pixel without pieces is in or out as a
//! whole, and only pixels with pieces are measured. The corner stands for the point just right of it and, by far less,
//! below it: a vertex or edge on a pixel's border has one definite side.

mod cell;
mod piece;
mod weighted;

use super::{
    band::{Draw, WindowBurn},
    fold::{Accumulate, Fold, Max, Mean, Min, Paint, Sum},
    rows::ByRow,
    scene::{Chunk, Drawn, Run},
};
use cell::{Cell, Inside};
use piece::{Cut, Piece};
use std::{marker::PhantomData, ops::Range};
use weighted::{Share, WeightedMean, WeightedSum};
use xr_core::{Coverage, Error, Merge, Pixel, Result};

/// Burns a window of fractions, or of values weighted by them.
pub(super) fn run<T: Pixel>(burn: &WindowBurn<'_, T>, mode: Coverage, out: &mut [u8]) -> Result<u64>
where
    Fraction: Contribution<T, Value = T>,
{
    match (mode, burn.merge) {
        (Coverage::Fraction, Merge::Last | Merge::First) => {
            burn.run(|| Cells::<_, Fraction>::new(Paint::new(burn.merge)), out)
        }
        (Coverage::Fraction, Merge::Min) => burn.run(|| Cells::<_, Fraction>::new(Accumulate::<T, Min>::new()), out),
        (Coverage::Fraction, Merge::Max) => burn.run(|| Cells::<_, Fraction>::new(Accumulate::<T, Max>::new()), out),
        (Coverage::Fraction, Merge::Sum) => burn.run(|| Cells::<_, Fraction>::new(Accumulate::<T, Sum>::new()), out),
        (Coverage::Fraction, Merge::Mean) => burn.run(|| Cells::<_, Fraction>::new(Accumulate::<T, Mean>::new()), out),
        (Coverage::Weight, Merge::Sum) => {
            burn.run(|| Cells::<_, Weighted>::new(Accumulate::<T, WeightedSum, Share<T>>::new()), out)
        }
        (Coverage::Weight, Merge::Mean) => {
            burn.run(|| Cells::<_, Weighted>::new(Accumulate::<T, WeightedMean, Share<T>>::new()), out)
        }
        _ => Err(Error::Misuse { what: "coverage has a merge for fractions" }),
    }
}

/// What a feature that covers a fraction of a pixel gives to its fold.
pub(super) trait Contribution<T>: Send {
    type Value: Copy;
    /// Whether features with a NaN value are passed over.
    const IGNORES_NAN: bool;
    fn of(value: T, fraction: f64) -> Self::Value;
}

/// The fraction itself, whatever the feature's value.
pub(super) struct Fraction;

impl Contribution<f64> for Fraction {
    type Value = f64;
    const IGNORES_NAN: bool = false;

    fn of(_: f64, fraction: f64) -> f64 {
        fraction
    }
}

impl Contribution<f32> for Fraction {
    type Value = f32;
    const IGNORES_NAN: bool = false;

    fn of(_: f32, fraction: f64) -> f32 {
        fraction as f32
    }
}

/// The value, with the fraction as its weight.
struct Weighted;

impl<T: Pixel> Contribution<T> for Weighted {
    type Value = Share<T>;
    const IGNORES_NAN: bool = true;

    fn of(value: T, weight: f64) -> Share<T> {
        Share { value, weight }
    }
}

/// Draws fractions of pixels.
struct Cells<F, C> {
    fold: F,
    rows: Range<i32>,
    columns: Range<i32>,
    pieces: ByRow<Piece>,
    inside: Inside,
    cell: Cell,
    contribution: PhantomData<C>,
}

impl<F, C> Cells<F, C> {
    fn new(fold: F) -> Self {
        Self {
            fold,
            rows: 0..0,
            columns: 0..0,
            pieces: ByRow::new(),
            inside: Inside::default(),
            cell: Cell::default(),
            contribution: PhantomData,
        }
    }
}

impl<T: Pixel, F: Fold<T, C::Value>, C: Contribution<T>> Draw<T> for Cells<F, C> {
    fn start(&mut self, burn: &WindowBurn<'_, T>, rows: Range<i32>, pixels: &mut [T]) {
        self.fold.start(burn.window.width as usize, burn.fill, burn.base, pixels);
        self.pieces.start(rows.len());
        (self.rows, self.columns) = (rows, burn.columns());
    }

    fn feature(&mut self, burn: &WindowBurn<'_, T>, chunk: &Chunk, runs: &[Run], pixels: &mut [T]) {
        let value = burn.values[runs[0].feature as usize];
        if C::IGNORES_NAN && value.is_nan() {
            return;
        }
        let Self { fold, rows, columns, pieces, inside, cell, .. } = self;
        for (part, run) in (0..).zip(runs).filter(|(_, run)| run.drawn == Drawn::Polygon) {
            let mut cut = Cut { part, rows, columns, width: burn.grid.width as i32, pieces };
            burn.edges(chunk, run, |a, b| cut.edge(a, b));
        }
        let mut add = |row: u32, from: i32, to: i32, fraction: f64| {
            if from < to {
                let span = (from - columns.start) as usize..(to - columns.start) as usize;
                fold.add(row as usize, span, C::of(value, fraction), pixels);
            }
        };
        pieces.drain(|row, pieces| {
            // Stable: what is added up in a pixel has one order, whatever else is in the row.
            pieces.sort_by_key(|piece| piece.column);
            inside.start(runs.len());
            let mut done = columns.start;
            for pieces in pieces.chunk_by(|a, b| a.column == b.column) {
                let column = pieces[0].column;
                if column >= columns.start {
                    if inside.any() {
                        add(row, done, column, 1.0);
                    }
                    if inside.any() || pieces.iter().any(|piece| piece.inner) {
                        add(row, column, column + 1, cell.area(inside, pieces));
                    }
                    done = column + 1;
                }
                pieces.iter().filter(|piece| piece.enters).for_each(|piece| inside.cross(piece.part));
            }
            if inside.any() {
                add(row, done, columns.end, 1.0);
            }
        });
    }

    fn finish(&mut self, fill: T, pixels: &mut [T]) -> u64 {
        self.fold.finish(fill, pixels)
    }
}
