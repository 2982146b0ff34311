//! Numbers of an expression: exact integers, floats, and both together.

use std::cmp::Ordering;

use super::ast::Arithmetic;

/// A number. Integers lie in `i64::MIN ..= u64::MAX`; floats are never NaN.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    /// `value`, as the nearest float where it is outside the range of the 64-bit types.
    pub(super) fn int(value: i128) -> Self {
        if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) {
            Self::Int(value)
        } else {
            Self::Float(value as f64)
        }
    }

    /// `value`, or nothing (null) for NaN.
    pub(super) fn float(value: f64) -> Option<Self> {
        (!value.is_nan()).then_some(Self::Float(value))
    }

    pub(super) fn to_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    pub(super) fn is_zero(self) -> bool {
        match self {
            Self::Int(value) => value == 0,
            Self::Float(value) => value == 0.0,
        }
    }

    /// The exact order, whatever the two types.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (Self::Int(a), Self::Float(b)) => int_to_float(a, b),
            (Self::Float(a), Self::Int(b)) => int_to_float(b, a).reverse(),
            // Neither is NaN, and 0.0 equals -0.0.
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        }
    }

    /// `a operator b`; nothing (null) for a division by zero and what else has no value.
    pub(super) fn arithmetic(operator: Arithmetic, a: Self, b: Self) -> Option<Self> {
        use Arithmetic::*;
        if matches!(operator, Divide | Remainder) && b.is_zero() {
            return None;
        }
        if let (Self::Int(a), Self::Int(b)) = (a, b) {
            let exact = match operator {
                Add => a.checked_add(b),
                Subtract => a.checked_sub(b),
                Multiply => a.checked_mul(b),
                Divide if a % b != 0 => None,
                Divide => a.checked_div(b),
                Remainder => a.checked_rem(b),
            };
            if let Some(exact) = exact {
                return Some(Self::int(exact));
            }
        }
        let (a, b) = (a.to_f64(), b.to_f64());
        Self::float(match operator {
            Add => a + b,
            Subtract => a - b,
            Multiply => a * b,
            Divide => a / b,
            Remainder => a % b,
        })
    }
}

/// The exact order of an integer to a float that is not NaN.
fn int_to_float(int: i128, float: f64) -> Ordering {
    // Saturates, and that is right: every `int` is far inside the limits of i128.
    let whole = float.trunc() as i128;
    int.cmp(&whole).then_with(|| {
        let fraction = float - float.trunc();
        if fraction > 0.0 {
            Ordering::Less
        } else if fraction < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    })
}
