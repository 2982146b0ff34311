//! Vectors of doubles, by what the processor has: one arithmetic, the same bits in every width.

use super::octaves::{OCTAVES, index};
use xr_core::spline::log;

/// Proof that the processor has the instructions, and the operations on vectors of doubles that they are. Multiply-adds
/// round once.
pub(crate) trait Lanes: Copy {
    /// A vector.
    type V: Copy;
    /// Doubles of a vector.
    const LANES: usize;

    /// All lanes alike.
    fn splat(self, value: f64) -> Self::V;
    /// The first [`LANES`](Self::LANES) of `from`, which has them.
    fn load(self, from: &[f64]) -> Self::V;
    /// Into the first [`LANES`](Self::LANES) of `to`, which has them.
    fn store(self, v: Self::V, to: &mut [f64]);
    /// a + b
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// a − b
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// a·b
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a·b + c, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// z = r²·inv − 1, and the logarithm that belongs to the interval of r², see [`log`]. An r² outside 2⁻⁶⁴…2⁶⁴ gives
    /// numbers without meaning.
    fn reduce(self, r2: Self::V) -> (Self::V, Self::V);

    /// The bits of [`log::ln`].
    #[inline(always)]
    fn ln(self, r2: Self::V) -> Self::V {
        let [c1, c2, c3, c4, c5, c6, c7, c8] = log::POLYNOMIAL;
        let (z, log) = self.reduce(r2);
        let step = |sum, c| self.fma(sum, z, self.splat(c));
        let sum = step(step(step(step(step(step(step(self.splat(c8), c7), c6), c5), c4), c3), c2), c1);
        self.fma(sum, z, log)
    }
}

/// A computation that is compiled for every width. Its body is to be inlined, with all that it calls.
pub(crate) trait Kernel {
    /// Computes.
    fn run<L: Lanes>(self, lanes: L);
}

/// No instructions but those of every processor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Lanes for Scalar {
    type V = f64;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(self, value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn load(self, from: &[f64]) -> f64 {
        from[0]
    }
    #[inline(always)]
    fn store(self, v: f64, to: &mut [f64]) {
        to[0] = v;
    }
    #[inline(always)]
    fn add(self, a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn sub(self, a: f64, b: f64) -> f64 {
        a - b
    }
    #[inline(always)]
    fn mul(self, a: f64, b: f64) -> f64 {
        a * b
    }
    #[inline(always)]
    fn fma(self, a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn reduce(self, r2: f64) -> (f64, f64) {
        let [inverse, log] = OCTAVES.0[index(r2)];
        (r2.mul_add(inverse, -1.0), log)
    }
}
