//! What is known of the tiles of an image while it is written.

use std::path::Path;

use super::image::Image;
use crate::{GeoTiffError, ImageSpec, Result};

/// Offset of a tile that was not given yet.
const MISSING: u64 = u64::MAX;

/// Where an encoded tile lies; 0 and 0 for a sparse one.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub offset: u64,
    pub bytes: u32,
}

/// The tiles of an image, row by row, plane by plane.
pub(super) struct TileTable {
    pub image: Image,
    pub tiles: Vec<Tile>,
}

impl TileTable {
    pub fn new(spec: &ImageSpec, image: Image) -> Result<Self> {
        let count = image.tile_count(spec) as usize;
        let mut tiles = Vec::new();
        if tiles.try_reserve_exact(count).is_err() {
            return Err(GeoTiffError::spec("tile size", format!("no memory for {count} tiles; use larger tiles")));
        }
        tiles.resize(count, Tile { offset: MISSING, bytes: 0 });
        Ok(Self { image, tiles })
    }

    /// The place of a tile that was not given before.
    pub fn vacant(&mut self, path: &Path, index: u64) -> Result<&mut Tile> {
        let (tiles, image) = (self.tiles.len() as u64, self.image);
        match usize::try_from(index).ok().and_then(|i| self.tiles.get_mut(i)) {
            None => Err(GeoTiffError::TileIndex { path: path.to_owned(), image: image.to_string(), index, tiles }),
            Some(tile) if tile.offset != MISSING => {
                Err(GeoTiffError::TileTwice { path: path.to_owned(), image: image.to_string(), index })
            }
            Some(tile) => Ok(tile),
        }
    }

    pub fn check_complete(&self, path: &Path) -> Result<()> {
        let is_missing = |tile: &Tile| tile.offset == MISSING;
        let Some(first) = self.tiles.iter().position(is_missing) else { return Ok(()) };
        Err(GeoTiffError::TilesMissing {
            path: path.to_owned(),
            image: self.image.to_string(),
            missing: self.tiles.iter().filter(|tile| is_missing(tile)).count() as u64,
            first: first as u64,
            tiles: self.tiles.len() as u64,
        })
    }
}
