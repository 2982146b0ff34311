use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::geometry::{CoordinatesSeed, GeometriesSeed, GeometryMembers, GeometrySeed};
use super::json::{KeySeed, Text};
use super::properties::PropertiesSeed;
use crate::geometry::{GeometryBuffer, Part};
use crate::scalar::Scalar;

/// What became of a feature's geometry.
#[derive(Debug)]
pub(super) enum Outcome {
    Geometry(Part),
    Null,
    Malformed(String),
}

/// Some features, parsed. `values` holds one scalar per feature and column.
#[derive(Debug, Default)]
pub(super) struct Parsed<'s> {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) values: Vec<Scalar<'s>>,
    /// Which of the wanted columns occurred.
    pub(super) seen: Vec<bool>,
    /// The other attribute names, if asked for.
    pub(super) names: Vec<String>,
    /// Why parsing ended early, and at which byte of that feature's text.
    pub(super) error: Option<(usize, String)>,
}

/// Parses features one after the other into `buffer`.
pub(super) fn parse<'s>(
    texts: impl Iterator<Item = &'s [u8]>,
    columns: &[&str],
    buffer: &mut GeometryBuffer,
    collect_names: bool,
) -> Parsed<'s> {
    buffer.clear();
    let mut parsed = Parsed { seen: vec![false; columns.len()], ..Parsed::default() };
    for text in texts {
        let first_value = parsed.values.len();
        parsed.values.resize(first_value + columns.len(), Scalar::Null);
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let seed = ObjectSeed {
            columns,
            buffer,
            values: &mut parsed.values[first_value..],
            seen: &mut parsed.seen,
            names: collect_names.then_some(&mut parsed.names),
        };
        let outcome = match seed.deserialize(&mut deserializer) {
            Ok(Some(part)) => Outcome::Geometry(part),
            Ok(None) => Outcome::Null,
            Err(error) if is_about_content(&error) => Outcome::Malformed(error.to_string()),
            Err(error) => {
                parsed.error = Some((position(text, &error), message(&error)));
                parsed.values.truncate(first_value);
                return parsed;
            }
        };
        parsed.outcomes.push(outcome);
    }
    parsed
}

/// Whether the text is JSON, so that the feature's end is certain, and only its content is wrong.
fn is_about_content(error: &serde_json::Error) -> bool {
    error.is_data() || error.to_string().starts_with("number out of range")
}

/// The byte that an error's line and column stand for.
fn position(text: &[u8], error: &serde_json::Error) -> usize {
    let line_start = match error.line().checked_sub(2) {
        Some(n) => memchr::memchr_iter(b'\n', text).nth(n).map_or(0, |at| at + 1),
        None => 0,
    };
    (line_start + error.column().saturating_sub(1)).min(text.len())
}

/// The error's message without the line and column, which count from the feature's start.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The object of a feature, or a bare geometry.
struct ObjectSeed<'a, 's> {
    columns: &'a [&'a str],
    buffer: &'a mut GeometryBuffer,
    values: &'a mut [Scalar<'s>],
    seen: &'a mut [bool],
    names: Option<&'a mut Vec<String>>,
}

impl<'s> DeserializeSeed<'s> for ObjectSeed<'_, 's> {
    type Value = Option<Part>;

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<Option<Part>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'s> Visitor<'s> for ObjectSeed<'_, 's> {
    type Value = Option<Part>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON feature or geometry")
    }

    fn visit_map<A: MapAccess<'s>>(mut self, mut map: A) -> Result<Option<Part>, A::Error> {
        const KEYS: [&str; 5] = ["type", "geometry", "properties", "coordinates", "geometries"];
        let mut feature = false;
        let mut geometry = None;
        let mut bare = GeometryMembers::default();
        while let Some(key) = map.next_key_seed(KeySeed(&KEYS))? {
            match key {
                Some(0) => {
                    let name: Text<'s> = map.next_value()?;
                    feature = name.0 == "Feature";
                    bare.kind = Some(name.0);
                }
                Some(1) => geometry = map.next_value_seed(GeometrySeed { buffer: &mut *self.buffer, depth: 0 })?,
                Some(2) => map.next_value_seed(PropertiesSeed {
                    columns: self.columns,
                    values: &mut *self.values,
                    seen: &mut *self.seen,
                    names: self.names.as_deref_mut(),
                })?,
                Some(3) => bare.coordinates = Some(map.next_value_seed(CoordinatesSeed(&mut *self.buffer))?),
                Some(4) => {
                    bare.members = Some(map.next_value_seed(GeometriesSeed { buffer: &mut *self.buffer, depth: 1 })?)
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if feature { Ok(geometry) } else { bare.finish(self.buffer).map(Some).map_err(A::Error::custom) }
    }
}
