//! The tree's kernels, one stage after the other: points to what boxes do to the nodes of leaves.

use super::{
    source::{Nodes, TREE_ITEMS, VECTORS_EACH, tree_source},
    tables::{KernelLevel, KernelTree},
};
use crate::{
    Result, Session, Slab, Staged,
    kernels::{
        Argument, Kernels,
        launch::{slab, staged, value, whole},
    },
    spline::fmm::PARITIES,
};
use std::sync::Arc;

/// Launches the tree's kernels, one stage after the other.
pub(super) struct Deriving<'a, B: Kernels> {
    session: &'a Session<B>,
    program: B::Program,
    nodes: Nodes,
    tree: KernelTree,
    tables: &'a Staged<B, u8>,
}

impl<'a, B: Kernels> Deriving<'a, B> {
    pub(super) fn new(
        session: &'a Session<B>,
        nodes: Nodes,
        tree: KernelTree,
        tables: &'a Staged<B, u8>,
    ) -> Result<Self> {
        let program = session.backend().program(&tree_source(nodes))?;
        Ok(Self { session, program, nodes, tree, tables })
    }

    /// Starts a kernel with so many work-items, in whole groups.
    pub(super) fn run(&self, name: &'static str, items: usize, arguments: &[Argument<'_, B>]) -> Result<()> {
        let backend = self.session.backend();
        let stream = &self.session.lane(0).stream;
        backend.launch(stream, &self.program, name, arguments, items.div_ceil(TREE_ITEMS), TREE_ITEMS)
    }

    /// Memory for `count` numbers that a field keeps.
    fn kept(&self, count: usize) -> Result<Slab<B>> {
        self.session.derived(count * size_of::<f64>())
    }

    /// Memory for `count` numbers until the next stages are done.
    fn array(&self, count: usize) -> Result<Arc<Slab<B>>> {
        self.session.scratch(self.session.lane(0), count * size_of::<f64>())
    }

    /// Doubles of the four children of a parent.
    fn block(&self) -> usize {
        PARITIES * self.nodes.rank
    }

    pub(super) fn tables(&self) -> Argument<'_, B> {
        staged(self.tables)
    }

    /// Points and halved weights in the order of leaves.
    pub(super) fn sorted(&self, points: &Staged<B, f64>, halves: &Staged<B, f64>) -> Result<Slab<B>> {
        let count = self.tree.points as usize;
        let sorted = self.kept((2 + self.tree.columns as usize) * count)?;
        let arguments = [value(&self.tree), self.tables(), staged(points), staged(halves), slab(&sorted)];
        self.run("sort_points", count, &arguments)?;
        Ok(sorted)
    }

    /// Charges upwards, potentials across and downwards, to the nodes of the leaves.
    pub(super) fn far(&self, levels: &[KernelLevel], sorted: &Slab<B>) -> Result<Slab<B>> {
        let columns = self.tree.columns as usize;
        let (tree, tables) = (value(&self.tree), self.tables());
        let mut charges: Vec<Arc<Slab<B>>> = Vec::with_capacity(levels.len());
        for (n, level) in levels.iter().enumerate() {
            let sources = level.sources as usize;
            let result = self.charges(sources * columns + columns)?;
            match n.checked_sub(1) {
                None => {
                    let groups = PARITIES * sources * columns;
                    let arguments = [tree, value(level), tables, slab(sorted), slab(&result)];
                    self.run("charges", groups * TREE_ITEMS, &arguments)?;
                }
                Some(finer) => {
                    let batches = (PARITIES * sources * columns).div_ceil(VECTORS_EACH);
                    let from = slab(&charges[finer]);
                    let arguments = [tree, value(&levels[finer]), value(level), tables, from, slab(&result)];
                    self.run("upwards", batches * self.nodes.rank, &arguments)?;
                }
            }
            charges.push(result);
        }
        let mut coarser: Option<(&KernelLevel, Arc<Slab<B>>)> = None;
        for (level, charges) in levels.iter().zip(&charges).rev() {
            let boxes = level.targets as usize * columns;
            let (potentials, items) = (self.array(boxes * self.block())?, boxes.div_ceil(VECTORS_EACH) * self.block());
            self.run("across", items, &[tree, value(level), tables, slab(charges), slab(&potentials)])?;
            if let Some((parents, from)) = &coarser {
                let arguments = [tree, value(level), value(*parents), tables, slab(from), slab(&potentials)];
                self.run("downwards", items, &arguments)?;
            }
            coarser = Some((level, potentials));
        }
        let leaves = PARITIES * levels[0].targets as usize * columns;
        let nodes = self.nodes.leaf_side * self.nodes.leaf_side;
        let far = self.kept(leaves * nodes)?;
        if let Some((level, potentials)) = &coarser {
            let arguments = [tree, value(*level), tables, slab(potentials), slab(&far)];
            self.run("spread", leaves.div_ceil(VECTORS_EACH) * nodes, &arguments)?;
        }
        Ok(far)
    }

    /// Blocks of coefficients, zeros: those of boxes without points stay so.
    fn charges(&self, blocks: usize) -> Result<Arc<Slab<B>>> {
        let slab = self.array(blocks * self.block())?;
        self.session.backend().fill(&self.session.lane(0).stream, slab.buffer(), whole(&slab), 0)?;
        Ok(slab)
    }
}
