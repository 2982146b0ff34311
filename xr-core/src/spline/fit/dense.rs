//! Few points: the system as a dense matrix, factored.

use rayon::prelude::*;

use super::super::{Problem, SplineError};
use super::cholesky::{Cholesky, dot};
use super::system::System;
use super::tridiagonal::Tridiagonal;
use super::{Fit, PointSums, Smoothing, Spline, anchors};

/// Corrections by the residual after the first solution.
const REFINEMENTS: usize = 1;
/// Steps of the iterations that estimate the extreme eigenvalues.
const POWER_STEPS: usize = 12;

pub(super) fn fit(problem: &Problem, smoothing: Smoothing, sums: &mut dyn PointSums) -> Result<Fit, SplineError> {
    let system = System::new(problem, anchors(problem));
    let count = system.free.len();
    let singular = || {
        let (first, second, distance) = problem.closest();
        SplineError::Singular { first, second, distance }
    };
    let kernel = matrix(count, |a, b| system.kernel(a, b));
    let lambda = match smoothing {
        Smoothing::Fixed(lambda) => lambda,
        Smoothing::Auto => best_lambda(&system, &kernel).ok_or_else(singular)?,
    };
    let mut shifted = kernel;
    if lambda > 0.0 {
        shifted.par_chunks_mut(count.max(1)).enumerate().for_each(|(a, row)| {
            row.iter_mut().enumerate().for_each(|(b, entry)| *entry += lambda * system.variance(a, b));
        });
    }
    let largest = largest_eigenvalue(anywhere(count), POWER_STEPS, |x| product(&shifted, x));
    let cholesky = Cholesky::new(shifted, count).ok_or_else(singular)?;
    let inverse = largest_eigenvalue(anywhere(count), POWER_STEPS, |x| {
        let mut x = x.to_vec();
        cholesky.solve(&mut x);
        x
    });
    let inverse_diagonal = inverse_diagonal(&system, &cholesky);
    let columns = problem.columns.iter().map(|values| {
        let mut spline = Spline {
            weights: vec![0.0; problem.len()],
            polynomial: [0.0; 3],
            leave_one_out: Vec::new(),
            iterations: 0,
        };
        let mut residual = values.clone();
        for _ in 0..=REFINEMENTS {
            let mut free = system.reduce(&residual);
            cholesky.solve(&mut free);
            spline.weights.iter_mut().zip(system.expand(&free)).for_each(|(w, more)| *w += more);
            residual = self::residual(&system, lambda, values, &spline, sums)?;
            // The part of the residual that is a polynomial.
            let mut at = [0.0; 3];
            at.iter_mut().zip(system.anchors.points()).for_each(|(at, &i)| *at = residual[i]);
            let more = system.anchors.polynomial(at);
            spline.polynomial.iter_mut().zip(more).for_each(|(c, more)| *c += more);
            subtract_polynomial(problem, more, &mut residual);
        }
        spline.leave_one_out = spline.weights.iter().zip(&inverse_diagonal).map(|(w, g)| w / g).collect();
        Ok(spline)
    });
    let columns = columns.collect::<Result<_, SplineError>>()?;
    Ok(Fit { columns, lambda, condition: (largest * inverse).max(1.0), exact_leave_one_out: true })
}

/// A symmetric matrix, row-major.
fn matrix(count: usize, entry: impl Fn(usize, usize) -> f64 + Sync) -> Vec<f64> {
    let mut matrix = vec![0.0; count * count];
    matrix.par_chunks_mut(count.max(1)).enumerate().for_each(|(a, row)| {
        row.iter_mut().enumerate().for_each(|(b, to)| *to = entry(a.max(b), a.min(b)));
    });
    matrix
}

fn product(matrix: &[f64], x: &[f64]) -> Vec<f64> {
    matrix.par_chunks(x.len().max(1)).map(|row| dot(row, x)).collect()
}

/// Digits of the golden ratio's multiples: in no direction that the points would single out.
fn anywhere(count: usize) -> Vec<f64> {
    (1..=count).map(|i| (i as f64 * 0.618_033_988_749_895).fract() - 0.5).collect()
}

/// Of a symmetric positive definite operator, by steps from `x` on; an estimate from below.
pub(super) fn largest_eigenvalue(mut x: Vec<f64>, steps: usize, apply: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let mut value = 1.0;
    for _ in 0..steps {
        let norm = dot(&x, &x).sqrt();
        if norm == 0.0 {
            break;
        }
        x.iter_mut().for_each(|x| *x /= norm);
        let next = apply(&x);
        value = dot(&next, &next).sqrt();
        x = next;
    }
    value
}

/// Diagonal of G = N (Nᵀ(Φ + λD)N)⁻¹ Nᵀ, the matrix that takes z to w.
fn inverse_diagonal(system: &System<'_>, cholesky: &Cholesky) -> Vec<f64> {
    let count = system.free.len();
    let fixed = system.anchors.points();
    let forms = cholesky.inverse_forms(count + fixed.len(), |row, column| match column.checked_sub(count) {
        None => f64::from(u8::from(row == column)),
        Some(anchor) => -system.shares[row][anchor],
    });
    let mut diagonal = vec![0.0; system.problem.len()];
    for (&i, form) in system.free.iter().chain(fixed).zip(forms) {
        diagonal[i] = form;
    }
    diagonal
}

/// z − (Φ + λD) w − P c.
fn residual(
    system: &System<'_>,
    lambda: f64,
    values: &[f64],
    spline: &Spline,
    sums: &mut dyn PointSums,
) -> Result<Vec<f64>, SplineError> {
    let mut residual = vec![0.0; values.len()];
    sums.all(&spline.weights, &mut residual)?;
    for (i, r) in residual.iter_mut().enumerate() {
        *r = values[i] - *r - lambda * system.problem.variances[i] * spline.weights[i];
    }
    subtract_polynomial(system.problem, spline.polynomial, &mut residual);
    Ok(residual)
}

fn subtract_polynomial(problem: &Problem, [c0, c1, c2]: [f64; 3], from: &mut [f64]) {
    let places = problem.us.iter().zip(&problem.vs);
    from.iter_mut().zip(places).for_each(|(from, (u, v))| *from -= c0 + c1 * u + c2 * v);
}

/// The largest eigenvalue of a problem's system.
pub(super) fn largest_of(problem: &Problem, lambda: f64) -> f64 {
    let system = System::new(problem, anchors(problem));
    let count = system.free.len();
    let matrix = matrix(count, |a, b| system.kernel(a, b) + lambda * system.variance(a, b));
    largest_eigenvalue(anywhere(count), POWER_STEPS, |x| product(&matrix, x))
}

/// The best λ of a problem as a dense matrix.
pub(super) fn best_lambda_of(problem: &Problem) -> Option<f64> {
    let system = System::new(problem, anchors(problem));
    best_lambda(&system, &matrix(system.free.len(), |a, b| system.kernel(a, b)))
}

/// The λ whose generalised cross-validation n Σσᵢ²wᵢ² / (Σσᵢ²Gᵢᵢ)², summed over columns relative to their variances, is least.
/// With NᵀDN = C Cᵀ and M = C⁻¹NᵀΦN C⁻ᵀ these sums are ‖(M + λ)⁻¹C⁻¹Nᵀz‖² and tr (M + λ)⁻¹.
fn best_lambda(system: &System<'_>, kernel: &[f64]) -> Option<f64> {
    let count = system.free.len();
    if count < 2 {
        return Some(0.0);
    }
    let c = Cholesky::new(matrix(count, |a, b| system.variance(a, b)), count)?;
    let half = transposed(&c.forward_columns(count, |i, j| kernel[i * count + j], |_, x| x.to_vec()), count);
    let m = transposed(&c.forward_columns(count, |i, j| half[i * count + j], |_, x| x.to_vec()), count);
    let mut right = Vec::new();
    for column in &system.problem.columns {
        let mut y = system.reduce(column);
        let scale = dot(&y, &y).sqrt();
        if scale > 0.0 {
            y.iter_mut().for_each(|y| *y /= scale);
            c.forward(&mut y);
            right.push(y);
        }
    }
    let tridiagonal = Tridiagonal::new(m, count, right);
    let score = |lambda: f64| {
        let (trace, squares) = tridiagonal.shifted(lambda)?;
        Some(squares.iter().sum::<f64>() / (trace * trace))
    };
    // Beyond the largest eigenvalue nothing but the trend is left.
    least(8.0 * tridiagonal.trace(), 28, &mut |lambda| score(lambda).unwrap_or(f64::INFINITY))
}

/// The rows that stripes of columns make, as the columns of a matrix: L⁻¹B becomes (L⁻¹B)ᵀ.
fn transposed(stripes: &[Vec<[f64; 16]>], count: usize) -> Vec<f64> {
    let mut to = vec![0.0; count * count];
    for (stripe, rows) in stripes.iter().zip(to.chunks_mut(16 * count)) {
        for (t, row) in rows.chunks_mut(count).enumerate() {
            row.iter_mut().zip(stripe).for_each(|(to, x)| *to = x[t]);
        }
    }
    to
}

/// Where below `highest` a function is least: by factors of 4, then closer around the best. Without a logarithm, whose bits differ
/// between machines.
pub(super) fn least(highest: f64, steps: usize, f: &mut dyn FnMut(f64) -> f64) -> Option<f64> {
    let tried = (0..steps).scan(highest, |at, _| {
        *at *= 0.25;
        Some(*at)
    });
    let mut best = tried.map(|at| (at, f(at))).fold((0.0, f64::INFINITY), lower);
    let mut factor = 2.0f64;
    while best.1.is_finite() && factor > 1.005 {
        best = [best.0 * factor, best.0 / factor].into_iter().map(|at| (at, f(at))).fold(best, lower);
        factor = factor.sqrt();
    }
    best.1.is_finite().then_some(best.0)
}

fn lower(best: (f64, f64), next: (f64, f64)) -> (f64, f64) {
    if next.1 < best.1 { next } else { best }
}
