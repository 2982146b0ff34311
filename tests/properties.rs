//! Random features on random grids, on the CPU backend.

use proptest::prelude::*;
use xr_conformance::{
    oracle::{Feature, Number, Shape},
    run::{raster, raster_in_place},
    scene::{Scene, expected, table},
};
use xr_core::{Coverage, DataType, Grid, Merge, Scalar, Session, ValueTable};
use xr_cpu::Cpu;

/// A coordinate in pixels: on the half-pixel lattice, next to it, anywhere near, or up to `far` away.
fn coordinate(far: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-10..170i32).prop_map(|n| f64::from(n) / 2.0),
        1 => (-10..170i32).prop_map(|n| (f64::from(n) / 2.0).next_up()),
        4 => -5.0..85.0f64,
        1 => prop_oneof![-1e12..1e12f64, -far..far],
    ]
}

fn path(vertices: std::ops::Range<usize>, far: f64) -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec([coordinate(far), coordinate(far)], vertices)
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => prop::collection::vec(path(3..9, 1e200), 1..4).prop_map(Shape::Polygon),
        2 => prop::collection::vec(path(2..6, 1e18), 1..3).prop_map(Shape::Lines),
        1 => path(1..5, 1e200).prop_map(Shape::Points),
    ]
}

fn feature() -> impl Strategy<Value = Feature> {
    prop::collection::vec(shape(), 1..3).prop_map(|shapes| Feature { shapes })
}

/// Origins and pixel sizes; the first leaves coordinates as they are.
fn transform() -> impl Strategy<Value = [f64; 4]> {
    prop_oneof![
        Just([0.0, 1.0, 0.0, 1.0]),
        (-1e3..1e3f64, 0.01..3.0f64, -1e3..1e3f64, -3.0..-0.01f64).prop_map(|(x, dx, y, dy)| [x, dx, y, dy])
    ]
}

fn scene() -> impl Strategy<Value = Scene> {
    scene_up_to(80, 12)
}

/// Few enough pixels and features for areas in rational numbers.
fn small_scene() -> impl Strategy<Value = Scene> {
    scene_up_to(9, 3)
}

fn scene_up_to(side: u32, features: usize) -> impl Strategy<Value = Scene> {
    (1..side, 1..side, transform(), prop::collection::vec(feature(), 1..features)).prop_map(
        |(width, height, transform, mut features)| {
            let [x0, dx, y0, dy] = transform;
            let grid = Grid { width, height, x0, y0, dx, dy };
            let world = |[x, y]: [f64; 2]| [grid.x0 + x * grid.dx, grid.y0 + y * grid.dy];
            for shape in features.iter_mut().flat_map(|feature| &mut feature.shapes) {
                match shape {
                    Shape::Polygon(paths) | Shape::Lines(paths) => {
                        paths.iter_mut().flatten().for_each(|point| *point = world(*point));
                    }
                    Shape::Points(points) => points.iter_mut().for_each(|point| *point = world(*point)),
                }
            }
            Scene::new(grid, &features)
        },
    )
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: prop::test_runner::RngSeed::Fixed(3),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn pixels_equal_the_oracle(scene in scene(), all_touched: bool, merge in prop::sample::select(&Merge::ALL[..])) {
        let numbers: Vec<Number> = (0..scene.features.len() as i128).map(|n| Number::Int(n * 7 % 11 + 1)).collect();
        let values = table(DataType::I16, &numbers).unwrap();
        let job = scene.job(&values, merge, all_touched, Scalar::of(0i16));
        let got = raster_in_place(&mut Session::open(Cpu::open(), 2).unwrap(), &job).unwrap();
        let want = expected(&scene.masks(all_touched), &numbers, merge, DataType::I16, Number::Int(0)).unwrap();
        // Without features the oracle has no pixels to tell of.
        let want = want.filter(|_| !numbers.is_empty()).unwrap_or_else(|| vec![0; got.len()]);
        prop_assert!(got == want);
    }

    #[test]
    fn fractions_equal_exact_areas(scene in small_scene()) {
        let fractions = scene.fractions();
        let values = ValueTable::uniform(0.0, fractions.len());
        let job = scene.coverage_job(&values, Merge::Last, Coverage::Fraction, Scalar::of(-1.0));
        let bytes = raster_in_place(&mut Session::open(Cpu::open(), 2).unwrap(), &job).unwrap();
        for (pixel, got) in bytemuck::pod_collect_to_vec::<u8, f64>(&bytes).into_iter().enumerate() {
            match fractions.iter().rev().find_map(|feature| feature[pixel]) {
                Some(want) => prop_assert!((got - want).abs() <= 1e-12, "{got} instead of {want}"),
                None => prop_assert!(got == -1.0),
            }
        }
    }

    #[test]
    fn fractions_ignore_threads_and_windows(
        scene in scene(),
        weighted: bool,
        threads in 1..6usize,
        window in (1..90u32, 1..90u32),
    ) {
        let numbers: Vec<f64> = (0..scene.features.len()).map(|n| 0.1 + n as f64 * 1.7).collect();
        let values = ValueTable::from_pixels(&numbers);
        let coverage = if weighted { Coverage::Weight } else { Coverage::Fraction };
        let mut job = scene.coverage_job(&values, Merge::Mean, coverage, Scalar::of(-1.0));
        let whole = raster_in_place(&mut Session::open(Cpu::with_threads(1).unwrap(), 1).unwrap(), &job).unwrap();
        job.window = window;
        let mut session = Session::open(Cpu::with_threads(threads).unwrap(), 2).unwrap();
        prop_assert!(raster(&mut session, &job).unwrap() == whole);
    }

    #[test]
    fn threads_and_windows_are_invisible(
        scene in scene(),
        all_touched: bool,
        threads in 1..6usize,
        depth in 1..4usize,
        window in (1..90u32, 1..90u32),
    ) {
        let numbers: Vec<f64> = (0..scene.features.len()).map(|n| 0.1 + n as f64 * 1.7).collect();
        let values = ValueTable::from_pixels(&numbers);
        let mut job = scene.job(&values, Merge::Sum, all_touched, Scalar::of(-1.0));
        let whole = raster_in_place(&mut Session::open(Cpu::with_threads(1).unwrap(), 1).unwrap(), &job).unwrap();
        job.window = window;
        let mut session = Session::open(Cpu::with_threads(threads).unwrap(), depth).unwrap();
        prop_assert!(raster(&mut session, &job).unwrap() == whole);
        prop_assert!(raster_in_place(&mut session, &job).unwrap() == whole);
    }
}
