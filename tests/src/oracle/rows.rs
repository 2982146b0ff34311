//! The sets of [`definition`](super::definition) with a few exact integer operations per edge and row.

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use super::definition::is_flat;
use super::integers::{Integer, Scaled, Segment, ceil_div, clamp, floor_div, scale};
use super::{Feature, Shape, ring_edges, segments};

/// The pixels that `feature` touches, in row-major order.
pub fn mask(feature: &Feature, width: usize, height: usize, all_touched: bool) -> Vec<bool> {
    let mut mask = Mask { width, height, pixels: vec![false; width * height] };
    if !feature.is_finite() {
        return mask.pixels;
    }
    for shape in &feature.shapes {
        match shape {
            Shape::Polygon(rings) if is_flat(rings) => {
                if all_touched {
                    mask.touch(ring_edges(rings), PixelBox::HalfOpen);
                    rings.iter().flatten().for_each(|point| mask.point(point));
                }
            }
            Shape::Polygon(rings) => {
                mask.fill(rings);
                if all_touched {
                    mask.touch(ring_edges(rings), PixelBox::Open);
                }
            }
            Shape::Lines(lines) if all_touched => mask.touch(segments(lines), PixelBox::HalfOpen),
            Shape::Lines(lines) => segments(lines).for_each(|[from, to]| mask.line(from, to)),
            Shape::Points(points) => points.iter().for_each(|point| mask.point(point)),
        }
    }
    mask.pixels
}

/// Which part of a pixel's boundary belongs to it.
#[derive(Clone, Copy, PartialEq)]
enum PixelBox {
    /// None of it.
    Open,
    /// Its left and top side.
    HalfOpen,
}

struct Mask {
    width: usize,
    height: usize,
    pixels: Vec<bool>,
}

impl Mask {
    fn set(&mut self, c: usize, r: usize) {
        if c < self.width && r < self.height {
            self.pixels[r * self.width + c] = true;
        }
    }

    fn point(&mut self, &[x, y]: &[f64; 2]) {
        if x >= 0.0 && y >= 0.0 {
            self.set(x as usize, y as usize);
        }
    }

    /// Pixels whose centre is inside by the even-odd rule.
    fn fill(&mut self, rings: &[Vec<[f64; 2]>]) {
        let (width, height) = (self.width, self.height);
        let mut toggles = vec![false; (width + 1) * height];
        let mut toggle = |r: usize, c: usize| toggles[r * (width + 1) + c] ^= true;
        for edge in ring_edges(rings) {
            match scale(edge, width.max(height)) {
                Scaled::Narrow(edge) => crossings(edge, width, height, &mut toggle),
                Scaled::Wide(edge) => crossings(edge, width, height, &mut toggle),
            }
        }
        for r in 0..height {
            let mut inside = false;
            for c in 0..width {
                inside ^= toggles[r * (width + 1) + c];
                self.pixels[r * width + c] |= inside;
            }
        }
    }

    /// Pixels whose box the closed segments meet.
    fn touch(&mut self, segments: impl Iterator<Item = [[f64; 2]; 2]>, pixel: PixelBox) {
        let (width, height) = (self.width, self.height);
        let mut paint = |r: usize, c: std::ops::Range<usize>| {
            if c.start < c.end {
                self.pixels[r * width..][c].fill(true);
            }
        };
        for segment in segments {
            match scale(segment, width.max(height)) {
                Scaled::Narrow(segment) => touched(segment, pixel, width, height, &mut paint),
                Scaled::Wide(segment) => touched(segment, pixel, width, height, &mut paint),
            }
        }
    }

    /// The line rule between the pixels of two points.
    fn line(&mut self, from: [f64; 2], to: [f64; 2]) {
        let ends = [from, to].map(|end| end.map(f64::floor));
        let (width, height) = (self.width, self.height);
        let mut set = |c: usize, r: usize| self.set(c, r);
        if ends.as_flattened().iter().all(|value| value.abs() < (1_u64 << 60) as f64) {
            let [from, to] = ends.map(|end| end.map(|value| value as i128));
            nearest(from, to, width, height, &mut set);
        } else {
            let [from, to] = ends.map(|end| end.map(|value| BigInt::from_f64(value).unwrap_or_default()));
            nearest(from, to, width, height, &mut set);
        }
    }
}

fn downwards<T: Integer>(s: Segment<T>) -> Segment<T> {
    if s.y0 <= s.y1 { s } else { Segment { unit: s.unit, x0: s.x1, y0: s.y1, x1: s.x0, y1: s.y0 } }
}

/// For each row whose centre line an edge crosses (its upper end included, its lower not), the first column whose
/// centre is not left of the crossing; `width` stands for all further columns.
fn crossings<T: Integer>(edge: Segment<T>, width: usize, height: usize, toggle: &mut impl FnMut(usize, usize)) {
    let Segment { unit, x0, y0, x1, y1 } = downwards(edge);
    let half = unit.clone() / T::from(2);
    let first_row_at_or_below = |y: &T| clamp(ceil_div(y.clone() - half.clone(), unit.clone()), height);
    let (dx, dy) = (x1 - x0.clone(), y1.clone() - y0.clone());
    let (column_origin, denominator) = ((x0 - half.clone()) * dy.clone(), unit.clone() * dy);
    for r in first_row_at_or_below(&y0)..first_row_at_or_below(&y1) {
        let depth = T::from(r as i64) * unit.clone() + half.clone() - y0.clone();
        let crossing = column_origin.clone() + depth * dx.clone();
        toggle(r, clamp(ceil_div(crossing, denominator.clone()), width));
    }
}

/// For each row that a segment meets, the columns whose boxes it meets there.
fn touched<T: Integer>(
    segment: Segment<T>,
    pixel: PixelBox,
    width: usize,
    height: usize,
    paint: &mut impl FnMut(usize, std::ops::Range<usize>),
) {
    let Segment { unit, x0, y0, x1, y1 } = downwards(segment);
    let (dx, dy) = (x1.clone() - x0.clone(), y1.clone() - y0.clone());
    let first_row = clamp(floor_div(y0.clone(), unit.clone()), height);
    let end_row = match pixel {
        PixelBox::Open => ceil_div(y1.clone(), unit.clone()),
        PixelBox::HalfOpen => floor_div(y1.clone(), unit.clone()) + T::one(),
    };
    for r in first_row..clamp(end_row, height) {
        let top = T::from(r as i64) * unit.clone();
        let bottom = top.clone() + unit.clone();
        // The part of the segment in this row, from `enter` to `leave`, as fractions over `denominator`.
        let ends_here = y1 < bottom;
        let (enter, leave, denominator) = if dy > T::zero() {
            let from = if y0 > top { y0.clone() } else { top };
            let to = if ends_here { y1.clone() } else { bottom };
            let origin = x0.clone() * dy.clone();
            let at = |y: T| origin.clone() + (y - y0.clone()) * dx.clone();
            (at(from), at(to), unit.clone() * dy.clone())
        } else {
            (x0.clone(), x1.clone(), unit.clone())
        };
        let is_rightwards = enter < leave;
        let is_vertical = enter == leave;
        let (left, right) = if is_rightwards { (enter, leave) } else { (leave, enter) };
        // A half-open box takes a right end on its left side, unless that end lies on the row's bottom, outside.
        let right_end_counts = pixel == PixelBox::HalfOpen && (is_vertical || ends_here || !is_rightwards);
        let start = floor_div(left, denominator.clone());
        let end =
            if right_end_counts { floor_div(right, denominator) + T::one() } else { ceil_div(right, denominator) };
        paint(r, clamp(start, width)..clamp(end, width));
    }
}

/// Along the longer axis one pixel per step, the one nearest to the line between the end pixels' centres, the smaller
/// row or column of two equally near.
fn nearest<T: Integer>(
    [a0, b0]: [T; 2],
    [a1, b1]: [T; 2],
    width: usize,
    height: usize,
    set: &mut dyn FnMut(usize, usize),
) {
    let distance = |a: &T, b: &T| if a < b { b.clone() - a.clone() } else { a.clone() - b.clone() };
    if distance(&b0, &b1) > distance(&a0, &a1) {
        nearest([b0, a0], [b1, a1], height, width, &mut |r: usize, c: usize| set(c, r));
        return;
    }
    let (a0, b0, a1, b1) = if a0 <= a1 { (a0, b0, a1, b1) } else { (a1, b1, a0, b0) };
    let (run, rise) = (a1.clone() - a0.clone(), b1 - b0.clone());
    for a in clamp(a0.clone(), width)..clamp(a1 + T::one(), width) {
        let across = if run == T::zero() {
            b0.clone()
        } else {
            let two = T::from(2);
            let steps = T::from(a as i64) - a0.clone();
            let twice = two.clone() * steps * rise.clone() - run.clone();
            b0.clone() + ceil_div(twice, two * run.clone())
        };
        if across >= T::zero() && across < T::from(height as i64) {
            set(a, clamp(across, height));
        }
    }
}
