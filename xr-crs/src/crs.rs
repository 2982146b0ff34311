use std::fmt;

use crate::CrsError;
use crate::authority;
use crate::definition::Definition;
use crate::epsg;
use crate::esri_names;
use crate::geographic::Geographic;
use crate::projection::Projection;
use crate::projjson;
use crate::wkt;
use crate::wkt_tree;

/// A geographic or projected coordinate reference system.
#[derive(Clone, Debug)]
pub struct Crs {
    epsg: Option<u16>,
    wkt1: Option<String>,
    definition: Definition,
}

impl Crs {
    /// The CRS of an EPSG code. Of a compound or three-dimensional CRS this is the horizontal part, with its code.
    ///
    /// # Errors
    /// [`CrsError::UnknownCode`] for a code that the table of definitions lacks, [`CrsError::UnsupportedKind`] for one that
    /// has no map coordinates.
    pub fn from_epsg(code: u32) -> Result<Self, CrsError> {
        let entry = epsg::entry(code)?;
        Ok(Self { epsg: Some(entry.code), wkt1: entry.wkt1, definition: entry.definition })
    }

    /// The CRS of a definition in WKT1 (of the OGC or of ESRI, such as a `.prj` file) or WKT2.
    ///
    /// # Errors
    /// Malformed or oversized text, a kind without map coordinates, and a definition that lacks its datum or ellipsoid.
    pub fn from_wkt(text: &str) -> Result<Self, CrsError> {
        let text = text.trim_start_matches('\u{feff}');
        let nodes = wkt_tree::parse(text)?;
        let node = wkt::horizontal(&mut nodes.iter())?;
        let stated = node.authority().and_then(|(authority, code)| authority::epsg_code(authority, &code));
        let mut crs = Self::identify(stated, || wkt::definition(node, text))?;
        if wkt::is_wkt1(node) {
            crs.wkt1 = text.get(node.span.clone()).map(str::to_owned);
        }
        Ok(crs)
    }

    /// The CRS of a definition in PROJJSON, as GeoParquet files have it.
    ///
    /// # Errors
    /// As [`from_wkt`](Self::from_wkt).
    pub fn from_projjson(text: &str) -> Result<Self, CrsError> {
        if text.len() > wkt_tree::MAX_LENGTH {
            return Err(CrsError::TooLong { length: text.len(), limit: wkt_tree::MAX_LENGTH });
        }
        let value = serde_json::from_str(text)?;
        let crs = projjson::horizontal(&value)?;
        Self::identify(projjson::stated_code(crs), || projjson::definition(crs))
    }

    /// The CRS of any text: `EPSG:5070`, `OGC:CRS84`, `urn:ogc:def:crs:EPSG::5070`,
    /// `http://www.opengis.net/def/crs/EPSG/0/5070`, WKT or PROJJSON.
    ///
    /// # Errors
    /// As the other constructors, and [`CrsError::UnknownForm`].
    pub fn parse(text: &str) -> Result<Self, CrsError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
        if text.starts_with('{') {
            return Self::from_projjson(text);
        }
        if let Some(code) = authority::epsg_of_reference(text) {
            return Self::from_epsg(code);
        }
        let keyword = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if keyword.len() < text.len() && keyword.trim_start().starts_with(['[', '(']) {
            return Self::from_wkt(text);
        }
        Err(CrsError::UnknownForm { text: text.chars().take(60).collect() })
    }

    /// Longitude and latitude on WGS 84: what GeoJSON has. The same as EPSG:4326, since GIS axis order is understood.
    pub fn crs84() -> Self {
        Self {
            epsg: Some(4326),
            wkt1: crs_definitions::from_code(4326).map(|entry| entry.wkt.to_owned()),
            definition: Definition::Geographic(Geographic::wgs84()),
        }
    }

    /// The CRS of a definition that states `stated` as its code, or none.
    fn identify(
        stated: Option<u32>,
        definition: impl FnOnce() -> Result<Definition, CrsError>,
    ) -> Result<Self, CrsError> {
        if let Some(code) = stated {
            match Self::from_epsg(code) {
                Err(CrsError::UnknownCode { .. }) => {}
                known => return known,
            }
        }
        let mut definition = definition()?;
        // A code newer than the table is believed; one beyond 16 bits is none of EPSG's.
        let newer = stated.and_then(|code| u16::try_from(code).ok());
        if newer.is_none()
            && let Some(code) = named(&definition).or_else(|| epsg::find(&definition))
        {
            return Self::from_epsg(code.into());
        }
        if let Some(geographic) = definition.geographic_mut() {
            geographic.epsg = epsg::find_geographic(geographic);
        }
        Ok(Self { epsg: newer, wkt1: None, definition })
    }

    /// The EPSG code, stated or found.
    pub fn epsg(&self) -> Option<u16> {
        self.epsg
    }

    /// The name, e.g. `NAD83 / Conus Albers`; EPSG's where the code is known.
    pub fn name(&self) -> &str {
        self.definition.name()
    }

    /// The definition as WKT1: as it was given, or as the table has it.
    pub fn wkt(&self) -> Option<String> {
        self.wkt1.clone()
    }

    /// Whether coordinates are longitude and latitude.
    pub fn is_geographic(&self) -> bool {
        matches!(self.definition, Definition::Geographic(_))
    }

    /// Whether both give a place the same coordinates: they have one code or equivalent definitions. Axis order and heights
    /// do not count, so CRS84 is EPSG:4326 and EPSG:3044 is EPSG:25832.
    pub fn same(&self, other: &Self) -> bool {
        (self.epsg.is_some() && self.epsg == other.epsg) || self.definition.equivalent(&other.definition)
    }

    /// Method, parameters and unit of a projected CRS, if the method is one of [`Method`](crate::Method).
    pub fn projection(&self) -> Option<&Projection> {
        match &self.definition {
            Definition::Projected(projection) => Some(projection),
            _ => None,
        }
    }

    /// Datum, ellipsoid, meridian and unit of a geographic CRS, or of the one that a projected CRS is based on.
    pub fn geographic(&self) -> Option<&Geographic> {
        self.definition.geographic()
    }
}

/// The code that ESRI's name of the CRS stands for, provided that the definition is that of the code, as far as both are
/// understood.
fn named(definition: &Definition) -> Option<u16> {
    let code = esri_names::code(definition.name())?;
    let known = epsg::entry(code.into()).ok()?.definition;
    let agrees = match (definition, &known) {
        (Definition::OtherProjected { .. }, Definition::OtherProjected { .. }) => {
            let (given, known) = (definition.geographic()?, known.geographic()?);
            given.equivalent_but_for_unit(known)
        }
        _ => definition.equivalent(&known),
    };
    agrees.then_some(code)
}

/// `EPSG:5070 (NAD83 / Conus Albers)`, or the name alone.
impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epsg {
            Some(code) if self.name() == format!("EPSG:{code}") => f.write_str(self.name()),
            Some(code) => write!(f, "EPSG:{code} ({})", self.name()),
            None => f.write_str(self.name()),
        }
    }
}
