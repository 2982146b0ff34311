//! How much of a pixel polygons cover, against exact areas.

use crate::{
    Verdict,
    oracle::{
        Feature, Random, Shape,
        scenes::{Size, partition, scenes},
    },
    run::{Full, raster, session},
    scene::{Scene, polygon, rectangle},
    verdict::{expect, same_pixels},
};
use xr_core::{Coverage, DataType, Grid, Merge, Result, Scalar, Session, ValueTable};

/// How far a fraction may be off.
const TOLERANCE: f64 = 1e-12;
/// What no feature gives.
const FILL: f64 = -1.0;

/// The raster of a job of coverage.
fn burn<B: Full>(
    session: &mut Session<B>,
    scene: &Scene,
    values: &[f64],
    merge: Merge<'_>,
    coverage: Coverage,
) -> Verdict<Vec<f64>> {
    let values = ValueTable::from_pixels(values);
    let mut job = scene.coverage_job(&values, merge, coverage, Scalar::of(FILL));
    job.window = (scene.grid.width, 37); // across the bands of any backend
    Ok(bytemuck::pod_collect_to_vec(&raster(session, &job)?))
}

/// What the fractions of the features that touch a pixel, in order, come to.
fn merged(merge: Merge<'_>, fractions: &[f64]) -> f64 {
    let sum: f64 = fractions.iter().sum();
    match (merge, fractions) {
        (_, []) => FILL,
        (Merge::First, [first, ..]) => *first,
        (Merge::Min, all) => all.iter().copied().fold(f64::INFINITY, f64::min),
        (Merge::Max, all) => all.iter().copied().fold(0.0, f64::max),
        (Merge::Sum, _) => sum,
        (Merge::Mean, all) => sum / all.len() as f64,
        (_, [.., last]) => *last,
    }
}

/// Wrong unless a raster is the merged fractions, up to the tolerance for each feature in a pixel.
fn close(scene: &Scene, merge: Merge<'_>, got: &[f64], fractions: &[Vec<Option<f64>>], name: &str) -> Verdict {
    for (pixel, got) in got.iter().enumerate() {
        let here: Vec<f64> = fractions.iter().filter_map(|feature| feature[pixel]).collect();
        let (want, terms) = (merged(merge, &here), if merge == Merge::Sum { here.len() } else { 1 });
        let sound = if here.is_empty() { *got == want } else { (got - want).abs() <= TOLERANCE * terms as f64 };
        expect(sound, || {
            let (column, row) = (pixel % scene.grid.width as usize, pixel / scene.grid.width as usize);
            format!("{name}: {merge} of fractions at column {column}, row {row} is {got:e} instead of {want:e}")
        })?;
    }
    Ok(())
}

/// Fractions equal exact areas in every scene of the oracle, and exactly the pixels that polygons touch have one.
/// Features that partition the plane cover each pixel once.
pub fn fractions_are_exact<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    const MERGES: [Merge; 6] = [Merge::Last, Merge::First, Merge::Min, Merge::Max, Merge::Sum, Merge::Mean];
    let mut session = session(open)?;
    let mut sources = scenes(30, Size { width: 5, height: 70, features: 3 });
    sources.extend(scenes(31, Size { width: 24, height: 4, features: 3 }));
    for (n, source) in sources.iter().enumerate() {
        let scene = Scene::of(source)?;
        let fractions = scene.fractions();
        for merge in [Merge::Last, MERGES[n % 6], MERGES[(n + 3) % 6]] {
            let got = burn(&mut session, &scene, &vec![7.0; fractions.len()], merge, Coverage::Fraction)?;
            close(&scene, merge, &got, &fractions, source.name)?;
        }
    }
    let scene = Scene::of(&partition(&mut Random::new(4), Size { width: 61, height: 83, features: 0 }))?;
    let sum = burn(&mut session, &scene, &vec![1.0; scene.features.len()], Merge::Sum, Coverage::Fraction)?;
    let worst = sum.iter().fold(0.0, |worst, sum| f64::max(worst, (sum - 1.0).abs()));
    expect(worst <= TOLERANCE, || format!("triangles side by side cover {worst:e} more or less than their pixels"))
}

/// Any window gives the same bits.
pub fn fractions_ignore_windows<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let grid = Grid::new(61, 47, [0.3, 0.1, 7.7, -0.1])?;
    let mut random = Random::new(12);
    let mut point = || [grid.x0 + random.uniform(-1.0, 7.0), grid.y0 - random.uniform(-1.0, 6.0)];
    let features: Vec<Feature> = (0..30).map(|_| polygon(&[(); 6].map(|()| point()))).collect();
    let scene = Scene::new(grid, &features);
    let values: Vec<f64> = (0..30).map(|n| 0.1 + f64::from(n)).collect();
    let values = ValueTable::from_pixels(&values);
    for (merge, coverage) in [(Merge::Sum, Coverage::Fraction), (Merge::Mean, Coverage::Weight)] {
        let mut job = scene.coverage_job(&values, merge, coverage, Scalar::of(FILL));
        job.window = (61, 47);
        let whole = raster(&mut session(open)?, &job)?;
        for (window, depth) in [((7, 5), 1), ((16, 16), 2), ((61, 1), 3), ((3, 47), 2)] {
            job.window = window;
            let got = raster(&mut Session::open(open()?, depth)?, &job)?;
            same_pixels(&got, &whole, DataType::F64, 61, || format!("{merge} by coverage in windows of {window:?}"))?;
        }
    }
    Ok(())
}

/// By hand: sum and mean weighted by the fraction covered; NaN values and polygons of no area take no part.
pub fn values_are_weighted<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let spike = polygon(&[[5.0, 0.0], [6.0, 0.0], [6.0, 1.0], [5.0, 1.0], [5.0, 0.5], [3.5, 0.5], [5.0, 0.5]]);
    let features = [
        rectangle([0.5, 0.0], [2.0, 1.0]),
        rectangle([0.0, 0.0], [1.25, 0.5]),
        rectangle([0.0, 0.0], [2.0, 1.0]), // NaN
        spike,
        Shape::Lines(vec![vec![[0.0, 0.5], [3.0, 0.5]]]).into(),
    ];
    let scene = Scene::in_pixels(4, 1, &features)?;
    let values = [8.0, 2.0, f64::NAN, 5.0, 3.0];
    // Weights: ½ and ½; 1 and ⅛; none; 0 of the spike.
    for (merge, want) in [(Merge::Sum, [5.0, 8.25, FILL, 0.0]), (Merge::Mean, [5.0, 8.25 / 1.125, FILL, FILL])] {
        let got = burn(&mut session, &scene, &values, merge, Coverage::Weight)?;
        expect(got == want, || format!("weighted {merge} is {got:?} instead of {want:?}"))?;
    }
    Ok(())
}
