//! What mean and standard deviation are made of, such that sums of parts can be added.

use super::Moments;
use xr::DataType;

/// Sums of the valid samples of a part of a band.
#[derive(Clone, Copy)]
pub struct Sums {
    count: u64,
    minimum: f64,
    maximum: f64,
    powers: Powers,
}

#[derive(Clone, Copy)]
enum Powers {
    /// Sums of values and of their squares, for integers of up to 32 bits.
    Exact { values: i128, squares: i128 },
    /// The mean, and the sum of squared differences from it.
    Rounded { mean: f64, deviations: f64 },
}

impl Sums {
    pub fn new(dtype: DataType) -> Self {
        let powers = match dtype {
            DataType::F32 | DataType::F64 | DataType::U64 | DataType::I64 => {
                Powers::Rounded { mean: 0.0, deviations: 0.0 }
            }
            _ => Powers::Exact { values: 0, squares: 0 },
        };
        Self { count: 0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY, powers }
    }

    /// Of finite values, which are gone through twice unless sums are exact.
    pub fn of<V: Iterator<Item = f64>>(dtype: DataType, values: impl Fn() -> V) -> Self {
        let Self { mut count, mut minimum, mut maximum, mut powers } = Self::new(dtype);
        let mut sum = 0.0;
        for value in values() {
            count += 1;
            minimum = minimum.min(value);
            maximum = maximum.max(value);
            match &mut powers {
                Powers::Exact { values, squares } => {
                    let value = value as i64;
                    *values += i128::from(value);
                    *squares += i128::from(value) * i128::from(value);
                }
                Powers::Rounded { .. } => sum += value,
            }
        }
        if let (Powers::Rounded { mean, deviations }, 1..) = (&mut powers, count) {
            // The sum of differences would be 0 without rounding; subtracting its part corrects mean and deviations.
            let first = sum / count as f64;
            let (mut differences, mut squares) = (0.0, 0.0);
            for value in values() {
                let difference = value - first;
                differences += difference;
                squares += difference * difference;
            }
            *mean = first + differences / count as f64;
            *deviations = squares - differences * differences / count as f64;
        }
        Self { count, minimum, maximum, powers }
    }

    /// Adds another part (Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    /// variances", 1979, for what is not exact).
    pub fn add(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (own, others) = (self.count as f64, other.count as f64);
        self.count += other.count;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        match (&mut self.powers, other.powers) {
            (Powers::Exact { values, squares }, Powers::Exact { values: v, squares: s }) => {
                *values += v;
                *squares += s;
            }
            (Powers::Rounded { mean, deviations }, Powers::Rounded { mean: m, deviations: d }) => {
                let (distance, part) = (m - *mean, others / (own + others));
                *mean += distance * part;
                *deviations += d + distance * distance * own * part;
            }
            // Parts of one band have one type.
            _ => {}
        }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// `None` of no samples.
    pub fn moments(&self) -> Option<Moments> {
        let Self { count, minimum, maximum, powers } = *self;
        if count == 0 {
            return None;
        }
        let n = count as f64;
        let (mean, variance) = match powers {
            Powers::Exact { values, squares } => (values as f64 / n, exact_variance(count.into(), values, squares)),
            Powers::Rounded { mean, deviations } => (mean, deviations / n),
        };
        Some(Moments { minimum, maximum, mean, standard_deviation: variance.max(0.0).sqrt() })
    }
}

/// (Σ x² − (Σ x)² / n) / n, rounded once: differences are taken from the mean rounded down, which leaves small numbers.
fn exact_variance(n: i128, values: i128, squares: i128) -> f64 {
    let (floor, rest) = (values.div_euclid(n), values.rem_euclid(n));
    let from_floor = squares - 2 * floor * values + n * floor * floor;
    let count = n as f64;
    match from_floor.checked_mul(n) {
        Some(product) => (product - rest * rest) as f64 / (count * count),
        None => (from_floor as f64 - rest as f64 * (rest as f64 / count)) / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dtype: DataType, values: &[f64]) -> Sums {
        Sums::of(dtype, || values.iter().copied())
    }

    #[test]
    fn integers_are_exact_far_from_zero() {
        // 2³² − 1 − {0, 1, 2, 3}: mean 2³² − 2.5, variance 1.25.
        let values = [0.0, 1.0, 2.0, 3.0].map(|d| f64::from(u32::MAX) - d);
        let moments = of(DataType::U32, &values).moments().unwrap();
        assert_eq!((moments.mean, moments.standard_deviation), (4_294_967_293.5, 1.25f64.sqrt()));
        let negative = of(DataType::I16, &[-32768.0, -32767.0, -32767.0]).moments().unwrap();
        assert_eq!(negative.standard_deviation, (2.0f64 / 9.0).sqrt());
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let large = 1e9; // at which Σ x² − (Σ x)² / n loses all digits of a variance of 2/3
        let mut sums = of(DataType::F64, &[large]);
        sums.add(&of(DataType::F64, &[]));
        sums.add(&of(DataType::F64, &[large + 1.0, large + 2.0]));
        let moments = sums.moments().unwrap();
        assert_eq!(
            (moments.minimum, moments.maximum, moments.mean, sums.count()),
            (large, large + 2.0, large + 1.0, 3)
        );
        assert!((moments.standard_deviation - (2.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(of(DataType::F32, &[]).moments(), None);
    }

    #[test]
    fn sums_of_the_largest_images_do_not_overflow() {
        let mut sums = of(DataType::I32, &[f64::from(i32::MIN), f64::from(i32::MAX)]);
        for _ in 0..43 {
            let half = sums;
            sums.add(&half);
        }
        let moments = sums.moments().unwrap();
        assert_eq!((sums.count(), moments.mean), (1 << 44, -0.5));
        assert_eq!(moments.standard_deviation, 2f64.powi(31) - 0.5);
    }
}
