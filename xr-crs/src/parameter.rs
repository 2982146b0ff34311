use crate::names::normalised;

/// A parameter of a map projection. One name stands for what WKT, ESRI and EPSG call differently per method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Parameter {
    /// Latitude of the natural origin, false origin or projection centre, in degrees.
    LatitudeOfOrigin,
    /// Longitude of the natural origin, false origin or projection centre (the central meridian), in degrees.
    LongitudeOfOrigin,
    /// First, or only, standard parallel, in degrees.
    StandardParallel1,
    /// Second standard parallel, in degrees.
    StandardParallel2,
    /// Scale factor at the origin.
    ScaleFactor,
    /// Azimuth of the initial line at the projection centre, in degrees.
    Azimuth,
    /// Angle from the rectified to the skew grid, in degrees.
    RectifiedGridAngle,
    /// Easting of the origin, in the linear unit of the CRS.
    FalseEasting,
    /// Northing of the origin, in the linear unit of the CRS.
    FalseNorthing,
}

/// What a parameter measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    Angle,
    Scale,
    Length,
}

impl Parameter {
    /// The parameter by its name in WKT1, ESRI WKT, WKT2 or PROJJSON.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match normalised(name).as_str() {
            "latitudeoforigin"
            | "latitudeofcenter"
            | "centralparallel"
            | "latitudeofnaturalorigin"
            | "latitudeoffalseorigin"
            | "latitudeofprojectioncentre" => Self::LatitudeOfOrigin,
            "centralmeridian"
            | "longitudeofcenter"
            | "longitudeoforigin"
            | "longitudeofnaturalorigin"
            | "longitudeoffalseorigin"
            | "longitudeofprojectioncentre" => Self::LongitudeOfOrigin,
            "standardparallel1" | "latitudeof1ststandardparallel" | "latitudeofstandardparallel" => {
                Self::StandardParallel1
            }
            "standardparallel2" | "latitudeof2ndstandardparallel" => Self::StandardParallel2,
            "scalefactor"
            | "scalefactoratnaturalorigin"
            | "scalefactoratprojectioncentre"
            | "scalefactoroninitialline" => Self::ScaleFactor,
            "azimuth" | "azimuthofinitialline" | "azimuthatprojectioncentre" => Self::Azimuth,
            "rectifiedgridangle" | "anglefromrectifiedtoskewgrid" | "xyplanerotation" => Self::RectifiedGridAngle,
            "falseeasting" | "eastingatfalseorigin" | "eastingatprojectioncentre" => Self::FalseEasting,
            "falsenorthing" | "northingatfalseorigin" | "northingatprojectioncentre" => Self::FalseNorthing,
            _ => return None,
        })
    }

    pub(crate) fn quantity(self) -> Quantity {
        match self {
            Self::ScaleFactor => Quantity::Scale,
            Self::FalseEasting | Self::FalseNorthing => Quantity::Length,
            _ => Quantity::Angle,
        }
    }

    /// What a definition means that leaves the parameter out; a standard parallel or an azimuth has no such value.
    pub(crate) fn default_value(self) -> Option<f64> {
        match self {
            Self::ScaleFactor => Some(1.0),
            Self::StandardParallel1 | Self::StandardParallel2 | Self::Azimuth | Self::RectifiedGridAngle => None,
            _ => Some(0.0),
        }
    }

    /// Whether two values are one: definitions round to about 13 digits, so 1 mm on the ground (and in `linear_factor`
    /// metres a unit) separates equal from different.
    pub(crate) fn close(self, a: f64, b: f64, linear_factor: f64) -> bool {
        let difference = (a - b).abs();
        match self.quantity() {
            Quantity::Angle => difference.min((difference - 360.0).abs()) <= 1e-8,
            Quantity::Scale => difference <= 1e-10,
            Quantity::Length => difference <= 1e-3 / linear_factor,
        }
    }
}
