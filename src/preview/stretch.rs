//! Which values a ramp spreads over its colours, and how.
//!
//! Zeros are often a raster's fill, so quantiles are taken without them; the range contains them all the same.

use super::ticks::{self, Step};

/// The quantiles between which values are the bulk, if there is a tail beyond.
const BULK: (f64, f64) = (0.02, 0.98);
/// A tail beyond the bulk that is longer than this fraction of it is cut off.
const LONG_TAIL: f64 = 0.25;
/// Magnitudes below this quantile are spread linearly by a log-like curve.
const LINEAR_PART: f64 = 0.05;
/// By how much a log-like curve has to spread the values more evenly to be preferred: see [`Stretch::unevenness`].
const CLEARLY: f64 = 0.15;
/// Ticks closer to zero than this fraction of the log-like curve's unit would crowd.
const LEAST_TICK: f64 = 0.25;
/// The ends of a range that is cut are rounded to a scale of so many ticks.
const ROUNDING: usize = 6;

/// The curve from values to colours, in units that keep it within the doubles.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Curve {
    /// `x / unit`.
    Linear { unit: f64 },
    /// `asinh(x / unit)`: logarithmic for magnitudes above the unit, through zero, odd.
    LogLike { unit: f64 },
}

impl Curve {
    fn at(self, value: f64) -> f64 {
        match self {
            Self::Linear { unit } => value / unit,
            Self::LogLike { unit } => (value / unit).asinh(),
        }
    }
}

/// A monotone map from values to positions on a ramp.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    low: f64,
    high: f64,
    /// Values below `low` share its colour.
    cut_below: bool,
    /// Values above `high` share its colour.
    cut_above: bool,
    curve: Curve,
    /// Where the curve takes `low` and `high`.
    ends: (f64, f64),
}

impl Stretch {
    /// The stretch for finite values in ascending order: linear, unless a log-like curve shows clearly more.
    pub(super) fn fit(sorted: &[f64]) -> Self {
        let body = Body::of(sorted);
        let linear = Self::along(Curve::Linear { unit: body.magnitude(1.0) }, &body);
        let log_like = Self::along(Curve::LogLike { unit: body.magnitude(LINEAR_PART) }, &body);
        if log_like.unevenness(&body) + CLEARLY < linear.unevenness(&body) { log_like } else { linear }
    }

    /// The range to show along `curve`: all values, less a long tail on either side.
    fn along(curve: Curve, body: &Body) -> Self {
        let (mut low, mut high) = (body.low, body.high);
        let (mut cut_below, mut cut_above) = (false, false);
        let (bulk_low, bulk_high) = (body.quantile(BULK.0).min(body.zero), body.quantile(BULK.1).max(body.zero));
        let tail = LONG_TAIL * (curve.at(bulk_high) - curve.at(bulk_low));
        let round = |value: f64| match curve {
            Curve::Linear { .. } => Step::fit(bulk_low, bulk_high, ROUNDING).map_or(value, |step| step.nearest(value)),
            Curve::LogLike { .. } => ticks::nearest_decade(value),
        };
        // A bulk of one value only has no extent to measure a tail by.
        if bulk_low < bulk_high {
            let rounded = round(bulk_low);
            if curve.at(bulk_low) - curve.at(low) > tail && low < rounded {
                (low, cut_below) = (rounded, true);
            }
            let rounded = round(bulk_high);
            if curve.at(high) - curve.at(bulk_high) > tail && low < rounded && rounded < high {
                (high, cut_above) = (rounded, true);
            }
        }
        Self { low, high, cut_below, cut_above, curve, ends: (curve.at(low), curve.at(high)) }
    }

    /// How far the deciles' positions are from even, at worst: 0 for a uniform distribution, towards 1 for a skewed one.
    fn unevenness(&self, body: &Body) -> f64 {
        (1..10)
            .map(|i| f64::from(i) / 10.0)
            .map(|fraction| (self.position(body.quantile(fraction)) - fraction).abs())
            .fold(0.0, f64::max)
    }

    /// Where on the ramp a value lies: 0…1.
    pub(super) fn position(&self, value: f64) -> f64 {
        let (low, high) = self.ends;
        let position = (self.curve.at(value) - low) / (high - low);
        if position.is_nan() { 0.5 } else { position.clamp(0.0, 1.0) }
    }

    /// The values to label, ascending, with their labels: about `at_most` round ones, and the ends where the range is
    /// cut.
    pub(super) fn ticks(&self, at_most: usize) -> Vec<(f64, String)> {
        let linear = || Step::fit(self.low, self.high, at_most).map(|step| step.ticks(self.low, self.high));
        let (mut values, aligned) = match self.curve {
            Curve::Linear { .. } => (linear().unwrap_or_default(), true),
            Curve::LogLike { unit } => match ticks::decades(self.low, self.high, unit * LEAST_TICK, at_most) {
                ticks if ticks.len() < 2 => (linear().unwrap_or_default(), true),
                ticks => (ticks, false),
            },
        };
        if values.is_empty() {
            values.push(self.low);
        }
        if self.cut_below && values.first() != Some(&self.low) {
            values.insert(0, self.low);
        }
        if self.cut_above && values.last() != Some(&self.high) {
            values.push(self.high);
        }
        let mut labels = ticks::labels(&values, aligned);
        if let (true, Some(label)) = (self.cut_below, labels.first_mut()) {
            label.insert_str(0, "≤ ");
        }
        if let (true, Some(label)) = (self.cut_above, labels.last_mut()) {
            label.insert_str(0, "≥ ");
        }
        values.into_iter().zip(labels).collect()
    }
}

/// The values that decide on a stretch.
struct Body {
    low: f64,
    high: f64,
    /// Zero if the values have it, else NaN, which `min` and `max` ignore.
    zero: f64,
    /// Ascending, without zeros unless there is nothing else.
    values: Vec<f64>,
    /// Their magnitudes, ascending.
    magnitudes: Vec<f64>,
}

impl Body {
    fn of(sorted: &[f64]) -> Self {
        let mut values: Vec<f64> = sorted.iter().copied().filter(|&value| value != 0.0).collect();
        let zero = if values.len() < sorted.len() { 0.0 } else { f64::NAN };
        if values.is_empty() {
            values.push(0.0);
        }
        let mut magnitudes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
        magnitudes.sort_unstable_by(f64::total_cmp);
        let low = sorted.first().copied().unwrap_or(0.0);
        let high = sorted.last().copied().unwrap_or(0.0);
        Self { low, high, zero, values, magnitudes }
    }

    fn quantile(&self, fraction: f64) -> f64 {
        quantile(&self.values, fraction)
    }

    /// A quantile of the magnitudes; 1 instead of 0, to divide by.
    fn magnitude(&self, fraction: f64) -> f64 {
        let magnitude = quantile(&self.magnitudes, fraction);
        if magnitude > 0.0 { magnitude } else { 1.0 }
    }
}

/// The nearest-rank quantile of ascending values.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let rank = (fraction * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(rank).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic values of an even spread over 0…1.
    fn even(count: u32) -> impl Iterator<Item = f64> {
        (0..count).map(move |i| f64::from(i) / f64::from(count - 1))
    }

    fn fit(values: impl IntoIterator<Item = f64>) -> Stretch {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_unstable_by(f64::total_cmp);
        Stretch::fit(&values)
    }

    fn is_log_like(stretch: &Stretch) -> bool {
        matches!(stretch.curve, Curve::LogLike { .. })
    }

    #[test]
    fn an_even_spread_is_shown_whole_and_linearly() {
        let stretch = fit(even(1000).map(|t| 100.0 + 300.0 * t));
        assert!(!is_log_like(&stretch) && !stretch.cut_below && !stretch.cut_above);
        assert_eq!([100.0, 250.0, 400.0].map(|value| stretch.position(value)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn outliers_are_cut_at_a_round_number_near_the_98th_percentile() {
        // 2 % of 1000 values are beyond; the even part ends at 100, whose rank is the 98th percentile.
        let stretch = fit(even(985).map(|t| 100.0 * t).chain(even(15).map(|t| 5000.0 + t)));
        assert!(!is_log_like(&stretch) && !stretch.cut_below && stretch.cut_above, "{stretch:?}");
        assert_eq!(stretch.high, 100.0);
        assert_eq!(stretch.position(5000.0), 1.0);
        assert_eq!(stretch.ticks(6).last().unwrap().1, "≥ 100");
        let stretch = fit(even(985).map(|t| 100.0 * t).chain(even(15).map(|t| -5000.0 - t)));
        assert!(stretch.cut_below && !stretch.cut_above, "{stretch:?}");
        assert_eq!(stretch.ticks(6).first().unwrap().1, "≤ 0");
    }

    #[test]
    fn a_skewed_spread_is_log_like() {
        // Uniform in the logarithm over three decades.
        let stretch = fit(even(1000).map(|t| 10f64.powf(1.0 + 3.0 * t)));
        assert!(is_log_like(&stretch) && !stretch.cut_above, "{stretch:?}");
        assert!((stretch.position(10f64.powf(2.5)) - 0.5).abs() < 0.1);
    }

    #[test]
    fn zeros_do_not_decide_but_are_in_range() {
        let sparse = fit(even(10_000).map(|_| 0.0).chain(even(50).map(|t| 5.0 + 3.0 * t)));
        assert_eq!((sparse.low, sparse.high, sparse.cut_above), (0.0, 8.0, false));
    }

    #[test]
    fn infinite_spans_and_denormals_have_positions() {
        for ends in [[-f64::MAX, f64::MAX], [0.0, 5e-324], [1.0, 1.0], [1e-300, 1e300], [-0.0, 0.0]] {
            let stretch = fit(ends);
            assert!(stretch.position(ends[0]) <= stretch.position(ends[1]), "{stretch:?}");
            for value in [f64::NEG_INFINITY, -f64::MAX, 0.0, 5e-324, f64::MAX, f64::INFINITY, f64::NAN] {
                assert!((0.0..=1.0).contains(&stretch.position(value)), "{value} in {stretch:?}");
            }
            assert!(!stretch.ticks(6).is_empty());
        }
        assert!(!Stretch::fit(&[]).ticks(6).is_empty());
    }
}
