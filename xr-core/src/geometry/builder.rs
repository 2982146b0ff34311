//! Any geometry that speaks `geo-traits`, checked and appended to the tables.

use super::tables::{GeometryTables, Kind, Part, Path};
use geo_traits::{
    CoordTrait, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, LineTrait, MultiLineStringTrait,
    MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait, RectTrait, TriangleTrait,
};

/// Collections within collections, at most.
const MAX_DEPTH: u32 = 64;

/// Why a feature has no pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Skip {
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not finite")]
    NotFinite,
    /// There are no coordinates.
    #[error("the geometry is empty")]
    Empty,
    /// Nothing is left once rings of fewer than three distinct points and lines of fewer than two points are dropped.
    #[error("no ring has three distinct points, no line two points")]
    Degenerate,
    /// Collections are nested deeper than anyone means.
    #[error("geometry collections are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// The tables index vertices with 32 bits.
    #[error("more than {} vertices in one job", u32::MAX)]
    TooMany,
}

/// What became of an accepted feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Rings of fewer than three distinct points and lines of fewer than two, left out.
    pub dropped_paths: u32,
}

/// Appends features to [`GeometryTables`].
#[derive(Default)]
pub struct GeometryBuilder {
    pub(super) vertices: Vec<[f64; 2]>,
    pub(super) paths: Vec<Path>,
    pub(super) parts: Vec<Part>,
    pub(super) features: u32,
    dropped: u32,
}

impl GeometryBuilder {
    /// Appends one feature. A feature that is skipped leaves no trace in the tables. Unclosed rings are closed.
    ///
    /// # Errors
    /// The reason to skip it.
    pub fn push<G: GeometryTrait<T = f64>>(&mut self, geometry: &G) -> Result<Accepted, Skip> {
        let before = (self.vertices.len(), self.paths.len(), self.parts.len());
        self.dropped = 0;
        let pushed = match self.geometry(geometry, 0) {
            Err(skip) => Err(skip),
            Ok(()) if self.vertices.len() >= u32::MAX as usize || self.features == u32::MAX => Err(Skip::TooMany),
            Ok(()) if self.paths.len() > before.1 => Ok(Accepted { dropped_paths: self.dropped }),
            Ok(()) => Err(if self.dropped > 0 { Skip::Degenerate } else { Skip::Empty }),
        };
        match pushed {
            Ok(_) => self.features += 1,
            Err(_) => {
                self.vertices.truncate(before.0);
                self.paths.truncate(before.1);
                self.parts.truncate(before.2);
            }
        }
        pushed
    }

    /// Number of features accepted so far.
    pub fn features(&self) -> usize {
        self.features as usize
    }

    /// Bytes of the tables so far.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.vertices[..]) + size_of_val(&self.paths[..]) + size_of_val(&self.parts[..])
    }

    /// The finished tables.
    pub fn finish(mut self) -> GeometryTables {
        self.vertices.shrink_to_fit();
        GeometryTables {
            vertices: self.vertices.into(),
            paths: self.paths.into(),
            parts: self.parts.into(),
            features: self.features,
        }
    }

    fn geometry<G: GeometryTrait<T = f64>>(&mut self, geometry: &G, depth: u32) -> Result<(), Skip> {
        if depth > MAX_DEPTH {
            return Err(Skip::TooDeep);
        }
        let part = self.parts.len();
        match geometry.as_type() {
            GeometryType::Point(p) => self.points(p.coord().into_iter()),
            GeometryType::MultiPoint(points) => self.multi_point(points),
            GeometryType::LineString(line) => self.path(Kind::Line, line.coords()),
            GeometryType::MultiLineString(lines) => {
                lines.line_strings().try_for_each(|line| self.path(Kind::Line, line.coords()))
            }
            GeometryType::Line(line) => self.path(Kind::Line, line.coords().into_iter()),
            GeometryType::Polygon(polygon) => self.polygon(polygon),
            GeometryType::MultiPolygon(polygons) => polygons.polygons().try_for_each(|p| self.polygon(&p)),
            GeometryType::Triangle(t) => self.path(Kind::Polygon, t.coords().into_iter()),
            GeometryType::Rect(rect) => {
                let ((x0, y0), (x1, y1)) = (rect.min().x_y(), rect.max().x_y());
                self.ring([[x0, y0], [x1, y0], [x1, y1], [x0, y1]].into_iter())
            }
            GeometryType::GeometryCollection(members) => {
                return members.geometries().try_for_each(|member| self.geometry(&member, depth + 1));
            }
        }?;
        if self.paths.last().is_some_and(|path| path.part as usize == part) {
            let kind = match geometry.as_type() {
                GeometryType::Point(_) | GeometryType::MultiPoint(_) => Kind::Point,
                GeometryType::LineString(_) | GeometryType::MultiLineString(_) | GeometryType::Line(_) => Kind::Line,
                _ => Kind::Polygon,
            };
            self.parts.push(Part { feature: self.features, kind: kind as u32 });
        }
        Ok(())
    }

    fn multi_point<M: MultiPointTrait<T = f64>>(&mut self, points: &M) -> Result<(), Skip> {
        let from = self.vertices.len();
        for point in points.points() {
            if let Some(coord) = point.coord() {
                self.vertex(coord.x_y().into())?;
            }
        }
        self.end_path(from);
        Ok(())
    }

    fn points(&mut self, coords: impl Iterator<Item = impl CoordTrait<T = f64>>) -> Result<(), Skip> {
        self.path(Kind::Point, coords)
    }

    fn polygon<P: PolygonTrait<T = f64>>(&mut self, polygon: &P) -> Result<(), Skip> {
        polygon
            .exterior()
            .into_iter()
            .chain(polygon.interiors())
            .try_for_each(|ring| self.path(Kind::Polygon, ring.coords()))
    }

    fn path(&mut self, kind: Kind, coords: impl Iterator<Item = impl CoordTrait<T = f64>>) -> Result<(), Skip> {
        let coords = coords.map(|c| c.x_y().into());
        if kind == Kind::Polygon {
            return self.ring(coords);
        }
        let from = self.vertices.len();
        for coord in coords {
            self.vertex(coord)?;
        }
        if kind == Kind::Line && self.vertices.len() == from + 1 {
            self.drop_path(from);
        }
        self.end_path(from);
        Ok(())
    }

    fn ring(&mut self, coords: impl Iterator<Item = [f64; 2]>) -> Result<(), Skip> {
        let from = self.vertices.len();
        for coord in coords {
            self.vertex(coord)?;
        }
        let ring = &self.vertices[from..];
        let Some(&first) = ring.first() else { return Ok(()) };
        let second = ring.iter().find(|&&v| v != first);
        if second.is_none_or(|second| !ring.iter().any(|v| *v != first && v != second)) {
            self.drop_path(from);
        } else if ring.last() != Some(&first) {
            self.vertices.push(first);
        }
        self.end_path(from);
        Ok(())
    }

    fn vertex(&mut self, coord: [f64; 2]) -> Result<(), Skip> {
        if !(coord[0].is_finite() && coord[1].is_finite()) {
            return Err(Skip::NotFinite);
        }
        self.vertices.push(coord);
        Ok(())
    }

    fn drop_path(&mut self, from: usize) {
        self.vertices.truncate(from);
        self.dropped += 1;
    }

    fn end_path(&mut self, from: usize) {
        let end = self.vertices.len();
        if end > from {
            // `push` refuses the feature when a count leaves 32 bits, so a wrapped number is never seen.
            self.paths.push(Path { end: end as u32, part: self.parts.len() as u32 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Geometry, GeometryCollection, LineString, Point, Polygon};

    fn triangle() -> Polygon<f64> {
        Polygon::new(LineString::from(vec![(1.0, -2.0), (4.0, 1.0), (2.0, 7.0)]), Vec::new())
    }

    #[test]
    fn bounds_are_those_of_all_vertices() {
        let mut builder = GeometryBuilder::default();
        assert_eq!(builder.push(&triangle()), Ok(Accepted { dropped_paths: 0 }));
        assert_eq!(builder.push(&Point::new(-3.0, 5.0)), Ok(Accepted { dropped_paths: 0 }));
        assert_eq!(builder.features(), 2);
        let tables = builder.finish();
        assert_eq!(tables.vertices(), 4 + 1);
        let bounds = tables.bounds().unwrap();
        assert_eq!((bounds.min, bounds.max), ([-3.0, -2.0], [4.0, 7.0]));
    }

    #[test]
    fn degenerate_paths_are_counted_and_leave_no_trace() {
        let line = LineString::from(vec![(9.0, 9.0)]);
        let ring = Polygon::new(LineString::from(vec![(8.0, 8.0), (9.0, 9.0), (8.0, 8.0)]), Vec::new());
        let mut builder = GeometryBuilder::default();
        assert_eq!(builder.push(&ring), Err(Skip::Degenerate));
        let members: Vec<Geometry<f64>> = vec![line.clone().into(), ring.into(), triangle().into(), line.into()];
        assert_eq!(builder.push(&GeometryCollection::from(members)), Ok(Accepted { dropped_paths: 3 }));
        let bounds = builder.finish().bounds().unwrap();
        assert_eq!((bounds.min, bounds.max), ([1.0, -2.0], [4.0, 7.0]));
    }
}
