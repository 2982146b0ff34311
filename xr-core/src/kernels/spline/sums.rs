//! Sums at a problem's points, which a fit needs.

use super::{
    deriving::Deriving,
    source::{Nodes, TREE_ITEMS, places_source},
    tables::{KernelLevel, KernelTree, Tables},
};
use crate::{
    Purpose, Result, Session, Slab, Span, Staged,
    kernels::{
        Kernels,
        launch::{slab, staged, value},
    },
    spline::{
        self,
        direct::CHUNK,
        fit::DIRECT_SUMS,
        fmm::{Level, Operators, Precision, Sorted, Tree},
    },
};
use std::sync::Arc;

/// Work-groups that take leaves, each one after the other.
const GROUPS: usize = 4096;
/// Bytes of the chunks' sums that are kept at a time.
const PARTIAL_BYTES: usize = 64 << 20;

/// Points of the unit box on a device, and a tree over them if they are many.
pub(super) struct PointSums<'a, B: Kernels> {
    session: &'a Session<B>,
    count: usize,
    /// All first coordinates, then all second ones.
    points: Staged<B, f64>,
    tree: Option<OverPoints<B>>,
}

/// A tree over points alone.
struct OverPoints<B: Kernels> {
    nodes: Nodes,
    tree: KernelTree,
    levels: Vec<KernelLevel>,
    occupied: (u32, u64),
    tables: Staged<B, u8>,
}

impl<'a, B: Kernels> PointSums<'a, B> {
    /// For points by their coordinates.
    pub(super) fn new(session: &'a Session<B>, us: &[f64], vs: &[f64]) -> Result<Self> {
        let points = session.stage(&[us, vs].concat())?;
        let tree = if us.len() < DIRECT_SUMS { None } else { Some(OverPoints::new(session, us, vs)?) };
        Ok(Self { session, count: us.len(), points, tree })
    }

    fn halves(&self, weights: &[f64]) -> Result<Staged<B, f64>> {
        self.session.stage(&weights.iter().map(|weight| weight / 2.0).collect::<Vec<f64>>())
    }

    /// Memory for what comes back.
    fn result(&self, count: usize) -> Result<Arc<Slab<B>>> {
        self.session.scratch(self.session.lane(0), count * size_of::<f64>())
    }

    fn read(&self, from: &Arc<Slab<B>>, to: &mut [f64]) -> Result<()> {
        let span = Span { at: 0, len: size_of_val(to) };
        let view = self.session.read(self.session.lane(0), from, &[span], Purpose::Payload)?.wait()?;
        bytemuck::cast_slice_mut::<f64, u8>(to).copy_from_slice(view.part(0));
        Ok(())
    }

    fn places(&self, halves: &Staged<B, f64>, places: &[u32], sums: &mut [f64]) -> Result<()> {
        let (backend, stream) = (self.session.backend(), &self.session.lane(0).stream);
        let program = backend.program(&places_source())?;
        let chunks = self.count.div_ceil(CHUNK);
        let chosen = self.session.stage(places)?;
        let partial = self.result(chunks * places.len())?;
        let result = self.result(places.len())?;
        let [points, count, chunk_count] = [self.count, places.len(), chunks].map(|n| n as u32);
        let batches = places.len().div_ceil(TREE_ITEMS);
        let arguments =
            [value(&points), staged(&self.points), staged(halves), value(&count), staged(&chosen), slab(&partial)];
        backend.launch(stream, &program, "chunk_sums", &arguments, chunks * batches, TREE_ITEMS)?;
        let arguments = [value(&chunk_count), value(&count), slab(&partial), slab(&result)];
        backend.launch(stream, &program, "add_chunks", &arguments, batches, TREE_ITEMS)?;
        self.read(&result, sums)
    }
}

impl<B: Kernels> OverPoints<B> {
    fn new(session: &Session<B>, us: &[f64], vs: &[f64]) -> Result<Self> {
        let (tree, precision) = (Tree::over_points(us, vs), Precision::High);
        let (operators, side) = (Operators::of(precision), precision.leaf_side(&tree));
        let points = Sorted::new(&tree, us, vs);
        let levels = Level::all(&tree, &points, points.occupied());
        let Tables { bytes, tree, levels, occupied } = Tables::new(&tree, (&points, 1), None, &levels, operators, side);
        let nodes = Nodes { rank: operators.rank(), leaf_side: side };
        Ok(Self { nodes, tree, levels, occupied, tables: session.stage(&bytes)? })
    }
}

impl<B: Kernels> spline::PointSums for PointSums<'_, B> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        let halves = self.halves(weights)?;
        let Some(OverPoints { nodes, tree, levels, occupied, tables }) = &self.tree else {
            let every: Vec<u32> = (0..self.count as u32).collect();
            return self.places(&halves, &every, sums);
        };
        let deriving = Deriving::new(self.session, *nodes, *tree, tables)?;
        let sorted = deriving.sorted(&self.points, &halves)?;
        let far = deriving.far(levels, &sorted)?;
        let result = self.result(self.count)?;
        let (count, at) = occupied;
        let arguments = [
            value(tree),
            value(&levels[0]),
            value(count),
            value(at),
            deriving.tables(),
            slab(&sorted),
            slab(&far),
            slab(&result),
        ];
        deriving.run("at_points", (*count as usize).min(GROUPS) * TREE_ITEMS, &arguments)?;
        self.read(&result, sums)
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        let halves = self.halves(weights)?;
        let places: Vec<u32> = points.iter().map(|&point| point as u32).collect();
        let together = (PARTIAL_BYTES / size_of::<f64>() / self.count.div_ceil(CHUNK).max(1)).max(TREE_ITEMS);
        let batches = places.chunks(together).zip(sums.chunks_mut(together));
        batches.into_iter().try_for_each(|(places, sums)| self.places(&halves, places, sums))
    }
}
