//! Many points: conjugate gradients on the space of Pᵀw = 0, preconditioned by a sparse factor of the inverse.

use super::super::{Problem, SplineError, trend::Anchors};
use super::cholesky::dot;
use super::dense::{self, largest_eigenvalue};
use super::ordering::Ordering;
use super::planes::Planes;
use super::vecchia::Vecchia;
use super::{Fit, PointSums, Smoothing, Spline, TOLERANCE, anchors};

/// Iterations before the fit gives up.
const MOST_ITERATIONS: usize = 300;
/// A residual that fast sums cannot tell from none, in parts of Σ|w|.
const UNSEEN: f64 = f64::EPSILON / 16.0;
/// Below this, in the same parts, the iteration's own residual says nothing about the true one.
const DRIFT: f64 = UNSEEN / 64.0;
/// A residual that rounding may explain, in parts of Σ|w| or of the values.
const ROUNDING: f64 = 8.0 * f64::EPSILON;
/// Points that say what λ is like, and how large the largest eigenvalue is.
const SAMPLE: usize = 800;
/// Steps towards the inverse's largest eigenvalue, whose vector is next to the closest points.
const FEW_STEPS: usize = 3;
/// Factors of 4 between the λ of a sample and that of all points.
const MOST_MOVES: usize = 24;
/// Scores that are lower by less than this factor are not worth a move.
const FLAT: f64 = 0.999;
/// Relative residual at which cross-validation compares.
const ROUGH: f64 = 1e-3;

pub(super) fn fit(
    problem: &Problem,
    smoothing: Smoothing,
    sums: &mut dyn PointSums,
    watch: &mut dyn FnMut(usize, usize, f64),
) -> Result<Fit, SplineError> {
    let anchors = anchors(problem);
    let ordering = Ordering::new(&problem.us, &problem.vs, anchors.points());
    let planes = Planes::new(problem, &anchors);
    let lambda = match smoothing {
        Smoothing::Fixed(lambda) => lambda,
        Smoothing::Auto => best_lambda(problem, &ordering, &anchors, &planes, sums)?,
    };
    let factor = Vecchia::new(problem, &ordering, &anchors, lambda);
    let system = Iteration { problem, planes: &planes, factor: &factor, lambda };
    let mut columns = Vec::with_capacity(problem.columns.len());
    for (column, values) in problem.columns.iter().enumerate() {
        columns.push(system.solve(values, TOLERANCE, sums, &mut |n, residual| watch(column, n, residual))?);
    }
    let diagonal = factor.diagonal();
    for spline in &mut columns {
        spline.leave_one_out = spline.weights.iter().zip(&diagonal).map(|(w, g)| w / g).collect();
    }
    let inverse = largest_eigenvalue(at_largest(&diagonal), FEW_STEPS, |x| factor.apply(x));
    // Of evenly spread points it grows with their number.
    let sample = sample(problem, &ordering);
    let largest = dense::largest_of(&sample, lambda) * (problem.len() as f64 / sample.len() as f64);
    Ok(Fit { columns, lambda, condition: (largest * inverse).max(1.0), exact_leave_one_out: false })
}

/// The unit vector of the largest number.
fn at_largest(numbers: &[f64]) -> Vec<f64> {
    let largest =
        numbers.iter().enumerate().fold(0, |best, (n, &number)| if number > numbers[best] { n } else { best });
    (0..numbers.len()).map(|n| f64::from(u8::from(n == largest))).collect()
}

/// Some of the points as a problem of their own, in the same unit box.
fn sample(problem: &Problem, ordering: &Ordering) -> Problem {
    let mut points: Vec<usize> = ordering.sample(SAMPLE).into_iter().map(|n| ordering.curve[n] as usize).collect();
    points.sort_unstable();
    let take = |values: &[f64]| points.iter().map(|&n| values[n]).collect::<Vec<f64>>();
    Problem {
        us: take(&problem.us),
        vs: take(&problem.vs),
        columns: problem.columns.iter().map(|column| take(column)).collect(),
        variances: take(&problem.variances),
        origins: points.iter().map(|&n| problem.origins[n]).collect(),
        ..*problem
    }
}

/// The λ of least generalised cross-validation, with the factor's diagonal for the inverse's: downhill from where λ begins
/// to matter to half of the points, or from that of a sample if it is higher and better. There is another valley below where a
/// few points are next to each other: these alone say there what the errors are.
fn best_lambda(
    problem: &Problem,
    ordering: &Ordering,
    anchors: &Anchors,
    planes: &Planes,
    sums: &mut dyn PointSums,
) -> Result<f64, SplineError> {
    let diagonal = Vecchia::new(problem, ordering, anchors, 0.0).diagonal();
    let mut scales: Vec<f64> = diagonal.iter().zip(&problem.variances).map(|(g, d)| 1.0 / (g * d)).collect();
    let middle = scales.len() / 2;
    let (_, &mut typical, _) = scales.select_nth_unstable_by(middle, f64::total_cmp);
    let coarse = dense::best_lambda_of(&sample(problem, ordering)).unwrap_or(0.0);
    let mut score = |lambda: f64| -> Result<f64, SplineError> {
        let factor = Vecchia::new(problem, ordering, anchors, lambda);
        let system = Iteration { problem, planes, factor: &factor, lambda };
        let trace = dot(&factor.diagonal(), &problem.variances);
        let mut total = 0.0;
        for values in &problem.columns {
            let mut scale = values.clone();
            planes.remove(problem, &mut scale);
            let spline = system.solve(values, ROUGH, sums, &mut |_, _| {})?;
            let squares: f64 = spline.weights.iter().zip(&problem.variances).map(|(w, d)| d * w * w).sum();
            total += squares / dot(&scale, &scale).max(f64::MIN_POSITIVE);
        }
        Ok(total / (trace * trace))
    };
    let start = if coarse > 2.0 * typical && score(coarse)? < score(typical)? { coarse } else { typical };
    // Downhill by factors of 4 until neither side is lower by much; then the same by factors of 2, of which the outer scores are
    // known; then the lowest place of the parabola over the exponents.
    let (mut lambda, mut scores) = (start, [score(start / 4.0)?, score(start)?, score(start * 4.0)?]);
    for _ in 0..MOST_MOVES {
        let [low, middle, high] = scores;
        if low.min(high) >= FLAT * middle {
            break;
        }
        if low < high {
            lambda /= 4.0;
            scores = [score(lambda / 4.0)?, low, middle];
        } else {
            lambda *= 4.0;
            scores = [middle, high, score(lambda * 4.0)?];
        }
    }
    let [low, middle, high] = scores;
    let [below, above] = [score(lambda / 2.0)?, score(lambda * 2.0)?];
    (lambda, scores) = if below.min(above) >= middle {
        (lambda, [below, middle, above])
    } else if below < above {
        (lambda / 2.0, [low, below, middle])
    } else {
        (lambda * 2.0, [middle, above, high])
    };
    let [low, middle, high] = scores;
    let bend = (low - middle) + (high - middle);
    let exponent = if bend > 0.0 { (0.5 * (low - high) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    // 2 to that power by its series: a library's differs between machines.
    let x = exponent * std::f64::consts::LN_2;
    Ok(lambda * (1..=10).rev().fold(1.0, |sum, k| 1.0 + sum * x / f64::from(k)))
}

/// Σ|w|, as large as a vector is that has it in every place.
fn magnitude(weights: &[f64]) -> f64 {
    weights.iter().map(|w| w.abs()).sum::<f64>() * (weights.len() as f64).sqrt()
}

/// A system and its preconditioner.
struct Iteration<'a> {
    problem: &'a Problem,
    planes: &'a Planes,
    factor: &'a Vecchia,
    lambda: f64,
}

impl Iteration<'_> {
    /// (Φ + λD) w.
    fn product(&self, weights: &[f64], sums: &mut dyn PointSums, to: &mut [f64]) -> Result<(), SplineError> {
        sums.all(weights, to)?;
        let smoothed = weights.iter().zip(&self.problem.variances);
        to.iter_mut().zip(smoothed).for_each(|(to, (w, d))| *to += self.lambda * d * w);
        Ok(())
    }

    /// B Bᵀ r, kept free of planes in spite of rounding.
    fn precondition(&self, residual: &[f64]) -> Vec<f64> {
        let mut result = self.factor.apply(residual);
        self.planes.remove(self.problem, &mut result);
        result
    }

    /// Solves until the residual, recomputed, is `tolerance` times the values less their plane, or what rounding lets it
    /// be.
    fn solve(
        &self,
        values: &[f64],
        tolerance: f64,
        sums: &mut dyn PointSums,
        watch: &mut dyn FnMut(usize, f64),
    ) -> Result<Spline, SplineError> {
        let count = values.len();
        let mut spline =
            Spline { weights: vec![0.0; count], polynomial: [0.0; 3], leave_one_out: Vec::new(), iterations: 0 };
        let mut residual = values.to_vec();
        spline.polynomial = self.planes.remove(self.problem, &mut residual);
        let size = dot(values, values).sqrt();
        let scale = dot(&residual, &residual).sqrt();
        let mut reached = scale;
        // Values that are a plane but for rounding.
        if scale <= ROUNDING * size {
            return Ok(spline);
        }
        loop {
            let before = reached;
            self.descend(&mut residual, tolerance * scale, sums, &mut spline, &mut |n, r| watch(n, r / scale))?;
            // The residual that the iteration believes in drifts from the true one.
            let mut product = vec![0.0; count];
            self.product(&spline.weights, sums, &mut product)?;
            residual.iter_mut().zip(values.iter().zip(&product)).for_each(|(r, (z, p))| *r = z - p);
            spline.polynomial = self.planes.remove(self.problem, &mut residual);
            reached = dot(&residual, &residual).sqrt();
            watch(spline.iterations, reached / scale);
            let sum = magnitude(&spline.weights);
            let stuck = reached > 0.5 * before;
            if reached <= (2.0 * tolerance * scale).max(UNSEEN * sum) || (stuck && reached <= ROUNDING * sum) {
                return Ok(spline);
            }
            if reached.is_nan() || stuck || spline.iterations >= MOST_ITERATIONS {
                let (first, second, distance) = self.problem.closest();
                let (iterations, residual) = (spline.iterations, reached / scale);
                return Err(SplineError::NotConverged { iterations, residual, tolerance, first, second, distance });
            }
        }
    }

    /// Conjugate gradients from the residual on, until it is as small as `target`.
    fn descend(
        &self,
        residual: &mut [f64],
        target: f64,
        sums: &mut dyn PointSums,
        spline: &mut Spline,
        watch: &mut dyn FnMut(usize, f64),
    ) -> Result<(), SplineError> {
        let mut direction = self.precondition(residual);
        let mut slope = dot(residual, &direction);
        let mut product = vec![0.0; residual.len()];
        while spline.iterations < MOST_ITERATIONS {
            self.product(&direction, sums, &mut product)?;
            let curvature = dot(&direction, &product);
            if curvature.is_nan() || curvature <= 0.0 || slope <= 0.0 {
                break;
            }
            let step = slope / curvature;
            spline.weights.iter_mut().zip(&direction).for_each(|(w, d)| *w += step * d);
            residual.iter_mut().zip(&product).for_each(|(r, p)| *r -= step * p);
            self.planes.remove(self.problem, residual);
            spline.iterations += 1;
            let size = dot(residual, residual).sqrt();
            watch(spline.iterations, size);
            if size <= target.max(DRIFT * magnitude(&spline.weights)) {
                break;
            }
            let next = self.precondition(residual);
            let after = dot(residual, &next);
            let share = after / slope;
            direction.iter_mut().zip(&next).for_each(|(d, z)| *d = z + share * *d);
            slope = after;
        }
        Ok(())
    }
}
