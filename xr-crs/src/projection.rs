use crate::geographic::Geographic;
use crate::method::{Method, ParameterSet};
use crate::parameter::{Parameter, Quantity};
use crate::unit::Unit;

/// A projected CRS in terms of its parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Projection {
    /// Name of the projected CRS.
    pub name: String,
    /// The geographic CRS that is projected.
    pub geographic: Geographic,
    /// The projection method.
    pub method: Method,
    /// All parameters of the method, in its order: angles in degrees, lengths in `unit`.
    pub parameters: Vec<(Parameter, f64)>,
    /// Unit of the eastings and northings.
    pub unit: Unit,
}

impl Projection {
    /// `None` if the method is not known with exactly these parameters, or if one is missing or not finite.
    pub(crate) fn new(
        name: &str,
        geographic: Geographic,
        method: &str,
        given: ParameterSet,
        unit: Unit,
    ) -> Option<Self> {
        let (method, parameters) = Method::recognise(method, given)?;
        Some(Self { name: name.to_owned(), geographic, method, parameters, unit })
    }

    /// Value of a parameter: an angle in degrees, a length in [`unit`](Self::unit), or a ratio.
    pub fn parameter(&self, parameter: Parameter) -> Option<f64> {
        self.parameters.iter().find(|(which, _)| *which == parameter).map(|(_, value)| *value)
    }

    /// The parameters as GeoTIFF states them: GeoKey (3078 to 3096) and value, angles in the unit of the geographic CRS and
    /// lengths in [`unit`](Self::unit). `None` if GeoTIFF has no code for the method.
    pub fn geokey_parameters(&self) -> Option<Vec<(u16, f64)>> {
        self.method.geotiff_code()?;
        let keys = self.method.parameters().iter().zip(&self.parameters);
        Some(
            keys.map(|((_, key), (parameter, value))| match parameter.quantity() {
                Quantity::Angle => (*key, self.geographic.unit.of_degrees(*value)),
                _ => (*key, *value),
            })
            .collect(),
        )
    }

    /// Whether both give a place the same easting and northing. Names do not count.
    pub(crate) fn equivalent(&self, other: &Self) -> bool {
        self.method == other.method
            && self.unit.equivalent(&other.unit)
            && self
                .parameters
                .iter()
                .zip(&other.parameters)
                .all(|((parameter, a), (_, b))| parameter.close(*a, *b, self.unit.factor))
            && self.geographic.equivalent_but_for_unit(&other.geographic)
    }
}
