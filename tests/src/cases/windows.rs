//! How a raster is cut is invisible in it.

use crate::{
    Verdict,
    oracle::{
        Feature, Number, Random,
        scenes::{Size, scenes, small_values},
    },
    run::{Full, raster, raster_in_place, session, traffic},
    scene::{Scene, kind, rectangle, table},
    verdict::{expect, same_pixels},
};
use std::cell::Cell;
use xr_core::{Blocks, Control, DataType, Engine, Grid, Merge, RasterizeJob, Result, Scalar, Session, ValueTable, Window};

/// Rectangles with sides on pixel centres of a grid whose numbers binary fractions do not hold: which way such a tie
/// goes changes with the origin that it is computed from.
fn ties_by_rounding() -> Verdict<Scene> {
    let grid = Grid::new(61, 47, [0.3, 0.1, 7.7, -0.1])?;
    let mut random = Random::new(8);
    let mut on_centre = |origin: f64, step: f64, side: i64| origin + (random.integer(0, side) as f64 + 0.5) * step;
    let mut corner = || [on_centre(grid.x0, grid.dx, 60), on_centre(grid.y0, grid.dy, 46)];
    let features: Vec<Feature> = (0..60).map(|_| rectangle(corner(), corner())).collect();
    Ok(Scene::new(grid, &features))
}

/// Any window, part and block, and any number of windows in flight gives the same bits; windows come in order and cover the grid once,
/// and progress is told of each.
pub fn tiling_keeps_bits<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let scene = ties_by_rounding()?;
    let numbers = small_values(&mut Random::new(9), kind(DataType::F64), scene.features.len());
    let values = table(DataType::F64, &numbers)?;
    let width = scene.grid.width;
    for (merge, all_touched) in [(Merge::Sum, false), (Merge::Last, true), (Merge::Mean, true)] {
        let mut job = scene.job(&values, merge, all_touched, Scalar::of(-1.0));
        job.window = (width, scene.grid.height);
        let whole = raster(&mut session(open)?, &job)?;
        for (shape, depth) in [((7, 5), 1), ((16, 16), 2), ((61, 1), 3), ((3, 47), 2), ((1000, 1000), 5)] {
            job.window = shape;
            let got = raster(&mut Session::open(open()?, depth)?, &job)?;
            let what = || format!("{merge}, all touched {all_touched}, in windows of {shape:?}, {depth} in flight");
            same_pixels(&got, &whole, DataType::F64, width, what)?;
        }
        for (shape, height, margin) in [((20, 5), 20, 3), ((7, 47), 9, 1), ((61, 4), 12, 100)] {
            (job.window, job.blocks) = (shape, Some(Blocks { height, margin }));
            let mut got = Vec::new();
            for rows in [[0, 13], [13, 14], [14, 47]] {
                job.rows = rows;
                let bytes = |row: u32| row as usize * width as usize * size_of::<f64>();
                got.extend_from_slice(&raster(&mut session(open)?, &job)?[bytes(rows[0])..bytes(rows[1])]);
            }
            let what = || format!("{merge}, all touched {all_touched}, in blocks of {height} rows and windows of {shape:?}");
            same_pixels(&got, &whole, DataType::F64, width, what)?;
        }
    }
    in_order(open, &scene)
}

fn in_order<B: Full>(open: impl Fn() -> Result<B>, scene: &Scene) -> Verdict {
    let values = ValueTable::uniform(1u8, scene.features.len());
    let job = scene.job(&values, Merge::Count, false, Scalar::of(0u8));
    let (mut seen, told) = (Vec::new(), Cell::new(0));
    let progress = |done: usize, total: usize| told.set(if done == told.get() + 1 && total == 12 { done } else { 99 });
    let control = Control { progress: Some(&progress), ..Control::default() };
    session(open)?.rasterize(&job, control, &mut |window: Window, _: &[u8]| {
        seen.push(window);
        Ok(())
    })?;
    expect(seen == scene.grid.windows(16, 16).collect::<Vec<_>>(), || format!("windows came as {seen:?}"))?;
    let beside = |job: &RasterizeJob<'_>| -> Vec<[u32; 4]> {
        job.sweep().windows().1.map(|w| [w.col, w.row, w.width, w.height]).collect()
    };
    let blocks = RasterizeJob { window: (40, 6), rows: [10, 20], blocks: Some(Blocks { height: 10, margin: 2 }), ..job };
    let expected = [[0, 8, 42, 6], [0, 14, 42, 6], [0, 20, 42, 2], [38, 8, 23, 6], [38, 14, 23, 6], [38, 20, 23, 2]];
    expect(beside(&blocks) == expected && blocks.sweep().windows().0 == 6, || format!("blocks came as {:?}", beside(&blocks)))?;
    expect(told.get() == 12, || "progress was not told of each of 12 windows in turn".into())
}

/// A raster written into the caller's memory is the one that comes in windows, and a device that can do so moves none of
/// it.
pub fn in_place_equals_windows<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(10);
    for source in scenes(11, Size { width: 37, height: 75, features: 15 }).iter().take(4) {
        let scene = Scene::of(source)?;
        for dtype in [DataType::U8, DataType::F32, DataType::I64] {
            let numbers = small_values(&mut random, kind(dtype), scene.features.len());
            let values = table(dtype, &numbers)?;
            let fill = Scalar::new(dtype, crate::scene::value(Number::Int(5)))?;
            let job = scene.job(&values, Merge::Max, true, fill);
            let windows = raster(&mut session, &job)?;
            let before = traffic(&session).downloads;
            let in_place = raster_in_place(&mut session, &job)?;
            let what = || format!("{}: {dtype} in place", source.name);
            same_pixels(&in_place, &windows, dtype, scene.grid.width, what)?;
            let downloads = traffic(&session).downloads - before;
            let copies = if session.backend().caps().host_memory { 0 } else { 15 };
            expect(downloads == copies, || format!("{downloads} downloads for a raster in place, not {copies}"))?;
        }
    }
    Ok(())
}
