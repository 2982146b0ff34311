//! Jobs run to their end, their results collected.

use crate::verdict::{Verdict, expect};
use xr_core::{
    Backend, Codec, Compress, Control, Decompress, EncodedTiles, Encoding, Engine, Grid, Interpolate, Rasterize,
    RasterizeJob, Result, Session, SplineJob, TileSink, Traffic, Window, WindowSink,
};

/// Everything that a backend crate implements.
pub trait Full: Rasterize + Interpolate + Compress + Decompress {}
impl<B: Rasterize + Interpolate + Compress + Decompress> Full for B {}

/// A codec of the device: deflate if it has that, or else the first that it lists.
pub fn codec(engine: &dyn Engine) -> Codec {
    let codecs = engine.caps().codecs;
    if codecs.contains(&Codec::Deflate) { Codec::Deflate } else { codecs.first().copied().unwrap_or(Codec::None) }
}

/// What pixels hold that no window has written.
const UNWRITTEN: u8 = 0x77;

/// A session with two lanes.
///
/// # Errors
/// Those of opening.
pub fn session<B: Full>(open: impl Fn() -> Result<B>) -> Result<Session<B>> {
    Session::open(open()?, 2)
}

/// What the driver was asked for so far.
pub fn traffic<B: Backend>(session: &Session<B>) -> Traffic {
    session.books().1
}

/// The raster of a job, band after band, put together from its windows.
///
/// # Errors
/// Those of the job.
pub fn raster(engine: &mut dyn Engine, job: &RasterizeJob<'_>) -> Result<Vec<u8>> {
    put_together(&job.grid, job.rule.fill.dtype().size(), job.values.len(), |sink| {
        engine.rasterize(job, Control::default(), sink).map(drop)
    })
}

/// The raster of a spline, likewise.
///
/// # Errors
/// Those of the job.
pub fn surface(engine: &mut dyn Engine, job: &SplineJob<'_>) -> Result<Vec<u8>> {
    put_together(&job.grid, job.fill.dtype().size(), job.bands(), |sink| {
        engine.spline(job, Control::default(), sink).map(drop)
    })
}

fn put_together(
    grid: &Grid,
    size: usize,
    bands: usize,
    run: impl FnOnce(&mut dyn WindowSink) -> Result<()>,
) -> Result<Vec<u8>> {
    let width = grid.width as usize;
    let plane = grid.pixels() as usize * size;
    let mut pixels = vec![UNWRITTEN; plane * bands];
    run(&mut |window: Window, bytes: &[u8]| {
        for (band, painted) in bytes.chunks_exact(window.pixels() * size).enumerate() {
            for (row, line) in painted.chunks_exact(window.width as usize * size).enumerate() {
                let at = plane * band + ((window.row as usize + row) * width + window.col as usize) * size;
                pixels[at..at + line.len()].copy_from_slice(line);
            }
        }
        Ok(())
    })?;
    Ok(pixels)
}

/// The raster of a job, written in place.
///
/// # Errors
/// Those of the job.
pub fn raster_in_place(engine: &mut dyn Engine, job: &RasterizeJob<'_>) -> Result<Vec<u8>> {
    let bytes = job.grid.pixels() as usize * job.rule.fill.dtype().size() * job.values.len();
    in_place(bytes, |pixels| engine.rasterize_into(job, Control::default(), pixels).map(drop))
}

/// The raster of a spline, written in place.
///
/// # Errors
/// Those of the job.
pub fn surface_in_place(engine: &mut dyn Engine, job: &SplineJob<'_>) -> Result<Vec<u8>> {
    let bytes = job.grid.pixels() as usize * job.fill.dtype().size() * job.bands();
    in_place(bytes, |pixels| engine.spline_into(job, Control::default(), pixels).map(drop))
}

fn in_place(bytes: usize, run: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Vec<u8>> {
    // In words, so that pixels of every type are aligned.
    let mut words = vec![u64::from_ne_bytes([UNWRITTEN; 8]); bytes.div_ceil(size_of::<u64>())];
    let pixels = &mut bytemuck::cast_slice_mut(&mut words)[..bytes];
    run(pixels)?;
    Ok(pixels.to_vec())
}

/// The tiles of a fused job, window by window.
///
/// # Errors
/// Those of the job.
pub fn tiles(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    encoding: &Encoding,
) -> Result<Vec<(Window, Vec<Vec<u8>>)>> {
    collected(|sink| engine.rasterize_encoded(job, encoding, Control::default(), sink).map(drop))
}

/// The tiles of a spline's fused job, likewise.
///
/// # Errors
/// Those of the job.
pub fn surface_tiles(
    engine: &mut dyn Engine,
    job: &SplineJob<'_>,
    encoding: &Encoding,
) -> Result<Vec<(Window, Vec<Vec<u8>>)>> {
    collected(|sink| engine.spline_encoded(job, encoding, Control::default(), sink).map(drop))
}

fn collected(run: impl FnOnce(&mut dyn TileSink) -> Result<()>) -> Result<Vec<(Window, Vec<Vec<u8>>)>> {
    let mut windows = Vec::new();
    run(&mut |window: Window, tiles: EncodedTiles<'_>| {
        windows.push((window, tiles.iter().map(<[u8]>::to_vec).collect()));
        Ok(())
    })?;
    Ok(windows)
}

/// Wrong unless a job leaves the session's books balanced.
///
/// # Errors
/// [`Failure::Wrong`](crate::Failure::Wrong).
pub fn balanced<B: Backend>(session: &Session<B>, what: &str) -> Verdict {
    let (asked, did) = session.books();
    expect(asked == did.transfers(), || format!("{what}: asked for {asked:?}, the driver did {did:?}"))
}
