//! Segments on a grid of integers fine enough to hold their coordinates exactly.

use num_bigint::BigInt;
use num_traits::{Float, Num, ToPrimitive};

/// Signed integers without rounding: `i128` where products are known to fit, else [`BigInt`].
pub(super) trait Integer: Num + Clone + PartialOrd + From<i64> + ToPrimitive {}
impl Integer for i128 {}
impl Integer for BigInt {}

/// The largest integer not above `n / d`; `d` is positive.
pub(super) fn floor_div<T: Integer>(n: T, d: T) -> T {
    let quotient = n.clone() / d.clone();
    if n % d < T::zero() { quotient - T::one() } else { quotient }
}

/// The smallest integer not below `n / d`; `d` is positive.
pub(super) fn ceil_div<T: Integer>(n: T, d: T) -> T {
    let quotient = n.clone() / d.clone();
    if n % d > T::zero() { quotient + T::one() } else { quotient }
}

/// `value` limited to `0..=limit`.
pub(super) fn clamp<T: Integer>(value: T, limit: usize) -> usize {
    if value <= T::zero() { 0 } else { value.to_usize().map_or(limit, |value| value.min(limit)) }
}

/// A segment whose coordinates are multiples of `1 / unit` pixels.
#[derive(Clone, Debug)]
pub(super) struct Segment<T> {
    /// Pixel size; even.
    pub unit: T,
    pub x0: T,
    pub y0: T,
    pub x1: T,
    pub y1: T,
}

/// A segment in the cheapest integers that are exact.
pub(super) enum Scaled {
    Narrow(Segment<i128>),
    Wide(Segment<BigInt>),
}

/// Bits that coordinates, the unit and the grid may have so that no product of two differences and a sum of three such
/// products leaves `i128`.
const NARROW_BITS: i64 = 60;

/// Scales a segment; `limit` is the larger side of the grid.
pub(super) fn scale([[x0, y0], [x1, y1]]: [[f64; 2]; 2], limit: usize) -> Scaled {
    let decoded = [x0, y0, x1, y1].map(decode);
    let shift = decoded.iter().map(|&(_, exponent)| -exponent).max().unwrap_or(1).max(1);
    let bits = |(mantissa, exponent): (i64, i64)| 64 - i64::from(mantissa.unsigned_abs().leading_zeros()) + exponent;
    let limit_bits = i64::from(usize::BITS - limit.leading_zeros());
    let widest = decoded.iter().map(|&value| bits(value)).fold(limit_bits.max(1), i64::max) + shift;
    if widest <= NARROW_BITS {
        let [x0, y0, x1, y1] = decoded.map(|(mantissa, exponent)| i128::from(mantissa) << (exponent + shift));
        Scaled::Narrow(Segment { unit: 1 << shift, x0, y0, x1, y1 })
    } else {
        let [x0, y0, x1, y1] = decoded.map(|(mantissa, exponent)| BigInt::from(mantissa) << (exponent + shift));
        Scaled::Wide(Segment { unit: BigInt::from(1) << shift, x0, y0, x1, y1 })
    }
}

/// A finite number as an odd mantissa (or 0) and a power of two.
fn decode(value: f64) -> (i64, i64) {
    let (mantissa, exponent, sign) = value.integer_decode();
    if mantissa == 0 {
        return (0, 0);
    }
    let zeros = mantissa.trailing_zeros();
    ((mantissa >> zeros) as i64 * i64::from(sign), i64::from(exponent) + i64::from(zeros))
}
