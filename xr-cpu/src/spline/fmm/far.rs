//! The far field: what points do to boxes that are not neighbours of theirs, as coefficients of the leaves.

use rayon::prelude::*;
use xr_core::spline::fmm::{FAR, FarBox, Level, Operators, PARITIES, Precision, Sorted, Tree};

use super::super::{
    lanes::{Kernel, Lanes},
    width::Width,
};
use super::near::lagrange_nodes;
use super::product::{Mode, Panels, Product};

/// Parents of a task: enough vectors for a matrix that comes from the second cache.
const PARENTS: usize = 48;

/// The matrices, as the products take them.
#[derive(Debug)]
pub(super) struct Matrices {
    rank: usize,
    /// What to compute with.
    pub(super) width: Width,
    /// Nodes of a leaf along an axis.
    pub(super) leaf_side: usize,
    /// From a leaf's nodes to coefficients.
    gather: Panels,
    /// From coefficients to a leaf's nodes.
    pub(super) spread: Panels,
    /// From the coefficients of four children to those of their parent.
    up: Panels,
    /// From a parent's coefficients to those of its four children.
    down: Panels,
    /// By level and offset, see [`offset_index`].
    across: Vec<Vec<Option<Panels>>>,
}

/// Offsets of −3…3 along both axes.
fn offset_index([x, y]: [i32; 2]) -> usize {
    ((y + 3) * 7 + x + 3) as usize
}

impl Matrices {
    pub(super) fn new(precision: Precision, tree: &Tree, levels: usize) -> Self {
        let operators = Operators::of(precision);
        let (rank, side) = (operators.rank(), precision.leaf_side(tree));
        let halves = (0..levels).map(|level| 0.5 * tree.side * (1u64 << level) as f64);
        let across = |half: f64| {
            let offsets = (0..49i32).into_par_iter().map(|n| [n % 7 - 3, n / 7 - 3]);
            let panels = offsets.map(|offset| {
                let far = offset[0].abs().max(offset[1].abs()) > 1;
                let matrix = far.then(|| operators.across(offset, half))?;
                Some(Panels::new(rank, rank, |row, column| matrix[row * rank + column]))
            });
            panels.collect()
        };
        Self {
            rank,
            width: Width::best(),
            leaf_side: side,
            gather: Panels::new(rank, side * side, |row, node| operators.leaf(side, node, row)),
            spread: Panels::new(side * side, rank, |node, column| operators.leaf(side, node, column)),
            up: Panels::new(rank, PARITIES * rank, |row, child| operators.up(child / rank, row, child % rank)),
            down: Panels::new(PARITIES * rank, rank, |child, column| operators.up(child / rank, column, child % rank)),
            across: halves.map(across).collect(),
        }
    }

    /// Nodes of a leaf.
    pub(super) fn leaf_nodes(&self) -> usize {
        self.leaf_side * self.leaf_side
    }

    /// Doubles of the four children of a parent.
    pub(super) fn block(&self) -> usize {
        PARITIES * self.rank
    }
}

/// Potentials of the leaves' parents' children, by blocks, of weights in the order of the tree.
pub(super) fn potentials(
    matrices: &Matrices,
    tree: &Tree,
    levels: &[Level],
    points: &Sorted,
    weights: &[f64],
) -> Vec<f64> {
    let mut charges = vec![from_points(matrices, tree, &levels[0], points, weights)];
    for pair in levels.windows(2) {
        let finer = &charges[charges.len() - 1];
        charges.push(upwards(matrices, &pair[0], &pair[1], finer));
    }
    let mut coarser: Option<(&Level, Vec<f64>)> = None;
    for (n, level) in levels.iter().enumerate().rev() {
        let charges = charges.pop().unwrap_or_default();
        let mut potentials = across(matrices, level, &matrices.across[n], &charges);
        if let Some((parents, from)) = &coarser {
            downwards(matrices, level, parents, from, &mut potentials);
        }
        coarser = Some((level, potentials));
    }
    coarser.map_or_else(Vec::new, |(_, potentials)| potentials)
}

/// Children of a parent, as boxes of the level.
fn child([u, v]: [u32; 2], parity: usize) -> [u32; 2] {
    [2 * u + (parity & 1) as u32, 2 * v + (parity >> 1) as u32]
}

fn from_points(matrices: &Matrices, tree: &Tree, leaves: &Level, points: &Sorted, weights: &[f64]) -> Vec<f64> {
    let (block, leaf_nodes) = (matrices.block(), matrices.leaf_nodes());
    let mut charges = vec![0.0; block * (1 + leaves.with_points.len())];
    let tasks = charges[block..].par_chunks_mut(block * PARENTS).zip(leaves.with_points.par_chunks(PARENTS));
    tasks.for_each(|(to, parents)| {
        let mut nodes = vec![0.0; parents.len() * PARITIES * leaf_nodes];
        for (n, nodes) in nodes.chunks_mut(leaf_nodes).enumerate() {
            let leaf = child(parents[n / PARITIES], n % PARITIES);
            let range = points.leaf(leaf);
            if !range.is_empty() {
                let (us, vs) = (&points.us[range.clone()], &points.vs[range.clone()]);
                let charges = Charges { tree, us, vs, weights: &weights[range], nodes };
                match matrices.leaf_side {
                    8 => matrices.width.run(OnNodes::<8>(charges)),
                    _ => matrices.width.run(OnNodes::<16>(charges)),
                }
            }
        }
        let from: Vec<usize> = (0..parents.len() * PARITIES).map(|n| n * leaf_nodes).collect();
        let at: Vec<usize> = (0..parents.len() * PARITIES).map(|n| n * matrices.rank).collect();
        let (matrix, mode) = (&matrices.gather, Mode::Set);
        matrices.width.run(Product { matrix, source: &nodes, from: &from, to, at: &at, mode });
    });
    charges
}

/// The points of a leaf on its nodes.
struct Charges<'a> {
    tree: &'a Tree,
    us: &'a [f64],
    vs: &'a [f64],
    weights: &'a [f64],
    nodes: &'a mut [f64],
}

/// `Q` of them along an axis.
struct OnNodes<'a, const Q: usize>(Charges<'a>);

impl<const Q: usize> Kernel for OnNodes<'_, Q> {
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let Charges { tree, us, vs, weights, nodes } = self.0;
        for ((&u, &v), &w) in us.iter().zip(vs).zip(weights) {
            let (mut su, mut sv) = ([0.0; Q], [0.0; Q]);
            lagrange_nodes(l, tree.leaf(0, u).1, &mut su);
            lagrange_nodes(l, tree.leaf(1, v).1, &mut sv);
            for (row, s) in nodes.chunks_exact_mut(Q).zip(sv) {
                let factor = l.splat(w * s);
                for (to, s) in row.chunks_exact_mut(L::LANES).zip(su.chunks_exact(L::LANES)) {
                    l.store(l.fma(factor, l.load(s), l.load(to)), to);
                }
            }
        }
    }
}

/// Charges of the boxes of the next level.
fn upwards(matrices: &Matrices, level: &Level, next: &Level, charges: &[f64]) -> Vec<f64> {
    let block = matrices.block();
    let mut result = vec![0.0; block * (1 + next.with_points.len())];
    let tasks = result[block..].par_chunks_mut(block * PARENTS).zip(next.with_points.par_chunks(PARENTS));
    tasks.for_each(|(to, parents)| {
        let boxes = (0..parents.len() * PARITIES).map(|n| child(parents[n / PARITIES], n % PARITIES));
        let inside =
            |&(_, [u, v]): &(usize, [u32; 2])| (u as usize) < level.parents[0] && (v as usize) < level.parents[1];
        let known: Vec<_> = boxes.enumerate().filter(inside).collect();
        let from: Vec<usize> = known.iter().map(|&(_, at)| level.charges(at, [0, 0]) * block).collect();
        let at: Vec<usize> = known.iter().map(|&(n, _)| n * matrices.rank).collect();
        matrices.width.run(Product {
            matrix: &matrices.up,
            source: charges,
            from: &from,
            to,
            at: &at,
            mode: Mode::Set,
        });
    });
    result
}

/// What boxes that are not neighbours, but whose parents are, do to each other.
fn across(matrices: &Matrices, level: &Level, across: &[Option<Panels>], charges: &[f64]) -> Vec<f64> {
    let (block, rank) = (matrices.block(), matrices.rank);
    let mut potentials = vec![0.0; block * level.with_places.len()];
    let tasks = potentials.par_chunks_mut(block * PARENTS).zip(level.with_places.par_chunks(PARENTS));
    tasks.for_each(|(to, parents)| {
        let (mut from, mut at) = (Vec::with_capacity(PARENTS), Vec::with_capacity(PARENTS));
        for (target, far) in FAR.iter().enumerate() {
            for &FarBox { neighbour, parity, offset } in far {
                let Some(matrix) = &across[offset_index(offset)] else { continue };
                from.clear();
                at.clear();
                for (n, &parent) in parents.iter().enumerate() {
                    // Zeros add nothing.
                    match level.charges(parent, neighbour) {
                        0 => {}
                        position => {
                            from.push(position * block + parity * rank);
                            at.push(n * block + target * rank);
                        }
                    }
                }
                let mode = Mode::Continue;
                matrices.width.run(Product { matrix, source: charges, from: &from, to: &mut *to, at: &at, mode });
            }
        }
    });
    potentials
}

/// Adds what parents were given to their children.
fn downwards(matrices: &Matrices, level: &Level, parents: &Level, from: &[f64], to: &mut [f64]) {
    let (block, rank) = (matrices.block(), matrices.rank);
    let tasks = to.par_chunks_mut(block * PARENTS).zip(level.with_places.par_chunks(PARENTS));
    tasks.for_each(|(to, boxes)| {
        let source = |&[u, v]: &[u32; 2]| {
            let parity = (u & 1 | (v & 1) << 1) as usize;
            parents.potentials([u / 2, v / 2]) * block + parity * rank
        };
        let sources: Vec<usize> = boxes.iter().map(source).collect();
        let at: Vec<usize> = (0..boxes.len()).map(|n| n * block).collect();
        let (matrix, mode) = (&matrices.down, Mode::Add);
        matrices.width.run(Product { matrix, source: from, from: &sources, to, at: &at, mode });
    });
}
