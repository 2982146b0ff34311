use std::f64::consts::PI;

/// Factors that differ by less are one unit: definitions round to ten digits or more, and the foot and the US survey foot
/// differ by 2e-6.
const RELATIVE_TOLERANCE: f64 = 1e-9;

const LINEAR_CODES: [(u16, f64); 4] = [(9001, 1.0), (9002, 0.3048), (9003, 1200.0 / 3937.0), (9036, 1000.0)];
const ANGULAR_CODES: [(u16, f64); 3] = [(9102, PI / 180.0), (9105, PI / 200.0), (9101, 1.0)];

/// A unit of length or of angle.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Name as the definition gives it, e.g. `US survey foot`.
    pub name: String,
    /// Metres, or radians, in one unit.
    pub factor: f64,
}

impl Unit {
    pub(crate) fn metre() -> Self {
        Self { name: "metre".into(), factor: 1.0 }
    }

    pub(crate) fn degree() -> Self {
        Self { name: "degree".into(), factor: PI / 180.0 }
    }

    /// The EPSG code of this unit of length (9001 metre, 9002 foot, 9003 US survey foot, 9036 kilometre), found by its
    /// factor; other units are user-defined in GeoKeys.
    pub fn linear_code(&self) -> Option<u16> {
        self.code(&LINEAR_CODES)
    }

    /// The EPSG code of this unit of angle (9101 radian, 9102 degree, 9105 grad), found by its factor.
    pub fn angular_code(&self) -> Option<u16> {
        self.code(&ANGULAR_CODES)
    }

    fn code(&self, codes: &[(u16, f64)]) -> Option<u16> {
        codes.iter().find(|(_, factor)| close(self.factor, *factor)).map(|(code, _)| *code)
    }

    pub(crate) fn equivalent(&self, other: &Self) -> bool {
        close(self.factor, other.factor)
    }

    /// `value` of this unit of angle in degrees; exact when the unit is the degree, whose factor is often rounded.
    pub(crate) fn to_degrees(&self, value: f64) -> f64 {
        if self.equivalent(&Self::degree()) { value } else { (value * self.factor).to_degrees() }
    }

    /// `degrees` in this unit of angle.
    pub(crate) fn of_degrees(&self, degrees: f64) -> f64 {
        if self.equivalent(&Self::degree()) { degrees } else { degrees.to_radians() / self.factor }
    }

    /// `value` of this unit of length in `target`.
    pub(crate) fn to_length(&self, value: f64, target: &Self) -> f64 {
        if self.equivalent(target) { value } else { value * self.factor / target.factor }
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= RELATIVE_TOLERANCE * b.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feet_are_told_apart() {
        let unit = |factor| Unit { name: String::new(), factor };
        assert_eq!(unit(0.3048).linear_code(), Some(9002));
        assert_eq!(unit(0.304800609601219).linear_code(), Some(9003));
        assert_eq!(unit(0.3047972654).linear_code(), None);
    }

    #[test]
    fn degrees_stay_exact_and_grads_convert() {
        let rounded = Unit { name: "Degree".into(), factor: 0.0174532925199433 };
        assert_eq!(rounded.to_degrees(-96.0), -96.0);
        let grad = Unit { name: "grad".into(), factor: 0.01570796326794897 };
        assert!((grad.to_degrees(52.0) - 46.8).abs() < 1e-12);
        assert!((grad.of_degrees(46.8) - 52.0).abs() < 1e-12);
    }
}
