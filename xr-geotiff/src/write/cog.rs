//! The order and the framing of tiles in a COG.

use std::io::Write;

use super::ghost::masks_are_interleaved;
use super::spool::SpoolReader;
use super::tiles::{Tile, TileTable};
use crate::{ImageSpec, Result};

/// Bytes before and after each tile.
const LEADER_BYTES: u64 = 4;
const TRAILER_BYTES: u64 = 4;

/// Bytes of all tiles with leaders and trailers.
pub(super) fn data_bytes(tables: &[TileTable]) -> u64 {
    let stored = tables.iter().flat_map(|table| &table.tiles).filter(|tile| tile.bytes > 0);
    stored.map(|tile| LEADER_BYTES + u64::from(tile.bytes) + TRAILER_BYTES).sum()
}

/// Writes the tiles of the spool from `position` on, smallest overview first, and makes the tables say where they
/// are. `written` makes an error of the operating system into one that names the file.
pub(super) fn write_tiles<W: Write>(
    out: &mut W,
    mut position: u64,
    spec: &ImageSpec,
    tables: &mut [TileTable],
    spool: &mut SpoolReader,
    written: impl Fn(std::io::Error) -> crate::GeoTiffError,
) -> Result<()> {
    let mut bytes = Vec::new();
    for group in groups(spec, tables) {
        let tiles = group.iter().map(|&image| tables[image].tiles.len()).max().unwrap_or(0);
        for index in 0..tiles {
            for &image in &group {
                // A tile of a mask follows that of its image.
                let Some(tile) = tables[image].tiles.get_mut(index).filter(|tile| tile.bytes > 0) else { continue };
                bytes.resize(tile.bytes as usize, 0);
                spool.read(tile.offset, &mut bytes)?;
                write_tile(out, &bytes).map_err(&written)?;
                *tile = Tile { offset: position + LEADER_BYTES, ..*tile };
                position += LEADER_BYTES + u64::from(tile.bytes) + TRAILER_BYTES;
            }
        }
    }
    Ok(())
}

/// Images in the order of their data; those of a group alternate tile by tile.
fn groups(spec: &ImageSpec, tables: &[TileTable]) -> Vec<Vec<usize>> {
    let find = |level, is_mask| {
        let is_it = |table: &TileTable| (table.image.level, table.image.is_mask) == (level, is_mask);
        tables.iter().position(is_it)
    };
    let levels = (0..=spec.overviews.len()).rev();
    let images = levels.map(|level| [find(level, false), find(level, true)].into_iter().flatten().collect());
    if masks_are_interleaved(spec) {
        return images.collect();
    }
    images.flat_map(|images: Vec<usize>| images.into_iter().map(|image| vec![image])).collect()
}

/// The size, the tile, its last four bytes again.
fn write_tile<W: Write>(out: &mut W, bytes: &[u8]) -> std::io::Result<()> {
    let mut trailer = [0; TRAILER_BYTES as usize];
    let last = &bytes[bytes.len().saturating_sub(trailer.len())..];
    trailer[..last.len()].copy_from_slice(last);
    out.write_all(&(bytes.len() as u32).to_le_bytes())?;
    out.write_all(bytes)?;
    out.write_all(&trailer)
}
