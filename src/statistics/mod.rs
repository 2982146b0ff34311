//! Statistics of each band, from rows that come in order.
//!
//! A sample is valid if it is finite, not nodata, and not masked. Segments of rows are summed apart and put together in
//! their order, rows too, so neither threads nor windows change a bit.

mod sums;

use crate::{failure::Failure, output::PixelRows};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, ops::Range};
use sums::Sums;
use xr::{DataType, Pixel, Scalar, with_pixel};

/// Columns of a segment: parts of rows begin at multiples of it.
pub const SEGMENT: u32 = 4096;

/// Statistics in the making.
pub struct Tally {
    dtype: DataType,
    samples: usize,
    width: usize,
    nodata: Option<Scalar>,
    rows: u64,
    bands: Vec<Sums>,
    /// What is known of rows whose right part is still to come.
    begun: BTreeMap<u64, Vec<Sums>>,
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
        Self { dtype, samples: samples.into(), width: width as usize, nodata, rows: 0, bands, begun: BTreeMap::new() }
    }

    /// Takes the next rows.
    pub fn push(&mut self, rows: PixelRows<'_>) -> Result<(), Failure> {
        self.push_part(self.rows, 0..self.width, rows)
    }

    /// Takes a part of rows from `row` on, parts of a row from left to right, the last ones of rows from top to bottom.
    pub fn push_part(&mut self, row: u64, columns: Range<usize>, rows: PixelRows<'_>) -> Result<(), Failure> {
        with_pixel!(self.dtype, T => {
            let nodata = self.nodata.map(|scalar| scalar.get::<T>()).transpose()?;
            let sums = self.sums(columns.len(), rows.samples::<T>()?, rows.mask, nodata);
            for (row, segments) in (row..).zip(sums) {
                let none = || vec![Sums::new(self.dtype); self.samples];
                let mut sums = self.begun.remove(&row).unwrap_or_else(none);
                for segment in segments.chunks(self.samples) {
                    sums.iter_mut().zip(segment).for_each(|(sum, segment)| sum.add(segment));
                }
                if columns.end < self.width {
                    self.begun.insert(row, sums);
                } else {
                    self.rows += 1;
                    self.bands.iter_mut().zip(&sums).for_each(|(band, row)| band.add(row));
                }
            }
            Ok(())
        })
    }

    /// The sums of each band of each segment of each row.
    fn sums<T: Pixel>(&self, width: usize, pixels: &[T], mask: Option<&[u8]>, nodata: Option<T>) -> Vec<Vec<Sums>> {
        let Self { dtype, samples, .. } = *self;
        let is_valid = |value: T| value.to_f64().is_finite() && nodata.is_none_or(|nodata| value != nodata);
        let of_row = |(y, row): (usize, &[T])| -> Vec<Sums> {
            let mask = mask.and_then(|mask| mask.get(y * width..(y + 1) * width));
            let of_segment = |(n, segment): (usize, &[T])| -> Vec<Sums> {
                let mask = mask.map(|mask| &mask[n * SEGMENT as usize..]);
                let of_band = |band: usize| {
                    let values = || {
                        let pixels = segment.iter().skip(band).step_by(samples).enumerate();
                        let unmasked = pixels.filter(|(x, _)| mask.is_none_or(|mask| mask[*x] != 0));
                        unmasked.map(|(_, &value)| value).filter(|&value| is_valid(value)).map(Pixel::to_f64)
                    };
                    Sums::of(dtype, values)
                };
                (0..samples).map(of_band).collect()
            };
            row.chunks(SEGMENT as usize * samples).enumerate().flat_map(of_segment).collect()
        };
        pixels.par_chunks(width * samples).enumerate().map(of_row).collect()
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
