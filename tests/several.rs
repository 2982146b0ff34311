//! Several devices as one: the same bits in the same order, bounded memory, and the errors of one.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

use std::{
    cell::{Cell, RefCell},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};
use xr_conformance::{
    capped::CappedPool,
    mock::Mock,
    run::{raster, raster_in_place, surface, surface_in_place, surface_tiles, tiles},
    scene::{Scene, polygon, rectangle},
};
use xr_core::{
    Base, Blocks, Codec, Control, DataType, Encoding, Engine, Error, Merge, Predictor, Quantity, RasterizeJob, Result,
    Scalar, Session, Several, SplineJob, StagedGeometry, Turns, ValueTable, Window,
    spline::{Column, Frame, SplineTables},
};
use xr_cpu::Cpu;

const LANES: usize = 2;
/// Columns and rows of the scene's grid, and its windows of 16 × 16.
const SIZE: [u32; 2] = [50, 70];
const WINDOWS: usize = 4 * 5;

fn device() -> Box<dyn Engine> {
    Box::new(Session::open(Mock::open(None), LANES).unwrap())
}

fn several(count: usize) -> Several {
    Several::new((0..count).map(|_| device()).collect()).unwrap()
}

fn shapes() -> Scene {
    let triangle = polygon(&[[12.3, 2.1], [48.6, 17.4], [22.2, 66.3]]);
    Scene::in_pixels(SIZE[0], SIZE[1], &[rectangle([3.3, 4.2], [31.7, 60.9]), triangle]).unwrap()
}

fn encoding(dtype: DataType) -> Encoding {
    let (codec, predictor) = (Codec::Deflate, Predictor::None);
    Encoding { codec, level: 1, predictor, dtype, samples: 1, tile_width: 16, tile_height: 16, sparse: None }
}

/// The windows that a job hands over, in that order.
fn order(engine: &mut dyn Engine, job: &RasterizeJob<'_>) -> Vec<Window> {
    let mut order = Vec::new();
    let mut sink = |window: Window, _: &[u8]| {
        order.push(window);
        Ok(())
    };
    engine.rasterize(job, Control::default(), &mut sink).unwrap();
    order
}

#[test]
fn they_burn_what_one_burns() {
    let scene = shapes();
    let ones = [ValueTable::uniform(1u8, 2), ValueTable::from_pixels(&[3u8, 5])];
    let job = scene.job(&ones[0], Merge::Count, false, Scalar::of(0u8));
    let jobs = [
        job,
        RasterizeJob { values: &ones, ..job },
        RasterizeJob { window: (64, 3), rows: [7, 41], ..job },
        RasterizeJob { window: (20, 7), blocks: Some(Blocks { height: 32, margin: 3 }), ..job },
    ];
    let mut one = device();
    for count in 1..5 {
        let mut several = several(count);
        assert!(raster(&mut several, &job).unwrap() == scene.counts(false), "{count}");
        for (n, job) in jobs.iter().enumerate() {
            assert!(raster(&mut several, job).unwrap() == raster(&mut *one, job).unwrap(), "{count} {n}");
            assert_eq!(order(&mut several, job), order(&mut *one, job), "{count} {n}");
        }
        for job in &jobs[..3] {
            let [got, want] = [&mut several, &mut *one as &mut dyn Engine].map(|e| raster_in_place(e, job).unwrap());
            assert!(got == want, "{count} {:?}", job.rows);
        }
        let encoding = encoding(DataType::U8);
        assert!(tiles(&mut several, &job, &encoding).unwrap() == tiles(&mut *one, &job, &encoding).unwrap(), "{count}");
    }
}

#[test]
fn devices_may_differ() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(f64::NAN));
    let cpu = || -> Box<dyn Engine> { Box::new(Session::open(Cpu::open(), 3).unwrap()) };
    let mut both = Several::new(vec![cpu(), device()]).unwrap();
    let want = raster(&mut *cpu(), &job).unwrap();
    assert!(raster(&mut both, &job).unwrap() == want);
    // As a part of others, a share of a share.
    let mut nested = Several::new(vec![Box::new(both), device(), cpu()]).unwrap();
    assert!(raster(&mut nested, &job).unwrap() == want);
    assert!(raster_in_place(&mut nested, &job).unwrap() == want);
}

#[test]
fn they_draw_the_surface_that_one_draws() {
    let scene = shapes();
    let frame = Frame { x: 0.0, y: 0.0, scale: 100.0 };
    let column = Column { polynomial: [3.0, -1.25, 0.5], range: [f64::NEG_INFINITY, f64::INFINITY] };
    let tables = SplineTables::new(frame, &[0.1, 0.4, 0.3], &[0.2, 0.1, 0.6], &[(&[1.0, -2.0, 1.0], column)]).unwrap();
    let job = SplineJob::new(&tables, scene.grid, Quantity::Value, Scalar::of(-1.0f32));
    let job = SplineJob { window: (16, 16), mask: Some(&scene.tables), ..job };
    let (mut one, mut three) = (device(), several(3));
    let want = surface(&mut *one, &job).unwrap();
    assert!(surface(&mut three, &job).unwrap() == want);
    assert!(surface_in_place(&mut three, &job).unwrap() == want);
    let encoding = encoding(DataType::F32);
    let want = surface_tiles(&mut *one, &job, &encoding).unwrap();
    assert!(surface_tiles(&mut three, &job, &encoding).unwrap() == want);
}

#[test]
fn pixels_to_burn_into_are_read_once() {
    let scene = shapes();
    let values = ValueTable::uniform(1u8, 2);
    let read = Mutex::new(Vec::new());
    let rows = |window: Window, pixels: &mut [u8]| {
        read.lock().unwrap().push(window);
        pixels.chunks_exact_mut(window.width as usize).zip(window.row..).for_each(|(row, n)| row.fill(n as u8));
        Ok(())
    };
    let mut job = scene.job(&values, Merge::Sum, false, Scalar::of(0u8));
    job.rule.base = Base::Pixels { fill_is_empty: false };
    job.initial = Some(&rows);
    let mut want = scene.counts(false);
    want.chunks_exact_mut(SIZE[0] as usize).zip(0..).for_each(|(row, n)| row.iter_mut().for_each(|pixel| *pixel += n));
    assert!(raster(&mut several(3), &job).unwrap() == want);
    let mut read = read.lock().unwrap();
    read.sort_by_key(|window| (window.row, window.col));
    assert_eq!(*read, job.sweep().windows().1.collect::<Vec<_>>());
}

#[test]
fn tables_go_to_each_device_and_windows_to_one() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Last, false, Scalar::of(0.0));
    let mut three = several(3);
    raster(&mut three, &job).unwrap();
    let (asked, did) = three.books();
    assert_eq!(asked, did.transfers());
    assert_eq!(did.uploads, 3 * (StagedGeometry::<Mock>::UPLOADS + 1));
    assert_eq!(did.downloads, WINDOWS as u64);
    // Those whose turn never comes have nothing to do.
    let mut many = several(4);
    raster(&mut many, &RasterizeJob { window: (50, 35), ..job }).unwrap();
    assert_eq!(many.books().1.uploads, 2 * (StagedGeometry::<Mock>::UPLOADS + 1));
}

#[test]
fn a_slow_consumer_holds_all_devices_back() {
    let scene = shapes();
    let values = ValueTable::uniform(1u8, 2);
    let begun = AtomicUsize::new(0);
    let blank = |_: Window, pixels: &mut [u8]| {
        begun.fetch_add(1, Relaxed);
        pixels.fill(0);
        Ok(())
    };
    let mut job = scene.job(&values, Merge::Sum, false, Scalar::of(0u8));
    job.rule.base = Base::Pixels { fill_is_empty: false };
    job.initial = Some(&blank);
    job.window = (8, 8);
    let mut consumed = 0;
    let mut sink = |_: Window, _: &[u8]| {
        std::thread::sleep(std::time::Duration::from_millis(2));
        consumed += 1;
        // Of each device two windows wait, and its lanes are full.
        assert!(begun.load(Relaxed) <= consumed + 3 * (2 + LANES), "{consumed}");
        Ok(())
    };
    several(3).rasterize(&job, Control::default(), &mut sink).unwrap();
}

#[test]
fn the_first_failure_in_the_order_of_windows_counts() {
    // Sums that do not fit, in the windows 6 and 7 (of 20), which different devices make.
    let stacked = |at: [f64; 2]| (0..3).map(move |_| rectangle(at, [at[0] + 1.0, at[1] + 1.0]));
    let features: Vec<_> = stacked([52.0, 20.0]).chain(stacked([36.0, 20.0])).collect();
    let scene = Scene::in_pixels(64, 80, &features).unwrap();
    let values = ValueTable::uniform(100u8, 6);
    let job = scene.job(&values, Merge::Sum, false, Scalar::of(0u8));
    for count in 1..4 {
        let mut several = several(count);
        for _ in 0..5 {
            let mut seen = 0;
            let mut sink = |_: Window, _: &[u8]| {
                seen += 1;
                Ok(())
            };
            let failed = several.rasterize(&job, Control::default(), &mut sink);
            assert!(
                matches!(failed, Err(Error::Overflow { window: Window { col: 32, row: 16, .. }, .. })),
                "{failed:?}"
            );
            assert_eq!(seen, 6);
        }
        let fine = RasterizeJob { rule: scene.job(&values, Merge::Last, false, Scalar::of(0u8)).rule, ..job };
        assert!(raster(&mut several, &fine).unwrap() == raster(&mut *device(), &fine).unwrap());
    }
}

#[test]
fn a_consumer_that_fails_hears_no_more() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Last, false, Scalar::of(0.0));
    let mut seen = 0;
    let failed = several(3).rasterize(&job, Control::default(), &mut |_: Window, _: &[u8]| {
        seen += 1;
        if seen == 8 { Err(Error::Sink("disk full".into())) } else { Ok(()) }
    });
    assert!(matches!(failed, Err(Error::Sink(_))));
    assert_eq!(seen, 8);
}

#[test]
fn a_device_that_is_lost_ends_the_job() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let mock = Mock::open(None);
    let lose = mock.breaker();
    let mut both = Several::new(vec![device(), Box::new(Session::open(mock, LANES).unwrap())]).unwrap();
    let mut seen = 0;
    let lost = both.rasterize(&job, Control::default(), &mut |_: Window, _: &[u8]| {
        seen += 1;
        if seen == 3 {
            lose();
        }
        Ok(())
    });
    assert!(matches!(&lost, Err(Error::Device { detail, .. }) if detail == "the device was lost"), "{lost:?}");
}

#[test]
fn one_without_memory_says_so_before_the_first_window() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let small = |bytes: usize| -> Result<Several> {
        let pool = Box::new(CappedPool::new(bytes));
        Several::new(vec![device(), Box::new(Session::with_pool(Mock::open(None), LANES, pool)?)])
    };
    let seen = Cell::new(0);
    let mut sink = |_: Window, _: &[u8]| {
        seen.set(seen.get() + 1);
        Ok(())
    };
    // Room for no table, and for tables and a window but not for a second one.
    for bytes in [4096, (StagedGeometry::<Mock>::UPLOADS as usize + 2) * 4096] {
        let failed = small(bytes).unwrap().rasterize(&job, Control::default(), &mut sink);
        assert!(matches!(failed, Err(Error::OutOfMemory { .. })), "{bytes}: {failed:?}");
        assert_eq!(seen.get(), 0, "{bytes}");
    }
    small(usize::MAX).unwrap().rasterize(&job, Control::default(), &mut sink).unwrap();
    assert_eq!(seen.get(), WINDOWS);
}

#[test]
fn cancellation_and_progress_are_those_of_one() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let mut three = several(3);
    for after in [0, 1, 8] {
        let cancel = AtomicBool::new(after == 0);
        let steps = RefCell::new(Vec::new());
        let progress = |done: usize, total: usize| {
            steps.borrow_mut().push((done, total));
            cancel.store(done == after, Relaxed);
        };
        let control = Control { cancel: Some(&cancel), progress: Some(&progress) };
        let failed = three.rasterize(&job, control, &mut |_: Window, _: &[u8]| Ok(()));
        let told = matches!(failed, Err(Error::Cancelled { done, total: WINDOWS }) if done == after);
        assert!(told, "{after}: {failed:?}");
        assert_eq!(*steps.borrow(), (1..=after).map(|done| (done, WINDOWS)).collect::<Vec<_>>());
    }
    let last = Cell::new(0);
    let progress = |done: usize, _: usize| last.set(done);
    let control = Control { progress: Some(&progress), ..Control::default() };
    let mut pixels = vec![0; scene.grid.pixels() as usize * size_of::<f64>()];
    three.rasterize_into(&job, control, &mut pixels).unwrap();
    assert_eq!(last.get(), 6); // two windows for each device
}

#[test]
fn jobs_that_cannot_be_are_refused() {
    assert!(matches!(Several::new(Vec::new()), Err(Error::Misuse { .. })));
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let mut both = several(2);
    let mut pixels = vec![0; scene.grid.pixels() as usize * size_of::<f64>()];
    for rows in [[0, 0], [9, 3], [0, 71], [80, 90]] {
        let job = RasterizeJob { rows, ..job };
        assert!(matches!(raster(&mut both, &job), Err(Error::Misuse { .. })), "{rows:?}");
        let refused = both.rasterize_into(&job, Control::default(), &mut pixels);
        assert!(matches!(refused, Err(Error::Misuse { .. })), "{rows:?}");
    }
    let refused = both.rasterize_into(&job, Control::default(), &mut [0; 8]);
    assert!(matches!(refused, Err(Error::Misuse { .. })));
    assert!(matches!(tiles(&mut both, &job, &encoding(DataType::U8)), Err(Error::Misuse { .. })));
}

#[test]
fn turns_part_windows_among_devices() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let sweep = scene.job(&values, Merge::Sum, true, Scalar::of(0.0)).sweep();
    let all: Vec<Window> = sweep.windows().1.collect();
    let (count, windows) = xr_core::Sweep { turns: Turns::ALL.share(1, 3).share(1, 2), ..sweep }.windows();
    let windows: Vec<Window> = windows.collect();
    assert_eq!((count, &windows[..]), (3, &[all[4], all[10], all[16]][..]));
    assert_eq!(xr_core::Sweep { turns: Turns::ALL.share(25, 30), ..sweep }.windows().0, 0);
}
