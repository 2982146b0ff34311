//! Values to colours.

use super::canvas::{Colour, ramp};
use super::stretch::Stretch;

/// More values than this cannot be told apart by colour.
const MAX_CLASSES: usize = 12;
/// Integers beyond this are measurements rather than classes, and too long for a label.
const MAX_CLASS: f64 = 1e15;

/// How values become colours.
#[derive(Debug)]
pub(super) enum Scale {
    /// A colour for each of these values, ascending; none if there is no data at all.
    Classes(Vec<f64>),
    /// A continuous ramp.
    Ramp(Stretch),
}

impl Scale {
    /// Classes for few integers or a single value, else a ramp. NaN is no data.
    pub(super) fn of(values: &[f64]) -> Self {
        if let Some(classes) = classes(values) {
            return Self::Classes(classes);
        }
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self::Ramp(Stretch::fit(&sorted))
    }

    /// The colour of a value that is not NaN.
    pub(super) fn colour(&self, value: f64) -> Colour {
        match self {
            Self::Classes(classes) => class_colour(classes.partition_point(|&class| class < value), classes.len()),
            Self::Ramp(stretch) => ramp(stretch.position(value)),
        }
    }
}

/// Classes are ordered as their values are, and so are their colours.
pub(super) fn class_colour(index: usize, classes: usize) -> Colour {
    if classes < 2 { ramp(0.5) } else { ramp(index as f64 / (classes - 1) as f64) }
}

/// The distinct values if they are few integers (infinities included) or only one.
fn classes(values: &[f64]) -> Option<Vec<f64>> {
    let mut classes: Vec<f64> = Vec::new();
    let mut whole = true;
    for &value in values.iter().filter(|value| !value.is_nan()) {
        let index = classes.partition_point(|&class| class < value);
        if classes.get(index) == Some(&value) {
            continue;
        }
        whole &= value.is_infinite() || (value.fract() == 0.0 && value.abs() <= MAX_CLASS);
        // Adding zero turns -0 into 0, which is the same class.
        classes.insert(index, value + 0.0);
        if classes.len() > MAX_CLASSES || (classes.len() > 1 && !whole) {
            return None;
        }
    }
    Some(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes_of(values: &[f64]) -> Option<Vec<f64>> {
        match Scale::of(values) {
            Scale::Classes(classes) => Some(classes),
            Scale::Ramp(_) => None,
        }
    }

    #[test]
    fn few_integers_are_classes() {
        assert_eq!(classes_of(&[3.0, f64::NAN, 1.0, 3.0, -0.0, 0.0]), Some(vec![0.0, 1.0, 3.0]));
        let twelve: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(classes_of(&twelve), Some(twelve.clone()));
        let thirteen: Vec<f64> = (0..13).map(f64::from).collect();
        assert_eq!(classes_of(&thirteen), None);
    }

    #[test]
    fn a_constant_is_one_class_whatever_it_is() {
        assert_eq!(classes_of(&[0.25, 0.25, f64::NAN]), Some(vec![0.25]));
        assert_eq!(classes_of(&[1e300]), Some(vec![1e300]));
        assert_eq!(classes_of(&[f64::INFINITY]), Some(vec![f64::INFINITY]));
        assert_eq!(classes_of(&[f64::NAN]), Some(vec![]));
    }

    #[test]
    fn fractions_and_huge_integers_are_a_ramp() {
        assert_eq!(classes_of(&[0.5, 1.0]), None);
        assert_eq!(classes_of(&[1e18, 1.0]), None);
    }

    #[test]
    fn classes_have_colours_of_their_own() {
        let scale = Scale::of(&[1.0, 5.0, 2.0]);
        let colours = [1.0, 2.0, 5.0].map(|value| scale.colour(value));
        assert!(colours.is_sorted() && colours[0] != colours[1] && colours[1] != colours[2], "{colours:?}");
    }

    #[test]
    fn infinities_take_the_ends_of_a_ramp() {
        let scale = Scale::of(&[f64::NEG_INFINITY, 0.0, 0.5, 1.0, f64::INFINITY]);
        assert_eq!(scale.colour(f64::NEG_INFINITY), ramp(0.0));
        assert_eq!(scale.colour(f64::INFINITY), ramp(1.0));
        // One finite value beside an infinite one leaves nothing to stretch.
        let scale = Scale::of(&[0.5, f64::INFINITY]);
        assert_eq!(scale.colour(f64::INFINITY), ramp(1.0));
    }
}
