use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::json::KeySeed;

/// The legacy `crs` member (GeoJSON 2008).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum CrsMember {
    #[default]
    Absent,
    /// Null: no CRS can be assumed.
    Null,
    Named(String),
    /// A link or something else, as JSON.
    Other(String),
}

/// What a collection says of itself outside of its features.
#[derive(Debug, Default)]
pub(super) struct Preamble {
    pub(super) crs: CrsMember,
    pub(super) name: Option<String>,
}

/// Reads the members `crs` and `name` of the object `text`.
pub(super) fn preamble(text: &[u8]) -> Result<Preamble, serde_json::Error> {
    serde_json::from_slice(text)
}

impl<'de> Deserialize<'de> for Preamble {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Preamble;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GeoJSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Preamble, A::Error> {
                let mut preamble = Preamble::default();
                while let Some(key) = map.next_key_seed(KeySeed(&["crs", "name"]))? {
                    match key {
                        Some(0) => preamble.crs = crs_member(&map.next_value()?),
                        Some(1) => preamble.name = map.next_value::<Value>()?.as_str().map(str::to_owned),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(preamble)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn crs_member(member: &Value) -> CrsMember {
    match (member, member["properties"]["name"].as_str()) {
        (Value::Null, _) => CrsMember::Null,
        (_, Some(name)) if member["type"] == "name" => CrsMember::Named(name.to_owned()),
        _ => CrsMember::Other(member.to_string()),
    }
}
