//! The definitions, pixel by pixel, in rational numbers.

use num_rational::BigRational as Rational;
use num_traits::{FromPrimitive, One, Zero};

use super::{Feature, Shape, ring_edges, segments};

pub(super) type Point = [Rational; 2];
pub(super) type Segment = [Point; 2];

/// The pixels that `feature` touches, in row-major order.
pub fn mask(feature: &Feature, width: usize, height: usize, all_touched: bool) -> Vec<bool> {
    if !feature.is_finite() {
        return vec![false; width * height];
    }
    let tests: Vec<_> = feature.shapes.iter().map(|shape| pixel_test(shape, all_touched)).collect();
    let pixels = (0..height).flat_map(|r| (0..width).map(move |c| [integer(c as i64), integer(r as i64)]));
    pixels.map(|pixel| tests.iter().any(|touches| touches(&pixel))).collect()
}

type PixelTest = Box<dyn Fn(&Point) -> bool>;

fn pixel_test(shape: &Shape, all_touched: bool) -> PixelTest {
    match shape {
        Shape::Polygon(rings) => {
            let edges: Vec<Segment> = ring_edges(rings).map(segment).collect();
            if is_flat(rings) {
                let points: Vec<Point> = rings.iter().flatten().map(point).collect();
                return Box::new(move |pixel| {
                    all_touched
                        && (edges.iter().any(|edge| meets_half_open_box(edge, pixel))
                            || points.iter().any(|point| contains(pixel, point)))
                });
            }
            Box::new(move |pixel| {
                centre_inside(&edges, pixel)
                    || (all_touched && edges.iter().any(|edge| passes_through_open_box(edge, pixel)))
            })
        }
        Shape::Lines(lines) => {
            let segments: Vec<Segment> = segments(lines).map(segment).collect();
            let touches = if all_touched { meets_half_open_box } else { is_nearest_to_line };
            Box::new(move |pixel| segments.iter().any(|segment| touches(segment, pixel)))
        }
        Shape::Points(points) => {
            let points: Vec<Point> = points.iter().map(point).collect();
            Box::new(move |pixel| points.iter().any(|point| contains(pixel, point)))
        }
    }
}

pub(super) fn integer(value: i64) -> Rational {
    Rational::from_integer(value.into())
}

fn half() -> Rational {
    Rational::new(1.into(), 2.into())
}

/// Exact; callers have refused what is not finite.
fn rational(value: f64) -> Rational {
    Rational::from_f64(value).unwrap_or_default()
}

fn point(point: &[f64; 2]) -> Point {
    point.map(rational)
}

pub(super) fn segment(segment: [[f64; 2]; 2]) -> Segment {
    segment.map(|end| point(&end))
}

/// Whether all vertices of a polygon lie on one line, so that it has no area.
pub(super) fn is_flat(rings: &[Vec<[f64; 2]>]) -> bool {
    let mut vertices = rings.iter().flatten();
    let Some(first) = vertices.next() else { return true };
    let Some(second) = vertices.clone().find(|vertex| *vertex != first) else { return true };
    let [[x0, y0], [x1, y1]] = [point(first), point(second)];
    let (dx, dy) = (x1 - &x0, y1 - &y0);
    vertices.map(point).all(|[x, y]| (x - &x0) * &dy == (y - &y0) * &dx)
}

/// Even-odd at the centre. Edges that cross the centre's row at or left of the centre count, and of an edge the upper
/// end but not the lower: so a centre on a left or top edge is in, on a right or bottom edge out.
fn centre_inside(edges: &[Segment], [c, r]: &Point) -> bool {
    let (cx, cy) = (c + half(), r + half());
    let crosses_left =
        |[[x0, y0], [x1, y1]]: &Segment| (*y0 <= cy) != (*y1 <= cy) && x0 + (&cy - y0) * (x1 - x0) / (y1 - y0) <= cx;
    edges.iter().filter(|edge| crosses_left(edge)).count() % 2 == 1
}

/// Whether some point of the closed segment is in (c, c+1) × (r, r+1).
fn passes_through_open_box([from, to]: &Segment, pixel: &Point) -> bool {
    // The parameters t of `from + t (to - from)` for which both coordinates are inside, an open interval.
    let (mut low, mut high): (Option<Rational>, Option<Rational>) = (None, None);
    for ((start, end), near) in from.iter().zip(to).zip(pixel) {
        let (direction, far) = (end - start, near + Rational::one());
        if direction.is_zero() {
            if !(near < start && *start < far) {
                return false;
            }
            continue;
        }
        let (a, b) = ((near - start) / &direction, (far - start) / &direction);
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        low = Some(low.map_or(a.clone(), |low| low.max(a)));
        high = Some(high.map_or(b.clone(), |high| high.min(b)));
    }
    match (low, high) {
        (Some(low), Some(high)) => low < high && low < Rational::one() && high > Rational::zero(),
        _ => true,
    }
}

/// Whether some point of the closed segment is in [c, c+1) × [r, r+1).
fn meets_half_open_box([from, to]: &Segment, pixel: &Point) -> bool {
    // As above; each end of the interval of t is open or closed.
    let (mut low, mut low_open) = (Rational::zero(), false);
    let (mut high, mut high_open) = (Rational::one(), false);
    for ((start, end), near) in from.iter().zip(to).zip(pixel) {
        let (direction, far) = (end - start, near + Rational::one());
        if direction.is_zero() {
            if !(near <= start && *start < far) {
                return false;
            }
            continue;
        }
        let (at_near, at_far) = ((near - start) / &direction, (far - start) / &direction);
        let is_forward = direction > Rational::zero();
        let (a, a_open, b, b_open) =
            if is_forward { (at_near, false, at_far, true) } else { (at_far, true, at_near, false) };
        if a > low || (a == low && a_open) {
            (low, low_open) = (a, a_open);
        }
        if b < high || (b == high && b_open) {
            (high, high_open) = (b, b_open);
        }
    }
    low < high || (low == high && !low_open && !high_open)
}

/// The line rule: between the segment's end pixels, along the longer axis one pixel per step, the nearest to the line
/// between the end pixels' centres, the smaller row or column of two equally near.
fn is_nearest_to_line([from, to]: &Segment, pixel: &Point) -> bool {
    let ([a0, b0], [a1, b1]) = (from.each_ref().map(Rational::floor), to.each_ref().map(Rational::floor));
    let (da, db) = (&a1 - &a0, &b1 - &b0);
    let is_steep = db.clone().max(-&db) > da.clone().max(-&da);
    let [column, row] = pixel;
    let ((along, start, end, run), (across, offset, rise)) =
        if is_steep { ((row, b0, b1, db), (column, a0, da)) } else { ((column, a0, a1, da), (row, b0, db)) };
    if *along < start.clone().min(end.clone()) || *along > start.clone().max(end) {
        return false;
    }
    let line = if run.is_zero() { offset } else { offset + (along - start) * rise / run };
    let beyond = line - across;
    -half() < beyond && beyond <= half()
}

fn contains([c, r]: &Point, [x, y]: &Point) -> bool {
    x.floor() == *c && y.floor() == *r
}
