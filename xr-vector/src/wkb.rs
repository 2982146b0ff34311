//! Well-known binary: ISO 13249-3 and the EWKB of PostGIS, of either byte order. M and SRID are skipped.
//!
//! Decoded here because the `wkb` crate (0.9) looks at the type code's low three bits only, so that a curve is taken
//! for a point or a line, and does not check the types and byte orders of a collection's members.

use crate::geometry::{GeometryBuffer, Kind, MAX_DEPTH, Part};

/// Decodes a geometry to the end of `buffer`.
pub(crate) fn decode(bytes: &[u8], buffer: &mut GeometryBuffer) -> Result<Part, String> {
    Input(bytes).geometry(buffer, 0)
}

/// The bytes not yet read.
struct Input<'a>(&'a [u8]);

/// What precedes every geometry and every member of one.
#[derive(Clone, Copy)]
struct Header {
    little_endian: bool,
    kind: Kind,
    /// Numbers of a position.
    ordinates: usize,
    /// Whether the third of them is Z.
    has_z: bool,
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (head, rest) = self.0.split_at_checked(count).ok_or("the WKB ends too early")?;
        self.0 = rest;
        Ok(head)
    }

    fn number(&mut self, little_endian: bool) -> Result<u32, String> {
        let bytes = self.take(4)?.try_into().unwrap_or_default();
        Ok(if little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn header(&mut self) -> Result<Header, String> {
        const Z: u32 = 1 << 31;
        const M: u32 = 1 << 30;
        const SRID: u32 = 1 << 29;
        let little_endian = match self.take(1)? {
            [0] => false,
            [1] => true,
            _ => return Err("the WKB has neither byte order".into()),
        };
        let code = self.number(little_endian)?;
        if code & SRID != 0 {
            self.take(4)?;
        }
        let flags = (code & Z != 0, code & M != 0);
        let code = code & !(Z | M | SRID);
        let (z, m) = match code / 1000 {
            0 => flags,
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return Err(format!("unknown WKB type {code}")),
        };
        let kind = match code % 1000 {
            1 => Kind::Point,
            2 => Kind::LineString,
            3 => Kind::Polygon,
            4 => Kind::MultiPoint,
            5 => Kind::MultiLineString,
            6 => Kind::MultiPolygon,
            7 => Kind::Collection,
            other => {
                const MORE: [&str; 10] = [
                    "CircularString",
                    "CompoundCurve",
                    "CurvePolygon",
                    "MultiCurve",
                    "MultiSurface",
                    "Curve",
                    "Surface",
                    "PolyhedralSurface",
                    "TIN",
                    "Triangle",
                ];
                return Err(match (other as usize).checked_sub(8).and_then(|i| MORE.get(i)) {
                    Some(name) => format!("geometries of type {name} are not supported"),
                    None => format!("unknown WKB type {code}"),
                });
            }
        };
        Ok(Header { little_endian, kind, ordinates: 2 + usize::from(z) + usize::from(m), has_z: z })
    }

    /// The header of a member that must be of some kind.
    fn member(&mut self, kind: Kind) -> Result<Header, String> {
        let header = self.header()?;
        if header.kind == kind { Ok(header) } else { Err(format!("a {:?} where a {kind:?} must be", header.kind)) }
    }

    fn geometry(&mut self, buffer: &mut GeometryBuffer, depth: usize) -> Result<Part, String> {
        if depth > MAX_DEPTH {
            return Err(format!("geometry collections nested deeper than {MAX_DEPTH}"));
        }
        let header = self.header()?;
        let (start, end) = match header.kind {
            Kind::Point => self.point(header, buffer)?,
            Kind::LineString => self.line(header, buffer)?,
            Kind::Polygon => self.rings(header, buffer)?,
            Kind::MultiPoint => {
                let start = buffer.positions();
                for _ in 0..self.number(header.little_endian)? {
                    let member = self.member(Kind::Point)?;
                    self.point(member, buffer)?;
                }
                (start, buffer.positions())
            }
            Kind::MultiLineString => {
                let start = buffer.rings();
                for _ in 0..self.number(header.little_endian)? {
                    let member = self.member(Kind::LineString)?;
                    let (from, to) = self.line(member, buffer)?;
                    buffer.push_ring(from..to);
                }
                (start, buffer.rings())
            }
            Kind::MultiPolygon => {
                let start = buffer.polygons();
                for _ in 0..self.number(header.little_endian)? {
                    let member = self.member(Kind::Polygon)?;
                    let (from, to) = self.rings(member, buffer)?;
                    buffer.push_polygon(from..to);
                }
                (start, buffer.polygons())
            }
            Kind::Collection => {
                let mut members = Vec::new();
                for _ in 0..self.number(header.little_endian)? {
                    members.push(self.geometry(buffer, depth + 1)?);
                }
                return Ok(buffer.push_collection(&members));
            }
        };
        Ok(Part { kind: header.kind, start, end })
    }

    /// A position; two NaN spell an empty point.
    fn point(&mut self, header: Header, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
        let (start, end) = self.positions(header, 1, buffer)?;
        let empty = buffer.pop_if_nan();
        Ok((start, if empty { start } else { end }))
    }

    fn line(&mut self, header: Header, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
        let count = self.number(header.little_endian)?;
        self.positions(header, count as usize, buffer)
    }

    fn rings(&mut self, header: Header, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
        let start = buffer.rings();
        for _ in 0..self.number(header.little_endian)? {
            let (from, to) = self.line(header, buffer)?;
            buffer.push_ring(from..to);
        }
        Ok((start, buffer.rings()))
    }

    fn positions(
        &mut self,
        header: Header,
        count: usize,
        buffer: &mut GeometryBuffer,
    ) -> Result<(usize, usize), String> {
        let start = buffer.positions();
        let stride = 8 * header.ordinates;
        let bytes = self.take(count.checked_mul(stride).ok_or("the WKB ends too early")?)?;
        if header.little_endian && header.ordinates == 2 {
            buffer.push_le_positions(bytes);
        } else {
            let number = |position: &[u8], at: usize| {
                let bytes = position.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
                if header.little_endian { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
            };
            for position in bytes.chunks_exact(stride) {
                buffer.push_position(number(position, 0), number(position, 8));
            }
            if header.has_z {
                buffer.set_z(start, bytes.chunks_exact(stride).map(|position| number(position, 16)));
            }
        }
        Ok((start, buffer.positions()))
    }
}

#[cfg(test)]
mod tests {
    use geo_traits::{CoordTrait, GeometryTrait, GeometryType, LineStringTrait, PointTrait, PolygonTrait};

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn failure(hex: &str) -> String {
        decode(&bytes(hex), &mut GeometryBuffer::default()).unwrap_err()
    }

    const ONE: &str = "000000000000f03f";
    const TWO: &str = "0000000000000040";

    #[test]
    fn every_dimension_and_byte_order_is_a_point() {
        let points = [
            format!("01 01000000 {ONE} {TWO}"),
            format!("01 e9030000 {ONE} {TWO} {ONE}"),
            format!("01 d1070000 {ONE} {TWO} {ONE}"),
            format!("01 b90b0000 {ONE} {TWO} {ONE} {ONE}"),
            format!("01 01000080 {ONE} {TWO} {ONE}"),
            format!("01 010000c0 {ONE} {TWO} {ONE} {ONE}"),
            format!("01 01000020 e6100000 {ONE} {TWO}"),
            "00 00000001 3ff0000000000000 4000000000000000".to_owned(),
        ];
        for hex in points {
            let mut buffer = GeometryBuffer::default();
            let part = decode(&bytes(&hex), &mut buffer).unwrap();
            let geometry = buffer.geometry(part);
            let GeometryType::Point(point) = geometry.as_type() else { panic!("{hex}") };
            assert_eq!(PointTrait::coord(point).unwrap().x_y(), (1.0, 2.0), "{hex}");
        }
    }

    #[test]
    fn nan_is_an_empty_point() {
        let mut buffer = GeometryBuffer::default();
        let part = decode(&bytes("01 01000000 000000000000f87f 000000000000f87f"), &mut buffer).unwrap();
        assert!(PointTrait::coord(&buffer.geometry(part)).is_none());
        assert_eq!(buffer.positions(), 0);
    }

    #[test]
    fn rings_are_read_with_their_own_counts() {
        let hex = format!("01 03000000 02000000 01000000 {ONE} {ONE} 02000000 {TWO} {ONE} {ONE} {TWO}");
        let mut buffer = GeometryBuffer::default();
        let part = decode(&bytes(&hex), &mut buffer).unwrap();
        let polygon = buffer.geometry(part);
        assert_eq!(PolygonTrait::exterior(&polygon).unwrap().num_coords(), 1);
        let hole = PolygonTrait::interior(&polygon, 0).unwrap();
        assert_eq!(LineStringTrait::coord(&hole, 1).unwrap().x_y(), (1.0, 2.0));
    }

    #[test]
    fn curves_and_misplaced_members_are_refused() {
        let names = [(8, "CircularString"), (9, "CompoundCurve"), (10, "CurvePolygon"), (17, "Triangle")];
        for (code, name) in names {
            assert_eq!(
                failure(&format!("01 {code:02x}000000 00000000")),
                format!("geometries of type {name} are not supported")
            );
        }
        assert_eq!(failure("01 12000000"), "unknown WKB type 18");
        assert_eq!(failure("02 01000000"), "the WKB has neither byte order");
        let line_in_polygons = "01 06000000 01000000 01 02000000 00000000";
        assert_eq!(failure(line_in_polygons), "a LineString where a Polygon must be");
    }

    #[test]
    fn hostile_counts_and_depth_are_refused() {
        for code in ["02", "03", "04", "05", "06", "07"] {
            assert_eq!(failure(&format!("01 {code}000000 ffffffff")), "the WKB ends too early");
        }
        assert!(failure(&"01 07000000 01000000 ".repeat(100_000)).contains("nested deeper than 32"));
    }
}
