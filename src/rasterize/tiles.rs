//! From the burn to the writer's tiles.

use super::canvas::Canvas;
use crate::{
    failure::Failure,
    output::{PixelRows, RowWriter},
    statistics::BandStatistics,
};
use xr::{Control, EncodedTiles, Encoding, Engine, Error, Phases, RasterizeJob, Window};
use xr_geotiff::GeoTiffWriter;

/// Burned and encoded on the device, window by window: only encoded tiles come back.
pub fn fused(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    encoding: &Encoding,
    control: Control<'_>,
    mut writer: GeoTiffWriter,
) -> Result<Written, Failure> {
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
    let phases = engine.rasterize_encoded(job, encoding, control, &mut sink)?;
    Ok(Written { writer, phases, statistics: None })
}

/// What is written, and to be put in its place.
pub struct Written {
    pub writer: GeoTiffWriter,
    pub phases: Phases,
    pub statistics: Option<Vec<BandStatistics>>,
}

/// Burned in windows of whole rows, put on the canvas, then reduced, counted and encoded by a second engine.
pub fn by_rows(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    control: Control<'_>,
    mut out: RowWriter<'_>,
    canvas: &Canvas<'_>,
) -> Result<Written, Failure> {
    let mut push = |window: Window, planes: &[u8]| {
        if canvas.is_plain() {
            return out.push(PixelRows { pixels: planes, mask: None });
        }
        let rows = canvas.finish(window, planes)?;
        out.push(PixelRows { pixels: &rows.pixels, mask: rows.mask.as_deref() })
    };
    let mut sink = |window: Window, planes: &[u8]| push(window, planes).map_err(|e| Error::Sink(Box::new(e)));
    let phases = engine.rasterize(job, control, &mut sink)?;
    let phases = Phases { encode: out.encode, sink: phases.sink.saturating_sub(out.encode), ..phases };
    let (writer, statistics) = out.finish()?;
    Ok(Written { writer, phases, statistics })
}
