//! The fraction of each pixel that a feature's polygons cover, in rational numbers.

use num_rational::BigRational as Rational;
use num_traits::{One, ToPrimitive, Zero};

use super::definition::{Segment, integer, is_flat, segment};
use super::{Feature, Shape, ring_edges, rows};

/// An edge that is not vertical, its left end first, and the index of its shape.
struct Edge {
    ends: Segment,
    slope: Rational,
    shape: usize,
    /// Smallest and largest y.
    rows: [f64; 2],
}

impl Edge {
    fn new([from, to]: [[f64; 2]; 2], shape: usize) -> Option<Self> {
        if from[0] == to[0] {
            return None;
        }
        let ends = segment(if from[0] < to[0] { [from, to] } else { [to, from] });
        let slope = (&ends[1][1] - &ends[0][1]) / (&ends[1][0] - &ends[0][0]);
        Some(Self { ends, slope, shape, rows: [from[1].min(to[1]), from[1].max(to[1])] })
    }

    fn y(&self, x: &Rational) -> Rational {
        &self.ends[0][1] + (x - &self.ends[0][0]) * &self.slope
    }

    fn spans(&self, from: &Rational, to: &Rational) -> bool {
        self.ends[0][0] <= *to && self.ends[1][0] > *from
    }

    /// Where its line is at a height.
    fn x(&self, y: &Rational) -> Option<Rational> {
        (!self.slope.is_zero()).then(|| &self.ends[0][0] + (y - &self.ends[0][1]) / &self.slope)
    }

    /// Where its line meets that of another edge.
    fn meets(&self, other: &Self) -> Option<Rational> {
        let closing = &self.slope - &other.slope;
        let x = &self.ends[0][0];
        (!closing.is_zero()).then(|| x + (other.y(x) - &self.ends[0][1]) / closing)
    }
}

/// The fraction of every pixel in the union over the feature's polygons, each even-odd over all its rings; row-major.
///
/// Column by column, in slabs of x that hold no end of an edge, no crossing of two, and none with the pixel's upper and
/// lower side: between neighbouring edges of such a slab lies a trapezoid.
pub fn fractions(feature: &Feature, width: usize, height: usize) -> Vec<f64> {
    let mut fractions = vec![0.0; width * height];
    if !feature.is_finite() {
        return fractions;
    }
    let rings = feature.shapes.iter().enumerate().filter_map(|(n, shape)| match shape {
        Shape::Polygon(rings) => Some((n, rings)),
        _ => None,
    });
    let ends: Vec<_> = rings.flat_map(|(n, rings)| ring_edges(rings).map(move |edge| (edge, n))).collect();
    let edges: Vec<Edge> = ends.iter().filter_map(|&(edge, shape)| Edge::new(edge, shape)).collect();
    for column in 0..width {
        let (left, right) = (integer(column as i64), integer(column as i64 + 1));
        let edges: Vec<&Edge> = edges.iter().filter(|edge| edge.spans(&left, &right)).collect();
        let mut breaks = vec![left.clone(), right.clone()];
        breaks.extend(edges.iter().flat_map(|edge| edge.ends.each_ref().map(|end| end[0].clone())));
        for (n, edge) in edges.iter().enumerate() {
            let near = |other: &&&Edge| other.rows[0] <= edge.rows[1] && other.rows[1] >= edge.rows[0];
            breaks.extend(edges[n + 1..].iter().filter(near).filter_map(|other| edge.meets(other)));
        }
        breaks.retain(|x| *x >= left && *x <= right);
        breaks.sort();
        breaks.dedup();
        for row in 0..height {
            let meets = |range: [f64; 2], n: usize| {
                range[0].min(range[1]) <= n as f64 + 1.0 && range[0].max(range[1]) >= n as f64
            };
            let near =
                |&([from, to], _): &([[f64; 2]; 2], _)| meets([from[0], to[0]], column) && meets([from[1], to[1]], row);
            fractions[row * width + column] = if ends.iter().any(near) {
                pixel(&edges, &breaks, column, row, feature.shapes.len())
            } else {
                // All in or all out: any slab tells.
                f64::from(u8::from(pixel(&edges, &breaks[..2], column, row, feature.shapes.len()) > 0.0))
            };
        }
    }
    fractions
}

/// The pixels that the feature's polygons of some area touch: those in which it has a fraction, be it 0.
pub fn touched(feature: &Feature, width: usize, height: usize) -> Vec<bool> {
    if !feature.is_finite() {
        return vec![false; width * height];
    }
    let has_area = |shape: &&Shape| matches!(shape, Shape::Polygon(rings) if !is_flat(rings));
    rows::mask(&Feature { shapes: feature.shapes.iter().filter(has_area).cloned().collect() }, width, height, true)
}

fn pixel(edges: &[&Edge], breaks: &[Rational], column: usize, row: usize, shapes: usize) -> f64 {
    let [top, bottom] = [row, row + 1].map(|n| integer(n as i64));
    let near = |edge: &&&Edge| edge.rows[0] <= row as f64 + 1.0 && edge.rows[1] >= row as f64;
    let mut xs: Vec<Rational> =
        edges.iter().filter(near).flat_map(|edge| [edge.x(&top), edge.x(&bottom)]).flatten().collect();
    let column = integer(column as i64);
    xs.retain(|x| *x > column && x - &column < Rational::one());
    xs.extend_from_slice(breaks);
    xs.sort();
    xs.dedup();
    let mut area = Rational::zero();
    for slab in xs.windows(2) {
        let middle = (&slab[0] + &slab[1]) / integer(2);
        // In such a slab an edge is within the pixel or not: its clamped middle is its mean height.
        let mut heights: Vec<(Rational, usize)> = edges
            .iter()
            .filter(|edge| edge.spans(&middle, &middle))
            .map(|edge| (edge.y(&middle).clamp(top.clone(), bottom.clone()), edge.shape))
            .collect();
        heights.sort();
        let mut odd = vec![false; shapes];
        let mut above = &top;
        for (height, shape) in &heights {
            if odd.contains(&true) {
                area += (height - above) * (&slab[1] - &slab[0]);
            }
            odd[*shape] ^= true;
            above = height;
        }
    }
    area.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(rings: &[&[[f64; 2]]]) -> Feature {
        Shape::Polygon(rings.iter().map(|ring| ring.to_vec()).collect()).into()
    }

    #[test]
    fn a_triangle_covers_halves() {
        let triangle = polygon(&[&[[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]]);
        assert_eq!(fractions(&triangle, 2, 2), [1.0, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn a_bow_tie_is_two_triangles() {
        // Crosses itself at (1, 1).
        assert_eq!(fractions(&polygon(&[&[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]]), 2, 2), [0.5; 4]);
    }

    #[test]
    fn what_is_covered_twice_is_a_hole_within_a_polygon_and_none_between_two() {
        let (a, b): (&[_], &[_]) =
            (&[[0.0, 0.0], [0.75, 0.0], [0.75, 1.0], [0.0, 1.0]], &[[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]);
        assert_eq!(fractions(&polygon(&[a, b]), 1, 1), [0.75]);
        let two = Feature { shapes: [a, b].iter().map(|ring| Shape::Polygon(vec![ring.to_vec()])).collect() };
        assert_eq!(fractions(&two, 1, 1), [1.0]);
    }

    #[test]
    fn lines_cover_nothing() {
        assert_eq!(fractions(&Shape::Lines(vec![vec![[0.0, 0.5], [1.0, 0.5]]]).into(), 1, 1), [0.0]);
    }
}
