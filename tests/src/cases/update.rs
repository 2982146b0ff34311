//! Burning into pixels that are there, and into several bands.

use super::fused::crop;
use crate::{
    Failure, Verdict, decode,
    oracle::{
        Number, Random,
        scenes::{Size, scenes, small_values},
    },
    run::{Full, balanced, codec, raster, raster_in_place, session, tiles, traffic},
    scene::{Scene, expected, kind, rectangle, table, value},
    verdict::{expect, same_pixels},
};
use xr_core::{
    Base, DataType, Encoding, Error, Grid, Image, Merge, Predictor, RasterizeJob, Result, Rule, Scalar, Session, ValueTable,
    StagedGeometry, Window,
};

/// What pixels hold that nothing has been burned into.
const EMPTY: Number = Number::Int(3);

/// Merges that can go on from a pixel.
fn merges() -> impl Iterator<Item = Merge<'static>> {
    Merge::ALL.into_iter().filter(|merge| *merge != Merge::Mean)
}

/// Whole rasters, band after band, as the source of windows.
fn windows_of(pixels: &[u8], grid: Grid, size: usize) -> impl Fn(Window, &mut [u8]) -> Result<()> + '_ {
    move |window, out| {
        let planes = pixels.chunks_exact(grid.pixels() as usize * size);
        out.copy_from_slice(&planes.flat_map(|plane| crop(plane, &grid, window, size)).collect::<Vec<u8>>());
        Ok(())
    }
}

/// The raster of a job in windows and in place: the same.
fn every_way<B: Full>(session: &mut Session<B>, job: &RasterizeJob<'_>, what: &dyn Fn() -> String) -> Result<Vec<u8>, Failure> {
    let (dtype, width) = (job.rule.fill.dtype(), job.grid.width);
    let pixels = raster(session, job)?;
    same_pixels(&raster_in_place(session, job)?, &pixels, dtype, width, || format!("{}, in place", what()))?;
    Ok(pixels)
}

/// Tiles of a job that starts from pixels hold the pixels of the plain one.
pub fn encoded_updates_agree<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = Scene::in_pixels(53, 70, &[rectangle([3.0, 4.0], [40.0, 60.0]), rectangle([20.0, 1.0], [50.0, 33.0])])?;
    let dtype = DataType::I16;
    let before: Vec<u8> = (0..53 * 70i16).flat_map(|n| (n % 6).to_ne_bytes()).collect();
    let (values, initial) = (ValueTable::from_pixels(&[7i16, 30]), windows_of(&before, scene.grid, dtype.size()));
    let mut job = scene.job(&values, Merge::Sum, false, Scalar::of(0i16));
    job.rule = Rule { base: Base::Pixels { fill_is_empty: false }, ..job.rule };
    job.initial = Some(&initial);
    let pixels = raster(&mut session, &job)?;
    let (codec, predictor) = (codec(&session), Predictor::None);
    let encoding =
        Encoding { codec, level: 1, predictor, dtype, samples: 1, tile_width: 16, tile_height: 16, sparse: None };
    for (window, tiles) in tiles(&mut session, &job, &encoding)? {
        let part = crop(&pixels, &job.grid, window, dtype.size());
        let image = Image { pixels: &part, width: window.width, height: window.height };
        for (n, tile) in tiles.iter().enumerate() {
            let decoded = decode::tile(&encoding, tile).map_err(Failure::Wrong)?;
            let what = || format!("{window:?}, tile {n}");
            same_pixels(&decoded, &decode::padded(&encoding, &image, n), dtype, 16, what)?;
        }
    }
    balanced(&session, "encoded updates")
}

/// A pixel that is there merges as if a feature of its value had come first, or as many as it counts; where no feature
/// is it stays.
pub fn initial_pixels_take_part<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(31);
    let dtypes = [DataType::U8, DataType::F32, DataType::I64, DataType::I16, DataType::F64];
    for (n, source) in scenes(30, Size { width: 53, height: 70, features: 12 }).iter().enumerate() {
        let scene = Scene::of(source)?;
        let (dtype, all_touched, fill_is_empty) = (dtypes[n % dtypes.len()], n % 2 == 0, n % 3 > 0);
        let masks = scene.masks(all_touched);
        let values = small_values(&mut random, kind(dtype), masks.len());
        // Values 0 to 5 in stripes that no tile or window follows.
        let before: Vec<i128> = (0..scene.grid.pixels() as usize).map(|n| (n / 7 % 6) as i128).collect();
        let bytes = kind(dtype).bytes(&before.iter().map(|&v| Number::Int(v)).collect::<Vec<_>>());
        let initial = windows_of(&bytes, scene.grid, dtype.size());
        let values_table = table(dtype, &values)?;
        for merge in merges() {
            let mut job = scene.job(&values_table, merge, all_touched, Scalar::new(dtype, value(EMPTY))?);
            job.rule = Rule { base: Base::Pixels { fill_is_empty }, ..job.rule };
            job.initial = Some(&initial);
            let (mut all_masks, mut all_values) = (Vec::new(), Vec::new());
            for level in (0..6).filter(|&v| !(fill_is_empty && Number::Int(v) == EMPTY)) {
                for _ in 0..if merge == Merge::Count { level } else { 1 } {
                    all_masks.push(before.iter().map(|&v| v == level).collect());
                    all_values.push(if kind(dtype).limits().is_some() { Number::Int(level) } else { Number::Float(level as f64) });
                }
            }
            all_masks.extend(masks.iter().cloned());
            all_values.extend(&values);
            // Counts of 0 are of no feature.
            let fill = if merge == Merge::Count && !fill_is_empty { Number::Int(0) } else { EMPTY };
            let want = expected(&all_masks, &all_values, merge, dtype, fill)?.map(|mut want| {
                if merge == Merge::Count && fill_is_empty {
                    restore_zeros(&mut want, &before, &masks, dtype);
                }
                want
            });
            let what = || format!("{}: {merge} of {dtype} into pixels, all touched {all_touched}", source.name);
            match (every_way(&mut session, &job, &what), want) {
                (Ok(got), Some(want)) => same_pixels(&got, &want, dtype, scene.grid.width, what)?,
                (Err(Failure::Xr(Error::Overflow { .. })), None) => {}
                (Err(error), _) => return Err(error),
                (Ok(_), None) => return Err(Failure::Wrong(format!("{}: an overflow was not noticed", what()))),
            }
        }
    }
    balanced(&session, "updates")
}

/// Pixels that count no feature and get none are 0, where the oracle has the fill.
fn restore_zeros(want: &mut [u8], before: &[i128], masks: &[Vec<bool>], dtype: DataType) {
    let zero = kind(dtype).bytes(&[Number::Int(0)]);
    for (pixel, want) in want.chunks_exact_mut(dtype.size()).enumerate() {
        if before[pixel] == 0 && !masks.iter().any(|mask| mask[pixel]) {
            want.copy_from_slice(&zero);
        }
    }
}

/// By hand: pixels of the fill's value merge as if they were not there, NaN among them; where the fill is a value it
/// takes part. A NaN that is no fill is ignored as that of a feature would be.
pub fn empty_pixels_are_no_values<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = Scene::in_pixels(4, 1, &[rectangle([1.0, 0.0], [4.0, 1.0]), rectangle([1.0, 0.0], [3.0, 1.0])])?;
    let (nan, dtype) = (f64::NAN, DataType::F64);
    let values = table(dtype, &[4.0, 2.0].map(Number::Float))?;
    type Row = [f64; 4];
    type Results = [(Merge<'static>, Row); 6];
    let rows: [(f64, bool, Row, Results); 3] = [
        (
            -1.0,
            true,
            [-1.0, -1.0, 5.0, -1.0],
            [
                (Merge::Last, [-1.0, 2.0, 2.0, 4.0]),
                (Merge::First, [-1.0, 4.0, 5.0, 4.0]),
                (Merge::Min, [-1.0, 2.0, 2.0, 4.0]),
                (Merge::Max, [-1.0, 4.0, 5.0, 4.0]),
                (Merge::Sum, [-1.0, 6.0, 11.0, 4.0]),
                (Merge::Count, [-1.0, 2.0, 7.0, 1.0]),
            ],
        ),
        (
            -1.0,
            false,
            [-1.0, -1.0, nan, -1.0],
            [
                (Merge::Last, [-1.0, 2.0, 2.0, 4.0]),
                (Merge::First, [-1.0, -1.0, nan, -1.0]),
                (Merge::Min, [-1.0, -1.0, 2.0, -1.0]),
                (Merge::Max, [-1.0, 4.0, 4.0, 4.0]),
                (Merge::Sum, [-1.0, 5.0, 6.0, 3.0]),
                (Merge::Count, [-1.0, 1.0, 2.0, 0.0]),
            ],
        ),
        (
            nan,
            true,
            [nan, nan, 7.0, nan],
            [
                (Merge::Last, [nan, 2.0, 2.0, 4.0]),
                (Merge::First, [nan, 4.0, 7.0, 4.0]),
                (Merge::Min, [nan, 2.0, 2.0, 4.0]),
                (Merge::Max, [nan, 4.0, 7.0, 4.0]),
                (Merge::Sum, [nan, 6.0, 13.0, 4.0]),
                (Merge::Count, [nan, 2.0, 9.0, 1.0]),
            ],
        ),
    ];
    for (fill, fill_is_empty, before, wanted) in rows {
        let bytes = kind(dtype).bytes(&before.map(Number::Float));
        let initial = windows_of(&bytes, scene.grid, dtype.size());
        for (merge, want) in wanted {
            let mut job = scene.job(&values, merge, false, Scalar::new(dtype, value(Number::Float(fill)))?);
            job.rule.base = Base::Pixels { fill_is_empty };
            job.initial = Some(&initial);
            let what = || format!("{merge} into {before:?} with fill {fill}, empty {fill_is_empty}");
            let got = every_way(&mut session, &job, &what)?;
            same_pixels(&got, &kind(dtype).bytes(&want.map(Number::Float)), dtype, 4, what)?;
        }
    }
    Ok(())
}

/// Each band is the raster of its values alone. Geometry goes up once for all of them, and a window comes back in one
/// readback; one that starts from pixels takes one upload more.
pub fn bands_are_rasters<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(33);
    for (source, dtype) in scenes(32, Size { width: 41, height: 39, features: 9 }).iter().zip([DataType::U8, DataType::F64, DataType::I16]) {
        let scene = Scene::of(source)?;
        let mut column = || table(dtype, &small_values(&mut random, kind(dtype), scene.features.len()));
        let columns = [column()?, column()?, column()?];
        let fill = Scalar::new(dtype, value(EMPTY))?;
        let before: Vec<Number> = (0..3 * scene.grid.pixels() as i128).map(|n| Number::Int(n / 5 % 4)).collect();
        let before = kind(dtype).bytes(&before);
        let plane = before.len() / 3;
        for base in [Base::Fill, Base::Pixels { fill_is_empty: true }] {
            let job_of = |band: usize| RasterizeJob { rule: Rule { base, ..scene.job(&columns[band], Merge::Max, true, fill).rule }, ..scene.job(&columns[band], Merge::Max, true, fill) };
            let mut want = Vec::new();
            for band in 0..3 {
                let initial = windows_of(&before[plane * band..][..plane], scene.grid, dtype.size());
                let mut job = job_of(band);
                job.initial = (base != Base::Fill).then_some(&initial);
                want.extend(raster(&mut session, &job)?);
            }
            let initial = windows_of(&before, scene.grid, dtype.size());
            let mut job = RasterizeJob { values: &columns, ..job_of(0) };
            job.initial = (base != Base::Fill).then_some(&initial);
            let what = || format!("{}: three bands of {dtype}, {base:?}", source.name);
            let counted = traffic(&session);
            let got = raster(&mut session, &job)?;
            let moved = traffic(&session) - counted;
            same_pixels(&got, &want, dtype, scene.grid.width, what)?;
            let windows = scene.grid.windows(16, 16).len() as u64;
            let uploads = StagedGeometry::<B>::UPLOADS + 3 + if base == Base::Fill { 0 } else { windows };
            expect((moved.uploads, moved.downloads) == (uploads, windows), || format!("{}: {moved:?}", what()))?;
            let in_place = raster_in_place(&mut session, &job)?;
            same_pixels(&in_place, &want, dtype, scene.grid.width, || format!("{}, in place", what()))?;
        }
    }
    balanced(&session, "bands")
}
