use crate::datum_names::canonical;
use crate::unit::Unit;

/// Semi-major axes closer than a millimetre are one; definitions give at most that.
const AXIS_TOLERANCE: f64 = 1e-3;
/// Separates GRS 1980 from WGS 84 (1.5e-6 apart) and joins roundings to nine digits.
const FLATTENING_TOLERANCE: f64 = 1e-7;
const MERIDIAN_TOLERANCE: f64 = 1e-7;

/// An ellipsoid of revolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Ellipsoid {
    /// Name as the definition gives it.
    pub name: String,
    /// Semi-major axis in metres.
    pub semi_major: f64,
    /// Inverse flattening; 0 for a sphere.
    pub inverse_flattening: f64,
}

/// The meridian from which longitudes count.
#[derive(Clone, Debug, PartialEq)]
pub struct PrimeMeridian {
    /// Name as the definition gives it.
    pub name: String,
    /// Degrees east of Greenwich.
    pub longitude: f64,
}

/// A geographic CRS: longitude and latitude on a datum.
#[derive(Clone, Debug, PartialEq)]
pub struct Geographic {
    /// Name as the definition gives it, e.g. `NAD83`.
    pub name: String,
    /// EPSG code of this geographic CRS, if known.
    pub epsg: Option<u16>,
    /// Name of the datum as the definition gives it.
    pub datum: String,
    /// Ellipsoid of the datum.
    pub ellipsoid: Ellipsoid,
    /// Prime meridian.
    pub prime_meridian: PrimeMeridian,
    /// Unit of the longitudes and latitudes.
    pub unit: Unit,
}

impl Ellipsoid {
    /// The ellipsoid, if its axis and inverse flattening can be those of one.
    pub(crate) fn new(name: &str, semi_major: f64, inverse_flattening: f64) -> Option<Self> {
        let real = semi_major.is_finite() && semi_major > 0.0 && inverse_flattening.is_finite();
        let flat = inverse_flattening == 0.0 || inverse_flattening > 1.0;
        (real && flat).then(|| Self { name: name.to_owned(), semi_major, inverse_flattening })
    }
}

impl PrimeMeridian {
    pub(crate) fn greenwich() -> Self {
        Self { name: "Greenwich".into(), longitude: 0.0 }
    }
}

impl Geographic {
    pub(crate) fn wgs84() -> Self {
        Self {
            name: "WGS 84".into(),
            epsg: Some(4326),
            datum: "WGS_1984".into(),
            ellipsoid: Ellipsoid {
                name: "WGS 84".into(),
                semi_major: 6_378_137.0,
                inverse_flattening: 298.257_223_563,
            },
            prime_meridian: PrimeMeridian::greenwich(),
            unit: Unit::degree(),
        }
    }

    /// Whether coordinates in both are on one datum, from one meridian and in one unit. Names of the CRSs do not count.
    pub(crate) fn equivalent(&self, other: &Self) -> bool {
        self.unit.equivalent(&other.unit) && self.equivalent_but_for_unit(other)
    }

    /// As [`equivalent`](Self::equivalent), for the base of a projection, whose coordinates it gives no unit.
    pub(crate) fn equivalent_but_for_unit(&self, other: &Self) -> bool {
        let (a, b) = (&self.ellipsoid, &other.ellipsoid);
        (a.semi_major - b.semi_major).abs() < AXIS_TOLERANCE
            && (a.inverse_flattening - b.inverse_flattening).abs() < FLATTENING_TOLERANCE
            && (self.prime_meridian.longitude - other.prime_meridian.longitude).abs() < MERIDIAN_TOLERANCE
            && canonical(&self.datum) == canonical(&other.datum)
    }
}
