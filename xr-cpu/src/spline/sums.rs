//! Sums at a problem's points, fast: what the fit of many points needs.

use super::{fmm::Fmm, places::DirectSums};
use std::cell::OnceCell;
use xr_core::{
    Result,
    spline::{PointSums, fit::DIRECT_SUMS, fmm::Precision},
};

/// Sums at points of the unit box, on the threads of the caller's pool.
#[derive(Debug)]
pub struct FastSums<'a> {
    direct: DirectSums<'a>,
    tree: OnceCell<Fmm>,
}

impl<'a> FastSums<'a> {
    /// For points by their coordinates.
    pub fn new(us: &'a [f64], vs: &'a [f64]) -> Self {
        Self { direct: DirectSums { us, vs }, tree: OnceCell::new() }
    }
}

impl PointSums for FastSums<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        let DirectSums { us, vs } = self.direct;
        if us.len() < DIRECT_SUMS {
            return self.direct.all(weights, sums);
        }
        let tree = self.tree.get_or_init(|| Fmm::over_points(us, vs, Precision::High));
        tree.at_points(&tree.field(weights), sums);
        Ok(())
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        self.direct.direct(weights, points, sums)
    }
}
