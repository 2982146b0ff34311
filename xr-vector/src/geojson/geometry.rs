use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{KeySeed, Text};
use crate::geometry::{GeometryBuffer, Kind, MAX_DEPTH, Part};

/// A geometry object's members; they may come in any order.
#[derive(Default)]
pub(super) struct GeometryMembers<'de> {
    pub(super) kind: Option<Cow<'de, str>>,
    pub(super) coordinates: Option<Coordinates>,
    pub(super) members: Option<Vec<Part>>,
}

impl GeometryMembers<'_> {
    /// The geometry, once all members are known.
    pub(super) fn finish(self, buffer: &mut GeometryBuffer) -> Result<Part, String> {
        let Some(name) = self.kind else {
            return Err("not a GeoJSON object: it has no member \"type\"".into());
        };
        let (kind, level) = match &*name {
            "Point" => (Kind::Point, Level::Position),
            "LineString" => (Kind::LineString, Level::Positions),
            "MultiPoint" => (Kind::MultiPoint, Level::Positions),
            "Polygon" => (Kind::Polygon, Level::Rings),
            "MultiLineString" => (Kind::MultiLineString, Level::Rings),
            "MultiPolygon" => (Kind::MultiPolygon, Level::Polygons),
            "GeometryCollection" => {
                let members = self.members.ok_or("a GeometryCollection without \"geometries\"")?;
                return Ok(buffer.push_collection(&members));
            }
            _ => return Err(format!("\"{name}\" is not a GeoJSON geometry type")),
        };
        let Some(coordinates) = self.coordinates else {
            return Err(format!("a {name} without \"coordinates\""));
        };
        match coordinates.level {
            Level::Empty => Ok(Part { kind, start: 0, end: 0 }),
            found if found == level => Ok(Part { kind, start: coordinates.start, end: coordinates.end }),
            found => Err(format!("the coordinates of a {name} must be {level}, not {found}")),
        }
    }
}

/// What an array of coordinates turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Empty,
    Position,
    Positions,
    Rings,
    Polygons,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Empty => "empty",
            Level::Position => "a position",
            Level::Positions => "an array of positions",
            Level::Rings => "an array of arrays of positions",
            Level::Polygons => "an array of polygons",
        })
    }
}

/// A range of the buffer at some level: positions for the first two, then rings, then polygons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coordinates {
    level: Level,
    start: usize,
    end: usize,
}

/// Reads an array of coordinates of any level into the buffer; the level is that of its first number. Empty arrays
/// within are left out.
pub(super) struct CoordinatesSeed<'a>(pub(super) &'a mut GeometryBuffer);

impl<'de> DeserializeSeed<'de> for CoordinatesSeed<'_> {
    type Value = Coordinates;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Coordinates, D::Error> {
        match (ElementSeed { buffer: self.0, depth: 0 }).deserialize(deserializer)? {
            Element::Array(coordinates) => Ok(coordinates),
            Element::Number(_) => Err(D::Error::custom("coordinates must be an array")),
        }
    }
}

/// An element of an array of coordinates.
enum Element {
    Number(f64),
    Array(Coordinates),
}

struct ElementSeed<'a> {
    buffer: &'a mut GeometryBuffer,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for ElementSeed<'_> {
    type Value = Element;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Element, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ElementSeed<'_> {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a coordinate or an array of coordinates")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Element, E> {
        Ok(Element::Number(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Element, E> {
        Ok(Element::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Element, E> {
        Ok(Element::Number(value as f64))
    }

    /// Several writers spell NaN as null.
    fn visit_unit<E: Error>(self) -> Result<Element, E> {
        Ok(Element::Number(f64::NAN))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Element, A::Error> {
        let ElementSeed { buffer, depth } = self;
        if depth == 4 {
            return Err(A::Error::custom("coordinates nested too deep"));
        }
        let (positions, rings, polygons) = (buffer.positions(), buffer.rings(), buffer.polygons());
        let mut inner = Level::Empty;
        while let Some(element) = array.next_element_seed(ElementSeed { buffer: &mut *buffer, depth: depth + 1 })? {
            match element {
                Element::Number(x) if inner == Level::Empty => return position(x, buffer, array),
                Element::Array(Coordinates { level: Level::Empty, .. }) => {}
                Element::Array(Coordinates { level, .. }) if inner == Level::Empty || inner == level => inner = level,
                _ => return Err(A::Error::custom("coordinates of different nesting side by side")),
            }
        }
        let (level, start, end) = match inner {
            Level::Empty => (Level::Empty, 0, 0),
            Level::Position => {
                buffer.push_ring(positions..buffer.positions());
                (Level::Positions, positions, buffer.positions())
            }
            Level::Positions => {
                buffer.push_polygon(rings..buffer.rings());
                (Level::Rings, rings, buffer.rings())
            }
            Level::Rings => (Level::Polygons, polygons, buffer.polygons()),
            Level::Polygons => return Err(A::Error::custom("coordinates nested too deep")),
        };
        Ok(Element::Array(Coordinates { level, start, end }))
    }
}

/// Reads on in a position whose first number was `x`; further ones than z are ignored.
fn position<'de, A: SeqAccess<'de>>(x: f64, buffer: &mut GeometryBuffer, mut array: A) -> Result<Element, A::Error> {
    let start = buffer.positions();
    let Some(Number(y)) = array.next_element()? else {
        return Err(A::Error::custom("a position of one number"));
    };
    let z = array.next_element::<Number>()?;
    while array.next_element::<Number>()?.is_some() {}
    buffer.push_position(x, y);
    if let Some(Number(z)) = z {
        buffer.set_z(start, [z]);
    }
    Ok(Element::Array(Coordinates { level: Level::Position, start, end: start + 1 }))
}

/// A number of a position; null is NaN.
struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<f64>::deserialize(deserializer).map(|value| Number(value.unwrap_or(f64::NAN)))
    }
}

/// Reads a geometry object or null.
pub(super) struct GeometrySeed<'a> {
    pub(super) buffer: &'a mut GeometryBuffer,
    /// Collections around it.
    pub(super) depth: usize,
}

impl<'de> DeserializeSeed<'de> for GeometrySeed<'_> {
    type Value = Option<Part>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Part>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GeometrySeed<'_> {
    type Value = Option<Part>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Part>, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Part>, A::Error> {
        let GeometrySeed { buffer, depth } = self;
        if depth > MAX_DEPTH {
            return Err(A::Error::custom(format!("geometry collections nested deeper than {MAX_DEPTH}")));
        }
        let mut members = GeometryMembers::default();
        while let Some(key) = map.next_key_seed(KeySeed(&["type", "coordinates", "geometries"]))? {
            match key {
                Some(0) => members.kind = Some(map.next_value::<Text<'de>>()?.0),
                Some(1) => members.coordinates = Some(map.next_value_seed(CoordinatesSeed(&mut *buffer))?),
                Some(2) => {
                    let seed = GeometriesSeed { buffer: &mut *buffer, depth: depth + 1 };
                    members.members = Some(map.next_value_seed(seed)?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        members.finish(buffer).map(Some).map_err(A::Error::custom)
    }
}

/// Reads the array of a collection's geometries; null members are left out.
pub(super) struct GeometriesSeed<'a> {
    pub(super) buffer: &'a mut GeometryBuffer,
    pub(super) depth: usize,
}

impl<'de> DeserializeSeed<'de> for GeometriesSeed<'_> {
    type Value = Vec<Part>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Part>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for GeometriesSeed<'_> {
    type Value = Vec<Part>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of geometries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Vec<Part>, A::Error> {
        let mut members = Vec::new();
        let GeometriesSeed { buffer, depth } = self;
        while let Some(member) = array.next_element_seed(GeometrySeed { buffer: &mut *buffer, depth })? {
            members.extend(member);
        }
        Ok(members)
    }
}
