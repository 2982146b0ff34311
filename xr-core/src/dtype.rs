//! The ten pixel types, and how numbers become them.

use crate::{Error, Result, Value};
use std::fmt;

/// Element type of a raster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// Unsigned 8-bit integer.
    U8,
    /// Signed 8-bit integer.
    I8,
    /// Unsigned 16-bit integer.
    U16,
    /// Signed 16-bit integer.
    I16,
    /// Unsigned 32-bit integer.
    U32,
    /// Signed 32-bit integer.
    I32,
    /// Unsigned 64-bit integer.
    U64,
    /// Signed 64-bit integer.
    I64,
    /// IEEE single precision.
    F32,
    /// IEEE double precision.
    F64,
}

impl DataType {
    /// All types, integers first and each kind by size.
    pub const ALL: [Self; 10] =
        [Self::U8, Self::I8, Self::U16, Self::I16, Self::U32, Self::I32, Self::U64, Self::I64, Self::F32, Self::F64];

    /// Bytes per element.
    pub const fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether elements are floating-point.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Name as the command line spells it: `u8` … `f64`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// The smallest type that holds every number exactly; `U8` for none at all.
    /// Integers and floats mixed become floats where that is exact, `F64` otherwise.
    pub fn smallest(numbers: impl IntoIterator<Item = Number>) -> Self {
        let mut range = NumberRange::default();
        numbers.into_iter().for_each(|number| range.include(number));
        range.smallest()
    }

    /// Smallest and largest value of an integer type.
    pub const fn integer_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::U8 => (0, u8::MAX as i128),
            Self::I8 => (i8::MIN as i128, i8::MAX as i128),
            Self::U16 => (0, u16::MAX as i128),
            Self::I16 => (i16::MIN as i128, i16::MAX as i128),
            Self::U32 => (0, u32::MAX as i128),
            Self::I32 => (i32::MIN as i128, i32::MAX as i128),
            Self::U64 => (0, u64::MAX as i128),
            Self::I64 => (i64::MIN as i128, i64::MAX as i128),
            Self::F32 | Self::F64 => return None,
        })
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A number as attributes and options give it. Integers stay exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Any integer that fits `i64`.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A floating-point number.
    Float(f64),
}

/// What of numbers tells which types hold them.
#[derive(Clone, Copy, Debug)]
pub struct NumberRange {
    low: i128,
    high: i128,
    has_floats: bool,
    /// Whether `f32` holds all floats.
    narrow: bool,
}

impl Default for NumberRange {
    fn default() -> Self {
        Self { low: 0, high: 0, has_floats: false, narrow: true }
    }
}

impl NumberRange {
    /// Takes a number in.
    pub fn include(&mut self, number: Number) {
        match number {
            Number::Int(v) => (self.low, self.high) = (self.low.min(v.into()), self.high.max(v.into())),
            Number::UInt(v) => self.high = self.high.max(v.into()),
            Number::Float(v) => {
                self.has_floats = true;
                self.narrow &= v.is_nan() || f64::from(v as f32) == v;
            }
        }
    }

    /// Whether none of the numbers is a float.
    pub fn is_integer(&self) -> bool {
        !self.has_floats
    }

    /// [`DataType::smallest`] of the numbers.
    pub fn smallest(&self) -> DataType {
        let &Self { low, high, narrow, .. } = self;
        if self.has_floats {
            let exact = 1 << f32::MANTISSA_DIGITS;
            return if narrow && low >= -exact && high <= exact { DataType::F32 } else { DataType::F64 };
        }
        let fits = |dtype: &&DataType| dtype.integer_range().is_some_and(|(min, max)| low >= min && high <= max);
        DataType::ALL.iter().find(fits).copied().unwrap_or(DataType::F64)
    }
}

impl Number {
    /// The number an attribute holds; `None` for null and text. Truth values are 0 and 1.
    pub fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(v) => Some(Self::Int(v.into())),
            Value::Int(v) => Some(Self::Int(v)),
            Value::UInt(v) => Some(Self::UInt(v)),
            Value::Float(v) => Some(Self::Float(v)),
            Value::Null | Value::Text(_) => None,
        }
    }

    /// Whether this is a floating-point NaN.
    pub fn is_nan(self) -> bool {
        matches!(self, Self::Float(v) if v.is_nan())
    }

    /// As a pixel. Integer types take integral values in range only; float types round to nearest and
    /// refuse only finite values that would become infinite.
    pub fn to<T: Pixel>(self) -> Result<T> {
        let fits = match self {
            Self::Int(v) => T::from_integer(v.into()),
            Self::UInt(v) => T::from_integer(v.into()),
            Self::Float(v) => T::from_float(v),
        };
        fits.ok_or_else(|| Error::DoesNotFit { value: self.to_string(), dtype: T::DATA_TYPE })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(v) => v.fmt(f),
            Self::UInt(v) => v.fmt(f),
            Self::Float(v) => v.fmt(f),
        }
    }
}

impl std::str::FromStr for Number {
    type Err = std::num::ParseFloatError;

    /// Integers that fit 64 bits stay integers, everything else is parsed as a float (`nan` and `inf` included).
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        if let Ok(v) = text.parse() {
            return Ok(Self::Int(v));
        }
        text.parse().map(Self::UInt).or_else(|_| text.parse().map(Self::Float))
    }
}

/// A type that pixels can have. Implemented for the ten types of [`DataType`] and no others.
pub trait Pixel: bytemuck::Pod + PartialOrd + Default + fmt::Debug + Send + Sync + private::Sealed {
    /// The matching tag.
    const DATA_TYPE: DataType;
    /// What sums of this type accumulate in: `i64`, `u64` or `f64`.
    type Sum: Sum;
    /// Nothing is smaller: the smallest integer, −∞.
    const LOWEST: Self;
    /// Nothing is larger: the largest integer, +∞.
    const HIGHEST: Self;

    /// Exact conversion, `None` when out of range; float types round to nearest.
    fn from_integer(v: i128) -> Option<Self>;
    /// Exact conversion for integers, rounding for floats; `None` when out of range.
    fn from_float(v: f64) -> Option<Self>;
    /// The nearest f64.
    fn to_f64(self) -> f64;
    /// Whether this is a NaN.
    fn is_nan(self) -> bool;
    /// The summand.
    fn widen(self) -> Self::Sum;
    /// A finished sum; `None` when it does not fit.
    fn narrow(sum: Self::Sum) -> Option<Self>;
    /// `sum / n` for the mean, rounded to nearest, ties to even.
    fn mean(sum: Self::Sum, n: u32) -> Self;
}

/// Accumulator of sums in 64 bits.
pub trait Sum: Copy + Send + Sync + 'static {
    /// What changes no summand: 0, and −0 for floats, since 0 + −0 is 0.
    const ZERO: Self;
    /// The sum, and whether it wrapped.
    fn add(self, other: Self) -> (Self, bool);
}

impl Sum for i64 {
    const ZERO: Self = 0;
    fn add(self, other: Self) -> (Self, bool) {
        self.overflowing_add(other)
    }
}
impl Sum for u64 {
    const ZERO: Self = 0;
    fn add(self, other: Self) -> (Self, bool) {
        self.overflowing_add(other)
    }
}
impl Sum for f64 {
    const ZERO: Self = -0.0;
    fn add(self, other: Self) -> (Self, bool) {
        (self + other, false)
    }
}

mod private {
    pub trait Sealed {}
}

macro_rules! integer_pixel {
    ($($t:ty, $tag:ident, $sum:ty;)*) => {$(
        impl private::Sealed for $t {}
        impl Pixel for $t {
            const DATA_TYPE: DataType = DataType::$tag;
            type Sum = $sum;
            const LOWEST: Self = <$t>::MIN;
            const HIGHEST: Self = <$t>::MAX;

            fn from_integer(v: i128) -> Option<Self> {
                v.try_into().ok()
            }
            fn from_float(v: f64) -> Option<Self> {
                // Every f64 of magnitude below 2^64 with no fraction is exact as i128.
                if v.fract() != 0.0 || v.abs() >= 18_446_744_073_709_551_616.0 { None } else { Self::from_integer(v as i128) }
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn is_nan(self) -> bool {
                false
            }
            fn widen(self) -> $sum {
                self.into()
            }
            fn narrow(sum: $sum) -> Option<Self> {
                sum.try_into().ok()
            }
            fn mean(sum: $sum, n: u32) -> Self {
                let n = <$sum>::from(n);
                let (whole, rest) = (sum.div_euclid(n), sum.rem_euclid(n));
                let up = 2 * rest > n || (2 * rest == n && whole % 2 != 0);
                (whole + <$sum>::from(up)) as $t // between the smallest and the largest summand, so it fits
            }
        }
    )*};
}
integer_pixel! {
    u8, U8, u64; u16, U16, u64; u32, U32, u64; u64, U64, u64;
    i8, I8, i64; i16, I16, i64; i32, I32, i64; i64, I64, i64;
}

macro_rules! float_pixel {
    ($($t:ty, $tag:ident;)*) => {$(
        impl private::Sealed for $t {}
        impl Pixel for $t {
            const DATA_TYPE: DataType = DataType::$tag;
            type Sum = f64;
            const LOWEST: Self = <$t>::NEG_INFINITY;
            const HIGHEST: Self = <$t>::INFINITY;

            fn from_integer(v: i128) -> Option<Self> {
                Some(v as $t)
            }
            fn from_float(v: f64) -> Option<Self> {
                let rounded = v as $t;
                (rounded.is_finite() || !v.is_finite()).then_some(rounded)
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn is_nan(self) -> bool {
                self != self
            }
            fn widen(self) -> f64 {
                self.into()
            }
            fn narrow(sum: f64) -> Option<Self> {
                Self::from_float(sum)
            }
            fn mean(sum: f64, n: u32) -> Self {
                (sum / f64::from(n)) as $t
            }
        }
    )*};
}
float_pixel! { f32, F32; f64, F64; }

/// Runs an expression with `$T` bound to the Rust type of a [`DataType`].
#[macro_export]
macro_rules! with_pixel {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DataType::U8 => {
                type $T = u8;
                $body
            }
            $crate::DataType::I8 => {
                type $T = i8;
                $body
            }
            $crate::DataType::U16 => {
                type $T = u16;
                $body
            }
            $crate::DataType::I16 => {
                type $T = i16;
                $body
            }
            $crate::DataType::U32 => {
                type $T = u32;
                $body
            }
            $crate::DataType::I32 => {
                type $T = i32;
                $body
            }
            $crate::DataType::U64 => {
                type $T = u64;
                $body
            }
            $crate::DataType::I64 => {
                type $T = i64;
                $body
            }
            $crate::DataType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DataType::F64 => {
                type $T = f64;
                $body
            }
        }
    };
}
