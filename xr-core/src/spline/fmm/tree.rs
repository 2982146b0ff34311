//! Square boxes over points and pixels.

use super::super::{Frame, direct::REACH};
use crate::Grid;

/// Most leaves of a tree.
const MOST_LEAVES: f64 = 8e6;
/// Fewest pixels of a leaf along an axis, and what their number is a multiple of.
const PIXELS: usize = 8;
/// Cost of a leaf in pairs of pixel and point: what it hears of others, and the coarser boxes.
const LEAF_COST: f64 = 15_000.0;

/// Leaves of one size, aligned with a grid. Along an axis whose pixels go down, coordinates are negated, so that leaf
/// and pixel numbers ascend together; distances stay what they are.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    /// Length of a leaf's side.
    pub side: f64,
    /// 1 or −1: what coordinates are multiplied with.
    pub signs: [f64; 2],
    /// Where leaf 0 of the grid begins, in coordinates with these signs.
    pub edges: [f64; 2],
    /// Number of the first leaf, not above 0: leaves that hold points outside the grid.
    pub first: [i32; 2],
    /// Leaves along each axis.
    pub counts: [usize; 2],
    /// Pixels of a leaf along the columns' axis; 0 for a tree over points alone.
    pixels: usize,
    /// Step of rows over that of columns.
    ratio: f64,
}

impl Tree {
    /// A tree over the pixels of a grid and points of the unit box: leaves as large as makes near and far parts cost alike.
    pub fn over_grid(frame: &Frame, grid: &Grid, us: &[f64], vs: &[f64]) -> Self {
        let pixels = [grid.width, grid.height].map(|count| count as usize);
        let steps = [grid.dx, grid.dy].map(|step| step.abs() / frame.scale);
        let signs = [grid.dx, grid.dy].map(f64::signum);
        let corner = [grid.x0 - frame.x, grid.y0 - frame.y];
        let edges = [0, 1].map(|k| signs[k] * (corner[k] / frame.scale));
        // Where points and pixels lie, from the edge on.
        let bounds = [us, vs].map(bounds);
        let spans = [0, 1].map(|k| {
            let [low, high] = bounds[k].map(|b| signs[k] * b - edges[k]);
            [low.min(high).min(0.0), low.max(high).max(steps[k] * pixels[k] as f64)]
        });
        let area = bounds.iter().map(|[low, high]| high - low).product::<f64>().max(1e-9);
        let density = us.len() as f64 / area;
        let cost = |side: usize| {
            let side = side as f64 * steps[0];
            let leaves: f64 = spans.iter().map(|[low, high]| (high - low) / side + 1.0).product();
            if leaves > MOST_LEAVES {
                return f64::MAX / side;
            }
            let pairs = 9.0 * (density * side * side).min(us.len() as f64 / 9.0);
            pairs * (pixels[0] as f64 * pixels[1] as f64) + LEAF_COST * leaves
        };
        let mut side = PIXELS;
        let mut best = (side, cost(side));
        while side < pixels[0].max(pixels[1]) * 2 || best.1 > f64::MAX / 1e9 {
            side = (side + side / 4).next_multiple_of(PIXELS);
            let cost = cost(side);
            if cost < best.1 {
                best = (side, cost);
            }
        }
        let side = best.0 as f64 * steps[0];
        let first = spans.map(|[low, _]| (low / side).floor() as i32);
        let counts = [0, 1].map(|k| ((spans[k][1] / side).ceil() as i32 - first[k]).max(1) as usize);
        Self { side, signs, edges, first, counts, pixels: best.0, ratio: steps[1] / steps[0] }
    }

    /// A tree over points alone, to be evaluated there: its leaves are of the size, among a few, at which near and far parts
    /// together cost least.
    pub fn over_points(us: &[f64], vs: &[f64]) -> Self {
        // Points of a leaf, if they are spread evenly.
        const EVENLY: [f64; 9] = [60.0, 40.0, 25.0, 12.0, 6.0, 3.0, 1.5, 0.7, 0.3];
        let trees = EVENLY.map(|points| Self::with_leaves_of(points, us, vs));
        let costs = trees.map(|tree| (tree.cost_at_points(us, vs), tree));
        let cheapest = |best: (f64, Self), next: (f64, Self)| if next.0 < best.0 { next } else { best };
        costs.into_iter().fold((f64::INFINITY, trees[0]), cheapest).1
    }

    fn with_leaves_of(points: f64, us: &[f64], vs: &[f64]) -> Self {
        let bounds = [us, vs].map(bounds);
        let [width, height] = bounds.map(|[low, high]| high - low);
        let longest = width.max(height).max(1e-9);
        let least = (width.max(longest * 1e-9) * height.max(longest * 1e-9) / MOST_LEAVES).sqrt();
        let side = (points * width * height / us.len() as f64).sqrt().clamp(least, longest);
        let counts = [width, height].map(|length| (length / side).floor() as usize + 1);
        Self {
            side,
            signs: [1.0; 2],
            edges: [bounds[0][0], bounds[1][0]],
            first: [0; 2],
            counts,
            pixels: 0,
            ratio: 1.0,
        }
    }

    /// Pairs of points in neighbouring leaves, and what leaves with points cost.
    fn cost_at_points(&self, us: &[f64], vs: &[f64]) -> f64 {
        let [width, height] = self.counts;
        let mut counts = vec![0u32; (width + 2) * (height + 2)];
        for (&u, &v) in us.iter().zip(vs) {
            counts[(self.leaf(1, v).0 + 1) * (width + 2) + self.leaf(0, u).0 + 1] += 1;
        }
        let mut cost = 0.0;
        for at in (1..=height).flat_map(|row| (1..=width).map(move |column| row * (width + 2) + column)) {
            if counts[at] > 0 {
                let row = |at: usize| counts[at - 1..=at + 1].iter().map(|&n| f64::from(n)).sum::<f64>();
                let near = row(at - width - 2) + row(at) + row(at + width + 2);
                cost += f64::from(counts[at]) * near + LEAF_COST;
            }
        }
        cost
    }

    /// The leaf of a place along an axis, from [`first`](Self::first) on, and where it is in that leaf, −1…1. The coordinate
    /// carries the axis' sign.
    #[inline]
    pub fn leaf(&self, axis: usize, coordinate: f64) -> (usize, f64) {
        let from_edge = coordinate - self.edges[axis];
        let last = self.first[axis] + self.counts[axis] as i32 - 1;
        let leaf = ((from_edge / self.side).floor() as i32).clamp(self.first[axis], last);
        ((leaf - self.first[axis]) as usize, from_edge.mul_add(2.0 / self.side, -f64::from(2 * leaf + 1)))
    }

    /// The leaf of pixel `n` along an axis, likewise.
    #[inline]
    pub fn pixel_leaf(&self, axis: usize, n: u32) -> (usize, f64) {
        let ratio = if axis == 0 { 1.0 } else { self.ratio };
        let (centre, pixels) = (f64::from(2 * n + 1) * ratio, self.pixels as f64);
        let last = self.first[axis] + self.counts[axis] as i32 - 1;
        let leaf = ((centre / (2.0 * pixels)).floor() as i32).min(last);
        ((leaf - self.first[axis]) as usize, (centre - f64::from(2 * leaf + 1) * pixels) / pixels)
    }

    /// Boxes along each axis, level by level: the leaves first, each further half of that, until no axis has more than four. On
    /// the last, all parents are neighbours.
    pub fn levels(&self) -> Vec<[usize; 2]> {
        let mut levels = vec![self.counts];
        let mut counts = self.counts;
        while counts[0].max(counts[1]) > 4 {
            counts = counts.map(|count| count.div_ceil(2));
            levels.push(counts);
        }
        levels
    }

    /// Whether every distance between boxes is one that the logarithm is made for.
    pub fn is_within_reach(&self) -> bool {
        self.counts.iter().all(|&count| count as f64 * self.side < REACH)
    }
}

fn bounds(values: &[f64]) -> [f64; 2] {
    values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)])
}
