//! Whether an image can be written so that readers take it.

use super::image::Image;
use crate::{Compression, FieldType, GeoTiffError, ImageSpec, Photometric, Predictor, Result, SampleType, VerbatimTag};

/// Most tiles of all images of a file: the writer keeps 16 bytes for each, 1 GiB in all.
const MAX_TILES: u64 = 1 << 26;
/// Most bytes of a decoded tile: GDAL counts them in 31 bits.
const MAX_TILE_BYTES: u64 = i32::MAX as u64;

impl ImageSpec {
    pub(super) fn check(&self) -> Result<()> {
        if self.width == 0 || self.height == 0 {
            return Err(GeoTiffError::spec("size", format!("{} × {} pixels is empty", self.width, self.height)));
        }
        if self.samples == 0 {
            return Err(GeoTiffError::spec("samples", "an image needs at least one band"));
        }
        self.check_overviews()?;
        self.check_tiles()?;
        self.check_predictor()?;
        self.check_photometric()?;
        self.check_texts()?;
        self.check_verbatim()?;
        let Some(transform) = self.transform else { return Ok(()) };
        let [_, dx, rx, _, ry, dy] = transform;
        let determinant = dx * dy - rx * ry;
        if !transform.iter().all(|v| v.is_finite()) || determinant == 0.0 || !determinant.is_finite() {
            return Err(GeoTiffError::spec("transform", format!("{transform:?} does not map pixels to an area")));
        }
        Ok(())
    }

    fn check_verbatim(&self) -> Result<()> {
        for VerbatimTag { tag, kind, bytes } in &self.verbatim {
            let reason = match kind {
                FieldType::Ifd | FieldType::Ifd8 => "points into its file",
                FieldType::Long8 | FieldType::SLong8 => "has values of 64 bits, which classic TIFF lacks",
                _ if bytes.is_empty() || !(bytes.len() as u64).is_multiple_of(kind.bytes()) => "has no whole values",
                _ => continue,
            };
            return Err(GeoTiffError::spec("verbatim", format!("tag {tag} {reason}")));
        }
        if self.geo_keys.as_ref().is_some_and(|keys| !keys.fit_tags()) {
            return Err(GeoTiffError::spec("geo_keys", "their texts or numbers do not fit the tags for them"));
        }
        Ok(())
    }

    fn check_overviews(&self) -> Result<()> {
        let mut larger = (self.width, self.height);
        for &(width, height) in &self.overviews {
            if width == 0 || height == 0 || width > larger.0 || height > larger.1 || (width, height) == larger {
                let (w, h) = larger;
                let reason = format!("{width} × {height} pixels is no smaller version of {w} × {h} pixels");
                return Err(GeoTiffError::spec("overviews", reason));
            }
            larger = (width, height);
        }
        Ok(())
    }

    fn check_tiles(&self) -> Result<()> {
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
        let tiles = Image::all(self).iter().fold(0u64, |sum, image| sum.saturating_add(image.tile_count(self)));
        if tiles > MAX_TILES {
            let reason = format!("{tiles} tiles, at most {MAX_TILES} are written; use larger tiles");
            return Err(GeoTiffError::spec("tile size", reason));
        }
        Ok(())
    }

    fn check_predictor(&self) -> Result<()> {
        let reason = match self.predictor {
            Predictor::None => return Ok(()),
            _ if matches!(self.compression, Compression::None | Compression::PackBits) => {
                "readers apply a predictor only with lzw, deflate and zstd".to_owned()
            }
            Predictor::Float if self.sample_type.sample_format() != 3 => {
                format!("float needs samples f32 or f64, not {}; use horizontal", self.sample_type)
            }
            _ => return Ok(()),
        };
        Err(GeoTiffError::spec("predictor", reason))
    }

    fn check_photometric(&self) -> Result<()> {
        let colors = self.photometric.bands();
        let needed = usize::from(colors) + self.extra_samples.len();
        if usize::from(self.samples) < needed {
            let reason = format!("{} bands, but colours and what is beside them take {needed}", self.samples);
            return Err(GeoTiffError::spec("photometric", reason));
        }
        let Photometric::Palette(table) = &self.photometric else { return Ok(()) };
        let reason = match self.sample_type {
            SampleType::U8 | SampleType::U16 if usize::from(self.samples) > needed => {
                format!("{} bands, an image with a palette has one, and opacity", self.samples)
            }
            SampleType::U8 | SampleType::U16 if table.is_empty() || table.len() > 1 << self.sample_type.bits() => {
                format!("{} colours for samples of {} bits", table.len(), self.sample_type.bits())
            }
            SampleType::U8 | SampleType::U16 => return Ok(()),
            other => format!("a palette needs samples u8 or u16, not {other}"),
        };
        Err(GeoTiffError::spec("photometric", reason))
    }

    fn check_texts(&self) -> Result<()> {
        if let Some(nodata) = &self.nodata
            && (nodata.is_empty() || !nodata.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(GeoTiffError::spec("nodata", format!("{nodata:?} is not a number in ASCII")));
        }
        if self.description.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(GeoTiffError::spec("description", "the text has a NUL character in it"));
        }
        let is_bad = |text: &str| text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
        for item in &self.metadata {
            let mut texts = [Some(&item.name), Some(&item.value), item.role.as_ref(), item.domain.as_ref()];
            if texts.iter_mut().flatten().any(|text| is_bad(text)) {
                let reason = format!("item {:?} has a control character in it, which XML cannot hold", item.name);
                return Err(GeoTiffError::spec("metadata", reason));
            }
            if item.sample.is_some_and(|sample| sample >= self.samples) {
                let reason = format!("item {:?} is of a band that the image does not have", item.name);
                return Err(GeoTiffError::spec("metadata", reason));
            }
        }
        Ok(())
    }
}
