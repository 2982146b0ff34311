use std::collections::BTreeMap;

use crate::names::normalised;
use crate::parameter::Parameter;
use crate::parameter::Parameter::{
    Azimuth, FalseEasting, FalseNorthing, LatitudeOfOrigin, LongitudeOfOrigin, RectifiedGridAngle, ScaleFactor,
    StandardParallel1, StandardParallel2,
};

/// Parameters as a definition gives them, before the method tells which it takes. Angles in degrees, lengths in the linear
/// unit of the CRS.
pub(crate) type ParameterSet = BTreeMap<Parameter, f64>;

/// A map projection method. Variants A and B are EPSG's: a scale factor at the origin, or a standard parallel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Transverse Mercator (Gauss-Krüger).
    TransverseMercator,
    /// Transverse Mercator with axes to the south and west.
    TransverseMercatorSouthOrientated,
    /// Mercator with a scale factor.
    MercatorA,
    /// Mercator with a standard parallel.
    MercatorB,
    /// Mercator on a sphere of ellipsoidal coordinates (web maps).
    PseudoMercator,
    /// Lambert conformal conic with one standard parallel.
    LambertConformalConic1sp,
    /// Lambert conformal conic with two standard parallels.
    LambertConformalConic2sp,
    /// Albers equal-area conic.
    AlbersEqualArea,
    /// Lambert azimuthal equal area.
    LambertAzimuthalEqualArea,
    /// Polar stereographic with a scale factor at the pole.
    PolarStereographicA,
    /// Polar stereographic with a standard parallel.
    PolarStereographicB,
    /// Oblique (double) stereographic.
    ObliqueStereographic,
    /// Hotine oblique Mercator with coordinates from the natural origin.
    HotineObliqueMercatorA,
    /// Hotine oblique Mercator with coordinates from the projection centre.
    HotineObliqueMercatorB,
    /// Cassini-Soldner.
    CassiniSoldner,
    /// Equidistant cylindrical (equirectangular).
    EquidistantCylindrical,
    /// Cylindrical equal area.
    CylindricalEqualArea,
}

impl Method {
    /// The value of ProjMethodGeoKey (3075): the codes of the GeoTIFF standard (OGC 19-008, annex C), and for Hotine variant
    /// B the one that GDAL reads and writes. `None`: GeoTIFF has none.
    pub fn geotiff_code(self) -> Option<u16> {
        Some(match self {
            Self::TransverseMercator => 1,
            Self::HotineObliqueMercatorA => 3,
            Self::MercatorA | Self::MercatorB => 7,
            Self::LambertConformalConic2sp => 8,
            Self::LambertConformalConic1sp => 9,
            Self::LambertAzimuthalEqualArea => 10,
            Self::AlbersEqualArea => 11,
            Self::PolarStereographicA | Self::PolarStereographicB => 15,
            Self::ObliqueStereographic => 16,
            Self::EquidistantCylindrical => 17,
            Self::CassiniSoldner => 18,
            Self::TransverseMercatorSouthOrientated => 27,
            Self::CylindricalEqualArea => 28,
            Self::HotineObliqueMercatorB => 9815,
            Self::PseudoMercator => return None,
        })
    }

    /// The parameters of the method, each with its GeoKey in a GeoTIFF, as GDAL assigns them.
    pub(crate) fn parameters(self) -> &'static [(Parameter, u16)] {
        match self {
            Self::TransverseMercator
            | Self::TransverseMercatorSouthOrientated
            | Self::MercatorA
            | Self::LambertConformalConic1sp
            | Self::ObliqueStereographic => &[
                (LatitudeOfOrigin, 3081),
                (LongitudeOfOrigin, 3080),
                (ScaleFactor, 3092),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            Self::MercatorB => &[
                (StandardParallel1, 3078),
                (LatitudeOfOrigin, 3081),
                (LongitudeOfOrigin, 3080),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            Self::CylindricalEqualArea => {
                &[(StandardParallel1, 3078), (LongitudeOfOrigin, 3080), (FalseEasting, 3082), (FalseNorthing, 3083)]
            }
            Self::PseudoMercator | Self::CassiniSoldner => {
                &[(LatitudeOfOrigin, 3081), (LongitudeOfOrigin, 3080), (FalseEasting, 3082), (FalseNorthing, 3083)]
            }
            Self::LambertConformalConic2sp => &[
                (StandardParallel1, 3078),
                (StandardParallel2, 3079),
                (LatitudeOfOrigin, 3085),
                (LongitudeOfOrigin, 3084),
                (FalseEasting, 3086),
                (FalseNorthing, 3087),
            ],
            Self::AlbersEqualArea => &[
                (StandardParallel1, 3078),
                (StandardParallel2, 3079),
                (LatitudeOfOrigin, 3081),
                (LongitudeOfOrigin, 3080),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            Self::LambertAzimuthalEqualArea => {
                &[(LatitudeOfOrigin, 3089), (LongitudeOfOrigin, 3088), (FalseEasting, 3082), (FalseNorthing, 3083)]
            }
            Self::PolarStereographicA => &[
                (LatitudeOfOrigin, 3081),
                (LongitudeOfOrigin, 3095),
                (ScaleFactor, 3092),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            // GeoTIFF has one code for both variants: a natural origin off the pole is the standard parallel.
            Self::PolarStereographicB => &[
                (StandardParallel1, 3081),
                (LongitudeOfOrigin, 3095),
                (ScaleFactor, 3092),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            Self::HotineObliqueMercatorA | Self::HotineObliqueMercatorB => &[
                (LatitudeOfOrigin, 3089),
                (LongitudeOfOrigin, 3088),
                (Azimuth, 3094),
                (RectifiedGridAngle, 3096),
                (ScaleFactor, 3093),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
            Self::EquidistantCylindrical => &[
                (StandardParallel1, 3078),
                (LatitudeOfOrigin, 3089),
                (LongitudeOfOrigin, 3088),
                (FalseEasting, 3082),
                (FalseNorthing, 3083),
            ],
        }
    }

    /// The method by its name in any kind of definition, and its complete parameters in its order.
    pub(crate) fn recognise(name: &str, mut given: ParameterSet) -> Option<(Self, Vec<(Parameter, f64)>)> {
        let method = Self::from_name(&normalised(name), &mut given)?;
        let parameters = method
            .parameters()
            .iter()
            .map(|(parameter, _)| {
                let value = given.remove(parameter).or(parameter.default_value())?;
                value.is_finite().then_some((*parameter, value))
            })
            .collect::<Option<Vec<_>>>()?;
        // What the method does not take must say nothing: WKT1 adds a scale factor of 1 to polar stereographic.
        let neutral = given.iter().all(|(parameter, value)| parameter.default_value() == Some(*value));
        neutral.then_some((method, parameters))
    }

    /// Some names leave the variant to the parameters, which are brought to the form of the variant.
    fn from_name(name: &str, given: &mut ParameterSet) -> Option<Self> {
        Some(match name {
            "transversemercator" | "gausskruger" => Self::TransverseMercator,
            "transversemercatorsouthorientated" => Self::TransverseMercatorSouthOrientated,
            "mercator1sp" | "mercatorvarianta" => Self::MercatorA,
            "mercator" | "mercator2sp" | "mercatorvariantb" => mercator(given),
            "popularvisualisationpseudomercator" => Self::PseudoMercator,
            "mercatorauxiliarysphere" => {
                // Its standard parallel is 0; one that is not makes another projection.
                given
                    .remove(&StandardParallel1)
                    .is_none_or(|latitude| latitude == 0.0)
                    .then_some(Self::PseudoMercator)?
            }
            "lambertconformalconic1sp" | "lambertconicconformal1sp" => Self::LambertConformalConic1sp,
            "lambertconformalconic2sp" | "lambertconicconformal2sp" => lambert_conformal_conic(given)?,
            "lambertconformalconic" => lambert_conformal_conic(given)?,
            "albers" | "albersequalarea" | "albersconicequalarea" => Self::AlbersEqualArea,
            "lambertazimuthalequalarea" => Self::LambertAzimuthalEqualArea,
            "polarstereographic"
            | "polarstereographicvarianta"
            | "polarstereographicvariantb"
            | "stereographicnorthpole"
            | "stereographicsouthpole" => polar_stereographic(given)?,
            "stereographic" if given.get(&LatitudeOfOrigin).is_some_and(|latitude| latitude.abs() == 90.0) => {
                polar_stereographic(given)?
            }
            "obliquestereographic" | "doublestereographic" => Self::ObliqueStereographic,
            "hotineobliquemercator"
            | "hotineobliquemercatorvarianta"
            | "hotineobliquemercatorazimuthnaturalorigin"
            | "rectifiedskeworthomorphicnaturalorigin" => hotine(given, Self::HotineObliqueMercatorA),
            "hotineobliquemercatorazimuthcenter"
            | "hotineobliquemercatorvariantb"
            | "rectifiedskeworthomorphiccenter" => hotine(given, Self::HotineObliqueMercatorB),
            "cassini" | "cassinisoldner" => Self::CassiniSoldner,
            "equirectangular" | "equidistantcylindrical" | "platecarree" => {
                given.entry(StandardParallel1).or_insert(0.0);
                Self::EquidistantCylindrical
            }
            "cylindricalequalarea" | "lambertcylindricalequalarea" | "behrmann" => Self::CylindricalEqualArea,
            _ => return None,
        })
    }
}

/// ESRI's name stands for both variants; a standard parallel on the equator is a scale factor of 1.
fn mercator(given: &mut ParameterSet) -> Method {
    match given.get(&StandardParallel1) {
        Some(latitude) if *latitude != 0.0 => Method::MercatorB,
        _ => {
            given.remove(&StandardParallel1);
            Method::MercatorA
        }
    }
}

/// ESRI's name stands for both variants; with one parallel it repeats the latitude of origin. Two equal parallels at the
/// origin are one.
fn lambert_conformal_conic(given: &mut ParameterSet) -> Option<Method> {
    let first = given.get(&StandardParallel1).copied()?;
    let origin = given.get(&LatitudeOfOrigin).copied().unwrap_or(0.0);
    match given.get(&StandardParallel2) {
        Some(second) if *second != first || first != origin => Some(Method::LambertConformalConic2sp),
        None if first != origin => None,
        _ => {
            given.remove(&StandardParallel1);
            given.remove(&StandardParallel2);
            Some(Method::LambertConformalConic1sp)
        }
    }
}

/// WKT1 gives either variant by its latitude of origin: the pole with a scale factor, or the standard parallel.
fn polar_stereographic(given: &mut ParameterSet) -> Option<Method> {
    let origin = given.remove(&LatitudeOfOrigin);
    let latitude = given.remove(&StandardParallel1).or(origin)?;
    if latitude.abs() == 90.0 {
        given.insert(LatitudeOfOrigin, latitude);
        Some(Method::PolarStereographicA)
    } else {
        // A standard parallel fixes the scale; GeoTIFF and WKT1 state the factor of 1 all the same.
        given.insert(StandardParallel1, latitude);
        given.get(&ScaleFactor).is_none_or(|scale| *scale == 1.0).then_some(Method::PolarStereographicB)
    }
}

/// ESRI leaves out the angle of the grid, which is then rectified fully.
fn hotine(given: &mut ParameterSet, variant: Method) -> Method {
    if let Some(azimuth) = given.get(&Azimuth).copied() {
        given.entry(RectifiedGridAngle).or_insert(azimuth);
    }
    variant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognise(name: &str, given: &[(Parameter, f64)]) -> Option<Method> {
        Method::recognise(name, given.iter().copied().collect()).map(|(method, _)| method)
    }

    #[test]
    fn parameters_choose_the_variant() {
        let conic = "Lambert_Conformal_Conic";
        let (first, second) = ((StandardParallel1, 49.0), (StandardParallel2, 44.0));
        assert_eq!(
            recognise(conic, &[first, second, (LatitudeOfOrigin, 46.5)]),
            Some(Method::LambertConformalConic2sp)
        );
        assert_eq!(recognise(conic, &[first, (LatitudeOfOrigin, 49.0)]), Some(Method::LambertConformalConic1sp));
        assert_eq!(recognise(conic, &[first, (LatitudeOfOrigin, 40.0)]), None);
        assert_eq!(recognise("Polar_Stereographic", &[(LatitudeOfOrigin, 90.0)]), Some(Method::PolarStereographicA));
        assert_eq!(recognise("Polar_Stereographic", &[(LatitudeOfOrigin, 70.0)]), Some(Method::PolarStereographicB));
        assert_eq!(recognise("Stereographic", &[(LatitudeOfOrigin, 52.0)]), None);
        assert_eq!(recognise("Mercator", &[(StandardParallel1, 0.0)]), Some(Method::MercatorA));
        assert_eq!(recognise("Mercator", &[(StandardParallel1, -41.0)]), Some(Method::MercatorB));
    }

    #[test]
    fn what_the_method_does_not_take_must_be_neutral() {
        let albers = [(StandardParallel1, 29.5), (StandardParallel2, 45.5)];
        assert!(recognise("Albers", &albers).is_some());
        assert!(recognise("Albers", &[albers[0], albers[1], (ScaleFactor, 1.0)]).is_some());
        assert!(recognise("Albers", &[albers[0], albers[1], (ScaleFactor, 0.9996)]).is_none());
        assert!(recognise("Albers", &albers[..1]).is_none());
        assert!(recognise("Albers", &[albers[0], albers[1], (FalseEasting, f64::INFINITY)]).is_none());
    }
}
