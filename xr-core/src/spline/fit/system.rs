//! The equations without their side conditions. With barycentric coordinates ℓ(i) of each point with respect to the anchors,
//! Pᵀw = 0 says w at the anchors = −Σ ℓ(i) wᵢ over the others: w = N v with v free. What is left is Nᵀ(Φ + λD)N v = Nᵀz, whose
//! matrix is symmetric positive definite since φ is conditionally so.

use super::super::{Problem, kernel::phi, trend::Anchors};

/// The free points, and how anchors follow from them.
pub(crate) struct System<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) anchors: Anchors,
    /// Points that are no anchors, ascending.
    pub(crate) free: Vec<usize>,
    /// ℓ of each free point.
    pub(crate) shares: Vec<[f64; 3]>,
    /// φ from each free point to each anchor, less half of what the anchors have among them.
    half: Vec<[f64; 3]>,
}

impl<'a> System<'a> {
    pub(crate) fn new(problem: &'a Problem, anchors: Anchors) -> Self {
        let fixed = anchors.points();
        let free: Vec<usize> = (0..problem.len()).filter(|i| !fixed.contains(i)).collect();
        let shares: Vec<_> = free.iter().map(|&i| anchors.coordinates(problem.us[i], problem.vs[i])).collect();
        let among = |i: usize, k: usize| fixed.get(k).map_or(0.0, |&j| phi(square(problem, i, j)));
        let half = free.iter().zip(&shares).map(|(&i, share)| {
            [0, 1, 2].map(|k| {
                let own: f64 = fixed.iter().zip(share).map(|(&j, share)| share * among(j, k)).sum();
                among(i, k) - 0.5 * own
            })
        });
        let half = half.collect();
        Self { problem, anchors, free, shares, half }
    }

    /// NᵀΦN between free points `a` and `b`, by their positions among those.
    pub(crate) fn kernel(&self, a: usize, b: usize) -> f64 {
        let (sa, sb, ha, hb) = (self.shares[a], self.shares[b], self.half[a], self.half[b]);
        let tied: f64 = (0..3).map(|k| sa[k] * hb[k] + sb[k] * ha[k]).sum();
        phi(square(self.problem, self.free[a], self.free[b])) - tied
    }

    /// NᵀDN between free points `a` and `b`.
    pub(crate) fn variance(&self, a: usize, b: usize) -> f64 {
        let variances = &self.problem.variances;
        let own = if a == b { variances[self.free[a]] } else { 0.0 };
        let tied = self.anchors.points().iter().zip(self.shares[a]).zip(self.shares[b]);
        own + tied.map(|((&i, sa), sb)| variances[i] * sa * sb).sum::<f64>()
    }

    /// Nᵀ: from all points to the free ones.
    pub(crate) fn reduce(&self, all: &[f64]) -> Vec<f64> {
        let tied = |share: &[f64; 3]| -> f64 {
            self.anchors.points().iter().zip(share).map(|(&i, share)| share * all[i]).sum()
        };
        self.free.iter().zip(&self.shares).map(|(&i, share)| all[i] - tied(share)).collect()
    }

    /// N: from the free points to all.
    pub(crate) fn expand(&self, free: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.problem.len()];
        for ((&i, share), &v) in self.free.iter().zip(&self.shares).zip(free) {
            all[i] = v;
            for (&anchor, share) in self.anchors.points().iter().zip(share) {
                all[anchor] -= share * v;
            }
        }
        all
    }
}

fn square(problem: &Problem, i: usize, j: usize) -> f64 {
    let (du, dv) = (problem.us[i] - problem.us[j], problem.vs[i] - problem.vs[j]);
    du * du + dv * dv
}
