//! The near field, term by term, and a leaf's own far field, at places.

use std::{marker::PhantomData, ops::Range};
use xr_core::spline::{fmm::chebyshev::polynomials, log::EPSILON};

use super::super::lanes::{Kernel, Lanes};
use super::shown::Shown;

/// Vectors of places that share a point's loads.
const VECTORS: usize = 2;

/// What acts on the places of a leaf, by `K` columns of weights.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a, const K: usize> {
    pub(super) us: &'a [f64],
    pub(super) vs: &'a [f64],
    pub(super) halves: [&'a [f64]; K],
    /// Runs of points, in order.
    pub(super) near: &'a [Range<usize>; 3],
    /// The far field at the leaf's nodes.
    pub(super) nodes: [&'a [f64]; K],
    pub(super) polynomials: [[f64; 3]; K],
}

/// Pixels of a leaf: whole rows of them.
pub(super) struct OfLeaf<'a, T, const Q: usize, const K: usize, const A: usize> {
    pub(super) shown: PhantomData<T>,
    pub(super) sources: Sources<'a, K>,
    /// Coordinates of the columns, a whole number of vectors.
    pub(super) us: &'a [f64],
    /// Lagrange polynomials at the columns, a row of as many a polynomial, and their derivatives if these are shown.
    pub(super) polynomials: [&'a [f64]; 2],
    /// Coordinates of the rows.
    pub(super) vs: &'a [f64],
    /// Lagrange polynomials at the rows, row by row, and their derivatives.
    pub(super) row_polynomials: [&'a [f64]; 2],
    /// A plane of `vs.len() × us.len()` for each number.
    pub(super) out: &'a mut [f64],
}

impl<T: Shown<K, A>, const Q: usize, const K: usize, const A: usize> Kernel for OfLeaf<'_, T, Q, K, A> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let pairs = self.vs.len() / 2 * 2;
        for row in (0..pairs).step_by(2) {
            self.rows::<L, 2>(l, row);
        }
        if pairs < self.vs.len() {
            self.rows::<L, 1>(l, pairs);
        }
    }
}

impl<T: Shown<K, A>, const Q: usize, const K: usize, const A: usize> OfLeaf<'_, T, Q, K, A> {
    #[inline(always)]
    fn rows<L: Lanes, const R: usize>(&mut self, l: L, row: usize) {
        // The far field along the rows.
        let mut lines = [[[0.0; Q]; A]; R];
        for (r, lines) in lines.iter_mut().enumerate() {
            for (line, number) in lines.iter_mut().zip(T::FAR) {
                let s = &self.row_polynomials[usize::from(number.by_v)][(row + r) * Q..][..Q];
                for v in (0..Q).step_by(L::LANES) {
                    let mut sum = l.splat(0.0);
                    for (s, nodes) in s.iter().zip(self.sources.nodes[number.column].chunks_exact(Q)) {
                        sum = l.fma(l.splat(*s), l.load(&nodes[v..]), sum);
                    }
                    l.store(sum, &mut line[v..]);
                }
            }
        }
        let (step, width) = (VECTORS * L::LANES, self.us.len());
        let pairs = width / step * step;
        for column in (0..pairs).step_by(step) {
            self.block::<L, R, VECTORS>(l, row, column, &lines);
        }
        for column in (pairs..width).step_by(L::LANES) {
            self.block::<L, R, 1>(l, row, column, &lines);
        }
    }

    #[inline(always)]
    fn block<L: Lanes, const R: usize, const C: usize>(
        &mut self,
        l: L,
        row: usize,
        column: usize,
        lines: &[[[f64; Q]; A]; R],
    ) {
        let (width, plane) = (self.us.len(), self.us.len() * self.vs.len());
        let us: [L::V; C] = std::array::from_fn(|c| l.load(&self.us[column + c * L::LANES..]));
        let vs: [L::V; R] = std::array::from_fn(|r| l.splat(self.vs[row + r]));
        let mut sums = [[[l.splat(0.0); A]; C]; R];
        for run in self.sources.near {
            let (points_u, points_v) = (&self.sources.us[run.clone()], &self.sources.vs[run.clone()]);
            let halves = self.sources.halves.map(|halves| &halves[run.clone()]);
            for (n, (&pu, &pv)) in points_u.iter().zip(points_v).enumerate() {
                let (pu, pv) = (l.splat(pu), l.splat(pv));
                let half: [L::V; K] = std::array::from_fn(|k| l.splat(halves[k][n]));
                let columns: [(L::V, L::V); C] = std::array::from_fn(|c| {
                    let u = l.sub(us[c], pu);
                    (u, l.fma(u, u, l.splat(EPSILON)))
                });
                for (sums, &v) in sums.iter_mut().zip(&vs) {
                    let v = l.sub(v, pv);
                    for (sums, &(u, square)) in sums.iter_mut().zip(&columns) {
                        T::add(l, sums, &half, u, v, l.fma(v, v, square));
                    }
                }
            }
        }
        for q in 0..Q {
            let s: [[L::V; C]; 2] = std::array::from_fn(|slope| {
                let polynomials = self.polynomials[if T::DERIVED { slope } else { 0 }];
                std::array::from_fn(|c| l.load(&polynomials[q * width + column + c * L::LANES..]))
            });
            for (sums, lines) in sums.iter_mut().zip(lines) {
                for (c, sums) in sums.iter_mut().enumerate() {
                    for ((sum, line), number) in sums.iter_mut().zip(lines).zip(T::FAR) {
                        *sum = l.fma(s[usize::from(number.by_u)][c], l.splat(line[q]), *sum);
                    }
                }
            }
        }
        for (r, (sums, &v)) in sums.iter().zip(&vs).enumerate() {
            for (c, (&sums, &u)) in sums.iter().zip(&us).enumerate() {
                let done = T::finish(l, sums, &self.sources.polynomials, u, v);
                for (a, number) in done.into_iter().enumerate() {
                    l.store(number, &mut self.out[a * plane + (row + r) * width + column + c * L::LANES..]);
                }
            }
        }
    }
}

/// Places of a leaf anywhere in it.
pub(super) struct Places<'a, const Q: usize> {
    pub(super) sources: Sources<'a, 1>,
    /// Coordinates, a whole number of vectors: see [`padded`].
    pub(super) us: &'a [f64],
    pub(super) vs: &'a [f64],
    /// Their places in the leaf, −1…1.
    pub(super) in_leaf: [&'a [f64]; 2],
    pub(super) out: &'a mut [f64],
}

/// The least number of places, not below `count`, that is whole vectors in every width.
pub(super) fn padded(count: usize) -> usize {
    count.next_multiple_of(8)
}

impl<const Q: usize> Kernel for Places<'_, Q> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let (mut first, count) = (0, self.us.len());
        while first < count {
            // Enough that no vector waits for itself.
            match (count - first) / L::LANES {
                4.. => {
                    self.block::<L, 4>(l, first);
                    first += 4 * L::LANES;
                }
                2 | 3 => {
                    self.block::<L, 2>(l, first);
                    first += 2 * L::LANES;
                }
                _ => {
                    self.block::<L, 1>(l, first);
                    first += L::LANES;
                }
            }
        }
    }
}

impl<const Q: usize> Places<'_, Q> {
    #[inline(always)]
    fn block<L: Lanes, const C: usize>(&mut self, l: L, first: usize) {
        let load = |from: &[f64]| -> [L::V; C] { std::array::from_fn(|c| l.load(&from[first + c * L::LANES..])) };
        let (us, vs) = (load(self.us), load(self.vs));
        let mut sums = [l.splat(0.0); C];
        for run in self.sources.near {
            let (points_u, points_v) = (&self.sources.us[run.clone()], &self.sources.vs[run.clone()]);
            for ((&pu, &pv), &half) in points_u.iter().zip(points_v).zip(&self.sources.halves[0][run.clone()]) {
                let (pu, pv, half) = (l.splat(pu), l.splat(pv), l.splat(half));
                for c in 0..C {
                    let (u, v) = (l.sub(us[c], pu), l.sub(vs[c], pv));
                    let r2 = l.fma(v, v, l.fma(u, u, l.splat(EPSILON)));
                    sums[c] = l.fma(l.mul(half, r2), l.ln(r2), sums[c]);
                }
            }
        }
        let [c0, c1, c2] = self.sources.polynomials[0].map(|c| l.splat(c));
        let [in_u, in_v] = self.in_leaf.map(load);
        for c in 0..C {
            let (su, sv) = (lagrange::<L, Q>(l, in_u[c]), lagrange::<L, Q>(l, in_v[c]));
            for (a, &su) in su.iter().enumerate() {
                let mut line = l.splat(0.0);
                for (b, &sv) in sv.iter().enumerate() {
                    line = l.fma(sv, l.splat(self.sources.nodes[0][b * Q + a]), line);
                }
                sums[c] = l.fma(su, line, sums[c]);
            }
            let sum = l.add(sums[c], l.fma(c1, us[c], l.fma(c2, vs[c], c0)));
            l.store(sum, &mut self.out[first + c * L::LANES..]);
        }
    }
}

/// [`lagrange`](xr_core::spline::fmm::chebyshev::lagrange) at a vector of places.
#[inline(always)]
fn lagrange<L: Lanes, const Q: usize>(l: L, t: L::V) -> [L::V; Q] {
    let (mut before, mut now, mut sums) = (l.splat(1.0), t, [l.splat(0.5); Q]);
    let twice = l.mul(l.splat(2.0), t);
    for polynomials in polynomials::<Q>().chunks_exact(Q) {
        sums.iter_mut().zip(polynomials).for_each(|(sum, &p)| *sum = l.fma(l.splat(p), now, *sum));
        (before, now) = (now, l.fma(twice, now, l.sub(l.splat(0.0), before)));
    }
    sums.map(|sum| l.mul(sum, l.splat(2.0 / Q as f64)))
}

/// The same at one place, vectorised over the nodes.
#[inline(always)]
pub(super) fn lagrange_nodes<L: Lanes, const Q: usize>(l: L, t: f64, to: &mut [f64; Q]) {
    let (mut before, mut now) = (l.splat(1.0), l.splat(t));
    let twice = l.splat(2.0 * t);
    to.fill(0.5);
    for polynomials in polynomials::<Q>().chunks_exact(Q) {
        for (to, p) in to.chunks_exact_mut(L::LANES).zip(polynomials.chunks_exact(L::LANES)) {
            l.store(l.fma(l.load(p), now, l.load(to)), to);
        }
        (before, now) = (now, l.fma(twice, now, l.sub(l.splat(0.0), before)));
    }
    for to in to.chunks_exact_mut(L::LANES) {
        l.store(l.mul(l.load(to), l.splat(2.0 / Q as f64)), to);
    }
}
