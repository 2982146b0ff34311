//! Fast sums over points, at the pixels of a grid or at the points themselves: [`xr_core::spline::fmm`] on the host.

mod far;
mod near;
mod pixels;
mod product;
mod shown;

use rayon::prelude::*;
use std::ops::Range;
use xr_core::{
    Grid,
    spline::{
        Frame,
        fmm::{Level, PARITIES, Pixels, Precision, Sorted, Tree},
    },
};

use super::width::Width;
use far::Matrices;
use near::{Places, Sources};
pub(super) use pixels::{Part, Scratch};
use product::{Mode, Product};
pub(super) use shown::Shown;

/// A tree over points and places to evaluate at, with its matrices; for any weights.
#[derive(Debug)]
pub struct Fmm {
    tree: Tree,
    points: Sorted,
    levels: Vec<Level>,
    matrices: Matrices,
    pixels: Option<Pixels>,
}

/// Weights and what they do from afar, ready to be evaluated.
#[derive(Debug)]
pub struct FarField {
    /// Half of the weights, in the tree's order.
    halves: Vec<f64>,
    /// Coefficients of the leaves, by their parents.
    potentials: Vec<f64>,
}

impl Fmm {
    /// For the pixels of a grid, over points of the unit box that `frame` places in it.
    pub fn over_grid(frame: &Frame, grid: &Grid, us: &[f64], vs: &[f64], precision: Precision) -> Self {
        let tree = Tree::over_grid(frame, grid, us, vs);
        let pixels = Pixels::new(&tree, frame, grid, precision.leaf_side(&tree));
        Self::new(tree, us, vs, precision, Some(pixels.targets()), Some(pixels))
    }

    /// For the points themselves.
    pub fn over_points(us: &[f64], vs: &[f64], precision: Precision) -> Self {
        Self::new(Tree::over_points(us, vs), us, vs, precision, None, None)
    }

    fn new(
        tree: Tree,
        us: &[f64],
        vs: &[f64],
        precision: Precision,
        targets: Option<Vec<[u32; 2]>>,
        pixels: Option<Pixels>,
    ) -> Self {
        let points = Sorted::new(&tree, us, vs);
        let levels = Level::all(&tree, &points, targets.unwrap_or_else(|| points.occupied()));
        let matrices = Matrices::new(precision, &tree, levels.len());
        Self { tree, points, levels, matrices, pixels }
    }

    /// What points with these weights do from afar.
    pub fn field(&self, weights: &[f64]) -> FarField {
        let sorted: Vec<f64> = self.points.order.iter().map(|&n| weights[n as usize]).collect();
        let potentials = far::potentials(&self.matrices, &self.tree, &self.levels, &self.points, &sorted);
        FarField { halves: sorted.iter().map(|w| 0.5 * w).collect(), potentials }
    }

    /// The far field at the nodes of leaves.
    fn nodes(&self, field: &FarField, leaves: &[[u32; 2]]) -> Vec<f64> {
        let (block, leaf_nodes) = (self.matrices.block(), self.matrices.leaf_nodes());
        let rank = block / PARITIES;
        let from = leaves.iter().map(|&[u, v]| {
            let parity = (u & 1 | (v & 1) << 1) as usize;
            self.levels[0].potentials([u / 2, v / 2]) * block + parity * rank
        });
        let from: Vec<usize> = from.collect();
        let at: Vec<usize> = (0..leaves.len()).map(|n| n * leaf_nodes).collect();
        let mut nodes = vec![0.0; leaves.len() * leaf_nodes];
        let (matrix, source, mode) = (&self.matrices.spread, &field.potentials[..], Mode::Set);
        self.matrices.width.run(Product { matrix, source, from: &from, to: &mut nodes, at: &at, mode });
        nodes
    }

    /// The sums at the points of a tree over points, in the order in which they came.
    pub fn at_points(&self, field: &FarField, out: &mut [f64]) {
        let leaves = self.points.occupied();
        let tasks: Vec<&[[u32; 2]]> = leaves.chunks(32).collect();
        let sums: Vec<Vec<f64>> = tasks
            .par_iter()
            .map(|leaves| {
                let nodes = self.nodes(field, leaves);
                let (mut result, mut tile) = (Vec::new(), Tile::new(self.matrices.width));
                for (leaf, nodes) in leaves.iter().zip(nodes.chunks(self.matrices.leaf_nodes())) {
                    let range = self.points.leaf(*leaf);
                    let near = self.points.near(leaf.map(|n| n as usize));
                    let Sorted { us, vs, .. } = &self.points;
                    let (halves, nodes, polynomials) = ([&field.halves[..]], [nodes], [[0.0; 3]]);
                    let sources = Sources { us, vs, halves, near: &near, nodes, polynomials };
                    match self.matrices.leaf_side {
                        8 => tile.fill::<8>(&self.tree, sources, range.clone()),
                        _ => tile.fill::<16>(&self.tree, sources, range.clone()),
                    }
                    result.extend_from_slice(&tile.values[..range.len()]);
                }
                result
            })
            .collect();
        for (sum, &n) in sums.iter().flatten().zip(&self.points.order) {
            out[n as usize] = *sum;
        }
    }
}

/// Places of a leaf, a whole number of vectors along the first axis, and the values there.
struct Tile {
    width: Width,
    values: Vec<f64>,
    us: Vec<f64>,
    vs: Vec<f64>,
    in_leaf: [Vec<f64>; 2],
}

impl Tile {
    fn new(width: Width) -> Self {
        let [values, us, vs, in_u, in_v] = Default::default();
        Self { width, values, us, vs, in_leaf: [in_u, in_v] }
    }

    /// The points of a leaf.
    fn fill<const Q: usize>(&mut self, tree: &Tree, sources: Sources<'_, 1>, points: Range<usize>) {
        let padded = near::padded(points.len());
        let [in_u, in_v] = &mut self.in_leaf;
        let (us, vs) = (&sources.us[points.clone()], &sources.vs[points]);
        for (to, from) in [(&mut self.us, us), (&mut self.vs, vs)] {
            to.clear();
            to.extend_from_slice(from);
            to.resize(padded, from[0]);
        }
        for (axis, (to, from)) in [(in_u, &self.us), (in_v, &self.vs)].into_iter().enumerate() {
            to.clear();
            to.extend(from.iter().map(|&coordinate| tree.leaf(axis, coordinate).1));
        }
        self.values.resize(padded, 0.0);
        let [in_u, in_v] = &self.in_leaf;
        let (us, vs) = (&self.us[..], &self.vs[..]);
        self.width.run(Places::<Q> { sources, us, vs, in_leaf: [in_u, in_v], out: &mut self.values });
    }
}

#[cfg(test)]
mod tests;
