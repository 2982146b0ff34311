//! Fast sums at the pixels of a grid.

use super::{FarField, Fmm, Pixels, Shown, Sorted, Sources, near};
use std::{marker::PhantomData, ops::Range};
use xr_core::Window;

/// Leaves of a part along the rows: enough vectors for the products of matrices.
const TOGETHER: usize = 12;

/// Pixels of one row of leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Part {
    /// Columns of the grid.
    pub(in super::super) columns: Range<usize>,
    /// Rows of the grid.
    pub(in super::super) rows: Range<usize>,
}

/// Memory of a part's computation, for the next.
#[derive(Default)]
pub(in super::super) struct Scratch {
    us: Vec<f64>,
    polynomials: [Vec<f64>; 2],
    values: Vec<f64>,
}

impl Fmm {
    /// The parts of a window, row by row, as [`numbers`](Self::numbers) wants them: columns and rows. Of a tree over points
    /// none.
    pub(in super::super) fn parts(&self, window: Window) -> [Vec<Range<usize>>; 2] {
        let Some(pixels) = &self.pixels else { return Default::default() };
        let span = |from: u32, count: u32| from as usize..from as usize + count as usize;
        [pixels.cuts(0, span(window.col, window.width), TOGETHER), pixels.cuts(1, span(window.row, window.height), 1)]
    }

    /// `A` numbers of `K` columns at a part's pixels: planes of as many rows as the part has, `stride` numbers each.
    pub(in super::super) fn numbers<T: Shown<K, A>, const K: usize, const A: usize>(
        &self,
        fields: [&FarField; K],
        polynomials: [[f64; 3]; K],
        part: &Part,
        scratch: &mut Scratch,
        stride: usize,
        out: &mut [f64],
    ) {
        let Some(pixels) = &self.pixels else { return };
        let [sign_u, sign_v] = self.tree.signs;
        let polynomials = polynomials.map(|[c0, c1, c2]| [c0, c1 * sign_u, c2 * sign_v]);
        let row = pixels.leaves[1][part.rows.start];
        let runs = pixels.cuts(0, part.columns.clone(), 1);
        let leaves: Vec<[u32; 2]> = runs.iter().map(|run| [pixels.leaves[0][run.start], row]).collect();
        let nodes = fields.map(|field| self.nodes(field, &leaves));
        let of_leaf = self.matrices.leaf_nodes();
        for (n, (run, leaf)) in runs.into_iter().zip(leaves).enumerate() {
            let near = self.points.near(leaf.map(|n| n as usize));
            let Sorted { us, vs, .. } = &self.points;
            let halves = fields.map(|field| &field.halves[..]);
            let nodes = std::array::from_fn(|k| &nodes[k][n * of_leaf..][..of_leaf]);
            let sources = Sources { us, vs, halves, near: &near, nodes, polynomials };
            let at = run.start - part.columns.start;
            let width = run.len();
            match self.matrices.leaf_side {
                8 => self.leaf::<T, 8, K, A>(pixels, sources, run, part.rows.clone(), scratch),
                _ => self.leaf::<T, 16, K, A>(pixels, sources, run, part.rows.clone(), scratch),
            }
            let padded = near::padded(width);
            let plane = part.rows.len() * padded;
            for (a, number) in T::FAR.iter().enumerate() {
                let to = out[a * part.rows.len() * stride..].chunks_mut(stride);
                for (to, from) in to.zip(scratch.values[a * plane..][..plane].chunks_exact(padded)) {
                    to[at..at + width].copy_from_slice(&from[..width]);
                    // Derivatives are along the tree's axes.
                    if (number.by_u && sign_u < 0.0) || (number.by_v && sign_v < 0.0) {
                        to[at..at + width].iter_mut().for_each(|number| *number = -*number);
                    }
                }
            }
        }
    }

    /// The numbers at pixels of one leaf.
    fn leaf<T: Shown<K, A>, const Q: usize, const K: usize, const A: usize>(
        &self,
        pixels: &Pixels,
        sources: Sources<'_, K>,
        columns: Range<usize>,
        rows: Range<usize>,
        scratch: &mut Scratch,
    ) {
        let padded = near::padded(columns.len());
        scratch.us.clear();
        scratch.us.extend_from_slice(&pixels.us[columns.clone()]);
        scratch.us.resize(padded, pixels.us[columns.start]);
        let kinds = if T::DERIVED { 2 } else { 1 };
        for (to, all) in scratch.polynomials.iter_mut().zip(&pixels.columns).take(kinds) {
            to.resize(Q * padded, 0.0);
            for (to, all) in to.chunks_mut(padded).zip(all.chunks(pixels.us.len())) {
                to[..columns.len()].copy_from_slice(&all[columns.clone()]);
            }
        }
        scratch.values.resize(A * rows.len() * padded, 0.0);
        let [values, slopes] = &scratch.polynomials;
        self.matrices.width.run(near::OfLeaf::<T, Q, K, A> {
            shown: PhantomData,
            sources,
            us: &scratch.us,
            polynomials: [values, slopes],
            vs: &pixels.vs[rows.clone()],
            row_polynomials: pixels.rows.each_ref().map(|all| &all[rows.start * Q..rows.end * Q]),
            out: &mut scratch.values,
        });
    }
}
