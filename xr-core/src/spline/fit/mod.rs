//! The fit: weights and polynomial such that (Φ + λD) w + P c = z and Pᵀw = 0.
//!
//! | module | holds |
//! |---|---|
//! | `dense` | few points: a factorisation, and the best λ by generalised cross-validation |
//! | `iterative` | many points: preconditioned conjugate gradients |
//! | `vecchia`, `ordering` | the preconditioner: points from coarse to fine, each predicted by its nearest predecessors |
//! | `planes` | the polynomial part of values |
//! | `system` | the equations on what Pᵀw = 0 leaves free |
//! | `cholesky`, `tridiagonal` | dense matrices |

mod cholesky;
mod dense;
mod iterative;
mod ordering;
mod planes;
mod system;
mod tridiagonal;
mod vecchia;

use super::{Problem, SplineError, Spread, trend::Anchors};
use crate::Result;

/// Up to so many points the system is factored as a dense matrix.
pub const DENSE_POINTS: usize = 1500;

/// Below so many points, sums at all points are made term by term.
pub const DIRECT_SUMS: usize = 2000;

/// Relative residual at which the fit is done.
pub const TOLERANCE: f64 = 1e-10;

/// Pairs of points whose sums a [residual](Fit::residual) may cost, and the fewest points that say something about it.
const RESIDUAL_PAIRS: usize = 1_000_000_000;
const RESIDUAL_POINTS: usize = 1000;

/// How many of `count` points to compute residuals of: all while that is soon done (some 30,000), else as many as 10⁹ pairs
/// allow, but not below 1,000.
pub fn residual_points(count: usize) -> usize {
    (RESIDUAL_PAIRS / count.max(1)).max(RESIDUAL_POINTS).min(count)
}

/// How much the spline may leave the values for smoothness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smoothing {
    /// λ in the units of φ in the unit box; 0 interpolates.
    Fixed(f64),
    /// The λ of least generalised cross-validation, summed over columns relative to their variances.
    Auto,
}

/// What a backend computes for the fit: s(i) = Σⱼ wⱼ φ(|uᵢ − uⱼ|) at the problem's points.
pub trait PointSums {
    /// The sums at every point, fast, to [`Precision::High`](super::fmm::Precision::High).
    ///
    /// # Errors
    /// Those of the backend.
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()>;

    /// The sums at some points, term by term.
    ///
    /// # Errors
    /// Those of the backend.
    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()>;
}

/// A spline for each column of a problem.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The splines, in the problem's order of columns.
    pub columns: Vec<Spline>,
    /// λ, in the units of φ in the unit box.
    pub lambda: f64,
    /// Estimate of the condition number of the system on the space of Pᵀw = 0.
    pub condition: f64,
    /// Whether leave-one-out errors are exact, or estimates by an approximate inverse.
    pub exact_leave_one_out: bool,
}

/// One column's spline.
#[derive(Clone, Debug)]
pub struct Spline {
    /// wᵢ of each point.
    pub weights: Vec<f64>,
    /// c₀, c₁, c₂ in the unit box.
    pub polynomial: [f64; 3],
    /// zᵢ minus what the spline fitted without point i gives there. NaN where that point alone determines the polynomial.
    pub leave_one_out: Vec<f64>,
    /// Iterations of the solver; 0 for a direct one.
    pub iterations: usize,
}

/// Residuals (Φ + λD) w + P c − z by direct sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// Points looked at.
    pub points: usize,
    /// Largest magnitude.
    pub max: f64,
    /// Root of the mean square.
    pub rms: f64,
}

/// Fits every column of `problem` with one factorisation. `watch` hears of each iteration: the column, its number, and the relative
/// residual.
///
/// # Errors
/// [`SplineError`]: an unusable λ, points too close together, or the backend's.
pub fn fit(
    problem: &Problem,
    smoothing: Smoothing,
    sums: &mut dyn PointSums,
    watch: &mut dyn FnMut(usize, usize, f64),
) -> Result<Fit, SplineError> {
    if let Smoothing::Fixed(lambda) = smoothing
        && !(lambda >= 0.0 && lambda.is_finite())
    {
        return Err(SplineError::Smoothing(lambda));
    }
    if problem.len() <= DENSE_POINTS {
        dense::fit(problem, smoothing, sums)
    } else {
        iterative::fit(problem, smoothing, sums, watch)
    }
}

impl Fit {
    /// The residual of a column at every point, or at `most` points that are spread evenly over their order:
    /// see [`residual_points`].
    ///
    /// # Errors
    /// Those of the backend.
    pub fn residual(
        &self,
        problem: &Problem,
        column: usize,
        most: usize,
        sums: &mut dyn PointSums,
    ) -> Result<Residual> {
        let count = problem.len();
        let points: Vec<usize> = match most.max(1) {
            most if most < count => (0..most).map(|k| (k as u128 * count as u128 / most as u128) as usize).collect(),
            _ => (0..count).collect(),
        };
        let spline = &self.columns[column];
        let mut found = vec![0.0; points.len()];
        sums.direct(&spline.weights, &points, &mut found)?;
        let [c0, c1, c2] = spline.polynomial;
        let (mut max, mut squares) = (0.0f64, 0.0);
        for (&i, sum) in points.iter().zip(found) {
            let smoothed = self.lambda * problem.variances[i] * spline.weights[i];
            let trend = c0 + c1 * problem.us[i] + c2 * problem.vs[i];
            let residual = sum + smoothed + trend - problem.columns[column][i];
            max = max.max(residual.abs());
            squares += residual * residual;
        }
        Ok(Residual { points: points.len(), max, rms: (squares / points.len() as f64).sqrt() })
    }
}

/// Anchors of the whole problem, as many as its spread has.
fn anchors(problem: &Problem) -> Anchors {
    let tolerance = match problem.spread {
        Spread::Plane => 0.0,
        // What lies within rounding of a line is on it: nothing is as far away as the box is wide.
        Spread::Line | Spread::Point => 0.5,
    };
    Anchors::choose(&problem.us, &problem.vs, tolerance)
}

#[cfg(test)]
mod tests;
