use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::Text;
use crate::scalar::Scalar;

/// Reads `properties`: the wanted columns into `values`, the rest skipped. Of a repeated key the last one counts.
pub(super) struct PropertiesSeed<'a, 's> {
    pub(super) columns: &'a [&'a str],
    pub(super) values: &'a mut [Scalar<'s>],
    pub(super) seen: &'a mut [bool],
    pub(super) names: Option<&'a mut Vec<String>>,
}

impl<'s> DeserializeSeed<'s> for PropertiesSeed<'_, 's> {
    type Value = ();

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'s> Visitor<'s> for PropertiesSeed<'_, 's> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties: an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'s>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key::<Text<'s>>()? {
            if let Some(names) = self.names.as_deref_mut()
                && !names.iter().any(|name| *name == key)
            {
                names.push(key.clone().into_owned());
            }
            // A name may be asked for more than once.
            let mut wanted = (0..self.columns.len()).filter(|&i| self.columns[i] == key);
            let Some(first) = wanted.next() else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: Scalar<'s> = map.next_value()?;
            for i in wanted.chain([first]) {
                self.values[i] = value.clone();
                self.seen[i] = true;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar<'de>, A::Error> {
        json_text(MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Scalar<'de>, A::Error> {
        json_text(SeqAccessDeserializer::new(seq))
    }
}

/// A nested value as JSON text.
fn json_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'de>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(|value| Scalar::Text(Cow::Owned(value.to_string())))
}
