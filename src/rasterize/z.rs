//! `--z`: the one Z of a geometry.

use geo_traits::{
    CoordTrait, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiLineStringTrait,
    MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait,
};

/// What the vertices of a geometry say of its Z.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Z {
    /// There are no vertices.
    #[default]
    None,
    /// A vertex has none.
    Missing,
    /// All vertices have this one.
    Flat(f64),
    /// Two that differ.
    Varying(f64, f64),
}

impl Z {
    pub fn of<G: GeometryTrait<T = f64>>(geometry: &G) -> Self {
        let mut z = Self::default();
        z.add(geometry);
        z
    }

    fn add<G: GeometryTrait<T = f64>>(&mut self, geometry: &G) {
        match geometry.as_type() {
            GeometryType::Point(point) => self.coords(point.coord()),
            GeometryType::MultiPoint(points) => points.points().for_each(|point| self.coords(point.coord())),
            GeometryType::LineString(line) => self.coords(line.coords()),
            GeometryType::MultiLineString(lines) => lines.line_strings().for_each(|line| self.coords(line.coords())),
            GeometryType::Polygon(polygon) => self.polygon(polygon),
            GeometryType::MultiPolygon(polygons) => polygons.polygons().for_each(|polygon| self.polygon(&polygon)),
            GeometryType::GeometryCollection(members) => members.geometries().for_each(|member| self.add(&member)),
            // No file has these.
            GeometryType::Line(_) | GeometryType::Rect(_) | GeometryType::Triangle(_) => *self = Self::Missing,
        }
    }

    fn polygon<P: PolygonTrait<T = f64>>(&mut self, polygon: &P) {
        polygon.exterior().into_iter().chain(polygon.interiors()).for_each(|ring| self.coords(ring.coords()));
    }

    fn coords(&mut self, coords: impl IntoIterator<Item = impl CoordTrait<T = f64>>) {
        for coord in coords {
            *self = match (*self, coord.nth(2)) {
                (Self::Missing, _) | (_, None) => Self::Missing,
                (Self::None, Some(z)) => Self::Flat(z),
                (Self::Flat(first), Some(z)) if z != first => Self::Varying(first, z),
                (so_far, Some(_)) => so_far,
            };
        }
    }
}
