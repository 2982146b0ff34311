//! Every pixel is what the definitions say, to the bit.

use crate::{
    Failure, Verdict,
    oracle::{
        Feature, Number, Random,
        scenes::{Size, scenes, small_values, values},
    },
    run::{Full, raster, session},
    scene::{Scene, expected, kind, polygon, rectangle, table, value},
    verdict::same_pixels,
};
use xr_core::{DataType, Error, Grid, Merge, Result, Scalar, Session};

/// A fill that every type holds.
const FILL: Number = Number::Int(3);

/// Burns with one merge and type and compares with the oracle; where that says that a sum or count does not fit, the
/// job must say so too.
fn compare<B: Full>(
    session: &mut Session<B>,
    scene: &Scene,
    masks: &[Vec<bool>],
    values: &[Number],
    (merge, dtype, all_touched): (Merge, DataType, bool),
    what: &str,
) -> Verdict {
    let what = || format!("{what}: {merge} of {dtype}, all touched {all_touched}");
    let (values_table, fill) = (table(dtype, values)?, Scalar::new(dtype, value(FILL))?);
    let mut job = scene.job(&values_table, merge, all_touched, fill);
    job.window = (scene.grid.width, 37); // across the bands of any backend
    match (raster(session, &job), expected(masks, values, merge, dtype, FILL)?) {
        (Ok(got), Some(want)) => same_pixels(&got, &want, dtype, scene.grid.width, what),
        (Err(Error::Overflow { .. }), None) => Ok(()),
        (Ok(_), None) => Err(Failure::Wrong(format!("{}: a sum or count that does not fit was not noticed", what()))),
        (Err(error @ Error::Overflow { .. }), Some(_)) => Err(Failure::Wrong(format!("{}: {error}, but all fits", what()))),
        (Err(error), _) => Err(error.into()),
    }
}

/// Every merge and both touch rules over the oracle's scenes.
pub fn oracle_agrees<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(1);
    let dtypes = [DataType::F64, DataType::I16, DataType::U8, DataType::F32, DataType::I64];
    let mut sources = scenes(20, Size { width: 45, height: 140, features: 20 });
    sources.extend(scenes(21, Size { width: 133, height: 33, features: 20 }));
    for (n, source) in sources.iter().enumerate() {
        let scene = Scene::of(source)?;
        for all_touched in [false, true] {
            let masks = scene.masks(all_touched);
            for (merge, m) in Merge::ALL.into_iter().zip(n..) {
                let dtype = dtypes[m % dtypes.len()];
                let values = small_values(&mut random, kind(dtype), masks.len());
                compare(&mut session, &scene, &masks, &values, (merge, dtype, all_touched), source.name)?;
            }
        }
    }
    Ok(())
}

/// All ten types with values over their whole range, under every merge.
pub fn every_data_type<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(2);
    for source in scenes(5, Size { width: 30, height: 24, features: 12 }).iter().filter(|scene| scene.name == "stars") {
        let scene = Scene::of(source)?;
        let masks = scene.masks(true);
        for dtype in DataType::ALL {
            let wide = values(&mut random, kind(dtype), masks.len());
            let small = small_values(&mut random, kind(dtype), masks.len());
            for merge in Merge::ALL {
                compare(&mut session, &scene, &masks, &wide, (merge, dtype, true), "values of all sizes")?;
                compare(&mut session, &scene, &masks, &small, (merge, dtype, true), "small values")?;
            }
        }
    }
    Ok(())
}

/// By hand: min, max, sum and mean ignore a NaN value, last and first burn it, count counts it; where only NaNs are
/// ignored, the fill stays.
pub fn nan_is_ignored_or_burned<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    // Column 0: NaN. Column 1: NaN, 4. Column 2: NaN, 4, 2. Column 3: NaN, 4, 2, NaN.
    let columns = |from: f64, to: f64| rectangle([from, 0.0], [to, 1.0]);
    let scene = Scene::in_pixels(4, 1, &[columns(0.0, 4.0), columns(1.0, 4.0), columns(2.0, 4.0), columns(3.0, 4.0)])?;
    let (nan, fill) = (f64::NAN, -1.0);
    let rows = [
        (Merge::Last, [nan, 4.0, 2.0, nan]),
        (Merge::First, [nan; 4]),
        (Merge::Min, [fill, 4.0, 2.0, 2.0]),
        (Merge::Max, [fill, 4.0, 4.0, 4.0]),
        (Merge::Sum, [fill, 4.0, 6.0, 6.0]),
        (Merge::Count, [1.0, 2.0, 3.0, 4.0]),
        (Merge::Mean, [fill, 4.0, 3.0, 3.0]),
    ];
    for dtype in [DataType::F32, DataType::F64] {
        let values = table(dtype, &[nan, 4.0, 2.0, nan].map(Number::Float))?;
        for (merge, want) in rows {
            let job = scene.job(&values, merge, false, Scalar::new(dtype, value(Number::Float(fill)))?);
            let want = kind(dtype).bytes(&want.map(Number::Float));
            same_pixels(&raster(&mut session, &job)?, &want, dtype, 4, || format!("{merge} of {dtype} with NaNs"))?;
        }
    }
    Ok(())
}

/// World coordinates far from their origin, pixel sizes that binary fractions do not hold, rows that go north.
pub fn coordinates_keep_their_bits<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let grids = [[500_000.1, 0.1, 4_100_000.3, -0.1], [-179.99, 1e-3, 12.0, 1e-3], [1e7 + 0.7, -0.3, -2e7, 0.7]];
    for transform in grids {
        let grid = Grid::new(40, 33, transform)?;
        let mut random = Random::new(3);
        let mut point = || {
            let (column, row) = (random.uniform(-5.0, 45.0), random.uniform(-5.0, 38.0));
            [grid.x0 + column * grid.dx, grid.y0 + row * grid.dy]
        };
        let features: Vec<Feature> = (0..20).map(|_| polygon(&[point(), point(), point(), point()])).collect();
        let scene = Scene::new(grid, &features);
        let values = xr_core::ValueTable::uniform(1u8, scene.features.len());
        for all_touched in [false, true] {
            let got = raster(&mut session, &scene.job(&values, Merge::Count, all_touched, Scalar::of(0u8)))?;
            let what = || format!("origin and pixel size {transform:?}, all touched {all_touched}");
            same_pixels(&got, &scene.counts(all_touched), DataType::U8, grid.width, what)?;
        }
    }
    Ok(())
}

/// No features, or none in sight: every pixel is the fill. A grid of one pixel is a grid.
pub fn nothing_burns_fill<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let aside = [rectangle([-9.0, 2.0], [-1.0, 8.0]), rectangle([40.0, 0.0], [60.0, 30.0]), polygon(&[[0.0, -1.0], [9.0, -5.0], [30.0, -1.0]])];
    for (width, height) in [(37, 21), (1, 1)] {
        for features in [&[][..], &aside] {
            let scene = Scene::in_pixels(width, height, features)?;
            for dtype in [DataType::U8, DataType::F64] {
                let values = table(dtype, &vec![Number::Int(1); features.len()])?;
                for merge in Merge::ALL {
                    let job = scene.job(&values, merge, true, Scalar::new(dtype, value(FILL))?);
                    let want = kind(dtype).bytes(&vec![FILL; scene.grid.pixels() as usize]);
                    let what = || format!("{merge} with {} features aside", features.len());
                    same_pixels(&raster(&mut session, &job)?, &want, dtype, width, what)?;
                }
            }
        }
    }
    Ok(())
}
