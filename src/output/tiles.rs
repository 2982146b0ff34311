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
    Burn(&'a RasterizeJob<'a>),
    Surface(&'a SplineJob<'a>),
}

impl Task<'_> {
    fn grid(self) -> Grid {
        match self {
            Self::Burn(job) => job.grid,
            Self::Surface(job) => job.grid,
        }
    }

    fn pixels(self, engine: &mut dyn Engine, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases, Error> {
        match self {
            Self::Burn(job) => engine.rasterize(job, control, sink),
            Self::Surface(job) => engine.spline(job, control, sink),
        }
    }

    fn tiles(
        self,
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
    /// Makes the windows of a task and adds its phases.
    pub fn make(
        &mut self,
        engine: &mut dyn Engine,
        task: Task<'_>,
        control: Control<'_>,
        phases: &mut Phases,
    ) -> Result<(), Failure> {
        let made = match self {
            Self::Tiles { writer, encoding } => {
                let across = u64::from(task.grid().width.div_ceil(encoding.tile_width));
                let mut sink = |window: Window, tiles: EncodedTiles<'_>| {
                    let (left, top) = (window.col / encoding.tile_width, window.row / encoding.tile_height);
                    let per_row = encoding.tiles(window.width, window.height).0 as u64;
                    for (n, tile) in (0..).zip(tiles.iter()) {
                        let index = (u64::from(top) + n / per_row) * across + u64::from(left) + n % per_row;
                        writer.write_tile(index, tile).map_err(|e| Error::Sink(Box::new(e)))?;
                    }
                    Ok(())
                };
                task.tiles(engine, encoding, control, &mut sink)?
            }
            Self::Pixels { writer, canvas } => {
                let before = writer.encode();
                let mut push = |window: Window, planes: &[u8]| match canvas.finish(window, planes)? {
                    None => writer.push(window, PixelRows { pixels: planes, mask: None }),
                    Some(rows) => writer.push(window, PixelRows { pixels: &rows.pixels, mask: rows.mask.as_deref() }),
                };
                let mut sink =
                    |window: Window, planes: &[u8]| push(window, planes).map_err(|e| Error::Sink(Box::new(e)));
                let made = task.pixels(engine, control, &mut sink)?;
                let encode = writer.encode() - before;
                Phases { encode, sink: made.sink.saturating_sub(encode), ..made }
            }
        };
        *phases += made;
        Ok(())
    }

    /// The writer, ready to finish once all windows were made, and the statistics of bands.
    pub fn finish(self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        match self {
            Self::Tiles { writer, .. } => Ok((*writer, None)),
            Self::Pixels { writer, .. } => writer.finish(),
        }
    }
}
