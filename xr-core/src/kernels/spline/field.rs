//! What is derived of a spline before its surface is painted: a tree, and what boxes do to the nodes of its leaves.

use super::source::Nodes;
use super::{
    deriving::Deriving,
    tables::{KernelLevel, KernelTree, Tables},
};
use crate::{
    Grid, Result, Session, Slab, Staged,
    kernels::Kernels,
    spline::{
        SplineTables, StagedSpline,
        fmm::{Level, Operators, Pixels, Precision, Sorted, Tree},
    },
};

/// What a method needs beside the staged tables.
pub enum Field<B: Kernels> {
    /// Nothing.
    Direct,
    /// A tree over points and pixels.
    Fast(Box<Fast<B>>),
}

/// A tree on the device, with what happens from afar.
pub struct Fast<B: Kernels> {
    pub(super) nodes: Nodes,
    pub(super) tree: KernelTree,
    pub(super) leaves: KernelLevel,
    pub(super) tables: Staged<B, u8>,
    /// Points and halved weights in the order of leaves.
    pub(super) sorted: Slab<B>,
    /// The far field at the nodes of each leaf, column after column.
    pub(super) far: Slab<B>,
    /// Leaf of each column of pixels and of each row.
    pub(super) leaves_of_pixels: [Vec<u32>; 2],
    /// Most columns and most rows of pixels of a leaf.
    pub(super) largest_leaf: [usize; 2],
}

impl<B: Kernels> Fast<B> {
    pub(super) fn new(
        session: &Session<B>,
        tables: &SplineTables,
        staged: &StagedSpline<B>,
        grid: &Grid,
        precision: Precision,
    ) -> Result<Self> {
        let view = tables.view();
        let (us, vs) = view.points.split_at(tables.points());
        let tree = Tree::over_grid(&view.frame, grid, us, vs);
        let (operators, side) = (Operators::of(precision), precision.leaf_side(&tree));
        let nodes = Nodes { rank: operators.rank(), leaf_side: side };
        let pixels = Pixels::new(&tree, &view.frame, grid, side);
        let points = Sorted::new(&tree, us, vs);
        let levels = Level::all(&tree, &points, pixels.targets());
        let made = Tables::new(&tree, (&points, tables.columns()), Some(&pixels), &levels, operators, side);
        let tables = session.stage(&made.bytes)?;
        let deriving = Deriving::new(session, nodes, made.tree, &tables)?;
        let sorted = deriving.sorted(&staged.points, &staged.halves)?;
        let far = deriving.far(&made.levels, &sorted)?;
        session.settle()?;
        let longest = |leaves: &Vec<u32>| leaves.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or(1);
        Ok(Self {
            nodes,
            tree: made.tree,
            leaves: made.levels[0],
            tables,
            sorted,
            far,
            largest_leaf: pixels.leaves.each_ref().map(longest),
            leaves_of_pixels: pixels.leaves,
        })
    }
}
