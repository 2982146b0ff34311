//! Samples with a mask beside them: overviews of both in one pass, so that they agree.

use super::sample::{Arithmetic, Sample};
use crate::SampleType;

/// A sample and whether the image's mask has it valid. A [`Pyramid`](crate::Pyramid) whose nodata is
/// [`Masked::invalid`] leaves invalid samples out, and its results say where there was anything valid; with nearest
/// value and validity are those of the one pixel.
///
/// GDAL 3.6 makes the same pixels and masks, but for two cases where its masks do not fit its pixels: with mode it takes
/// the most frequent validity, and for `u8` the most frequent value of all pixels; with nearest it takes the masks of all
/// levels from the full one, which at odd sizes are not the masks of the pixels.
#[derive(Debug, Clone, Copy)]
pub struct Masked<T> {
    /// The sample.
    pub value: T,
    /// Whether it is valid.
    pub valid: bool,
}

impl<T> Masked<T> {
    /// What overviews hold where nothing is valid.
    pub fn invalid(value: T) -> Self {
        Self { value, valid: false }
    }

    fn valid(value: T) -> Self {
        Self { value, valid: true }
    }
}

/// All invalid samples are alike, whatever their value.
impl<T: PartialEq> PartialEq for Masked<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self.valid, other.valid) {
            (true, true) => self.value == other.value,
            (a, b) => a == b,
        }
    }
}

impl<T: Sample> Sample for Masked<T> {
    const TYPE: SampleType = T::TYPE;
}

/// Results are valid, and no value needs to be kept clear of.
impl<T: Sample> Arithmetic for Masked<T> {
    const ZERO: Self = Self { value: T::ZERO, valid: true };

    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }

    fn rounded(value: f64) -> Self {
        Self::valid(T::rounded(value))
    }

    fn beside(nodata: Self) -> Self {
        nodata
    }

    fn from_mean(mean: f64, _: Option<Self>) -> Self {
        Self::valid(T::from_mean(mean, None))
    }

    fn from_filtered(value: f64, _: Option<Self>) -> Self {
        Self::valid(T::from_filtered(value, None))
    }

    fn mean_of_four(values: [Self; 4]) -> Self {
        Self::valid(T::mean_of_four(values.map(|sample| sample.value)))
    }
}
