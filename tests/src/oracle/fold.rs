//! User merges: features in order through a function written by hand, pixel by pixel.

use super::{Number, Type};

/// What a merge expression sees of a pixel and a feature.
#[derive(Clone, Copy, Debug)]
pub struct Meeting<'a> {
    /// The pixel so far.
    pub acc: Number,
    /// The feature's value.
    pub value: Number,
    /// Features at the pixel, this one included.
    pub count: u32,
    /// The feature's properties.
    pub properties: &'a [Number],
}

/// A feature: its mask, its value, its properties.
pub type Burned = (Vec<bool>, Number, Vec<Number>);

/// Burns features in order into `pixels` pixels of type `ty`. A pixel begins as `init`, or else the first feature sets it;
/// from then on it is what `merge` says, in the pixel's type. Features of NaN are passed over; pixels without any are
/// `fill`. `None`: something did not fit.
pub fn fold(
    features: &[Burned],
    pixels: usize,
    ty: Type,
    (fill, init): (Number, Option<Number>),
    merge: impl Fn(Meeting<'_>) -> Option<Number>,
) -> Option<Vec<Number>> {
    let one = |pixel: usize| {
        let (mut acc, mut count) = (init, 0);
        for (mask, value, properties) in features {
            let is_nan = matches!(value, Number::Float(value) if value.is_nan());
            if !mask[pixel] || is_nan {
                continue;
            }
            count += 1;
            acc = Some(match acc {
                None => *value,
                Some(acc) => ty.hold(merge(Meeting { acc, value: *value, count, properties })?)?,
            });
        }
        Some(if count == 0 { fill } else { acc.unwrap_or(fill) })
    };
    (0..pixels).map(one).collect()
}
