//! Statistics of each band, from rows that come in order.
//!
//! A sample is valid if it is finite, not nodata, and not masked. Rows are summed apart and put together in their order,
//! so neither threads nor windows change a bit.

mod sums;

use crate::{failure::Failure, output::PixelRows};
use rayon::prelude::*;
use serde_json::{Value, json};
use sums::Sums;
use xr::{DataType, Pixel, Scalar, with_pixel};

/// Statistics in the making.
pub struct Tally {
    dtype: DataType,
    samples: usize,
    width: usize,
    nodata: Option<Scalar>,
    rows: u64,
    bands: Vec<Sums>,
}

/// Statistics of a band.
pub struct BandStatistics {
    /// Number of samples, and of the valid ones among them.
    pub samples: u64,
    pub valid: u64,
    /// `None` if no sample is valid.
    pub moments: Option<Moments>,
}

/// What the valid samples of a band have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    pub minimum: f64,
    pub maximum: f64,
    pub mean: f64,
    /// Of the whole population.
    pub standard_deviation: f64,
}

impl Tally {
    /// For rows of `width` pixels of so many bands side by side.
    pub fn new(dtype: DataType, samples: u16, width: u32, nodata: Option<Scalar>) -> Self {
        let bands = vec![Sums::new(dtype); usize::from(samples)];
        Self { dtype, samples: samples.into(), width: width as usize, nodata, rows: 0, bands }
    }

    /// Takes the next rows.
    pub fn push(&mut self, rows: PixelRows<'_>) -> Result<(), Failure> {
        with_pixel!(self.dtype, T => {
            let nodata = self.nodata.map(|scalar| scalar.get::<T>()).transpose()?;
            self.add(rows.samples::<T>()?, rows.mask, nodata);
            Ok(())
        })
    }

    fn add<T: Pixel>(&mut self, pixels: &[T], mask: Option<&[u8]>, nodata: Option<T>) {
        let Self { dtype, samples, width, .. } = *self;
        let is_valid = |value: T| value.to_f64().is_finite() && nodata.is_none_or(|nodata| value != nodata);
        let of_row = |(y, row): (usize, &[T])| -> Vec<Sums> {
            let mask = mask.and_then(|mask| mask.get(y * width..(y + 1) * width));
            let of_band = |band: usize| {
                let values = || {
                    let pixels = row.iter().skip(band).step_by(samples).enumerate();
                    let unmasked = pixels.filter(|(x, _)| mask.is_none_or(|mask| mask[*x] != 0));
                    unmasked.map(|(_, &value)| value).filter(|&value| is_valid(value)).map(Pixel::to_f64)
                };
                Sums::of(dtype, values)
            };
            (0..samples).map(of_band).collect()
        };
        let of_rows: Vec<_> = pixels.par_chunks(width * samples).enumerate().map(of_row).collect();
        self.rows += of_rows.len() as u64;
        for row in &of_rows {
            self.bands.iter_mut().zip(row).for_each(|(band, row)| band.add(row));
        }
    }

    /// The statistics of each band.
    pub fn finish(&self) -> Vec<BandStatistics> {
        let samples = self.rows * self.width as u64;
        self.bands.iter().map(|sums| BandStatistics { samples, valid: sums.count(), moments: sums.moments() }).collect()
    }
}

impl BandStatistics {
    pub fn valid_percent(&self) -> f64 {
        100.0 * self.valid as f64 / self.samples as f64
    }

    /// As the file holds them.
    pub fn stored(&self) -> Option<xr_geotiff::Statistics> {
        let Moments { minimum, maximum, mean, standard_deviation } = self.moments?;
        let valid_percent = self.valid_percent();
        Some(xr_geotiff::Statistics { minimum, maximum, mean, standard_deviation, valid_percent })
    }
}

/// An object for each band, counted from 1.
pub fn to_json(bands: &[BandStatistics]) -> Value {
    let object = |(number, band): (usize, &BandStatistics)| {
        let of = |value: fn(Moments) -> f64| band.moments.map(value);
        json!({
            "band": number,
            "minimum": of(|m| m.minimum),
            "maximum": of(|m| m.maximum),
            "mean": of(|m| m.mean),
            "stddev": of(|m| m.standard_deviation),
            "valid": band.valid,
            "valid_percent": band.valid_percent(),
        })
    };
    (1..).zip(bands).map(object).collect()
}
