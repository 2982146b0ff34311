//! GeoKeys to a coordinate reference system: by its EPSG code, else by way of WKT1, whose parts the keys mirror.

use std::f64::consts::PI;

use xr_crs::Crs;

use super::{GeoKeyValue, GeoKeys, key};

impl GeoKeys {
    /// The system that the keys name or define; `None` if they do neither in a way that is understood.
    pub fn to_crs(&self) -> Option<Crs> {
        match (self.short(key::PROJECTED_TYPE), self.short(key::GEOGRAPHIC_TYPE)) {
            (Some(key::USER_DEFINED), _) => Crs::from_wkt(&self.projected_wkt()?).ok(),
            (None, Some(key::USER_DEFINED)) => Crs::from_wkt(&self.geographic_wkt()?).ok(),
            (Some(code), _) | (None, Some(code)) => Crs::from_epsg(u32::from(code)).ok(),
            (None, None) => None,
        }
    }

    fn projected_wkt(&self) -> Option<String> {
        let name = quoted(self.text(key::CITATION).unwrap_or("unknown"));
        let geographic = match self.short(key::GEOGRAPHIC_TYPE)? {
            key::USER_DEFINED => self.geographic_wkt()?,
            code => Crs::from_epsg(u32::from(code)).ok()?.wkt()?,
        };
        let method = self.method_name()?;
        let parameters: String = self
            .iter()
            .filter_map(|(id, value)| match value {
                GeoKeyValue::Doubles(values) => Some((parameter_name(id)?, values.first()?)),
                _ => None,
            })
            .map(|(name, value)| format!("PARAMETER[\"{name}\",{value}],"))
            .collect();
        let unit = self.unit(key::LINEAR_UNITS, key::LINEAR_UNIT_SIZE)?;
        Some(format!("PROJCS[{name},{geographic},PROJECTION[\"{method}\"],{parameters}UNIT[\"linear\",{unit}]]"))
    }

    fn geographic_wkt(&self) -> Option<String> {
        let name = self.cited("GCS Name");
        let (datum, ellipsoid, meridian) = (self.cited("Datum"), self.cited("Ellipsoid"), self.cited("Primem"));
        let semi_major = self.double(key::SEMI_MAJOR_AXIS)?;
        let inverse_flattening = match (self.double(key::INVERSE_FLATTENING), self.double(key::SEMI_MINOR_AXIS)) {
            (Some(value), _) => value,
            (None, Some(semi_minor)) if semi_minor == semi_major => 0.0,
            (None, Some(semi_minor)) => semi_major / (semi_major - semi_minor),
            (None, None) => return None,
        };
        let unit = self.unit(key::ANGULAR_UNITS, key::ANGULAR_UNIT_SIZE)?;
        // WKT1 as GDAL and ESRI write it has the meridian in degrees whatever the unit.
        let longitude = match self.double(key::PRIME_MERIDIAN_LONGITUDE).unwrap_or(0.0) {
            degrees if unit == PI / 180.0 => degrees,
            angle => (angle * unit).to_degrees(),
        };
        Some(format!(
            "GEOGCS[{name},DATUM[{datum},SPHEROID[{ellipsoid},{semi_major},{inverse_flattening}]],\
             PRIMEM[{meridian},{longitude}],UNIT[\"angular\",{unit}]]"
        ))
    }

    /// A name from the citation of the geographic system, `Datum = WGS_1984|Ellipsoid = …`.
    fn cited(&self, what: &str) -> String {
        let citation = self.text(key::GEOGRAPHIC_CITATION).unwrap_or_default();
        let named = citation.split('|').find_map(|part| part.strip_prefix(what)?.trim_start().strip_prefix('='));
        quoted(named.map_or("unknown", str::trim))
    }

    /// Metres or radians of a unit; EPSG's metre and degree if the key is missing.
    fn unit(&self, code: u16, size: u16) -> Option<f64> {
        match self.short(code) {
            None if code == key::LINEAR_UNITS => Some(1.0),
            None | Some(9102) => Some(PI / 180.0),
            Some(9001 | 9101) => Some(1.0),
            Some(9002) => Some(0.3048),
            Some(9003) => Some(1200.0 / 3937.0),
            Some(9036) => Some(1000.0),
            Some(9105) => Some(PI / 200.0),
            Some(key::USER_DEFINED) => self.double(size),
            Some(_) => None,
        }
    }

    /// WKT1's name for the projection method (GeoTIFF 1.1 annex C).
    fn method_name(&self) -> Option<&'static str> {
        Some(match self.short(key::METHOD)? {
            1 => "Transverse_Mercator",
            3 => "Hotine_Oblique_Mercator",
            7 if self.double(3078).is_some() => "Mercator_2SP",
            7 => "Mercator_1SP",
            8 => "Lambert_Conformal_Conic_2SP",
            9 => "Lambert_Conformal_Conic_1SP",
            10 => "Lambert_Azimuthal_Equal_Area",
            11 => "Albers_Conic_Equal_Area",
            15 => "Polar_Stereographic",
            16 => "Oblique_Stereographic",
            17 => "Equirectangular",
            18 => "Cassini_Soldner",
            27 => "Transverse_Mercator_South_Orientated",
            28 => "Cylindrical_Equal_Area",
            9815 => "Hotine_Oblique_Mercator_Azimuth_Center",
            _ => return None,
        })
    }
}

/// WKT1's name for a projection parameter. Natural origin, false origin and centre are one thing in WKT1.
fn parameter_name(id: u16) -> Option<&'static str> {
    Some(match id {
        3078 => "standard_parallel_1",
        3079 => "standard_parallel_2",
        3080 | 3084 | 3088 | 3095 => "central_meridian",
        3081 | 3085 | 3089 => "latitude_of_origin",
        3082 | 3086 => "false_easting",
        3083 | 3087 => "false_northing",
        3092 | 3093 => "scale_factor",
        3094 => "azimuth",
        3096 => "rectified_grid_angle",
        _ => return None,
    })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEMS: [&str; 4] = [
        "Albers on a system with a code, in US survey feet",
        "Lambert with two parallels on a datum of its own, from Paris, in grads",
        "polar stereographic on a sphere",
        "geographic",
    ];

    /// WKT1 of systems that have no EPSG code.
    fn wkt(system: &str) -> String {
        let nad83 = Crs::from_epsg(4269).unwrap().wkt().unwrap();
        let paris = r#"GEOGCS["own",DATUM["Own datum",SPHEROID["Own",6378200,293.5]],PRIMEM["Paris",2.33722917],UNIT["grad",0.01570796326794897]]"#;
        let sphere = r#"GEOGCS["ball",DATUM["Ball",SPHEROID["Ball",6371000,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#;
        match SYSTEMS.iter().position(|name| *name == system).unwrap() {
            0 => format!(
                r#"PROJCS["a",{nad83},PROJECTION["Albers_Conic_Equal_Area"],PARAMETER["standard_parallel_1",30.5],PARAMETER["standard_parallel_2",44.5],PARAMETER["latitude_of_center",20],PARAMETER["longitude_of_center",-97],PARAMETER["false_easting",1000],PARAMETER["false_northing",0],UNIT["US survey foot",0.3048006096012192]]"#
            ),
            1 => format!(
                r#"PROJCS["b",{paris},PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",50],PARAMETER["standard_parallel_2",48],PARAMETER["latitude_of_origin",49],PARAMETER["central_meridian",0],PARAMETER["false_easting",600000],PARAMETER["false_northing",200000],UNIT["metre",1]]"#
            ),
            2 => format!(
                r#"PROJCS["c",{sphere},PROJECTION["Polar_Stereographic"],PARAMETER["latitude_of_origin",-71.5],PARAMETER["central_meridian",11],PARAMETER["false_easting",5],PARAMETER["false_northing",6],UNIT["metre",1]]"#
            ),
            _ => paris.to_owned(),
        }
    }

    #[test]
    fn definitions_survive_the_keys() {
        for system in SYSTEMS {
            let crs = Crs::from_wkt(&wkt(system)).unwrap();
            assert_eq!(crs.epsg(), None, "{system}");
            let back = GeoKeys::from_crs(&crs).unwrap().to_crs().unwrap();
            assert!(back.same(&crs), "{system}: {back:?} for {crs:?}");
        }
    }

    #[test]
    fn systems_without_form_ask_for_a_code() {
        let wkt = wkt(SYSTEMS[2]).replace("Polar_Stereographic", "Bonne");
        let error = GeoKeys::from_crs(&Crs::from_wkt(&wkt).unwrap()).unwrap_err().to_string();
        assert!(error.contains("\"c\"") && error.contains("--crs"), "{error}");
    }
}
