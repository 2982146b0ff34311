//! From windows of an engine to the writer's tiles.

use super::{PixelRows, RowWriter};
use crate::{failure::Failure, rows::WindowRows, statistics::BandStatistics};
use xr::{EncodedTiles, Encoding, Error, Phases, TileSink, Window, WindowSink};
use xr_geotiff::GeoTiffWriter;

/// What is written, and to be put in its place.
pub struct Written {
    pub writer: GeoTiffWriter,
    pub phases: Phases,
    pub statistics: Option<Vec<BandStatistics>>,
}

/// Painted and encoded on the device, window by window: only encoded tiles come back. `width` is the raster's.
pub fn fused(
    width: u32,
    encoding: &Encoding,
    mut writer: GeoTiffWriter,
    run: impl FnOnce(&mut dyn TileSink) -> xr::Result<Phases>,
) -> Result<Written, Failure> {
    let across = u64::from(width.div_ceil(encoding.tile_width));
    let mut sink = |window: Window, tiles: EncodedTiles<'_>| {
        let (left, top) = (window.col / encoding.tile_width, window.row / encoding.tile_height);
        let per_row = encoding.tiles(window.width, window.height).0 as u64;
        for (n, tile) in (0..).zip(tiles.iter()) {
            let index = (u64::from(top) + n / per_row) * across + u64::from(left) + n % per_row;
            writer.write_tile(index, tile).map_err(|e| Error::Sink(Box::new(e)))?;
        }
        Ok(())
    };
    let phases = run(&mut sink)?;
    Ok(Written { writer, phases, statistics: None })
}

/// Painted in windows of whole rows, then reduced, counted and encoded by a second engine. `finish` makes pixels of the
/// bands of a window; `None` where they are pixels already.
pub fn by_rows(
    mut out: RowWriter<'_>,
    finish: impl Fn(Window, &[u8]) -> Result<Option<WindowRows>, Failure>,
    run: impl FnOnce(&mut dyn WindowSink) -> xr::Result<Phases>,
) -> Result<Written, Failure> {
    let mut push = |window: Window, planes: &[u8]| match finish(window, planes)? {
        None => out.push(PixelRows { pixels: planes, mask: None }),
        Some(rows) => out.push(PixelRows { pixels: &rows.pixels, mask: rows.mask.as_deref() }),
    };
    let mut sink = |window: Window, planes: &[u8]| push(window, planes).map_err(|e| Error::Sink(Box::new(e)));
    let phases = run(&mut sink)?;
    let phases = Phases { encode: out.encode, sink: phases.sink.saturating_sub(out.encode), ..phases };
    let (writer, statistics) = out.finish()?;
    Ok(Written { writer, phases, statistics })
}
