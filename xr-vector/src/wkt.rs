//! Well-known text: the seven simple features, with or without Z and M, and the `SRID=…;` of PostGIS in front.
//!
//! Parsed here because the `wkt` crate (0.14) ignores what follows a geometry, recurses without bound and builds one
//! vector per ring.

use crate::geometry::{GeometryBuffer, Kind, MAX_DEPTH, Part};

/// Parses a geometry to the end of `buffer`.
pub(crate) fn parse(text: &str, buffer: &mut GeometryBuffer) -> Result<Part, String> {
    let start = match text.split_once(';') {
        Some((srid, rest)) if srid.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("SRID=")) => rest,
        _ => text,
    };
    let mut input = Input { rest: start, is_measured: false };
    let result = input.geometry(buffer, 0).and_then(|part| {
        input.skip_blanks();
        if input.rest.is_empty() { Ok(part) } else { Err("text after the geometry".into()) }
    });
    result.map_err(|reason| format!("invalid WKT at character {}: {reason}", text.len() - input.rest.len()))
}

struct Input<'a> {
    rest: &'a str,
    /// Whether the third number of a position is M.
    is_measured: bool,
}

impl<'a> Input<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// Moves behind `symbol` if it comes next.
    fn accept(&mut self, symbol: char) -> bool {
        self.skip_blanks();
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, symbol: char) -> Result<(), String> {
        if self.accept(symbol) { Ok(()) } else { Err(format!("expected '{symbol}'")) }
    }

    /// The characters up to the next blank, comma or parenthesis.
    fn word(&mut self) -> &'a str {
        self.skip_blanks();
        let delimiter = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'(' | b')');
        let end = self.rest.bytes().position(delimiter).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Reads `EMPTY`, or a list in parentheses of what `item` reads.
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), String>) -> Result<(), String> {
        if !self.accept('(') {
            return if self.word().eq_ignore_ascii_case("EMPTY") {
                Ok(())
            } else {
                Err("expected '(' or EMPTY".into())
            };
        }
        loop {
            item(self)?;
            if !self.accept(',') {
                return self.expect(')');
            }
        }
    }

    fn geometry(&mut self, buffer: &mut GeometryBuffer, depth: usize) -> Result<Part, String> {
        if depth > MAX_DEPTH {
            return Err(format!("geometry collections nested deeper than {MAX_DEPTH}"));
        }
        let word = self.word().to_ascii_uppercase();
        let kind = match word.trim_end_matches(['Z', 'M']) {
            "POINT" => Kind::Point,
            "LINESTRING" | "LINEARRING" => Kind::LineString,
            "POLYGON" => Kind::Polygon,
            "MULTIPOINT" => Kind::MultiPoint,
            "MULTILINESTRING" => Kind::MultiLineString,
            "MULTIPOLYGON" => Kind::MultiPolygon,
            "GEOMETRYCOLLECTION" => Kind::Collection,
            _ => return Err(format!("\"{word}\" is not a supported geometry type")),
        };
        let before = self.rest;
        let mut dimensions = self.word().to_ascii_uppercase();
        if !matches!(dimensions.as_str(), "Z" | "M" | "ZM") {
            self.rest = before;
            dimensions = word;
        }
        self.is_measured = dimensions.ends_with('M') && !dimensions.ends_with("ZM");
        let (start, end) = match kind {
            Kind::Point => {
                let (start, end) = self.positions(buffer)?;
                if end - start > 1 {
                    return Err("a POINT of several positions".into());
                }
                (start, end)
            }
            Kind::LineString => self.positions(buffer)?,
            Kind::MultiPoint => {
                let start = buffer.positions();
                self.list(|input| {
                    // Old writers leave the parentheses of the points out.
                    input.skip_blanks();
                    if input.rest.starts_with(|c: char| c == '(' || c.is_ascii_alphabetic()) {
                        input.positions(buffer).map(|_| ())
                    } else {
                        input.position(buffer)
                    }
                })?;
                (start, buffer.positions())
            }
            Kind::Polygon | Kind::MultiLineString => self.rings(buffer)?,
            Kind::MultiPolygon => {
                let start = buffer.polygons();
                self.list(|input| {
                    let (from, to) = input.rings(buffer)?;
                    buffer.push_polygon(from..to);
                    Ok(())
                })?;
                (start, buffer.polygons())
            }
            Kind::Collection => {
                let mut members = Vec::new();
                self.list(|input| {
                    members.push(input.geometry(buffer, depth + 1)?);
                    Ok(())
                })?;
                return Ok(buffer.push_collection(&members));
            }
        };
        Ok(Part { kind, start, end })
    }

    fn rings(&mut self, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
        let start = buffer.rings();
        self.list(|input| {
            let (from, to) = input.positions(buffer)?;
            buffer.push_ring(from..to);
            Ok(())
        })?;
        Ok((start, buffer.rings()))
    }

    fn positions(&mut self, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
        let start = buffer.positions();
        self.list(|input| input.position(buffer))?;
        Ok((start, buffer.positions()))
    }

    /// Two to four numbers, the third of them Z or M.
    fn position(&mut self, buffer: &mut GeometryBuffer) -> Result<(), String> {
        let mut numbers = [0.0; 4];
        let mut count = 0;
        loop {
            let before = self.rest;
            let word = self.word();
            if word.is_empty() {
                break;
            }
            match (numbers.get_mut(count), word.parse()) {
                (Some(number), Ok(value)) => *number = value,
                (None, _) => return Err("a position of more than four numbers".into()),
                (_, Err(_)) => {
                    self.rest = before;
                    return Err(format!("\"{word}\" is not a number"));
                }
            }
            count += 1;
        }
        if count < 2 {
            return Err("a position of less than two numbers".into());
        }
        buffer.push_position(numbers[0], numbers[1]);
        if count > 2 && !self.is_measured {
            buffer.set_z(buffer.positions() - 1, [numbers[2]]);
        }
        Ok(())
    }
}
