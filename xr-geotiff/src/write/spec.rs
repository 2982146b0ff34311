//! What is to be written.

use xr_crs::Crs;

use crate::chunks::ChunkGrid;
use crate::{Compression, GeoTiffError, Predictor, Result, SampleType};

/// Most tiles of an image: the writer keeps 16 bytes for each, 1 GiB in all.
const MAX_TILES: u64 = 1 << 26;
/// Most bytes of a decoded tile: GDAL counts them in 31 bits.
const MAX_TILE_BYTES: u64 = i32::MAX as u64;

/// Which of the two file formats is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BigTiff {
    /// BigTIFF if the file could reach 4 GiB even when nothing compresses.
    #[default]
    Auto,
    /// BigTIFF.
    Yes,
    /// Classic TIFF; data past 4 GiB is an error.
    No,
}

/// An image of tiles, bands interleaved by pixel.
#[derive(Debug, Clone)]
pub struct ImageSpec {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// Bands.
    pub samples: u16,
    /// Type of every band.
    pub sample_type: SampleType,
    /// Width of a tile, a multiple of 16.
    pub tile_width: u32,
    /// Height of a tile, a multiple of 16.
    pub tile_height: u32,
    /// Codec that the tiles were encoded with.
    pub compression: Compression,
    /// Predictor that the tiles were encoded with.
    pub predictor: Predictor,
    /// From pixel corner to model coordinates, in GDAL's order `[x0, dx, rx, y0, ry, dy]`:
    /// x = x0 + column·dx + row·rx, y = y0 + column·ry + row·dy.
    pub transform: [f64; 6],
    /// Coordinate reference system.
    pub crs: Option<Crs>,
    /// Text of the nodata value, as GDAL reads it.
    pub nodata: Option<String>,
    /// Text of the tag ImageDescription.
    pub description: Option<String>,
    /// Classic or BigTIFF.
    pub bigtiff: BigTiff,
}

impl ImageSpec {
    /// Tiles beside each other.
    pub fn tiles_across(&self) -> u64 {
        self.grid().across()
    }

    /// Tiles above each other.
    pub fn tiles_down(&self) -> u64 {
        self.grid().down()
    }

    /// All tiles.
    pub fn tile_count(&self) -> u64 {
        self.tiles_across().saturating_mul(self.tiles_down())
    }

    /// Bytes of a decoded tile, padding at the edges included.
    pub fn tile_bytes(&self) -> u64 {
        let pixels = u64::from(self.tile_width) * u64::from(self.tile_height);
        pixels.saturating_mul(u64::from(self.samples)).saturating_mul(self.sample_type.bytes() as u64)
    }

    fn grid(&self) -> ChunkGrid {
        ChunkGrid {
            image_width: self.width,
            image_height: self.height,
            chunk_width: self.tile_width,
            chunk_height: self.tile_height,
            planes: 1,
        }
    }

    /// Most bytes that all encoded tiles can take: what a stored zlib stream or zstd frame adds is below 1/128 of
    /// the data plus 128 bytes.
    pub(crate) fn data_bound(&self) -> u64 {
        let raw = self.tile_bytes();
        let framing = if self.compression == Compression::None { 0 } else { raw / 128 + 128 };
        raw.saturating_add(framing).saturating_mul(self.tile_count())
    }

    pub(crate) fn validate(&self) -> Result<()> {
        if self.width == 0 || self.height == 0 {
            return Err(GeoTiffError::spec("size", format!("{} × {} pixels is empty", self.width, self.height)));
        }
        if self.samples == 0 {
            return Err(GeoTiffError::spec("samples", "an image needs at least one band"));
        }
        for size in [self.tile_width, self.tile_height] {
            if size == 0 || size % 16 != 0 {
                return Err(GeoTiffError::spec("tile size", format!("{size} is not a positive multiple of 16")));
            }
        }
        if self.tile_bytes() > MAX_TILE_BYTES {
            let reason =
                format!("a tile takes {} bytes, readers allow {MAX_TILE_BYTES}; use smaller tiles", self.tile_bytes());
            return Err(GeoTiffError::spec("tile size", reason));
        }
        if self.tile_count() > MAX_TILES {
            let reason = format!("{} tiles, at most {MAX_TILES} are written; use larger tiles", self.tile_count());
            return Err(GeoTiffError::spec("tile size", reason));
        }
        self.validate_predictor()?;
        let [_, dx, rx, _, ry, dy] = self.transform;
        let determinant = dx * dy - rx * ry;
        if !self.transform.iter().all(|v| v.is_finite()) || determinant == 0.0 || !determinant.is_finite() {
            return Err(GeoTiffError::spec(
                "transform",
                format!("{:?} does not map pixels to an area", self.transform),
            ));
        }
        if let Some(nodata) = &self.nodata
            && (nodata.is_empty() || !nodata.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(GeoTiffError::spec("nodata", format!("{nodata:?} is not a number in ASCII")));
        }
        if self.description.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(GeoTiffError::spec("description", "the text has a NUL character in it"));
        }
        Ok(())
    }

    fn validate_predictor(&self) -> Result<()> {
        let reason = match self.predictor {
            Predictor::None => return Ok(()),
            _ if self.compression == Compression::None => {
                "readers apply a predictor only with a compression".to_owned()
            }
            Predictor::Float if self.sample_type.sample_format() != 3 => {
                format!("float needs samples f32 or f64, not {}; use horizontal", self.sample_type)
            }
            _ => return Ok(()),
        };
        Err(GeoTiffError::spec("predictor", reason))
    }
}
