//! What a raster must hold, decided in exact arithmetic wherever there is one, straight from the definitions. Shares no
//! code with the product.
//!
//! - [`definition`]: each pixel by itself in rational numbers, the definitions as they read; slow.
//! - [`rows`]: the same sets with a few integer operations per edge and row ([`mask`]); the tests hold it against
//!   [`definition`].
//! - [`coverage`]: the area of polygons within each pixel, in rational numbers.
//! - [`mod@merge`]: features in order → values.
//! - [`mod@fold`]: the same for user merges.
//! - [`spline`]: its formula, with the platform's logarithm.
//! - [`scenes`]: seeded geometry that looks for trouble.
//!
//! Coordinates are pixel space: x right, y down, pixel (c, r) the box [c, c+1) × [r, r+1).

pub mod coverage;
pub mod definition;
pub mod fold;
mod integers;
pub mod merge;
mod pictures;
mod random;
pub mod rows;
pub mod scenes;
pub mod spline;
#[cfg(test)]
mod tests;

pub use fold::{Meeting, fold};
pub use merge::{Merge, MergeError, Number, Type, merge};
pub use pictures::picture;
pub use random::Random;
pub use rows::mask;

/// One simple or multi geometry; collections are several.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Even-odd over all rings, those of all parts of a MultiPolygon included. Rings may be closed or not.
    Polygon(Vec<Vec<[f64; 2]>>),
    /// Polylines.
    Lines(Vec<Vec<[f64; 2]>>),
    /// Points.
    Points(Vec<[f64; 2]>),
}

impl Shape {
    fn vertices(&self) -> Box<dyn Iterator<Item = &[f64; 2]> + '_> {
        match self {
            Self::Polygon(parts) | Self::Lines(parts) => Box::new(parts.iter().flatten()),
            Self::Points(points) => Box::new(points.iter()),
        }
    }
}

/// A feature: its pixels are the union over its shapes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feature {
    /// One shape, or the members of a collection.
    pub shapes: Vec<Shape>,
}

impl Feature {
    /// Whether all coordinates are finite; a feature with others is skipped as a whole.
    pub fn is_finite(&self) -> bool {
        self.shapes.iter().flat_map(Shape::vertices).flatten().all(|value| value.is_finite())
    }
}

impl From<Shape> for Feature {
    fn from(shape: Shape) -> Self {
        Self { shapes: vec![shape] }
    }
}

/// The edges of a polygon: those between neighbours, and one that closes each ring.
fn ring_edges(rings: &[Vec<[f64; 2]>]) -> impl Iterator<Item = [[f64; 2]; 2]> + '_ {
    rings.iter().flat_map(|ring| {
        let closing = ring.last().zip(ring.first()).filter(|(last, first)| last != first);
        ring.windows(2).map(|pair| [pair[0], pair[1]]).chain(closing.map(|(last, first)| [*last, *first]))
    })
}

/// The segments of polylines.
fn segments(lines: &[Vec<[f64; 2]>]) -> impl Iterator<Item = [[f64; 2]; 2]> + '_ {
    lines.iter().flat_map(|line| line.windows(2).map(|pair| [pair[0], pair[1]]))
}
