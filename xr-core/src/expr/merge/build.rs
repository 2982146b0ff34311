//! Merge expressions written in Rust: operators and methods that spell the text of `--merge-expr`, so that errors show
//! what was built. Numbers and conditions are different types.

use super::MergeExpr;
use crate::expr::ExprError;
use std::ops;

/// A number in the making.
///
/// ```
/// use xr_core::expr::{acc, count, property, value};
///
/// let largest = acc().max(value()).expr()?;
/// assert_eq!(largest.text(), "max(acc, value)");
/// let mean = (acc() + (value() - acc()) / count()).expr()?;
/// assert_eq!(mean.text(), "(acc + ((value - acc) / count))");
/// let ranked = property("rank").greater(2.0).choose(value(), acc()).expr()?;
/// assert_eq!(ranked.text(), "if((props[\"rank\"] > 2), value, acc)");
/// # Ok::<(), xr_core::expr::ExprError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Term(String);

/// A condition in the making.
#[derive(Clone, Debug)]
#[must_use]
pub struct Condition(String);

/// The pixel so far.
pub fn acc() -> Term {
    Term("acc".into())
}

/// What the feature burns.
pub fn value() -> Term {
    Term("value".into())
}

/// How many features have met at the pixel, this one included.
pub fn count() -> Term {
    Term("count".into())
}

/// A property of the feature.
pub fn property(name: &str) -> Term {
    Term(format!("props[\"{}\"]", name.replace('"', "\"\"")))
}

/// A constant. Infinities and NaN have no spelling: [`Term::expr`] refuses them.
pub fn number(number: f64) -> Term {
    // To the parser, `0NaN` is a number gone wrong, while `NaN` were a name.
    Term(if number.is_finite() { number.to_string() } else { format!("0{}", number.abs()) })
}

impl From<f64> for Term {
    fn from(constant: f64) -> Self {
        number(constant)
    }
}

impl Term {
    /// The finished expression.
    ///
    /// # Errors
    /// What the parser has to say: too many levels, a number that is not finite.
    pub fn expr(&self) -> Result<MergeExpr, ExprError> {
        MergeExpr::parse(&self.0)
    }

    fn call(function: &str, arguments: &[&str]) -> Self {
        Self(format!("{function}({})", arguments.join(", ")))
    }

    fn compare(self, operator: &str, other: impl Into<Self>) -> Condition {
        Condition(format!("({} {operator} {})", self.0, other.into().0))
    }

    /// The smaller of two.
    pub fn min(self, other: impl Into<Self>) -> Self {
        Self::call("min", &[&self.0, &other.into().0])
    }

    /// The larger of two.
    pub fn max(self, other: impl Into<Self>) -> Self {
        Self::call("max", &[&self.0, &other.into().0])
    }

    /// Absolute value.
    pub fn abs(self) -> Self {
        Self::call("abs", &[&self.0])
    }

    /// Square root.
    pub fn sqrt(self) -> Self {
        Self::call("sqrt", &[&self.0])
    }

    /// Largest integer that is not above.
    pub fn floor(self) -> Self {
        Self::call("floor", &[&self.0])
    }

    /// Smallest integer that is not below.
    pub fn ceil(self) -> Self {
        Self::call("ceil", &[&self.0])
    }

    /// Nearest integer, halves away from zero.
    pub fn round(self) -> Self {
        Self::call("round", &[&self.0])
    }

    /// `self = other`
    pub fn equal(self, other: impl Into<Self>) -> Condition {
        self.compare("=", other)
    }

    /// `self < other`
    pub fn less(self, other: impl Into<Self>) -> Condition {
        self.compare("<", other)
    }

    /// `self > other`
    pub fn greater(self, other: impl Into<Self>) -> Condition {
        self.compare(">", other)
    }
}

impl Condition {
    /// `then` where the condition holds, `otherwise` elsewhere.
    pub fn choose(self, then: impl Into<Term>, otherwise: impl Into<Term>) -> Term {
        Term::call("if", &[&self.0, &then.into().0, &otherwise.into().0])
    }
}

macro_rules! operators {
    ($($operator:ident, $method:ident, $symbol:literal;)*) => {$(
        impl<T: Into<Term>> ops::$operator<T> for Term {
            type Output = Self;
            fn $method(self, other: T) -> Self {
                Self(format!(concat!("({} ", $symbol, " {})"), self.0, other.into().0))
            }
        }
    )*};
}
operators! { Add, add, "+"; Sub, sub, "-"; Mul, mul, "*"; Div, div, "/"; Rem, rem, "%"; }

macro_rules! connectives {
    ($($operator:ident, $method:ident, $word:literal;)*) => {$(
        impl ops::$operator for Condition {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self(format!(concat!("({} ", $word, " {})"), self.0, other.0))
            }
        }
    )*};
}
connectives! { BitAnd, bitand, "AND"; BitOr, bitor, "OR"; }

impl ops::Neg for Term {
    type Output = Self;
    fn neg(self) -> Self {
        Self(format!("(-{})", self.0))
    }
}

impl ops::Not for Condition {
    type Output = Self;
    fn not(self) -> Self {
        Self(format!("(NOT {})", self.0))
    }
}
