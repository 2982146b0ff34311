use super::super::{direct::Terms, *};
use super::{Fit, PointSums, Smoothing, fit, residual_points};
use crate::Result;
use proptest::prelude::*;

/// Sums term by term.
struct Direct<'a>(&'a Problem);

impl PointSums for Direct<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        let points: Vec<usize> = (0..self.0.len()).collect();
        self.direct(weights, &points, sums)
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        let halves: Vec<f64> = weights.iter().map(|w| 0.5 * w).collect();
        let terms = Terms { us: &self.0.us, vs: &self.0.vs, halves: &halves, polynomial: [0.0; 3] };
        for (sum, &i) in sums.iter_mut().zip(points) {
            *sum = terms.value(self.0.us[i], self.0.vs[i]);
        }
        Ok(())
    }
}

fn fitted(problem: &Problem, smoothing: Smoothing) -> Fit {
    fit(problem, smoothing, &mut Direct(problem), &mut |_, _, _| {}).unwrap()
}

fn problem(xs: &[f64], ys: &[f64], zs: &[f64], errors: Option<&[f64]>) -> Problem {
    Problem::new(&Points { xs, ys, columns: &[zs], errors }, Duplicates::Refuse).unwrap()
}

fn value(problem: &Problem, fit: &Fit, x: f64, y: f64) -> f64 {
    let spline = &fit.columns[0];
    let halves: Vec<f64> = spline.weights.iter().map(|w| 0.5 * w).collect();
    let [u, v] = problem.frame.to_unit(x, y);
    Terms { us: &problem.us, vs: &problem.vs, halves: &halves, polynomial: spline.polynomial }.value(u, v)
}

/// Uniform numbers in 0..1.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed * 2 + 1;
    move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

const XS: [f64; 7] = [0.0, 1.0, 0.5, 0.125, 0.875, 0.375, 0.625];
const YS: [f64; 7] = [0.0, 0.25, 0.75, 1.0, 0.875, 0.375, 0.0625];
const ZS: [f64; 7] = [1.0, -2.0, 3.0, 0.5, 4.0, -1.0, 2.0];
const PLACES: [[f64; 2]; 4] = [[0.5, 0.5], [0.1, 0.9], [1.2, -0.3], [0.375, 0.375]];

/// What `scipy.interpolate.RBFInterpolator(…, kernel="thin_plate_spline", smoothing=λ·σ²)` of SciPy 1.17 gives at [`PLACES`].
const SCIPY: [[f64; 4]; 3] = [
    [0.3893214210491509, 0.08791364906062799, -1.058001913651175, -1.0],
    [0.7760647803566236, 0.579457069994064, -1.3122328011553073, -0.0063824066994736806],
    [1.16968795186858, 0.6336795583345645, 0.9361973031695938, 0.1600248996446389],
];

#[test]
fn values_are_those_of_scipy() {
    let errors = [1.0, 2.0, 0.5, 1.0, 3.0, 1.0, 0.5f64.sqrt()];
    let cases = [(None, 0.0, SCIPY[0]), (None, 0.125, SCIPY[1]), (Some(&errors[..]), 0.125, SCIPY[2])];
    for (errors, lambda, expected) in cases {
        let problem = problem(&XS, &YS, &ZS, errors);
        let fit = fitted(&problem, Smoothing::Fixed(lambda));
        for ([x, y], expected) in PLACES.into_iter().zip(expected) {
            let found = value(&problem, &fit, x, y);
            assert!((found - expected).abs() < 1e-12, "λ {lambda}, ({x}, {y}): {found} for {expected}");
        }
    }
}

#[test]
fn planes_are_reproduced_at_large_offsets_and_over_tiny_extents() {
    for (x0, y0, extent) in [(500_000.0, 4_649_776.0, 30_000.0), (13.4, 52.5, 1e-4)] {
        let mut random = numbers(5);
        let mut coordinates = |from: f64| (0..120).map(|_| from + extent * random()).collect::<Vec<f64>>();
        let (xs, ys) = (coordinates(x0), coordinates(y0));
        let plane = |x: f64, y: f64| 250.0 + 3.0 * (x - x0) / extent - 40.0 * (y - y0) / extent;
        let zs: Vec<f64> = xs.iter().zip(&ys).map(|(&x, &y)| plane(x, y)).collect();
        let problem = problem(&xs, &ys, &zs, None);
        let fit = fitted(&problem, Smoothing::Fixed(0.0));
        for (i, j) in [(0.1, 0.2), (0.5, 0.9), (1.1, -0.1)] {
            let (x, y) = (x0 + i * extent, y0 + j * extent);
            assert!((value(&problem, &fit, x, y) - plane(x, y)).abs() < 1e-10);
        }
    }
}

#[test]
fn leave_one_out_errors_are_those_of_fits_without_the_point() {
    let mut random = numbers(7);
    let mut column = |n| (0..n).map(|_| random()).collect::<Vec<f64>>();
    let (xs, ys, zs, errors) = (column(25), column(25), column(25), column(25));
    let errors: Vec<f64> = errors.iter().map(|e| 0.5 + e).collect();
    for lambda in [0.0, 0.01] {
        let all = problem(&xs, &ys, &zs, Some(&errors));
        let fit = fitted(&all, Smoothing::Fixed(lambda));
        let scale = all.frame.scale;
        for i in 0..25 {
            let without = |column: &[f64]| {
                let mut column = column.to_vec();
                column.remove(i);
                column
            };
            let mut rest = problem(&without(&xs), &without(&ys), &without(&zs), Some(&without(&errors)));
            // λ belongs to a unit box; a point on the box's edge takes a piece of the box along.
            let ratio = scale / rest.frame.scale;
            rest.variances.iter_mut().for_each(|v| *v *= ratio * ratio);
            let refit = fitted(&rest, Smoothing::Fixed(lambda));
            let expected = zs[i] - value(&rest, &refit, xs[i], ys[i]);
            let found = fit.columns[0].leave_one_out[i];
            assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{i}: {found} for {expected}");
        }
    }
}

#[test]
fn automatic_smoothing_is_a_minimum_of_cross_validation() {
    let mut random = numbers(11);
    let mut column = |n| (0..n).map(|_| random()).collect::<Vec<f64>>();
    let (xs, ys, noise) = (column(80), column(80), column(80));
    let zs: Vec<f64> = (0..80).map(|i| (3.0 * xs[i]).sin() * ys[i] + 0.2 * noise[i]).collect();
    let problem = problem(&xs, &ys, &zs, Some(&noise.iter().map(|e| 1.0 + e).collect::<Vec<_>>()));
    // From the definition: the inverse's diagonal is w over the leave-one-out error.
    let score = |lambda| {
        let fit = fitted(&problem, Smoothing::Fixed(lambda));
        let spline = &fit.columns[0];
        let (mut squares, mut trace) = (0.0, 0.0);
        for ((w, e), variance) in spline.weights.iter().zip(&spline.leave_one_out).zip(&problem.variances) {
            squares += variance * w * w;
            trace += variance * w / e;
        }
        squares / (trace * trace)
    };
    let lambda = fitted(&problem, Smoothing::Auto).lambda;
    let least = score(lambda);
    assert!(lambda > 1e-5 && lambda < 1.0, "{lambda}");
    for factor in [0.1, 0.5, 0.97, 1.03, 2.0, 10.0] {
        assert!(score(lambda * factor) > least, "{lambda} × {factor}");
    }
}

#[test]
fn points_on_a_line_change_along_it_only() {
    let (xs, ys, zs) = ([0.0, 1.0, 2.0, 4.0], [1.0, 2.0, 3.0, 5.0], [3.0, -1.0, 2.0, 2.5]);
    let problem = problem(&xs, &ys, &zs, None);
    assert_eq!(problem.spread, Spread::Line);
    let fit = fitted(&problem, Smoothing::Fixed(0.0));
    for i in 0..4 {
        assert!((value(&problem, &fit, xs[i], ys[i]) - zs[i]).abs() < 1e-13);
    }
    let [_, c1, c2] = fit.columns[0].polynomial;
    assert!((c1 - c2).abs() < 1e-13);
}

#[test]
fn two_points_are_a_slope_and_one_a_constant() {
    let two = problem(&[1.0, 3.0], &[1.0, 1.0], &[5.0, 9.0], None);
    let fit = fitted(&two, Smoothing::Fixed(0.0));
    assert!((value(&two, &fit, 2.0, 7.0) - 7.0).abs() < 1e-14);
    let one = problem(&[1.0], &[2.0], &[5.0], None);
    let fit = fitted(&one, Smoothing::Auto);
    assert_eq!(value(&one, &fit, -3.0, 8.0), 5.0);
}

#[test]
fn points_too_close_for_the_arithmetic_are_named() {
    let problem =
        problem(&[0.0, 1.0, 0.3, 0.5, 0.5 + 1e-15], &[0.0, 0.1, 1.0, 0.5, 0.5], &[1.0, 2.0, 3.0, 4.0, 5.0], None);
    let error = fit(&problem, Smoothing::Fixed(0.0), &mut Direct(&problem), &mut |_, _, _| {}).unwrap_err();
    assert!(matches!(error, SplineError::Singular { first: 3, second: 4, .. }), "{error}");
}

#[test]
fn iterations_and_factorisation_agree() {
    let mut random = numbers(13);
    let mut column = |n| (0..n).map(|_| random()).collect::<Vec<f64>>();
    let (mut xs, ys, zs) = (column(400), column(400), column(400));
    // A road: neighbours on a line.
    xs[200..300].iter_mut().enumerate().for_each(|(n, x)| *x = 0.3 + 1e-4 * n as f64);
    let ys: Vec<f64> = ys.iter().enumerate().map(|(n, &y)| if (200..300).contains(&n) { 0.4 } else { y }).collect();
    for lambda in [0.0, 1e-3] {
        let problem = problem(&xs, &ys, &zs, None);
        let dense = fitted(&problem, Smoothing::Fixed(lambda));
        let smoothing = Smoothing::Fixed(lambda);
        let iterative = super::iterative::fit(&problem, smoothing, &mut Direct(&problem), &mut |_, _, _| {}).unwrap();
        assert!((1..60).contains(&iterative.columns[0].iterations), "{}", iterative.columns[0].iterations);
        // Without smoothing, values one step apart on the road make weights whose own rounding says more than 1e-10.
        let bound = 1e-10 + f64::EPSILON / 16.0 * dense.columns[0].weights.iter().map(|w| w.abs()).sum::<f64>();
        for (x, y) in [(0.5, 0.5), (0.31, 0.4), (0.9, 0.1)] {
            let (a, b) = (value(&problem, &dense, x, y), value(&problem, &iterative, x, y));
            assert!((a - b).abs() < bound, "λ {lambda}: {a} and {b}, not within {bound:e}");
        }
        let errors = dense.columns[0].leave_one_out.iter().zip(&iterative.columns[0].leave_one_out);
        let (mut squares, mut differences) = (0.0, 0.0);
        errors.for_each(|(a, b)| (squares, differences) = (squares + a * a, differences + (a - b) * (a - b)));
        assert!(differences < 0.01 * squares, "λ {lambda}: {differences:e} of {squares:e}");
    }
}

#[test]
fn iterations_find_the_smoothing_of_the_factorisation() {
    let mut random = numbers(17);
    let mut column = |n| (0..n).map(|_| random()).collect::<Vec<f64>>();
    let (xs, ys, noise) = (column(300), column(300), column(300));
    let zs: Vec<f64> = (0..300).map(|i| (4.0 * xs[i]).sin() * ys[i] + 0.3 * noise[i]).collect();
    let problem = problem(&xs, &ys, &zs, None);
    let dense = fitted(&problem, Smoothing::Auto).lambda;
    let sums = &mut Direct(&problem);
    let found = super::iterative::fit(&problem, Smoothing::Auto, sums, &mut |_, _, _| {}).unwrap().lambda;
    assert!(found < 1.5 * dense && dense < 1.5 * found, "{found} for {dense}");
}

#[test]
fn points_on_a_line_are_fitted_by_iterations_too() {
    let xs: Vec<f64> = (0..200).map(|n| f64::from(n * n % 397)).collect();
    let zs: Vec<f64> = xs.iter().map(|x| (x / 40.0).sin()).collect();
    let problem = problem(&xs, &xs, &zs, None);
    let smoothing = Smoothing::Fixed(0.0);
    let fit = super::iterative::fit(&problem, smoothing, &mut Direct(&problem), &mut |_, _, _| {}).unwrap();
    for (&x, &z) in xs.iter().zip(&zs) {
        assert!((value(&problem, &fit, x, x) - z).abs() < 1e-8);
    }
}

#[test]
fn residuals_are_sampled_where_all_would_be_too_many_pairs() {
    assert_eq!([1, 30_000, 100_000, 1_000_000, 10_000_000].map(residual_points), [1, 30_000, 10_000, 1000, 1000]);
}

/// Points that are clustered, on lines, at one place, and their standard errors.
fn scattered() -> impl Strategy<Value = Vec<([f64; 2], f64, f64)>> {
    let place = prop_oneof![
        [0.0..1.0, 0.0..1.0],
        [0.3..0.301, 0.6..0.601],
        (0.0..1.0).prop_map(|x| [x, 0.5 * x + 0.25]),
        (0..4, 0..4).prop_map(|(x, y)| [f64::from(x), f64::from(y)].map(|c| c / 3.0)),
    ];
    prop::collection::vec((place, -100.0..100.0, 0.1..10.0), 3..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the points, the equations hold to rounding, by the matrix or by iterations, or there is an error.
    #[test]
    fn any_points_are_fitted_or_refused(
        points in scattered(),
        (offset, extent) in prop_oneof![Just((0.0, 1.0)), Just((5e5, 3e4))],
        weighted: bool,
        lambda in prop_oneof![Just(0.0), 1e-9..1.0],
    ) {
        let [xs, ys] = [0, 1].map(|k| points.iter().map(|(at, ..)| offset + extent * at[k]).collect::<Vec<_>>());
        let zs: Vec<f64> = points.iter().map(|&(_, z, _)| z).collect();
        let errors: Vec<f64> = points.iter().map(|&(.., error)| error).collect();
        let given = Points { xs: &xs, ys: &ys, columns: &[&zs], errors: weighted.then_some(&errors) };
        let problem = Problem::new(&given, Duplicates::Mean).unwrap();
        let (sums, smoothing) = (&mut Direct(&problem), Smoothing::Fixed(lambda));
        let fits = [
            super::dense::fit(&problem, smoothing, sums),
            super::iterative::fit(&problem, smoothing, sums, &mut |_, _, _| {}),
        ];
        // Closest points with the most different values may ask for too much, but not of a smooth surface.
        prop_assert!(lambda < 1e-6 || fits.iter().all(Result::is_ok), "{fits:?}");
        for fit in fits.into_iter().filter_map(Result::ok) {
            let spline = &fit.columns[0];
            let size: f64 = spline.weights.iter().map(|w| w.abs()).sum();
            let residual = fit.residual(&problem, 0, problem.len(), sums).unwrap();
            prop_assert!(residual.rms.is_finite() && residual.max <= 1e-7 + f64::EPSILON * size, "{residual:?}, weights {size:e}");
            for of in [&vec![1.0; problem.len()], &problem.us, &problem.vs] {
                let moment: f64 = spline.weights.iter().zip(of).map(|(w, p)| w * p).sum();
                prop_assert!(moment.abs() <= 1e-13 * size, "{moment:e}, weights {size:e}");
            }
            prop_assert!(spline.polynomial.iter().all(|c| c.is_finite()));
            prop_assert!(fit.condition >= 1.0);
        }
    }
}
