//! Coordinate reference systems to GeoKeys: an EPSG code where there is one, else the definition in keys.

use xr_crs::{Crs, Geographic, Projection};

use super::{GeoKeys, key};
use crate::{GeoTiffError, Result};

impl GeoKeys {
    /// The keys of a system.
    pub(crate) fn from_crs(crs: &Crs) -> Result<Self> {
        let mut keys = Self::default();
        keys.set_short(key::MODEL_TYPE, if crs.is_geographic() { 2 } else { 1 });
        keys.set_short(key::RASTER_TYPE, 1);
        keys.set_text(key::CITATION, &plain(crs.name()));
        match (crs.epsg(), crs.geographic(), crs.projection()) {
            (Some(code), ..) if crs.is_geographic() => keys.set_short(key::GEOGRAPHIC_TYPE, code),
            (Some(code), ..) => keys.set_short(key::PROJECTED_TYPE, code),
            (None, Some(geographic), None) if crs.is_geographic() => keys.set_geographic(geographic),
            (None, _, Some(projection)) => keys.set_projection(projection)?,
            _ => {
                return Err(not_expressible(crs.name(), "it has no EPSG code, and its projection method is not known"));
            }
        }
        Ok(keys)
    }

    fn set_projection(&mut self, projection: &Projection) -> Result<()> {
        let (Some(method), Some(parameters)) = (projection.method.geotiff_code(), projection.geokey_parameters())
        else {
            let reason = format!("it has no EPSG code, and GeoTIFF has none for {:?}", projection.method);
            return Err(not_expressible(&projection.name, &reason));
        };
        self.set_geographic(&projection.geographic);
        self.set_short(key::PROJECTED_TYPE, key::USER_DEFINED);
        self.set_short(key::PROJECTION, key::USER_DEFINED);
        self.set_short(key::METHOD, method);
        match projection.unit.linear_code() {
            Some(code) => self.set_short(key::LINEAR_UNITS, code),
            None => {
                self.set_short(key::LINEAR_UNITS, key::USER_DEFINED);
                self.set_double(key::LINEAR_UNIT_SIZE, projection.unit.factor);
            }
        }
        for (id, value) in parameters {
            self.set_double(id, value);
        }
        Ok(())
    }

    fn set_geographic(&mut self, geographic: &Geographic) {
        match geographic.unit.angular_code() {
            Some(code) => self.set_short(key::ANGULAR_UNITS, code),
            None => {
                self.set_short(key::ANGULAR_UNITS, key::USER_DEFINED);
                self.set_double(key::ANGULAR_UNIT_SIZE, geographic.unit.factor);
            }
        }
        if let Some(code) = geographic.epsg {
            self.set_short(key::GEOGRAPHIC_TYPE, code);
            return;
        }
        for id in [key::GEOGRAPHIC_TYPE, key::DATUM, key::ELLIPSOID, key::PRIME_MERIDIAN] {
            self.set_short(id, key::USER_DEFINED);
        }
        let ellipsoid = &geographic.ellipsoid;
        self.set_double(key::SEMI_MAJOR_AXIS, ellipsoid.semi_major);
        if ellipsoid.inverse_flattening == 0.0 {
            self.set_double(key::SEMI_MINOR_AXIS, ellipsoid.semi_major);
        } else {
            self.set_double(key::INVERSE_FLATTENING, ellipsoid.inverse_flattening);
        }
        let meridian = &geographic.prime_meridian;
        // In the angular unit; the factor of the degree itself is often rounded.
        let longitude = match geographic.unit.angular_code() {
            Some(9102) => meridian.longitude,
            _ => meridian.longitude.to_radians() / geographic.unit.factor,
        };
        self.set_double(key::PRIME_MERIDIAN_LONGITUDE, longitude);
        // There are no keys for these names: the citation holds them in the form that GDAL writes and reads.
        let names = [
            ("GCS Name", &geographic.name),
            ("Datum", &geographic.datum),
            ("Ellipsoid", &ellipsoid.name),
            ("Primem", &meridian.name),
        ];
        let citation = names.map(|(what, name)| format!("{what} = {}", plain(name))).join("|");
        self.set_text(key::GEOGRAPHIC_CITATION, &citation);
    }
}

/// A name as a GeoKey can hold it: ASCII of bounded length without the `|` that ends texts.
fn plain(name: &str) -> String {
    let replace = |c: char| if (c.is_ascii_graphic() && c != '|') || c == ' ' { c } else { '_' };
    name.chars().take(200).map(replace).collect()
}

fn not_expressible(name: &str, reason: &str) -> GeoTiffError {
    GeoTiffError::CrsNotExpressible { name: name.to_owned(), reason: reason.to_owned() }
}
