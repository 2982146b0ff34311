//! How the features that touch a pixel make its value.

use crate::{DataType, Error, Number, Pixel, Result, expr::UserMerge, with_pixel};
use std::fmt;

/// The merges. Features meet in feature order; each counts once per pixel, however many of its parts touch it.
///
/// A NaN value is ignored by `Min`, `Max`, `Sum` and `Mean` and burned by `Last` and `First`; `Count` counts features
/// whatever their value. Sums accumulate in 64 bits (`i64`, `u64`, `f64`) and are narrowed once; what does not fit is
/// [`Error::Overflow`], never a wrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Merge<'a> {
    /// The value of the last feature.
    Last,
    /// The value of the first feature.
    First,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The sum of values.
    Sum,
    /// The number of features.
    Count,
    /// The sum of values over their number; integer rasters get it rounded to nearest, ties to even.
    Mean,
    /// What an expression makes of the pixel and the value; see [`MergeExpr`](crate::expr::MergeExpr).
    User(&'a UserMerge),
}

impl Merge<'_> {
    /// Every built-in merge, in the order the command line lists them.
    pub const ALL: [Self; 7] = [Self::Last, Self::First, Self::Min, Self::Max, Self::Sum, Self::Count, Self::Mean];

    /// Name as the command line spells it; all user merges have the same.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::First => "first",
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::Count => "count",
            Self::Mean => "mean",
            Self::User(_) => "merge expression",
        }
    }

    /// Types of the property tables that it looks at.
    pub fn properties(&self) -> &[DataType] {
        match self {
            Self::User(user) => user.properties(),
            _ => &[],
        }
    }

    /// Whether the result depends on the order of features beyond rounding.
    pub const fn follows_order(self) -> bool {
        matches!(self, Self::Last | Self::First | Self::User(_))
    }
}

impl fmt::Display for Merge<'_> {
    /// The name, or the text of an expression.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User(user) => user.expr().text(),
            _ => self.name(),
        })
    }
}

/// What becomes of the fraction of a pixel that a feature covers: the area of the union over its polygons, each even-odd,
/// within the pixel. Lines, points and polygons of no area cover nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Fractions are merged in place of values.
    Fraction,
    /// Fractions weight the values of `Sum` and `Mean`: Σ vᵢwᵢ, and that over Σ wᵢ. NaN values take no part. Where Σ wᵢ
    /// is 0 there is no mean, and the pixel is filled.
    Weight,
}

/// What a burn does to pixels; passed to kernels by value, so not an upload.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// How features combine.
    pub merge: Merge<'a>,
    /// Every pixel that a geometry touches, instead of pixel centres and centre lines.
    pub all_touched: bool,
    /// Whether and how polygons count for the fraction they cover, in every pixel that they touch. Needs a float type.
    pub coverage: Option<Coverage>,
    /// The value of pixels that no feature touches, in the raster's type.
    pub fill: Scalar,
    /// What pixels are before the first feature.
    pub base: Base,
}

impl<'a> Rule<'a> {
    /// Pixel centres and centre lines of whole features, merged onto `fill`.
    pub const fn new(merge: Merge<'a>, fill: Scalar) -> Self {
        Self { merge, all_touched: false, coverage: None, fill, base: Base::Fill }
    }
}

/// What pixels are before the first feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The fill, which takes no part in the merge.
    Fill,
    /// What the window's memory holds. A pixel that no feature touches keeps its bits; one that is touched merges as if
    /// a feature of its value had come before all others. For `Count` it is a number of features; for `Mean` and `User`
    /// there is no such start.
    Pixels {
        /// Whether a pixel of the fill's value takes no part in the merge.
        fill_is_empty: bool,
    },
}

impl Base {
    /// Whether nothing has been burned into `pixel` before.
    pub fn is_empty<T: Pixel>(self, pixel: T, fill: T) -> bool {
        match self {
            Self::Fill => true,
            Self::Pixels { fill_is_empty } => fill_is_empty && (pixel == fill || pixel.is_nan() && fill.is_nan()),
        }
    }
}

impl Rule<'_> {
    /// Whether every pixel that a geometry touches takes part: what a scene is made for.
    pub const fn touches_all(&self) -> bool {
        self.all_touched || self.coverage.is_some()
    }

    /// Refuses what has no meaning.
    ///
    /// # Errors
    /// [`Error::Misuse`].
    pub fn check(&self) -> Result<()> {
        let what = match (self.coverage, self.merge) {
            (None, _) => return Ok(()),
            (Some(_), _) if !self.fill.dtype().is_float() => "coverage makes fractions, which need a raster of floats",
            (Some(_), Merge::User(_)) => "a user merge is of values, not of coverage",
            (Some(Coverage::Fraction), Merge::Count) => "features are counted whole, not by coverage",
            (Some(Coverage::Fraction), _) | (Some(Coverage::Weight), Merge::Sum | Merge::Mean) => return Ok(()),
            (Some(Coverage::Weight), _) => "coverage weights sum and mean",
        };
        Err(Error::Misuse { what })
    }
}

/// One pixel value of a type known at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar {
    dtype: DataType,
    bytes: [u8; 8],
}

impl Scalar {
    /// Converts a number.
    ///
    /// # Errors
    /// [`Error::DoesNotFit`].
    pub fn new(dtype: DataType, number: Number) -> Result<Self> {
        with_pixel!(dtype, T => number.to::<T>().map(Self::of))
    }

    /// Wraps a pixel.
    pub fn of<T: Pixel>(pixel: T) -> Self {
        let mut bytes = [0; 8];
        bytes[..size_of::<T>()].copy_from_slice(bytemuck::bytes_of(&pixel));
        Self { dtype: T::DATA_TYPE, bytes }
    }

    /// Its type.
    pub fn dtype(&self) -> DataType {
        self.dtype
    }

    /// Its bytes in native order, as many as the type has.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.dtype.size()]
    }

    /// The pixel.
    ///
    /// # Errors
    /// [`Error::Misuse`] if it is of another type.
    pub fn get<T: Pixel>(&self) -> Result<T> {
        if T::DATA_TYPE == self.dtype {
            Ok(bytemuck::pod_read_unaligned(self.bytes()))
        } else {
            Err(Error::Misuse { what: "a scalar is read as the type it was made for" })
        }
    }
}
