//! Round numbers for a scale: 1, 2 or 5 times a power of ten.

use std::cmp::Ordering;

const MANTISSAS: [u8; 3] = [1, 2, 5];
/// From here on labels are written with an exponent.
const LARGE: f64 = 1e7;
const SMALL: f64 = 1e-4;
/// From here on labels have a comma between thousands.
const GROUPED: f64 = 1e4;
/// How far beyond the range a tick may lie, in steps: rounding puts 0.6 / 0.2 below 3.
const TOLERANCE: f64 = 1e-6;

/// The double nearest to `digits × 10^exponent`.
fn decimal(digits: i128, exponent: i32) -> f64 {
    // Parsing rounds once, where a product with a power of ten would round twice.
    format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
}

/// The decimal exponent of a positive number.
fn exponent(value: f64) -> i32 {
    value.log10().floor() as i32
}

/// The spacing of ticks on a linear scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    mantissa: u8,
    exponent: i32,
}

impl Step {
    /// The finest step that puts no more than `at_most` ticks (but at least two are allowed) on the scale.
    pub(super) fn fit(low: f64, high: f64, at_most: usize) -> Option<Self> {
        // Halves, for the difference of two doubles may overflow.
        let half = high / 2.0 - low / 2.0;
        if !(half > 0.0 && half.is_finite()) {
            return None;
        }
        let coarsest = exponent(half) + 2;
        (coarsest - 5..=coarsest)
            .flat_map(|exponent| MANTISSAS.map(|mantissa| Self { mantissa, exponent }))
            .find(|step| step.range(low, high).is_some_and(|(first, last)| last - first < at_most.max(2) as i128))
    }

    fn size(self) -> f64 {
        decimal(self.mantissa.into(), self.exponent)
    }

    /// The first and the last multiple in `low..=high`.
    fn range(self, low: f64, high: f64) -> Option<(i128, i128)> {
        let (first, last) = ((low / self.size() - TOLERANCE).ceil(), (high / self.size() + TOLERANCE).floor());
        (first.is_finite() && last.is_finite()).then_some((first as i128, last as i128))
    }

    /// The multiples in `low..=high`, ascending.
    pub(super) fn ticks(self, low: f64, high: f64) -> Vec<f64> {
        let (first, last) = self.range(low, high).unwrap_or((1, 0));
        (first..=last).map(|n| decimal(n.saturating_mul(self.mantissa.into()), self.exponent)).collect()
    }

    /// The multiple nearest to `value`.
    pub(super) fn nearest(self, value: f64) -> f64 {
        decimal(((value / self.size()).round() as i128).saturating_mul(self.mantissa.into()), self.exponent)
    }
}

/// Ticks at 1, 2 and 5 times powers of ten of either sign, or only at (every second, third, … of) the powers, so that
/// there are no more than `at_most`; zero is one of them, magnitudes below `least` are not. Ascending.
pub(super) fn decades(low: f64, high: f64, least: f64, at_most: usize) -> Vec<f64> {
    let greatest = low.abs().max(high.abs());
    if !(least > 0.0 && greatest.is_finite() && low <= high) {
        return Vec::new();
    }
    let exponents = exponent(least)..=exponent(greatest);
    let within = |value: &f64| value.abs() >= least && (low..=high).contains(value);
    let zero = (low <= 0.0 && high >= 0.0).then_some(0.0);
    let collect = |mantissas: &[u8], every: i32| {
        let magnitudes = exponents
            .clone()
            .filter(|exponent| exponent.rem_euclid(every) == 0)
            .flat_map(|exponent| mantissas.iter().map(move |&mantissa| decimal(mantissa.into(), exponent)));
        let mut ticks: Vec<f64> = magnitudes.flat_map(|value| [value, -value]).filter(within).chain(zero).collect();
        ticks.sort_unstable_by(f64::total_cmp);
        ticks
    };
    let all = collect(&MANTISSAS, 1);
    if all.len() <= at_most {
        return all;
    }
    (1..)
        .map(|every| collect(&MANTISSAS[..1], every))
        // In the end only ±10⁰ and zero are left.
        .find(|ticks| ticks.len() <= at_most.max(3))
        .unwrap_or_default()
}

/// The power of ten times 1, 2 or 5 that is nearest to `value` by ratio; zero stays.
pub(super) fn nearest_decade(value: f64) -> f64 {
    let magnitude = value.abs();
    if !(magnitude > 0.0 && magnitude.is_finite()) {
        return value;
    }
    let exponent = exponent(magnitude);
    let off = |candidate: &f64| (candidate.ln() - magnitude.ln()).abs();
    MANTISSAS
        .map(|mantissa| decimal(mantissa.into(), exponent))
        .into_iter()
        .chain([decimal(1, exponent + 1)])
        .filter(|candidate| candidate.is_finite())
        .min_by(|a, b| off(a).partial_cmp(&off(b)).unwrap_or(Ordering::Equal))
        .map_or(value, |candidate| candidate.copysign(value))
}

/// Labels of the ticks of one scale, in one style: with an exponent if any is very large or all are very small, with
/// commas if any is large. `aligned` gives all as many decimals as the one that needs most.
pub(super) fn labels(ticks: &[f64], aligned: bool) -> Vec<String> {
    let magnitudes = || ticks.iter().map(|tick| tick.abs()).filter(|&magnitude| magnitude > 0.0);
    let greatest = magnitudes().fold(0.0, f64::max);
    let least = magnitudes().fold(f64::INFINITY, f64::min);
    let with_exponent = greatest >= LARGE || (if aligned { greatest } else { least }) < SMALL;
    let decimals = ticks.iter().map(|&tick| decimals(tick)).max().unwrap_or(0);
    ticks
        .iter()
        .map(|&tick| match tick {
            0.0 if with_exponent => "0".to_owned(),
            _ if with_exponent => format!("{tick:e}"),
            _ if greatest >= GROUPED => grouped(&tick.to_string()),
            _ if aligned => format!("{tick:.decimals$}"),
            _ => tick.to_string(),
        })
        .collect()
}

/// A single value in as few digits as tell it from others of its precision.
pub(super) fn value_label(value: f64) -> String {
    let magnitude = value.abs();
    let short = value as f32;
    let exponent = magnitude > 1e15 || (magnitude > 0.0 && magnitude < SMALL);
    // A value that came from an f32 has no more digits than that.
    match (f64::from(short) == value && value.fract() != 0.0, exponent) {
        (true, true) => format!("{short:e}"),
        (true, false) => short.to_string(),
        (false, true) if value.is_finite() => format!("{value:e}"),
        _ => value.to_string(),
    }
}

/// Digits after the point.
fn decimals(value: f64) -> usize {
    value.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// Puts commas between the thousands of a plain decimal number.
fn grouped(number: &str) -> String {
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    let mut label = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            label.push(',');
        }
        label.push(digit);
    }
    label + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(low: f64, high: f64, at_most: usize) -> Vec<f64> {
        Step::fit(low, high, at_most).unwrap().ticks(low, high)
    }

    #[test]
    fn linear_ticks_are_exact_multiples_of_1_2_5() {
        assert_eq!(linear(0.0, 1.0, 6), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(linear(0.0, 1.0, 5), [0.0, 0.5, 1.0]);
        assert_eq!(linear(-3.0, 7.2, 6), [-2.0, 0.0, 2.0, 4.0, 6.0]);
        assert_eq!(linear(1013.0, 1041.0, 6), [1015.0, 1020.0, 1025.0, 1030.0, 1035.0, 1040.0]);
        assert_eq!(linear(0.3e-9, 1.1e-9, 5), [0.4e-9, 0.6e-9, 0.8e-9, 1e-9]);
    }

    #[test]
    fn extreme_ranges_have_ticks_or_none() {
        let ticks = linear(-f64::MAX, f64::MAX, 6);
        assert!((2..=6).contains(&ticks.len()) && ticks.contains(&0.0), "{ticks:?}");
        assert!(linear(1e15, 1e15 + 1.0, 6).len() >= 2);
        assert!(Step::fit(1.0, 1.0, 6).is_none());
        assert!(Step::fit(f64::NAN, 1.0, 6).is_none());
        assert!(Step::fit(0.0, f64::INFINITY, 6).is_none());
        if let Some(step) = Step::fit(0.0, 5e-324, 6) {
            assert!(step.ticks(0.0, 5e-324).len() <= 6);
        }
    }

    #[test]
    fn decades_thin_out_to_powers() {
        assert_eq!(decades(300.0, 22_000.0, 300.0, 7), [500.0, 1e3, 2e3, 5e3, 1e4, 2e4]);
        assert_eq!(decades(300.0, 22_000.0, 300.0, 5), [1e3, 1e4]);
        assert_eq!(decades(1.0, 1e9, 1.0, 5), [1.0, 100.0, 1e4, 1e6, 1e8]);
        assert_eq!(decades(-60.0, 60.0, 10.0, 7), [-50.0, -20.0, -10.0, 0.0, 10.0, 20.0, 50.0]);
        assert!(decades(0.0, f64::MAX, 5e-324, 3).len() <= 3);
        assert!(decades(0.0, 1.0, 0.0, 5).is_empty());
    }

    #[test]
    fn nearest_by_ratio() {
        for (value, nearest) in [(1.4, 1.0), (1.5, 2.0), (3.1, 2.0), (3.2, 5.0), (8.0, 10.0), (-0.03, -0.02)] {
            assert_eq!(nearest_decade(value), nearest, "{value}");
        }
        assert_eq!(nearest_decade(0.0), 0.0);
        assert_eq!(nearest_decade(f64::INFINITY), f64::INFINITY);
    }

    #[test]
    fn labels_of_a_scale_share_a_style() {
        assert_eq!(labels(&[0.0, 0.25, 0.5], true), ["0.00", "0.25", "0.50"]);
        assert_eq!(labels(&[500.0, 5000.0, 20_000.0], false), ["500", "5,000", "20,000"]);
        assert_eq!(labels(&[1990.0, 2000.0], true), ["1990", "2000"]);
        assert_eq!(labels(&[0.0, 5e6, 1e7], true), ["0", "5e6", "1e7"]);
        assert_eq!(labels(&[-1e6, 0.5, 1e6], false), ["-1,000,000", "0.5", "1,000,000"]);
        assert_eq!(labels(&[1e-6, 1e-3, 1.0], false), ["1e-6", "1e-3", "1e0"]);
    }

    #[test]
    fn a_value_is_written_shortly() {
        assert_eq!(value_label(f64::from(0.1_f32)), "0.1");
        assert_eq!(value_label(0.1), "0.1");
        assert_eq!(value_label(255.0), "255");
        assert_eq!(value_label(-9_007_199_254_740_992.0), "-9.007199254740992e15");
        assert_eq!(value_label(f64::INFINITY), "inf");
    }
}
