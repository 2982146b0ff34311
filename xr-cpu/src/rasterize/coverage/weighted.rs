//! Sums and means of values weighted by the fraction of the pixel that each covers, in double precision.

use super::super::fold::Operation;
use xr_core::Pixel;

/// A feature's value, and the fraction of the pixel that it covers.
#[derive(Clone, Copy)]
pub(super) struct Share<T> {
    pub value: T,
    pub weight: f64,
}

/// What was there before has a weight of 1.
impl<T> From<T> for Share<T> {
    fn from(value: T) -> Self {
        Self { value, weight: 1.0 }
    }
}

impl<T: Pixel> Share<T> {
    /// Nothing covered contributes nothing, even of an infinite value.
    fn product(self) -> f64 {
        if self.weight == 0.0 { 0.0 } else { self.value.to_f64() * self.weight }
    }
}

pub(super) struct WeightedSum;
impl<T: Pixel> Operation<T, Share<T>> for WeightedSum {
    const IGNORES_NAN: bool = true;
    type Accumulator = f64;
    const IDENTITY: f64 = 0.0;

    fn step(acc: f64, share: Share<T>) -> (f64, bool) {
        (acc + share.product(), false)
    }
    fn done(acc: f64) -> Option<T> {
        T::from_float(acc)
    }
}

pub(super) struct WeightedMean;
impl<T: Pixel> Operation<T, Share<T>> for WeightedMean {
    const IGNORES_NAN: bool = true;
    type Accumulator = (f64, f64);
    const IDENTITY: (f64, f64) = (0.0, 0.0);

    fn step((sum, weight): (f64, f64), share: Share<T>) -> ((f64, f64), bool) {
        ((sum + share.product(), weight + share.weight), false)
    }
    fn is_void((_, weight): (f64, f64)) -> bool {
        weight == 0.0
    }
    fn done((sum, weight): (f64, f64)) -> Option<T> {
        T::from_float(sum / weight)
    }
}
