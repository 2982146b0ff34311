//! What is derived of a spline before its surface is painted: a tree, and what boxes do to the nodes of its leaves.

use super::tables::{KernelLevel, KernelTree, Tables};
use crate::{
    OpenCl,
    raw::{Argument, value},
};
use xr_core::{
    Grid, Result, Session, Slab, Span, Staged,
    kernels::{Nodes, OPENCL_PRELUDE, TREE_ITEMS, VECTORS_EACH, tree_source},
    spline::{
        SplineTables, StagedSpline,
        fmm::{Level, Operators, PARITIES, Pixels, Precision, Sorted, Tree},
    },
};

/// What a method needs beside the staged tables.
pub enum Field {
    /// Nothing.
    Direct,
    /// A tree over points and pixels.
    Fast(Box<Fast>),
}

/// A tree on the device, with what happens from afar.
pub struct Fast {
    pub(super) nodes: Nodes,
    pub(super) tree: KernelTree,
    pub(super) leaves: KernelLevel,
    pub(super) tables: Staged<OpenCl, u8>,
    /// Points and halved weights in the order of leaves.
    pub(super) sorted: Slab<OpenCl>,
    /// The far field at the nodes of each leaf, column after column.
    pub(super) far: Slab<OpenCl>,
    /// Leaf of each column of pixels and of each row.
    pub(super) leaves_of_pixels: [Vec<u32>; 2],
    /// Most columns and most rows of pixels of a leaf.
    pub(super) largest_leaf: [usize; 2],
}

impl Fast {
    pub(super) fn new(
        session: &Session<OpenCl>,
        tables: &SplineTables,
        staged: &StagedSpline<OpenCl>,
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
        let made = Tables::new(&tree, (&points, tables.columns()), &pixels, &levels, operators, side);
        let tables = session.stage(&made.bytes)?;
        let deriving = Deriving { session, nodes, tree: made.tree, tables: &tables };
        let sorted = deriving.sorted(staged)?;
        let far = deriving.far(&made.levels, &sorted)?;
        session.drain()?;
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

/// Launches the tree's kernels, one stage after the other.
struct Deriving<'a> {
    session: &'a Session<OpenCl>,
    nodes: Nodes,
    tree: KernelTree,
    tables: &'a Staged<OpenCl, u8>,
}

impl Deriving<'_> {
    fn run(&self, name: &'static str, items: usize, arguments: &[Argument<'_>]) -> Result<()> {
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

    fn tables(&self) -> Argument<'_> {
        Argument::Buffer(self.tables.buffer())
    }

    fn sorted(&self, staged: &StagedSpline<OpenCl>) -> Result<Slab<OpenCl>> {
        let points = self.tree.points as usize;
        let sorted = self.array((2 + self.tree.columns as usize) * points)?;
        let (from, halves) = (staged.points.buffer(), staged.halves.buffer());
        let arguments =
            [value(&self.tree), self.tables(), Argument::Buffer(from), Argument::Buffer(halves), array(&sorted)];
        self.run("sort_points", points, &arguments)?;
        Ok(sorted)
    }

    /// Charges upwards, potentials across and downwards, to the nodes of the leaves.
    fn far(&self, levels: &[KernelLevel], sorted: &Slab<OpenCl>) -> Result<Slab<OpenCl>> {
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

fn array<'a>(slab: &'a Slab<OpenCl>) -> Argument<'a> {
    Argument::Buffer(slab.buffer())
}
