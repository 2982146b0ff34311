//! The images of a file, each with a directory: the full one, its overviews, and their masks.

use std::fmt;

use crate::chunks::ChunkGrid;
use crate::{Compression, ImageSpec};

/// One of the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    /// 0 for the full image and its mask, 1 for those of the first overview.
    pub level: usize,
    pub is_mask: bool,
    pub width: u32,
    pub height: u32,
}

impl Image {
    /// In the order of their directories, which is GDAL's: the full image, its mask, the overviews, their masks.
    pub fn all(spec: &ImageSpec) -> Vec<Self> {
        let sizes: Vec<_> = std::iter::once((spec.width, spec.height)).chain(spec.overviews.iter().copied()).collect();
        let of = |is_mask| {
            let image = move |(level, &(width, height)): (usize, &(u32, u32))| Self { level, is_mask, width, height };
            sizes.iter().enumerate().map(image)
        };
        let mut images: Vec<Self> = of(false).take(1).collect();
        images.extend(of(true).take(if spec.mask { 1 } else { 0 }));
        images.extend(of(false).skip(1));
        images.extend(of(true).skip(1).filter(|_| spec.mask));
        images
    }

    /// Value of the tag NewSubfileType.
    pub fn subfile_type(&self) -> u32 {
        u32::from(self.level > 0) | if self.is_mask { 4 } else { 0 }
    }

    pub fn tile_count(&self, spec: &ImageSpec) -> u64 {
        let grid = ChunkGrid {
            image_width: self.width,
            image_height: self.height,
            chunk_width: spec.tile_width,
            chunk_height: spec.tile_height,
            planes: if self.is_mask { 1 } else { spec.level_grid(0).map_or(1, |grid| grid.planes) },
        };
        grid.count().unwrap_or(u64::MAX)
    }

    /// Most bytes that all encoded tiles can take: LZW adds up to a half (codes of 12 bits for single bytes), all
    /// others below 1/127 of the data plus 128 bytes.
    pub fn data_bound(&self, spec: &ImageSpec) -> u64 {
        let pixels = u64::from(spec.tile_width) * u64::from(spec.tile_height);
        let raw = if self.is_mask { pixels / 8 } else { spec.tile_bytes() };
        let framing = match spec.compression {
            Compression::None => 0,
            Compression::Lzw => raw / 2 + 128,
            _ => raw / 127 + 128,
        };
        raw.saturating_add(framing).saturating_mul(self.tile_count(spec))
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.level, self.is_mask) {
            (0, false) => f.write_str("the full image"),
            (0, true) => f.write_str("the mask"),
            (level, false) => write!(f, "overview {level}"),
            (level, true) => write!(f, "the mask of overview {level}"),
        }
    }
}
