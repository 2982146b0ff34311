use geo_traits::{CoordTrait, Dimensions};

/// A position of a decoded geometry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub(super) x: f64,
    pub(super) y: f64,
    /// `None` where the file has no Z, or NaN.
    pub(super) z: Option<f64>,
}

impl CoordTrait for Position {
    type T = f64;

    fn dim(&self) -> Dimensions {
        if self.z.is_some() { Dimensions::Xyz } else { Dimensions::Xy }
    }

    fn x(&self) -> f64 {
        self.x
    }

    fn y(&self) -> f64 {
        self.y
    }

    fn nth_or_panic(&self, n: usize) -> f64 {
        match (n, self.z) {
            (0, _) => self.x,
            (1, _) => self.y,
            (2, Some(z)) => z,
            _ => f64::NAN,
        }
    }
}
