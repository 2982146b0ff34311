//! Where the image lies, and what else GeoTIFF and GDAL tags say.

use xr_crs::Crs;

use super::directory::Directory;
use crate::geokeys::GeoKeys;
use crate::{Result, tag};

impl Directory {
    /// From pixel corner to model coordinates, in GDAL's order `[x0, dx, rx, y0, ry, dy]`; `None` without the tags,
    /// or with ground control points only. Where coordinates name pixel centres (PixelIsPoint) the half pixel is
    /// taken off.
    ///
    /// # Errors
    /// Tags with too few numbers, numbers that are not finite.
    pub fn transform(&self) -> Result<Option<[f64; 6]>> {
        // Where a file has both forms, which the specification does not allow, GDAL takes the scale unless it is 0.
        let scale = self.doubles(tag::MODEL_PIXEL_SCALE)?.filter(|&[sx, sy]| sx != 0.0 && sy != 0.0);
        let transform =
            if let (Some([sx, sy]), Some([column, row, _, x, y])) = (scale, self.doubles(tag::MODEL_TIEPOINT)?) {
                // GDAL takes a negative scale, which the specification does not allow, as its absolute value.
                let dy = -f64::abs(sy);
                [x - column * sx, sx, 0.0, y - row * dy, 0.0, dy]
            } else if let Some(m) = self.doubles::<16>(tag::MODEL_TRANSFORMATION)? {
                [m[3], m[0], m[1], m[7], m[4], m[5]]
            } else {
                return Ok(None);
            };
        let [x0, dx, rx, y0, ry, dy] = transform;
        if self.geo_keys()?.is_pixel_point() {
            return Ok(Some([x0 - 0.5 * (dx + rx), dx, rx, y0 - 0.5 * (ry + dy), ry, dy]));
        }
        Ok(Some(transform))
    }

    /// The GeoKeys; empty without the tag.
    ///
    /// # Errors
    /// Tags that contradict each other.
    pub fn geo_keys(&self) -> Result<GeoKeys> {
        let Some(entry) = self.entry(tag::GEO_KEY_DIRECTORY) else { return Ok(GeoKeys::default()) };
        let malformed = |reason: &str| self.malformed(tag::GEO_KEY_DIRECTORY, reason);
        let codes = entry.unsigned().ok_or_else(|| malformed("does not hold unsigned integers"))?;
        let codes: Vec<u16> = codes.map(|code| code.min(u64::from(u16::MAX)) as u16).collect();
        let doubles = self.entry(tag::GEO_DOUBLE_PARAMS).and_then(|entry| Some(entry.floats()?.collect::<Vec<_>>()));
        let text = self.entry(tag::GEO_ASCII_PARAMS).and_then(|entry| entry.bytes.as_deref());
        GeoKeys::from_tags(&codes, &doubles.unwrap_or_default(), text.unwrap_or_default())
            .map_err(|reason| malformed(&format!(": {reason}")))
    }

    /// The coordinate reference system; `None` if the file names none, or one that only its citation describes.
    ///
    /// # Errors
    /// GeoKeys that contradict each other.
    pub fn crs(&self) -> Result<Option<Crs>> {
        Ok(self.geo_keys()?.to_crs())
    }

    /// Text of the nodata value.
    pub fn nodata(&self) -> Option<String> {
        self.text(tag::GDAL_NODATA).map(|text| text.trim().to_owned())
    }

    /// GDAL's metadata, an XML text (statistics, band descriptions, scale and offset).
    pub fn gdal_metadata(&self) -> Option<String> {
        self.text(tag::GDAL_METADATA)
    }

    /// Free text about the image.
    pub fn description(&self) -> Option<String> {
        self.text(tag::IMAGE_DESCRIPTION)
    }

    fn text(&self, tag: u16) -> Option<String> {
        self.entry(tag)?.text()
    }

    /// The first `N` values of a tag of floating-point numbers.
    fn doubles<const N: usize>(&self, tag: u16) -> Result<Option<[f64; N]>> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let mut numbers = [0.0; N];
        let mut values = entry.floats().into_iter().flatten();
        for number in &mut numbers {
            match values.next() {
                Some(value) if value.is_finite() => *number = value,
                _ => return Err(self.malformed(tag, &format!("does not start with {N} finite numbers"))),
            }
        }
        Ok(Some(numbers))
    }
}
