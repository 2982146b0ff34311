//! From windows of an engine to the writer's tiles.

use super::{PixelRows, WindowWriter};
use crate::{failure::Failure, rasterize::canvas::Canvas, statistics::BandStatistics};
use xr::{
    Control, EncodedTiles, Encoding, Engine, Error, Grid, Phases, RasterizeJob, SplineJob, TileSink, Window, WindowSink,
};
use xr_geotiff::GeoTiffWriter;

/// What an engine makes.
#[derive(Clone, Copy)]
pub enum Task<'a> {
    Burn(RasterizeJob<'a>),
    Surface(SplineJob<'a>),
}

impl Task<'_> {
    fn grid(&self) -> Grid {
        match self {
            Self::Burn(job) => job.grid,
            Self::Surface(job) => job.grid,
        }
    }

    fn window(&mut self) -> &mut (u32, u32) {
        match self {
            Self::Burn(job) => &mut job.window,
            Self::Surface(job) => &mut job.window,
        }
    }

    fn pixels(
        &self,
        engine: &mut dyn Engine,
        control: Control<'_>,
        sink: &mut dyn WindowSink,
    ) -> Result<Phases, Error> {
        match self {
            Self::Burn(job) => engine.rasterize(job, control, sink),
            Self::Surface(job) => engine.spline(job, control, sink),
        }
    }

    fn tiles(
        &self,
        engine: &mut dyn Engine,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases, Error> {
        match self {
            Self::Burn(job) => engine.rasterize_encoded(job, encoding, control, sink),
            Self::Surface(job) => engine.spline_encoded(job, encoding, control, sink),
        }
    }
}

/// Where windows go.
pub enum Output<'a> {
    /// Made and encoded on the device: only encoded tiles come back.
    Tiles { writer: Box<GeoTiffWriter>, encoding: Encoding },
    /// Put on the canvas, then reduced, counted and encoded by a second engine.
    Pixels { writer: WindowWriter<'a>, canvas: &'a Canvas<'a> },
}

impl Output<'_> {
    /// Makes the windows of a task and adds its phases. On a device that lacks memory for them it makes smaller ones.
    pub fn make(
        &mut self,
        engine: &mut dyn Engine,
        mut task: Task<'_>,
        control: Control<'_>,
        phases: &mut Phases,
    ) -> Result<(), Failure> {
        loop {
            let mut came = 0u64;
            match self.attempt(engine, &task, control, &mut came) {
                // A device takes what it needs before the first window comes: afterwards it is broken rather than full.
                Err(Error::OutOfMemory { backend, .. }) if came == 0 && self.halve(task.window()) => {
                    if let Self::Pixels { canvas, .. } = self {
                        canvas.restart();
                    }
                    let (width, height) = *task.window();
                    tracing::warn!("{backend}: out of memory; trying again with windows of {width} × {height}");
                }
                made => {
                    *phases += made?;
                    return Ok(());
                }
            }
        }
    }

    /// Halves a window, its rows as long as it has several; false if it cannot be smaller. Windows of tiles stay whole
    /// tiles, those of pixels as wide as they are.
    fn halve(&self, (width, height): &mut (u32, u32)) -> bool {
        let half = |length: u32, unit: u32| (length / 2).max(1).next_multiple_of(unit).min(length);
        let (fewer, narrower) = match self {
            Self::Tiles { encoding, .. } => (half(*height, encoding.tile_height), half(*width, encoding.tile_width)),
            Self::Pixels { .. } => (half(*height, 1), *width),
        };
        if fewer < *height {
            *height = fewer;
            return true;
        }
        std::mem::replace(width, narrower) > narrower
    }

    /// Makes all windows, and counts those that came.
    fn attempt(
        &mut self,
        engine: &mut dyn Engine,
        task: &Task<'_>,
        control: Control<'_>,
        came: &mut u64,
    ) -> Result<Phases, Error> {
        match self {
            Self::Tiles { writer, encoding } => {
                let across = u64::from(task.grid().width.div_ceil(encoding.tile_width));
                let mut sink = |window: Window, tiles: EncodedTiles<'_>| {
                    *came += 1;
                    let (left, top) = (window.col / encoding.tile_width, window.row / encoding.tile_height);
                    let per_row = encoding.tiles(window.width, window.height).0 as u64;
                    for (n, tile) in (0..).zip(tiles.iter()) {
                        let index = (u64::from(top) + n / per_row) * across + u64::from(left) + n % per_row;
                        writer.write_tile(index, tile).map_err(|e| Error::Sink(Box::new(e)))?;
                    }
                    Ok(())
                };
                task.tiles(engine, encoding, control, &mut sink)
            }
            Self::Pixels { writer, canvas } => {
                let before = writer.encode();
                let mut push = |window: Window, planes: &[u8]| match canvas.finish(window, planes)? {
                    None => writer.push(window, PixelRows { pixels: planes, mask: None }),
                    Some(rows) => writer.push(window, PixelRows { pixels: &rows.pixels, mask: rows.mask.as_deref() }),
                };
                let mut sink = |window: Window, planes: &[u8]| {
                    *came += 1;
                    push(window, planes).map_err(|e| Error::Sink(Box::new(e)))
                };
                let made = task.pixels(engine, control, &mut sink)?;
                let encode = writer.encode() - before;
                Ok(Phases { encode, sink: made.sink.saturating_sub(encode), ..made })
            }
        }
    }

    /// The writer, ready to finish once all windows were made, and the statistics of bands.
    pub fn finish(self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        match self {
            Self::Tiles { writer, .. } => Ok((*writer, None)),
            Self::Pixels { writer, .. } => writer.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
