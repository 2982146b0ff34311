//! Arithmetic on samples: into `f64`, and back with the rounding of the type.

use crate::SampleType;

/// A sample that overviews can be made of: the Rust types of [`SampleType`].
pub trait Sample: Arithmetic {
    /// The type's name in the file.
    const TYPE: SampleType;
}

/// What resampling needs of a sample.
pub trait Arithmetic: Copy + PartialEq + Send + Sync + 'static {
    /// 0.
    const ZERO: Self;

    /// The value; rounded beyond 53 bits.
    fn to_f64(self) -> f64;

    /// The nearest value of the type, halves away from zero; too large values become the largest.
    fn rounded(value: f64) -> Self;

    /// The neighbour that stands in for a computed value that happens to be the nodata value.
    fn beside(nodata: Self) -> Self;

    /// The result of an average. Where GDAL looks for the nodata value: in 8- and 16-bit unsigned integers after
    /// rounding, in all other types before it.
    fn from_mean(mean: f64, nodata: Option<Self>) -> Self;

    /// The result of a filter, which is the nodata value for no type.
    fn from_filtered(value: f64, nodata: Option<Self>) -> Self;

    /// The mean of four values, where nodata plays no part.
    fn mean_of_four(values: [Self; 4]) -> Self;
}

/// Whether a value is the nodata value; NaN is where NaN is.
pub(super) fn is_nodata<T: Sample>(value: T, nodata: T) -> bool {
    #[expect(clippy::eq_op, reason = "NaN differs from itself")]
    let both_nan = value != value && nodata != nodata;
    value == nodata || both_nan
}

macro_rules! integer {
    ($($int:ident $kind:ident $wide:ident $mean:ident;)*) => {$(
        impl Sample for $int {
            const TYPE: SampleType = SampleType::$kind;
        }

        impl Arithmetic for $int {
            const ZERO: Self = 0;

            fn to_f64(self) -> f64 {
                self as f64
            }

            fn rounded(value: f64) -> Self {
                // `as` truncates and saturates.
                (value + 0.5f64.copysign(value)) as Self
            }

            fn beside(nodata: Self) -> Self {
                if nodata == Self::MAX { nodata - 1 } else { nodata + 1 }
            }

            fn from_mean(mean: f64, nodata: Option<Self>) -> Self {
                $mean(mean, nodata)
            }

            fn from_filtered(value: f64, nodata: Option<Self>) -> Self {
                round_then_compare(single(value), nodata)
            }

            fn mean_of_four([a, b, c, d]: [Self; 4]) -> Self {
                let sum = a as $wide + b as $wide + c as $wide + d as $wide;
                // The shift rounds down: halves of negative numbers must be below it to go away from zero.
                let below_zero = (sum >> ($wide::BITS - 1)) & 1;
                ((sum + 2 - below_zero) >> 2) as Self
            }
        }
    )*};
}

integer! {
    u8 U8 i32 round_then_compare;
    u16 U16 i32 round_then_compare;
    i8 I8 i32 single_then_compare;
    i16 I16 i32 single_then_compare;
    u32 U32 i64 single_then_compare;
    i32 I32 i64 single_then_compare;
    u64 U64 i128 compare_then_round;
    i64 I64 i128 compare_then_round;
}

/// As GDAL, which computes integers in single precision in many places: so the error of a value that should lie at a
/// half does not matter. Large values stay in double precision.
fn single(value: f64) -> f64 {
    const EXACT_HALVES_BELOW: f64 = (1u32 << 23) as f64;
    if value.abs() < EXACT_HALVES_BELOW { f64::from(value as f32) } else { value }
}

fn round_then_compare<T: Arithmetic>(value: f64, nodata: Option<T>) -> T {
    let rounded = T::rounded(value);
    if nodata == Some(rounded) { T::beside(rounded) } else { rounded }
}

fn compare_then_round<T: Arithmetic>(mean: f64, nodata: Option<T>) -> T {
    match nodata {
        Some(nodata) if nodata.to_f64() == mean => T::beside(nodata),
        _ => T::rounded(mean),
    }
}

fn single_then_compare<T: Arithmetic>(mean: f64, nodata: Option<T>) -> T {
    compare_then_round(single(mean), nodata)
}

macro_rules! float {
    ($($float:ident $kind:ident;)*) => {$(
        impl Sample for $float {
            const TYPE: SampleType = SampleType::$kind;
        }

        impl Arithmetic for $float {
            const ZERO: Self = 0.0;

            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn rounded(value: f64) -> Self {
                value as Self
            }

            fn beside(nodata: Self) -> Self {
                if nodata == Self::MAX { nodata.next_down() } else { nodata.next_up() }
            }

            fn from_mean(mean: f64, nodata: Option<Self>) -> Self {
                round_then_compare(mean, nodata)
            }

            fn from_filtered(value: f64, nodata: Option<Self>) -> Self {
                round_then_compare(value, nodata)
            }

            fn mean_of_four([a, b, c, d]: [Self; 4]) -> Self {
                (0.25 * (f64::from(a) + f64::from(b) + f64::from(c) + f64::from(d))) as Self
            }
        }
    )*};
}

float! {
    f32 F32;
    f64 F64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (sum, mean) in [(2, 1), (1, 0), (6, 2), (-2, -1), (-1, 0), (-3, -1), (-5, -1), (-6, -2), (-7, -2)] {
            assert_eq!(i16::mean_of_four([sum, 0, 0, 0]), mean, "{sum}");
            assert_eq!(i16::rounded(f64::from(sum) / 4.0), mean, "{sum}");
        }
        assert_eq!(u8::mean_of_four([255; 4]), 255);
        assert_eq!(u64::mean_of_four([u64::MAX; 4]), u64::MAX);
        assert_eq!((u8::rounded(300.0), i8::rounded(-200.0), u16::rounded(-3.0)), (255, -128, 0));
    }

    #[test]
    fn computed_values_step_aside_for_nodata() {
        assert_eq!(u8::from_mean(6.6, Some(7)), 8);
        assert_eq!(u8::from_mean(254.9, Some(255)), 254);
        assert_eq!((i16::from_mean(7.0, Some(7)), i16::from_mean(6.6, Some(7))), (8, 7));
        assert_eq!(f32::from_mean(1.0, Some(1.0)), 1.000_000_1);
        assert_eq!(i16::from_filtered(6.6, Some(7)), 8);
        assert!(is_nodata(f32::NAN, f32::NAN) && !is_nodata(1.0, f32::NAN) && is_nodata(3, 3));
    }
}
