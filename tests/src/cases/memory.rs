//! Device memory: bounded by windows and tables, taken once.

use crate::{
    Verdict,
    run::{Full, codec, raster, session, tiles, traffic},
    scene::{Scene, polygon, rectangle},
    verdict::expect,
};
use xr_core::{DataType, Encoding, Merge, Predictor, RasterizeJob, Result, Scalar, Session, ValueTable};

/// What a backend may take beside windows and tables: sizes, statuses, rounding to pages.
const SLACK: u64 = 256 << 10;
/// What it may derive from a byte of tables.
const DERIVED: u64 = 64;

/// Device memory follows the window, not the raster. Pools free nothing before the session ends, so that bytes allocated
/// are the peak.
pub fn memory_is_bounded<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (side, depth) = (640u32, 2);
    let scene = Scene::in_pixels(side, side, &[polygon(&[[1.0, 1.0], [500.0, 9.0], [40.0, 630.0]])])?;
    let values = ValueTable::from_pixels(&[1.5]);
    let tables = (scene.tables.bytes() + values.bytes().len()) as u64;
    for window in [side, 64] {
        let mut session = session(open)?;
        let mut job = scene.job(&values, Merge::Last, true, Scalar::of(0.0));
        job.window = (window, window);
        raster(&mut session, &job)?;
        let in_flight = depth.min(job.grid.windows(window, window).len() as u64);
        let limit = in_flight * 8 * u64::from(window * window) + DERIVED * tables + SLACK;
        let peak = traffic(&session).allocated_bytes;
        expect(peak <= limit, || format!("{peak} bytes for windows of {window} × {window}, limit {limit}"))?;
    }
    Ok(())
}

/// After the first windows nothing is allocated, whatever their number; the next job lives off the memory of the last.
pub fn windows_recycle_memory<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    recycles(open, |session, job| raster(session, job).map(drop))
}

/// The same of windows that are encoded where they are burned.
pub fn encoded_windows_recycle_memory<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    recycles(open, |session, job| {
        let encoding = Encoding {
            codec: codec(session),
            level: 1,
            predictor: Predictor::Horizontal,
            dtype: DataType::U16,
            samples: 1,
            tile_width: 16,
            tile_height: 16,
            sparse: None,
        };
        tiles(session, job, &encoding).map(drop)
    })
}

fn recycles<B: Full, F: Fn() -> Result<B>>(
    open: &F,
    run: impl Fn(&mut Session<B>, &RasterizeJob<'_>) -> Result<()>,
) -> Verdict {
    let features = [rectangle([3.3, 4.2], [31.7, 30.9]), polygon(&[[12.3, 2.1], [98.6, 17.4], [22.2, 75.3]])];
    let values = ValueTable::from_pixels(&[3u16, 4]);
    let mut allocations = Vec::new();
    for height in [32, 200] {
        let scene = Scene::in_pixels(100, height, &features)?;
        let job = scene.job(&values, Merge::Sum, false, Scalar::of(0u16));
        let mut session = session(open)?;
        run(&mut session, &job)?;
        let warm = traffic(&session).allocations;
        allocations.push(warm);
        run(&mut session, &job)?;
        let again = traffic(&session).allocations - warm;
        expect(again == 0, || format!("{again} allocations by jobs whose like had run before"))?;
    }
    let [few, many] = allocations[..] else { return Ok(()) };
    expect(few == many, || format!("{few} allocations for 14 windows, {many} for 91"))
}
