//! The tree's kernels, one stage after the other: points to what boxes do to the nodes of leaves.

use super::tables::{KernelLevel, KernelTree};
use crate::{
    OpenCl,
    raw::{Argument, value},
};
use xr_core::{
    Result, Session, Slab, Span, Staged,
    kernels::{Nodes, OPENCL_PRELUDE, TREE_ITEMS, VECTORS_EACH, tree_source},
    spline::fmm::PARITIES,
};

/// Launches the tree's kernels, one stage after the other.
pub(super) struct Deriving<'a> {
    pub(super) session: &'a Session<OpenCl>,
    pub(super) nodes: Nodes,
    pub(super) tree: KernelTree,
    pub(super) tables: &'a Staged<OpenCl, u8>,
}

impl Deriving<'_> {
    /// Starts a kernel with so many work-items, in whole groups.
    pub(super) fn run(&self, name: &'static str, items: usize, arguments: &[Argument<'_>]) -> Result<()> {
        let device = &self.session.backend().device;
        let program = device.program([OPENCL_PRELUDE, &tree_source(self.nodes)].join("\n"))?;
        let stream = &self.session.lane(0).stream;
        stream.launch(device, (&program, name), arguments, items.div_ceil(TREE_ITEMS), TREE_ITEMS)
    }

    /// Memory for `count` numbers.
    fn array(&self, count: usize) -> Result<Slab<OpenCl>> {
        self.session.derived(count * size_of::<f64>())
    }

    /// Doubles of the four children of a parent.
    fn block(&self) -> usize {
        PARITIES * self.nodes.rank
    }

    pub(super) fn tables(&self) -> Argument<'_> {
        Argument::Buffer(self.tables.buffer())
    }

    /// Points and halved weights in the order of leaves.
    pub(super) fn sorted(&self, points: &Staged<OpenCl, f64>, halves: &Staged<OpenCl, f64>) -> Result<Slab<OpenCl>> {
        let count = self.tree.points as usize;
        let sorted = self.array((2 + self.tree.columns as usize) * count)?;
        let (points, halves) = (Argument::Buffer(points.buffer()), Argument::Buffer(halves.buffer()));
        let arguments = [value(&self.tree), self.tables(), points, halves, array(&sorted)];
        self.run("sort_points", count, &arguments)?;
        Ok(sorted)
    }

    /// Charges upwards, potentials across and downwards, to the nodes of the leaves.
    pub(super) fn far(&self, levels: &[KernelLevel], sorted: &Slab<OpenCl>) -> Result<Slab<OpenCl>> {
        let columns = self.tree.columns as usize;
        let (tree, tables) = (value(&self.tree), Argument::Buffer(self.tables.buffer()));
        let mut charges: Vec<Slab<OpenCl>> = Vec::with_capacity(levels.len());
        for (n, level) in levels.iter().enumerate() {
            let sources = level.sources as usize;
            let result = self.charges(sources * columns + columns)?;
            match n.checked_sub(1) {
                None => {
                    let groups = PARITIES * sources * columns;
                    let arguments = [tree, value(level), tables, array(sorted), array(&result)];
                    self.run("charges", groups * TREE_ITEMS, &arguments)?;
                }
                Some(finer) => {
                    let batches = (PARITIES * sources * columns).div_ceil(VECTORS_EACH);
                    let from = array(&charges[finer]);
                    let arguments = [tree, value(&levels[finer]), value(level), tables, from, array(&result)];
                    self.run("upwards", batches * self.nodes.rank, &arguments)?;
                }
            }
            charges.push(result);
        }
        let mut coarser: Option<(&KernelLevel, Slab<OpenCl>)> = None;
        for (level, charges) in levels.iter().zip(&charges).rev() {
            let boxes = level.targets as usize * columns;
            let (potentials, items) = (self.array(boxes * self.block())?, boxes.div_ceil(VECTORS_EACH) * self.block());
            self.run("across", items, &[tree, value(level), tables, array(charges), array(&potentials)])?;
            if let Some((parents, from)) = &coarser {
                let arguments = [tree, value(level), value(*parents), tables, array(from), array(&potentials)];
                self.run("downwards", items, &arguments)?;
            }
            coarser = Some((level, potentials));
        }
        let leaves = PARITIES * levels[0].targets as usize * columns;
        let nodes = self.nodes.leaf_side * self.nodes.leaf_side;
        let far = self.array(leaves * nodes)?;
        if let Some((level, potentials)) = &coarser {
            let arguments = [tree, value(*level), tables, array(potentials), array(&far)];
            self.run("spread", leaves.div_ceil(VECTORS_EACH) * nodes, &arguments)?;
        }
        Ok(far)
    }

    /// Blocks of coefficients, zeros: those of boxes without points stay so.
    fn charges(&self, blocks: usize) -> Result<Slab<OpenCl>> {
        let slab = self.array(blocks * self.block())?;
        let (device, queue) = (&self.session.backend().device, &self.session.lane(0).stream.queue);
        device.fill(queue, slab.buffer(), Span { at: 0, len: slab.buffer().bytes }, 0)?;
        Ok(slab)
    }
}

pub(super) fn array<'a>(slab: &'a Slab<OpenCl>) -> Argument<'a> {
    Argument::Buffer(slab.buffer())
}
