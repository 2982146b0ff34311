//! What goes wrong is said, and leaves nothing behind.

use crate::{
    Failure, Verdict,
    capped::CappedPool,
    oracle::Feature,
    run::{Full, balanced, codec, raster, raster_in_place, session, tiles, traffic},
    scene::{Scene, rectangle},
    verdict::{expect, same_pixels},
};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use xr_core::{
    Codec, Control, DataType, Encoding, Engine, Error, Merge, Pixel, Predictor, RasterizeJob, Result, Scalar, Session,
    ValueTable, Window,
};

fn encoding(codec: Codec, dtype: DataType) -> Encoding {
    Encoding {
        codec,
        level: 1,
        predictor: Predictor::None,
        dtype,
        samples: 1,
        tile_width: 16,
        tile_height: 16,
        sparse: None,
    }
}

/// A sum or count that the type does not hold is an error that names the window, and never a wrap; one that comes to a
/// value of the type is none, whatever the way there.
pub fn overflow_is_an_error<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    overflows(open, Merge::Sum, &[200u8, 56], true)?;
    overflows(open, Merge::Sum, &[200u8, 55], false)?;
    overflows(open, Merge::Sum, &[-100i8, -29], true)?;
    overflows(open, Merge::Sum, &[100i8, 100, -100], false)?;
    overflows(open, Merge::Sum, &[u32::MAX, 1], true)?;
    overflows(open, Merge::Sum, &[i64::MAX, 1], true)?;
    overflows(open, Merge::Sum, &[u64::MAX, 1], true)?;
    overflows(open, Merge::Sum, &[f32::MAX, f32::MAX], true)?;
    overflows(open, Merge::Mean, &[200u8, 200], false)?;
    overflows(open, Merge::Mean, &[i64::MAX, 1], true)?;
    overflows(open, Merge::Count, &[0u8; 255], false)?;
    overflows(open, Merge::Count, &[0u8; 256], true)
}

/// The same of pixels that are encoded where they are burned.
pub fn fused_overflow_is_an_error<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let (scene, table) = stacked(&[100i8, 27, 1])?;
    let job = scene.job(&table, Merge::Sum, false, Scalar::of(0i8));
    let fused = |session: &mut Session<B>, job: &RasterizeJob<'_>| {
        let encoding = encoding(codec(session), DataType::I8);
        tiles(session, job, &encoding).map(drop)
    };
    expect_overflow(fused(&mut session, &job), &job, true, || "100 + 27 + 1 in an i8, fused".into())?;
    let (scene, table) = stacked(&[100i8, 100, -73])?;
    fused(&mut session, &scene.job(&table, Merge::Sum, false, Scalar::of(0i8)))?;
    balanced(&session, "fused jobs")
}

/// Features that all meet in one pixel of the window at (16, 32), and nowhere else.
fn stacked<T: Pixel>(values: &[T]) -> Verdict<(Scene, ValueTable)> {
    let features: Vec<Feature> = (0..values.len()).map(|_| rectangle([20.0, 40.0], [21.0, 41.0])).collect();
    Ok((Scene::in_pixels(50, 60, &features)?, ValueTable::from_pixels(values)))
}

/// Wrong unless a job of stacked features says so; `named` demands the window that they are in.
fn expect_overflow(result: Result<()>, job: &RasterizeJob<'_>, named: bool, what: impl Fn() -> String) -> Verdict {
    match result {
        Ok(()) => Err(Failure::Wrong(format!("{}: the overflow was not noticed", what()))),
        Err(Error::Overflow { merge, dtype, window }) => {
            let inside = window.col <= 20 && 20 < window.col + window.width && window.row <= 40 && 40 < window.row + window.height;
            let exact = window == Window { col: 16, row: 32, width: 16, height: 16 };
            let right = merge == job.rule.merge.name() && dtype == job.rule.fill.dtype() && inside && (exact || !named);
            expect(right, || format!("{}: said {merge} of {dtype} in {window:?}", what()))
        }
        Err(error) => Err(error.into()),
    }
}

fn overflows<B: Full, T: Pixel>(open: impl Fn() -> Result<B>, merge: Merge, values: &[T], overflows: bool) -> Verdict {
    let mut session = session(open)?;
    let (scene, table) = stacked(values)?;
    let job = scene.job(&table, merge, false, Scalar::of(T::default()));
    let what = |kind: &str| format!("{merge} of {} values of {}, {kind}", values.len(), T::DATA_TYPE);
    let in_windows = raster(&mut session, &job).map(drop);
    let in_place = raster_in_place(&mut session, &job).map(drop);
    if overflows {
        expect_overflow(in_windows, &job, true, || what("in windows"))?;
        expect_overflow(in_place, &job, false, || what("in place"))?;
        // Nothing sticks: the next job is fine.
        let job = RasterizeJob { rule: xr_core::Rule { merge: Merge::Last, ..job.rule }, ..job };
        raster(&mut session, &job)?;
    } else {
        in_windows?;
        in_place?;
    }
    balanced(&session, &what("all jobs"))
}

/// Two scenes whose tables have the same sizes, so that the second finds the memory of the first.
fn twins() -> Verdict<[Scene; 2]> {
    let (here, there) = ([3.0, 4.0], [30.0, 29.0]);
    let features = |from: [f64; 2], to: [f64; 2]| [rectangle(from, to), rectangle([1.0, 1.0], from)];
    Ok([
        Scene::in_pixels(64, 64, &features(here, there))?,
        Scene::in_pixels(64, 64, &features([20.0, 31.0], [63.0, 60.0]))?,
    ])
}

/// Wrong unless a job after the one that ended early is right, and needs no new memory.
fn next_job_is_right<B: Full>(session: &mut Session<B>, scene: &Scene, values: &ValueTable) -> Verdict {
    let before = traffic(session).allocations;
    let got = raster(session, &scene.job(values, Merge::Count, false, Scalar::of(0u8)))?;
    same_pixels(&got, &scene.counts(false), DataType::U8, 64, || "the job after one that ended early".into())?;
    let taken = traffic(session).allocations - before;
    expect(taken == 0, || format!("{taken} allocations after a job that ended early: it did not give its memory back"))?;
    balanced(session, "after a job that ended early")
}

/// A job that lacks memory says so before any window comes and gives back what it took: one of smaller windows runs then,
/// in memory that has room for nothing else.
pub fn out_of_memory_is_clean<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let features = |at: [f64; 2]| [rectangle(at, [200.0, 90.0]), rectangle([1.0, 1.0], at)];
    let [first, second] = [[3.0, 4.0], [130.0, 60.0]].map(|at| Scene::in_pixels(256, 256, &features(at)));
    let (first, second) = (first?, second?);
    let values = ValueTable::uniform(1.0, 2);
    let job = |scene, rows| RasterizeJob { window: (256, rows), ..Scene::job(scene, &values, Merge::Sum, true, Scalar::of(0.0)) };
    let mut roomy = Session::with_pool(open()?, 2, Box::new(CappedPool::new(usize::MAX)))?;
    let want = raster(&mut roomy, &job(&second, 64))?;
    // The first of the large windows fits as well, the second does not.
    let pool = Box::new(CappedPool::new(traffic(&roomy).allocated_bytes as usize));
    let mut session = Session::with_pool(open()?, 2, pool)?;
    let mut seen = 0;
    let result = session.rasterize(&job(&first, 128), Control::default(), &mut |_: Window, _: &[u8]| {
        seen += 1;
        Ok(())
    });
    match result {
        Err(Error::OutOfMemory { .. }) if seen == 0 => {}
        Err(Error::OutOfMemory { .. }) => return Err(Failure::Wrong(format!("out of memory after {seen} windows"))),
        Ok(_) => return Err(Failure::Wrong("a job in more memory than there is".into())),
        Err(error) => return Err(error.into()),
    }
    let got = match raster(&mut session, &job(&second, 64)) {
        Err(Error::OutOfMemory { .. }) => return Err(Failure::Wrong("memory was not given back".into())),
        got => got?,
    };
    same_pixels(&got, &want, DataType::F64, 256, || "the job after one that lacked memory".into())?;
    balanced(&session, "after a job that lacked memory")
}

/// A cancelled job says how far it came, hands out no more windows, and gives everything back.
pub fn cancel_is_clean<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let [first, second] = twins()?;
    let values = ValueTable::uniform(1u8, 2);
    for after in [0, 1, 5] {
        let mut session = session(open)?;
        let cancel = AtomicBool::new(after == 0);
        let control = Control { cancel: Some(&cancel), progress: None };
        // Windows of a sixteenth, as many as are in flight at once, so that both lanes have memory in any case.
        let job = first.job(&values, Merge::Count, false, Scalar::of(0u8));
        if after == 0 {
            raster(&mut session, &second.job(&values, Merge::Count, false, Scalar::of(0u8)))?;
        }
        let mut seen = 0;
        let result = session.rasterize(&job, control, &mut |_: Window, _: &[u8]| {
            seen += 1;
            cancel.store(seen >= after, Relaxed);
            Ok(())
        });
        match result {
            Err(Error::Cancelled { done, total: 16 }) if done == seen && seen == after => {}
            Err(error @ Error::Cancelled { .. }) => {
                return Err(Failure::Wrong(format!("{error}, to be cancelled after {after}, and {seen} came")));
            }
            Ok(_) => return Err(Failure::Wrong("a cancelled job went on to its end".into())),
            Err(error) => return Err(error.into()),
        }
        next_job_is_right(&mut session, &second, &values)?;
    }
    Ok(())
}

/// The consumer's error ends the job, comes back as it was, and nothing is freed under a copy.
pub fn sink_error_is_clean<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let [first, second] = twins()?;
    let values = ValueTable::uniform(1u8, 2);
    for at in [3, 16] {
        let mut session = session(open)?;
        let job = first.job(&values, Merge::Count, false, Scalar::of(0u8));
        let mut seen = 0;
        let result = session.rasterize(&job, Control::default(), &mut |_: Window, _: &[u8]| {
            seen += 1;
            if seen == at { Err(Error::Sink("disk full".into())) } else { Ok(()) }
        });
        match result {
            Err(Error::Sink(error)) if error.to_string() == "disk full" && seen == at => {}
            Err(Error::Sink(error)) => return Err(Failure::Wrong(format!("{error} after {seen} windows, not {at}"))),
            Ok(_) => return Err(Failure::Wrong("the consumer failed, the job did not".into())),
            Err(error) => return Err(error.into()),
        }
        next_job_is_right(&mut session, &second, &values)?;
    }
    Ok(())
}
