mod position;
mod traits;

use std::ops::Range;

pub use position::Position;

/// Nesting of collections beyond which a geometry is refused.
pub(crate) const MAX_DEPTH: usize = 32;

/// The seven kinds of simple features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    Collection,
}

/// A geometry as a range of the level below it: positions for points and lines, `rings` for polygons and several lines,
/// `polygons` for several polygons, `members` for collections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Geometries as flat arrays, kept between features so that decoding rarely allocates.
#[derive(Debug, Default)]
pub(crate) struct GeometryBuffer {
    xy: Vec<f64>,
    /// Of the positions from the first on; what follows its end has no Z.
    z: Vec<f64>,
    rings: Vec<(usize, usize)>,
    polygons: Vec<(usize, usize)>,
    members: Vec<Part>,
}

impl GeometryBuffer {
    pub(crate) fn clear(&mut self) {
        self.xy.clear();
        self.z.clear();
        self.rings.clear();
        self.polygons.clear();
        self.members.clear();
    }

    /// Positions so far.
    pub(crate) fn positions(&self) -> usize {
        self.xy.len() / 2
    }

    pub(crate) fn push_position(&mut self, x: f64, y: f64) {
        self.xy.extend([x, y]);
    }

    /// Takes the last position away if both of its coordinates are NaN.
    #[cfg(any(feature = "gpkg", feature = "parquet"))]
    pub(crate) fn pop_if_nan(&mut self) -> bool {
        let empty = matches!(self.xy[..], [.., x, y] if x.is_nan() && y.is_nan());
        if empty {
            self.xy.truncate(self.xy.len() - 2);
            self.z.truncate(self.positions());
        }
        empty
    }

    /// Appends positions stored as little-endian pairs.
    pub(crate) fn push_le_positions(&mut self, bytes: &[u8]) {
        let (pairs, _) = bytes.as_chunks::<16>();
        self.xy.extend(pairs.iter().flat_map(|pair| {
            let (x, y) = pair.split_at(8);
            [x, y].map(|half| half.try_into().map_or(f64::NAN, f64::from_le_bytes))
        }));
    }

    /// Gives the positions from `first` on their Z, in order; NaN is none.
    pub(crate) fn set_z(&mut self, first: usize, z: impl IntoIterator<Item = f64>) {
        self.z.resize(first, f64::NAN);
        self.z.extend(z);
    }

    /// Rings (or lines of a multi-line) so far.
    pub(crate) fn rings(&self) -> usize {
        self.rings.len()
    }

    /// Closes a ring over positions.
    pub(crate) fn push_ring(&mut self, positions: Range<usize>) {
        self.rings.push((positions.start, positions.end));
    }

    /// Polygons of multi-polygons so far.
    pub(crate) fn polygons(&self) -> usize {
        self.polygons.len()
    }

    /// Closes a polygon over rings.
    pub(crate) fn push_polygon(&mut self, rings: Range<usize>) {
        self.polygons.push((rings.start, rings.end));
    }

    /// Closes a collection over its members.
    pub(crate) fn push_collection(&mut self, members: &[Part]) -> Part {
        let start = self.members.len();
        self.members.extend_from_slice(members);
        Part { kind: Kind::Collection, start, end: self.members.len() }
    }

    /// A view of a part of this buffer.
    pub(crate) fn geometry(&self, part: Part) -> Geometry<'_> {
        Geometry { buffer: self, part }
    }
}

/// A decoded geometry: a view of flat arrays. It stands for every `geo-traits` role; `as_type` says
/// which one it has.
#[derive(Clone, Copy, Debug)]
pub struct Geometry<'a> {
    buffer: &'a GeometryBuffer,
    part: Part,
}

impl<'a> Geometry<'a> {
    fn len(&self) -> usize {
        self.part.end - self.part.start
    }

    fn sub(&self, kind: Kind, (start, end): (usize, usize)) -> Self {
        Geometry { buffer: self.buffer, part: Part { kind, start, end } }
    }

    fn position(&self, i: usize) -> Position {
        let at = self.part.start + i;
        let z = self.buffer.z.get(at).copied().filter(|z| !z.is_nan());
        Position { x: self.buffer.xy[2 * at], y: self.buffer.xy[2 * at + 1], z }
    }

    fn ring(&self, i: usize) -> Self {
        self.sub(Kind::LineString, self.buffer.rings[self.part.start + i])
    }

    fn member(&self, i: usize) -> Self {
        Geometry { buffer: self.buffer, part: self.buffer.members[self.part.start + i] }
    }
}
