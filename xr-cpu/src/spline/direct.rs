//! Direct sums over points, vectorised over places: the bits of [`xr_core::spline::direct`].
//!
//! Places are taken in blocks of `ROWS` × `VECTORS` vectors, which share what a point needs; chunks of points go over
//! all places of a call before the next, so that they stay in the first cache.

use super::lanes::{Kernel, Lanes};
use std::marker::PhantomData;
use xr_core::spline::{direct::CHUNK, log::EPSILON};

/// Vectors of a block along the places.
const VECTORS: usize = 2;

/// Points and the halved weights of `K` columns.
#[derive(Clone, Copy)]
pub(crate) struct Points<'a, const K: usize> {
    pub(crate) us: &'a [f64],
    pub(crate) vs: &'a [f64],
    pub(crate) halves: [&'a [f64]; K],
    /// c₀, c₁, c₂ of each column.
    pub(crate) polynomials: [[f64; 3]; K],
}

/// What a pair of point and place adds to `A` sums for `K` columns.
pub(crate) trait Term<const K: usize, const A: usize>: Copy {
    /// Adds it, `(u, v)` being the place less the point.
    fn add<L: Lanes>(lanes: L, sums: &mut [L::V; A], halves: &[L::V; K], u: L::V, v: L::V, r2: L::V);
    /// What finished sums and polynomials make at the place `(u, v)`.
    fn finish<L: Lanes>(lanes: L, sums: [L::V; A], polynomials: &[[f64; 3]; K], u: L::V, v: L::V) -> [L::V; A];
}

/// The values of `K` columns.
#[derive(Clone, Copy)]
pub(crate) struct Values;

impl<const K: usize> Term<K, K> for Values {
    #[inline(always)]
    fn add<L: Lanes>(l: L, sums: &mut [L::V; K], halves: &[L::V; K], _: L::V, _: L::V, r2: L::V) {
        let log = l.ln(r2);
        for (sum, &half) in sums.iter_mut().zip(halves) {
            *sum = l.fma(l.mul(half, r2), log, *sum);
        }
    }

    #[inline(always)]
    fn finish<L: Lanes>(l: L, mut sums: [L::V; K], polynomials: &[[f64; 3]; K], u: L::V, v: L::V) -> [L::V; K] {
        for (sum, &[c0, c1, c2]) in sums.iter_mut().zip(polynomials) {
            *sum = l.add(*sum, l.fma(l.splat(c1), u, l.fma(l.splat(c2), v, l.splat(c0))));
        }
        sums
    }
}

/// A column's derivatives by u and v.
#[derive(Clone, Copy)]
pub(crate) struct Slopes;

impl Term<1, 2> for Slopes {
    #[inline(always)]
    fn add<L: Lanes>(l: L, [du, dv]: &mut [L::V; 2], &[half]: &[L::V; 1], u: L::V, v: L::V, r2: L::V) {
        let slope = l.add(l.ln(r2), l.splat(1.0));
        *du = l.fma(l.mul(half, u), slope, *du);
        *dv = l.fma(l.mul(half, v), slope, *dv);
    }

    #[inline(always)]
    fn finish<L: Lanes>(l: L, [du, dv]: [L::V; 2], &[[_, c1, c2]]: &[[f64; 3]; 1], _: L::V, _: L::V) -> [L::V; 2] {
        let two = l.splat(2.0);
        [l.fma(two, du, l.splat(c1)), l.fma(two, dv, l.splat(c2))]
    }
}

/// `A` numbers at all places of a lattice.
pub(crate) struct OnLattice<'a, T, const K: usize, const A: usize> {
    pub(crate) term: PhantomData<T>,
    pub(crate) points: Points<'a, K>,
    /// A whole number of blocks: see [`padded`].
    pub(crate) us: &'a [f64],
    pub(crate) vs: &'a [f64],
    /// A plane of `vs.len() × us.len()` for each number.
    pub(crate) out: &'a mut [f64],
}

/// The least number of places along the first axis, not below `count`, that is whole blocks in every width.
pub(crate) fn padded(count: usize) -> usize {
    count.next_multiple_of(8 * VECTORS)
}

impl<T: Term<K, A>, const K: usize, const A: usize> Kernel for OnLattice<'_, T, K, A> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        self.out.fill(0.0);
        for from in (0..self.points.us.len()).step_by(CHUNK) {
            let pairs = self.vs.len() / 2 * 2;
            for row in (0..pairs).step_by(2) {
                self.rows::<L, 2>(l, from, row);
            }
            if pairs < self.vs.len() {
                self.rows::<L, 1>(l, from, pairs);
            }
        }
        self.finish(l);
    }
}

impl<T: Term<K, A>, const K: usize, const A: usize> OnLattice<'_, T, K, A> {
    /// Adds the chunk of points from `from` on to `ROWS` rows.
    #[inline(always)]
    fn rows<L: Lanes, const ROWS: usize>(&mut self, l: L, from: usize, row: usize) {
        let (width, plane) = (self.us.len(), self.us.len() * self.vs.len());
        let vs: [L::V; ROWS] = std::array::from_fn(|r| l.splat(self.vs[row + r]));
        for column in (0..width).step_by(VECTORS * L::LANES) {
            let us: [L::V; VECTORS] = std::array::from_fn(|c| l.load(&self.us[column + c * L::LANES..]));
            let sums = chunk::<L, T, K, A, ROWS, VECTORS>(l, self.points, from, [us; ROWS], vs);
            for (r, sums) in sums.iter().enumerate() {
                for (c, sums) in sums.iter().enumerate() {
                    for (a, &sum) in sums.iter().enumerate() {
                        let to = &mut self.out[a * plane + (row + r) * width + column + c * L::LANES..];
                        l.store(l.add(l.load(to), sum), to);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn finish<L: Lanes>(&mut self, l: L) {
        let (width, plane) = (self.us.len(), self.us.len() * self.vs.len());
        for (row, &v) in self.vs.iter().enumerate() {
            for column in (0..width).step_by(L::LANES) {
                let at = |a: usize| a * plane + row * width + column;
                let sums = std::array::from_fn(|a| l.load(&self.out[at(a)..]));
                let done = T::finish(l, sums, &self.points.polynomials, l.load(&self.us[column..]), l.splat(v));
                done.into_iter().enumerate().for_each(|(a, v)| l.store(v, &mut self.out[at(a)..]));
            }
        }
    }
}

/// Numbers at places anywhere. All slices are whole blocks: see [`padded`].
pub(crate) struct AtPlaces<'a, T> {
    pub(crate) term: PhantomData<T>,
    pub(crate) points: Points<'a, 1>,
    pub(crate) us: &'a [f64],
    pub(crate) vs: &'a [f64],
    pub(crate) out: &'a mut [f64],
}

impl<T: Term<1, 1>> Kernel for AtPlaces<'_, T> {
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        /// Vectors of a block.
        const ROWS: usize = 2;
        for at in (0..self.us.len()).step_by(ROWS * L::LANES) {
            let us: [L::V; ROWS] = std::array::from_fn(|r| l.load(&self.us[at + r * L::LANES..]));
            let vs: [L::V; ROWS] = std::array::from_fn(|r| l.load(&self.vs[at + r * L::LANES..]));
            let mut totals = [l.splat(0.0); ROWS];
            for from in (0..self.points.us.len()).step_by(CHUNK) {
                let sums = chunk::<L, T, 1, 1, ROWS, 1>(l, self.points, from, us.map(|u| [u]), vs);
                for (total, [[sum]]) in totals.iter_mut().zip(sums) {
                    *total = l.add(*total, sum);
                }
            }
            for (r, (&u, &v)) in us.iter().zip(&vs).enumerate() {
                let [number] = T::finish(l, [totals[r]], &self.points.polynomials, u, v);
                l.store(number, &mut self.out[at + r * L::LANES..]);
            }
        }
    }
}

/// The sums of a block over the chunk of points from `from` on.
#[inline(always)]
fn chunk<L: Lanes, T: Term<K, A>, const K: usize, const A: usize, const ROWS: usize, const ACROSS: usize>(
    l: L,
    points: Points<'_, K>,
    from: usize,
    us: [[L::V; ACROSS]; ROWS],
    vs: [L::V; ROWS],
) -> [[[L::V; A]; ACROSS]; ROWS] {
    let end = points.us.len().min(from + CHUNK);
    let (point_us, point_vs) = (&points.us[from..end], &points.vs[from..end]);
    let halves = points.halves.map(|halves| &halves[from..end]);
    let mut sums = [[[l.splat(0.0); A]; ACROSS]; ROWS];
    for n in 0..end - from {
        let half: [L::V; K] = std::array::from_fn(|k| l.splat(halves[k][n]));
        let (point_u, point_v) = (l.splat(point_us[n]), l.splat(point_vs[n]));
        for ((sums, us), &v) in sums.iter_mut().zip(&us).zip(&vs) {
            let v = l.sub(v, point_v);
            let v2 = l.fma(v, v, l.splat(EPSILON));
            for (sums, &u) in sums.iter_mut().zip(us) {
                let u = l.sub(u, point_u);
                T::add(l, sums, &half, u, v, l.fma(u, u, v2));
            }
        }
    }
    sums
}
