//! Fast sums over points, at the pixels of a grid or at the points themselves: [`xr_core::spline::fmm`] on the host.

mod far;
mod level;
mod near;
mod product;
mod sorted;

use rayon::prelude::*;
use std::ops::Range;
use xr_core::{
    Grid, Window,
    spline::{
        Frame,
        fmm::{PARITIES, Precision, Tree, chebyshev::lagrange},
    },
};

use super::width::Width;
use far::Matrices;
use level::Level;
use near::{OfLeaf, Places, Sources};
use product::{Mode, Product};
use sorted::Sorted;

/// A tree over points and places to evaluate at, with its matrices; for any weights.
#[derive(Debug)]
pub struct Fmm {
    tree: Tree,
    points: Sorted,
    levels: Vec<Level>,
    matrices: Matrices,
    pixels: Option<Pixels>,
}

/// Pixels of a grid, in the tree's coordinates.
#[derive(Debug)]
struct Pixels {
    us: Vec<f64>,
    vs: Vec<f64>,
    /// Lagrange polynomials at the columns in their leaves, a row for each polynomial.
    polynomials: Vec<f64>,
    /// At the rows, row by row.
    row_polynomials: Vec<f64>,
    /// Leaf of each column and of each row.
    leaves: [Vec<u32>; 2],
}

/// The far field of weights, ready to be evaluated.
#[derive(Debug)]
pub struct Field {
    /// Half of the weights, in the tree's order.
    halves: Vec<f64>,
    /// Coefficients of the leaves, by their parents.
    potentials: Vec<f64>,
}

impl Fmm {
    /// For the pixels of a grid, over points of the unit box that `frame` places in it.
    pub fn over_grid(frame: &Frame, grid: &Grid, us: &[f64], vs: &[f64], precision: Precision) -> Self {
        let tree = Tree::over_grid(frame, grid, us, vs);
        let [sign_u, sign_v] = tree.signs;
        let us_of_pixels = (0..grid.width).map(|column| sign_u * frame.column(grid, column)).collect();
        let vs_of_pixels = (0..grid.height).map(|row| sign_v * frame.row(grid, row)).collect();
        let counts = [grid.width, grid.height];
        let leaves = [0, 1].map(|axis| (0..counts[axis]).map(|n| tree.pixel_leaf(axis, n)).collect::<Vec<_>>());
        let side = precision.leaf_side(&tree);
        let [columns, rows] =
            [0, 1].map(|k: usize| leaves[k].iter().flat_map(|&(_, t)| polynomials(side, t)).collect::<Vec<_>>());
        let pixels = Pixels {
            us: us_of_pixels,
            vs: vs_of_pixels,
            polynomials: (0..side).flat_map(|a| columns.iter().skip(a).step_by(side).copied()).collect(),
            row_polynomials: rows,
            leaves: leaves.map(|leaves| leaves.iter().map(|&(leaf, _)| leaf as u32).collect()),
        };
        let [mut across, mut down] = pixels.leaves.clone();
        across.dedup();
        down.dedup();
        let targets = down.iter().flat_map(|&v| across.iter().map(move |&u| [u, v])).collect();
        Self::new(tree, us, vs, precision, Some(targets), Some(pixels))
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
        let (mut sources, mut levels) = (points.occupied(), Vec::new());
        let mut targets = targets.unwrap_or_else(|| sources.clone());
        for boxes in tree.levels() {
            let level = Level::new(boxes, sources.into_iter(), targets.into_iter());
            (sources, targets) = (level.with_points.clone(), level.with_places.clone());
            levels.push(level);
        }
        let matrices = Matrices::new(precision, &tree, levels.len());
        Self { tree, points, levels, matrices, pixels }
    }

    /// What points with these weights do from afar.
    pub fn field(&self, weights: &[f64]) -> Field {
        let sorted: Vec<f64> = self.points.order.iter().map(|&n| weights[n as usize]).collect();
        let potentials = far::potentials(&self.matrices, &self.tree, &self.levels, &self.points, &sorted);
        Field { halves: sorted.iter().map(|w| 0.5 * w).collect(), potentials }
    }

    /// The far field at the nodes of leaves.
    fn nodes(&self, field: &Field, leaves: &[[u32; 2]]) -> Vec<f64> {
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

    fn sources<'a>(
        &'a self,
        field: &'a Field,
        near: &'a [Range<usize>; 3],
        nodes: &'a [f64],
        polynomial: [f64; 3],
    ) -> Sources<'a> {
        let Sorted { us, vs, .. } = &self.points;
        Sources { us, vs, halves: &field.halves, near, nodes, polynomial }
    }

    /// The spline's values at a window of the grid, row by row; of a tree over points nothing.
    pub fn window(&self, field: &Field, polynomial: [f64; 3], window: Window, out: &mut [f64]) {
        let Some(pixels) = &self.pixels else { return };
        let (row, col, width) = (window.row as usize, window.col as usize, window.width as usize);
        let polynomial = [polynomial[0], polynomial[1] * self.tree.signs[0], polynomial[2] * self.tree.signs[1]];
        // Rows of a leaf each.
        let (mut bands, mut rest, mut first) = (Vec::new(), out, row);
        for rows in pixels.leaves[1][row..row + window.height as usize].chunk_by(|a, b| a == b) {
            let (band, after) = rest.split_at_mut(rows.len() * width);
            bands.push((rows[0], first, band));
            (rest, first) = (after, first + rows.len());
        }
        let parts: Vec<&[u32]> = pixels.leaves[0][col..col + width].chunk_by(|a, b| a == b).collect();
        bands.into_par_iter().for_each(|(v, first, band)| {
            let rows = first..first + band.len() / width;
            let leaves: Vec<[u32; 2]> = parts.iter().map(|part| [part[0], v]).collect();
            let nodes = self.nodes(field, &leaves);
            let (mut from, mut tile) = (col, Tile::new(self.matrices.width));
            for ((part, leaf), nodes) in parts.iter().zip(&leaves).zip(nodes.chunks(self.matrices.leaf_nodes())) {
                let near = self.points.near(leaf.map(|n| n as usize));
                let sources = self.sources(field, &near, nodes, polynomial);
                match self.matrices.leaf_side {
                    8 => tile.fill::<8>(pixels, sources, from..from + part.len(), rows.clone()),
                    _ => tile.fill::<16>(pixels, sources, from..from + part.len(), rows.clone()),
                }
                for (to, tile) in band.chunks_mut(width).zip(tile.values.chunks(near::padded(part.len()))) {
                    to[from - col..][..part.len()].copy_from_slice(&tile[..part.len()]);
                }
                from += part.len();
            }
        });
    }

    /// The sums at the points of a tree over points, in the order in which they came.
    pub fn at_points(&self, field: &Field, out: &mut [f64]) {
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
                    let sources = self.sources(field, &near, nodes, [0.0; 3]);
                    match self.matrices.leaf_side {
                        8 => tile.fill_points::<8>(&self.tree, sources, range.clone()),
                        _ => tile.fill_points::<16>(&self.tree, sources, range.clone()),
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

/// The Lagrange polynomials of so many nodes.
fn polynomials(side: usize, t: f64) -> Vec<f64> {
    match side {
        8 => lagrange::<8>(t).to_vec(),
        _ => lagrange::<16>(t).to_vec(),
    }
}

/// Places of a leaf, a whole number of vectors along the first axis, and the values there.
struct Tile {
    width: Width,
    values: Vec<f64>,
    us: Vec<f64>,
    vs: Vec<f64>,
    in_leaf: [Vec<f64>; 2],
    polynomials: Vec<f64>,
}

impl Tile {
    fn new(width: Width) -> Self {
        let [values, us, vs, in_u, in_v, polynomials] = Default::default();
        Self { width, values, us, vs, in_leaf: [in_u, in_v], polynomials }
    }

    /// Pixels of a leaf.
    fn fill<const Q: usize>(
        &mut self,
        pixels: &Pixels,
        sources: Sources<'_>,
        columns: Range<usize>,
        rows: Range<usize>,
    ) {
        let stride = near::padded(columns.len());
        self.us.clear();
        self.us.extend_from_slice(&pixels.us[columns.clone()]);
        self.us.resize(stride, pixels.us[columns.start]);
        self.polynomials.resize(Q * stride, 0.0);
        for (to, all) in self.polynomials.chunks_mut(stride).zip(pixels.polynomials.chunks(pixels.us.len())) {
            to[..columns.len()].copy_from_slice(&all[columns.clone()]);
        }
        self.values.resize(rows.len() * stride, 0.0);
        self.width.run(OfLeaf::<Q> {
            sources,
            us: &self.us,
            polynomials: &self.polynomials,
            stride,
            vs: &pixels.vs[rows.clone()],
            row_polynomials: &pixels.row_polynomials[rows.start * Q..rows.end * Q],
            out: &mut self.values,
        });
    }

    /// The points of a leaf.
    fn fill_points<const Q: usize>(&mut self, tree: &Tree, sources: Sources<'_>, points: Range<usize>) {
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
