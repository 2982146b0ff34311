//! From the burn to the writer's tiles.

use super::canvas::Canvas;
use crate::{
    failure::Failure,
    output::{PixelRows, WindowWriter},
    statistics::BandStatistics,
};
use xr::{Control, EncodedTiles, Encoding, Engine, Error, Phases, RasterizeJob, Window};
use xr_geotiff::GeoTiffWriter;

/// Where windows go.
pub enum Output<'a> {
    /// Burned and encoded on the device: only encoded tiles come back.
    Tiles { writer: Box<GeoTiffWriter>, encoding: Encoding },
    /// Put on the canvas, then reduced, counted and encoded by a second engine.
    Pixels { writer: WindowWriter<'a>, canvas: &'a Canvas<'a> },
}

impl Output<'_> {
    /// Burns the windows of a job and adds its phases.
    pub fn burn(
        &mut self,
        engine: &mut dyn Engine,
        job: &RasterizeJob<'_>,
        control: Control<'_>,
        phases: &mut Phases,
    ) -> Result<(), Failure> {
        let burned = match self {
            Self::Tiles { writer, encoding } => {
                let across = u64::from(job.grid.width.div_ceil(encoding.tile_width));
                let mut sink = |window: Window, tiles: EncodedTiles<'_>| {
                    let (left, top) = (window.col / encoding.tile_width, window.row / encoding.tile_height);
                    let per_row = encoding.tiles(window.width, window.height).0 as u64;
                    for (n, tile) in (0..).zip(tiles.iter()) {
                        let index = (u64::from(top) + n / per_row) * across + u64::from(left) + n % per_row;
                        writer.write_tile(index, tile).map_err(|e| Error::Sink(Box::new(e)))?;
                    }
                    Ok(())
                };
                engine.rasterize_encoded(job, encoding, control, &mut sink)?
            }
            Self::Pixels { writer, canvas } => {
                let before = writer.encode();
                let mut push = |window: Window, planes: &[u8]| {
                    if canvas.is_plain() {
                        return writer.push(window, PixelRows { pixels: planes, mask: None });
                    }
                    let rows = canvas.finish(window, planes)?;
                    writer.push(window, PixelRows { pixels: &rows.pixels, mask: rows.mask.as_deref() })
                };
                let mut sink =
                    |window: Window, planes: &[u8]| push(window, planes).map_err(|e| Error::Sink(Box::new(e)));
                let burned = engine.rasterize(job, control, &mut sink)?;
                let encode = writer.encode() - before;
                Phases { encode, sink: burned.sink.saturating_sub(encode), ..burned }
            }
        };
        *phases += burned;
        Ok(())
    }

    /// The writer, ready to finish once all windows were burned, and the statistics of bands.
    pub fn finish(self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        match self {
            Self::Tiles { writer, .. } => Ok((*writer, None)),
            Self::Pixels { writer, .. } => writer.finish(),
        }
    }
}
