use std::borrow::Cow;

use xr_core::Value;

/// A [`Value`] that may own its text: what decoding yields where the file's bytes are not the text itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(*value),
            Scalar::Int(value) => Value::Int(*value),
            Scalar::UInt(value) => Value::UInt(*value),
            Scalar::Float(value) => Value::Float(*value),
            Scalar::Text(text) => Value::Text(text),
        }
    }
}

impl From<u64> for Scalar<'_> {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Scalar::UInt(value), Scalar::Int)
    }
}

/// The number that decimal `text` spells; integers keep every digit as far as 64 bits reach.
pub(crate) fn parse_number<'a>(text: &str) -> Option<Scalar<'a>> {
    if let Ok(value) = text.parse() {
        Some(Scalar::Int(value))
    } else if let Ok(value) = text.parse() {
        Some(Scalar::UInt(value))
    } else if text.eq_ignore_ascii_case("nan") {
        Some(Scalar::Float(f64::NAN))
    } else if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        text.parse().ok().map(Scalar::Float)
    } else {
        None
    }
}
