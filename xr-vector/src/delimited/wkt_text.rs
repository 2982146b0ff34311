use wkt::Wkt;
use wkt::types::{Coord, Dimension, Point};

use crate::geometry::MAX_DEPTH;

/// Parses well-known text, perhaps with PostGIS's `SRID=…;` in front; `None` if it is blank.
pub(super) fn parse(text: &str) -> Result<Option<Wkt<f64>>, String> {
    let text = match text.split_once(';') {
        Some((srid, rest)) if srid.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("SRID=")) => rest,
        _ => text,
    };
    if text.is_empty() {
        return Ok(None);
    }
    check_depth(text)?;
    let geometry: Wkt<f64> = text.parse().map_err(|reason| format!("invalid WKT: {reason}"))?;
    Ok(Some(geometry))
}

/// The parser recurses once per parenthesis: hostile nesting must not reach it.
fn check_depth(text: &str) -> Result<(), String> {
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(format!("WKT nested deeper than {MAX_DEPTH}"));
        }
    }
    Ok(())
}

pub(super) fn point(x: f64, y: f64) -> Wkt<f64> {
    Wkt::Point(Point::new(Some(Coord { x, y, z: None, m: None }), Dimension::XY))
}
