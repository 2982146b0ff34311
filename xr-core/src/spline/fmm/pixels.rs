//! Pixels of a grid in the leaves of a tree.

use super::{
    Tree,
    chebyshev::{lagrange, slopes},
};
use crate::{Grid, spline::Frame};
use std::ops::Range;

/// Pixels of a grid, in the tree's coordinates.
#[derive(Debug)]
pub struct Pixels {
    /// First coordinates of the columns.
    pub us: Vec<f64>,
    /// Second coordinates of the rows.
    pub vs: Vec<f64>,
    /// Lagrange polynomials at the columns in their leaves, a row for each polynomial, and their derivatives by a leaf's
    /// side.
    pub columns: [Vec<f64>; 2],
    /// At the rows, row by row.
    pub rows: [Vec<f64>; 2],
    /// Leaf of each column and of each row.
    pub leaves: [Vec<u32>; 2],
}

impl Pixels {
    /// The pixels of `grid`, leaves having `side` nodes along an axis.
    pub fn new(tree: &Tree, frame: &Frame, grid: &Grid, side: usize) -> Self {
        let [sign_u, sign_v] = tree.signs;
        let counts = [grid.width, grid.height];
        let leaves = [0, 1].map(|axis| (0..counts[axis]).map(|n| tree.pixel_leaf(axis, n)).collect::<Vec<_>>());
        let polynomials = |of: fn(usize, f64) -> Vec<f64>, axis: usize| -> Vec<f64> {
            leaves[axis].iter().flat_map(|&(_, t)| of(side, t)).collect()
        };
        // Of the derivative by t, of which a leaf has −1…1; sums are doubled at the end.
        let scaled = |slopes: Vec<f64>| slopes.into_iter().map(|slope| slope / tree.side).collect::<Vec<f64>>();
        let by_polynomial = |rows: &Vec<f64>| -> Vec<f64> {
            (0..side).flat_map(|a| rows.iter().skip(a).step_by(side).copied()).collect()
        };
        let [columns, rows] = [0, 1].map(|axis| [polynomials(values_of, axis), scaled(polynomials(slopes_of, axis))]);
        Self {
            us: (0..grid.width).map(|column| sign_u * frame.column(grid, column)).collect(),
            vs: (0..grid.height).map(|row| sign_v * frame.row(grid, row)).collect(),
            columns: columns.each_ref().map(by_polynomial),
            rows,
            leaves: leaves.map(|leaves| leaves.iter().map(|&(leaf, _)| leaf as u32).collect()),
        }
    }

    /// Leaves with pixels, row by row.
    pub fn targets(&self) -> Vec<[u32; 2]> {
        let [mut across, mut down] = self.leaves.clone();
        across.dedup();
        down.dedup();
        down.iter().flat_map(|&v| across.iter().map(move |&u| [u, v])).collect()
    }

    /// Where leaves end within `range`, of every `step`th leaf.
    pub fn cuts(&self, axis: usize, range: Range<usize>, step: usize) -> Vec<Range<usize>> {
        let runs: Vec<usize> = self.leaves[axis][range.clone()].chunk_by(|a, b| a == b).map(<[u32]>::len).collect();
        let mut from = range.start;
        let cut = |runs: &[usize]| {
            let start = from;
            from += runs.iter().sum::<usize>();
            start..from
        };
        runs.chunks(step).map(cut).collect()
    }
}

fn values_of(side: usize, t: f64) -> Vec<f64> {
    match side {
        8 => lagrange::<8>(t).to_vec(),
        _ => lagrange::<16>(t).to_vec(),
    }
}

fn slopes_of(side: usize, t: f64) -> Vec<f64> {
    match side {
        8 => slopes::<8>(t).to_vec(),
        _ => slopes::<16>(t).to_vec(),
    }
}
