//! Features in order → the values of pixels.

use std::fmt;

/// A value: integers and floats without rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Int(i128),
    /// A float; f32 values are held exactly.
    Float(f64),
}

/// The type of a raster's pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Type {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

/// How the features that touch a pixel make its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Merge {
    Last,
    First,
    Min,
    Max,
    Sum,
    Count,
    Mean,
}

/// A raster that has no right answer.
#[derive(Clone, Debug, PartialEq)]
pub enum MergeError {
    /// The value of a feature is not one of the type.
    Value {
        /// Index of the feature.
        feature: usize,
        /// Its value.
        value: Number,
    },
    /// The fill is not a value of the type.
    Fill(Number),
    /// What a pixel comes to is not a value of the type, or a sum on the way there leaves 64 bits.
    Pixel {
        /// Row-major index of the pixel.
        pixel: usize,
        /// The sum or count.
        value: Number,
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { feature, value } => write!(f, "feature {feature}: {value:?} does not fit"),
            Self::Fill(value) => write!(f, "the fill {value:?} does not fit"),
            Self::Pixel { pixel, value } => write!(f, "pixel {pixel}: {value:?} does not fit"),
        }
    }
}

impl std::error::Error for MergeError {}

impl Type {
    /// Every type.
    pub const ALL: [Self; 10] =
        [Self::U8, Self::I8, Self::U16, Self::I16, Self::U32, Self::I32, Self::U64, Self::I64, Self::F32, Self::F64];

    /// Size of a pixel in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// The smallest and largest value of an integer type.
    pub fn limits(self) -> Option<(i128, i128)> {
        let bits = 8 * self.size() as u32;
        match self {
            Self::F32 | Self::F64 => None,
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => Some((0, (1 << bits) - 1)),
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        }
    }

    /// `value` as this type. Integer types take nothing that they do not hold exactly; float types round to nearest and
    /// refuse finite values that would become infinite.
    pub fn hold(self, value: Number) -> Option<Number> {
        if let Some((low, high)) = self.limits() {
            let integer = match value {
                Number::Int(integer) => integer,
                // Saturation keeps what is out of range out of range.
                Number::Float(float) if float.fract() == 0.0 => float as i128,
                Number::Float(_) => return None,
            };
            return (low..=high).contains(&integer).then_some(Number::Int(integer));
        }
        let (rounded, was_finite) = match (self, value) {
            (Self::F32, Number::Int(integer)) => (f64::from(integer as f32), true),
            (Self::F32, Number::Float(float)) => (f64::from(float as f32), float.is_finite()),
            (_, Number::Int(integer)) => (integer as f64, true),
            (_, Number::Float(float)) => (float, float.is_finite()),
        };
        (rounded.is_finite() || !was_finite).then_some(Number::Float(rounded))
    }

    /// Pixels of this type in the machine's byte order, as a raster in memory holds them. NaNs keep their bits in f64 and
    /// are quiet in f32.
    pub fn bytes(self, pixels: &[Number]) -> Vec<u8> {
        let one = |pixel: &Number| {
            let bytes: Vec<u8> = match (self, *pixel) {
                (Self::F32, Number::Float(value)) => (value as f32).to_ne_bytes().to_vec(),
                (Self::F32, Number::Int(value)) => (value as f32).to_ne_bytes().to_vec(),
                (Self::F64, Number::Float(value)) => value.to_ne_bytes().to_vec(),
                (Self::F64, Number::Int(value)) => (value as f64).to_ne_bytes().to_vec(),
                (_, value) => {
                    let value = if let Number::Int(value) = value { value } else { 0 };
                    let low_first = value.to_le_bytes()[..self.size()].to_vec();
                    if cfg!(target_endian = "big") { low_first.into_iter().rev().collect() } else { low_first }
                }
            };
            bytes
        };
        pixels.iter().flat_map(one).collect()
    }
}

/// What the features so far have made of a pixel.
#[derive(Clone, Copy, Default)]
struct Pixel {
    value: Option<Number>,
    features: u32,
}

/// Burns features in order into `pixels` pixels of type `ty`. Of each comes its mask and its value; it counts once per
/// pixel, and where its mask is set.
///
/// - NaN values are ignored by min, max, sum and mean, burned by last and first. Count counts features, whatever their
///   value. A pixel to which nothing contributed is `fill`.
/// - Min and max keep the first of equal values (that is, of 0.0 and -0.0).
/// - Sums start from the first value and are taken from left to right: floats in f64 and rounded once, at the end, to
///   f32; integers in 64 bits, signed for signed types. The mean is that sum over the number of contributing features:
///   rounded once for floats, to the nearest integer, ties to even, for integers.
///
/// # Errors
/// A value, fill, sum or count that the type does not hold.
pub fn merge(
    features: impl IntoIterator<Item = (Vec<bool>, Number)>,
    pixels: usize,
    rule: Merge,
    ty: Type,
    fill: Number,
) -> Result<Vec<Number>, MergeError> {
    let fill = ty.hold(fill).ok_or(MergeError::Fill(fill))?;
    let mut states = vec![Pixel::default(); pixels];
    for (feature, (mask, value)) in features.into_iter().enumerate() {
        let value = ty.hold(value).ok_or(MergeError::Value { feature, value })?;
        for (pixel, state) in states.iter_mut().enumerate().filter(|&(pixel, _)| mask[pixel]) {
            burn(state, value, rule, ty).map_err(|value| MergeError::Pixel { pixel, value })?;
        }
    }
    let finished = states.into_iter().enumerate();
    finished.map(|(pixel, state)| finish(state, rule, ty, fill, pixel)).collect()
}

/// Adds one feature to a pixel; the error is a sum that leaves 64 bits.
fn burn(state: &mut Pixel, value: Number, rule: Merge, ty: Type) -> Result<(), Number> {
    let is_nan = matches!(value, Number::Float(float) if float.is_nan());
    if is_nan && matches!(rule, Merge::Min | Merge::Max | Merge::Sum | Merge::Mean) {
        return Ok(());
    }
    state.features += 1;
    let Some(before) = state.value else {
        state.value = Some(value);
        return Ok(());
    };
    state.value = Some(match rule {
        Merge::First | Merge::Count => before,
        Merge::Last => value,
        Merge::Min => {
            if is_less(value, before) {
                value
            } else {
                before
            }
        }
        Merge::Max => {
            if is_less(before, value) {
                value
            } else {
                before
            }
        }
        Merge::Sum | Merge::Mean => add(before, value, ty)?,
    });
    Ok(())
}

fn finish(state: Pixel, rule: Merge, ty: Type, fill: Number, pixel: usize) -> Result<Number, MergeError> {
    let Some(value) = state.value else { return Ok(fill) };
    let value = match (rule, value) {
        (Merge::Count, _) => Number::Int(state.features.into()),
        (Merge::Mean, Number::Int(sum)) => Number::Int(nearest_quotient(sum, state.features.into())),
        (Merge::Mean, Number::Float(sum)) => Number::Float(sum / f64::from(state.features)),
        (_, value) => value,
    };
    ty.hold(value).ok_or(MergeError::Pixel { pixel, value })
}

fn is_less(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a < b,
        (Number::Float(a), Number::Float(b)) => a < b,
        // Values of one type are of one kind.
        _ => false,
    }
}

fn add(a: Number, b: Number, ty: Type) -> Result<Number, Number> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => {
            let is_signed = ty.limits().is_some_and(|(low, _)| low < 0);
            let sum = Number::Int(a + b);
            let accumulator = if is_signed { Type::I64 } else { Type::U64 };
            accumulator.hold(sum).ok_or(sum)
        }
        (Number::Float(a), Number::Float(b)) => Ok(Number::Float(a + b)),
        (a, _) => Err(a),
    }
}

/// The integer nearest to `n / d`, the even one of two; `d` is positive.
fn nearest_quotient(n: i128, d: i128) -> i128 {
    let below = n.div_euclid(d);
    let excess = 2 * n.rem_euclid(d);
    if excess > d || (excess == d && below % 2 != 0) { below + 1 } else { below }
}
