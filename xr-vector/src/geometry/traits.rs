#![expect(unsafe_code, reason = "geo-traits declares unchecked accessors as unsafe fn; the bodies here are safe code")]

use geo_traits::{
    Dimensions, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiLineStringTrait,
    MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait, UnimplementedLine, UnimplementedRect,
    UnimplementedTriangle,
};

use super::{Geometry, Kind, Position};

impl<'a> GeometryTrait for Geometry<'a> {
    type T = f64;
    type PointType<'b>
        = Self
    where
        Self: 'b;
    type LineStringType<'b>
        = Self
    where
        Self: 'b;
    type PolygonType<'b>
        = Self
    where
        Self: 'b;
    type MultiPointType<'b>
        = Self
    where
        Self: 'b;
    type MultiLineStringType<'b>
        = Self
    where
        Self: 'b;
    type MultiPolygonType<'b>
        = Self
    where
        Self: 'b;
    type GeometryCollectionType<'b>
        = Self
    where
        Self: 'b;
    type RectType<'b>
        = UnimplementedRect<f64>
    where
        Self: 'b;
    type TriangleType<'b>
        = UnimplementedTriangle<f64>
    where
        Self: 'b;
    type LineType<'b>
        = UnimplementedLine<f64>
    where
        Self: 'b;

    fn dim(&self) -> Dimensions {
        if self.buffer.z.is_empty() { Dimensions::Xy } else { Dimensions::Xyz }
    }

    fn as_type(
        &self,
    ) -> GeometryType<
        '_,
        Self,
        Self,
        Self,
        Self,
        Self,
        Self,
        Self,
        UnimplementedRect<f64>,
        UnimplementedTriangle<f64>,
        UnimplementedLine<f64>,
    > {
        match self.part.kind {
            Kind::Point => GeometryType::Point(self),
            Kind::LineString => GeometryType::LineString(self),
            Kind::Polygon => GeometryType::Polygon(self),
            Kind::MultiPoint => GeometryType::MultiPoint(self),
            Kind::MultiLineString => GeometryType::MultiLineString(self),
            Kind::MultiPolygon => GeometryType::MultiPolygon(self),
            Kind::Collection => GeometryType::GeometryCollection(self),
        }
    }
}

impl<'a> PointTrait for Geometry<'a> {
    type CoordType<'b>
        = Position
    where
        Self: 'b;

    fn coord(&self) -> Option<Position> {
        (self.len() > 0).then(|| self.position(0))
    }
}

impl<'a> LineStringTrait for Geometry<'a> {
    type CoordType<'b>
        = Position
    where
        Self: 'b;

    fn num_coords(&self) -> usize {
        self.len()
    }

    unsafe fn coord_unchecked(&self, i: usize) -> Position {
        self.position(i)
    }
}

impl<'a> PolygonTrait for Geometry<'a> {
    type RingType<'b>
        = Self
    where
        Self: 'b;

    fn exterior(&self) -> Option<Self> {
        (self.len() > 0).then(|| self.ring(0))
    }

    fn num_interiors(&self) -> usize {
        self.len().saturating_sub(1)
    }

    unsafe fn interior_unchecked(&self, i: usize) -> Self {
        self.ring(i + 1)
    }
}

impl<'a> MultiPointTrait for Geometry<'a> {
    type InnerPointType<'b>
        = Self
    where
        Self: 'b;

    fn num_points(&self) -> usize {
        self.len()
    }

    unsafe fn point_unchecked(&self, i: usize) -> Self {
        let at = self.part.start + i;
        self.sub(Kind::Point, (at, at + 1))
    }
}

impl<'a> MultiLineStringTrait for Geometry<'a> {
    type InnerLineStringType<'b>
        = Self
    where
        Self: 'b;

    fn num_line_strings(&self) -> usize {
        self.len()
    }

    unsafe fn line_string_unchecked(&self, i: usize) -> Self {
        self.ring(i)
    }
}

impl<'a> MultiPolygonTrait for Geometry<'a> {
    type InnerPolygonType<'b>
        = Self
    where
        Self: 'b;

    fn num_polygons(&self) -> usize {
        self.len()
    }

    unsafe fn polygon_unchecked(&self, i: usize) -> Self {
        self.sub(Kind::Polygon, self.buffer.polygons[self.part.start + i])
    }
}

impl<'a> GeometryCollectionTrait for Geometry<'a> {
    type GeometryType<'b>
        = Self
    where
        Self: 'b;

    fn num_geometries(&self) -> usize {
        self.len()
    }

    unsafe fn geometry_unchecked(&self, i: usize) -> Self {
        self.member(i)
    }
}
