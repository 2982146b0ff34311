//! The area of polygons within one pixel.

use super::piece::{End, Piece};

/// Which parts of a feature a point is in, each by the even-odd rule.
#[derive(Default)]
pub(super) struct Inside {
    odd: Vec<bool>,
    count: usize,
}

impl Inside {
    /// Outside of all of `parts` parts.
    pub(super) fn start(&mut self, parts: usize) {
        self.odd.clear();
        self.odd.resize(parts, false);
        self.count = 0;
    }

    /// Goes over an edge of a part.
    #[inline]
    pub(super) fn cross(&mut self, part: u32) {
        let odd = &mut self.odd[part as usize];
        *odd = !*odd;
        if *odd { self.count += 1 } else { self.count -= 1 }
    }

    /// Whether the point is in any part.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }
}

/// Measures pixels; working memory.
#[derive(Default)]
pub(super) struct Cell {
    /// Heights between which pieces neither begin nor end.
    levels: Vec<f64>,
    /// Where edges cross the pixel's left side, downwards, and their parts.
    left: Vec<(f64, u32)>,
    /// Pieces by their upper ends.
    waiting: Vec<u32>,
    /// Those that reach across a slab.
    active: Vec<u32>,
    strips: Vec<Strip>,
    /// Strips by their lower ends.
    order: Vec<u32>,
    /// A strip, and at which fraction of the slab's height it crosses another.
    crossings: Vec<(u32, f64)>,
    /// Fractions of a slab's height between which no strips cross.
    levels_within: Vec<f64>,
}

/// A piece between two heights.
#[derive(Clone, Copy)]
struct Strip {
    upper: f64,
    lower: f64,
    part: u32,
}

impl Cell {
    /// The fraction of a pixel that is in any part; `inside` says which of them its upper left corner is in.
    pub(super) fn area(&mut self, inside: &mut Inside, pieces: &[Piece]) -> f64 {
        let area = match pieces {
            [piece] if inside.odd.len() == 1 => single(inside.any(), piece),
            _ => self.sweep(inside, pieces),
        };
        area.clamp(0.0, 1.0)
    }

    /// Slab by slab, each without an end of a piece in it.
    fn sweep(&mut self, inside: &mut Inside, pieces: &[Piece]) -> f64 {
        self.levels.clear();
        self.levels.extend([0.0, 1.0]);
        self.levels.extend(pieces.iter().flat_map(|piece| piece.y));
        self.levels.sort_unstable_by(f64::total_cmp);
        self.left.clear();
        self.left.extend(pieces.iter().filter_map(|piece| Some((piece.y[piece.left? as usize], piece.part))));
        self.left.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.waiting.clear();
        self.waiting.extend(0..pieces.len() as u32);
        self.waiting.sort_by(|&a, &b| pieces[a as usize].y[0].total_cmp(&pieces[b as usize].y[0]));
        self.active.clear();
        let (mut area, mut begun, mut passed) = (0.0, 0, 0);
        for level in 1..self.levels.len() {
            let (top, bottom) = (self.levels[level - 1], self.levels[level]);
            if top >= bottom {
                continue;
            }
            while let Some(&(_, part)) = self.left.get(passed).filter(|(y, _)| *y <= top) {
                inside.cross(part);
                passed += 1;
            }
            self.active.retain(|&n| pieces[n as usize].y[1] > top);
            while let Some(&n) = self.waiting.get(begun).filter(|&&n| pieces[n as usize].y[0] <= top) {
                if pieces[n as usize].y[1] > top {
                    self.active.push(n);
                }
                begun += 1;
            }
            self.strips.clear();
            self.strips.extend(self.active.iter().map(|&n| Strip::of(&pieces[n as usize], top, bottom)));
            area += self.slab(inside) * (bottom - top);
        }
        self.left[..passed].iter().for_each(|&(_, part)| inside.cross(part));
        area
    }

    /// The fraction of a slab that is inside; `inside` is of its left end.
    fn slab(&mut self, inside: &mut Inside) -> f64 {
        self.strips.sort_by(|a, b| a.upper.total_cmp(&b.upper).then(a.lower.total_cmp(&b.lower)));
        if self.strips.is_sorted_by(|a, b| a.lower <= b.lower) {
            trapezoids(&self.strips, inside)
        } else if inside.odd.len() == 1 {
            self.alternating(inside.any())
        } else {
            self.split(inside)
        }
    }

    /// Strips of one part that cross each other: by the even-odd rule one has the inside on the other side after each
    /// crossing. The work is that of sorting them and their crossings.
    fn alternating(&mut self, inside: bool) -> f64 {
        let strips = &self.strips;
        self.order.clear();
        self.crossings.clear();
        for new in 0..strips.len() {
            self.order.push(new as u32);
            // Sorted by where they end, each pair that changes places crosses.
            for at in (1..=new).rev() {
                let [left, right] = [self.order[at - 1], self.order[at]];
                let (a, b) = (&strips[left as usize], &strips[right as usize]);
                if a.lower <= b.lower {
                    break;
                }
                let at_fraction = a.crossing(b);
                self.crossings.extend([(left, at_fraction), (right, at_fraction)]);
                self.order.swap(at - 1, at);
            }
        }
        self.crossings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut crossings = self.crossings.iter().peekable();
        let (mut area, mut entering) = (f64::from(u8::from(inside)), !inside);
        for (n, strip) in strips.iter().enumerate() {
            let (mut from, mut adds) = (0.0, entering);
            loop {
                let crossing = crossings.next_if(|(strip, _)| *strip == n as u32);
                let to = crossing.map_or(1.0, |&(_, fraction)| fraction);
                let right = (to - from) * strip.between(from, to).right();
                area += if adds { right } else { -right };
                if crossing.is_none() {
                    break;
                }
                (from, adds) = (to, !adds);
            }
            entering = !entering;
        }
        area
    }

    /// Strips of several parts that cross each other: between crossings they do not.
    fn split(&mut self, inside: &mut Inside) -> f64 {
        self.levels_within.clear();
        self.levels_within.extend([0.0, 1.0]);
        for (n, a) in self.strips.iter().enumerate() {
            self.levels_within.extend(self.strips[n + 1..].iter().filter(|b| a.lower > b.lower).map(|b| a.crossing(b)));
        }
        self.levels_within.sort_unstable_by(f64::total_cmp);
        let whole = self.strips.clone();
        let mut area = 0.0;
        for pair in self.levels_within.windows(2).filter(|pair| pair[0] < pair[1]) {
            self.strips.clear();
            self.strips.extend(whole.iter().map(|strip| strip.between(pair[0], pair[1])));
            self.strips.sort_by(|a, b| b.right().total_cmp(&a.right()));
            area += trapezoids(&self.strips, inside) * (pair[1] - pair[0]);
        }
        area
    }
}

impl Strip {
    fn of(piece: &Piece, top: f64, bottom: f64) -> Self {
        let ([x0, x1], [y0, y1]) = (piece.x, piece.y);
        let at = |y: f64| match y {
            _ if y <= y0 => x0,
            _ if y >= y1 => x1,
            _ => x0 + (y - y0) / (y1 - y0) * (x1 - x0),
        };
        Self { upper: at(top), lower: at(bottom), part: piece.part }
    }

    /// Between two fractions of the height.
    fn between(&self, from: f64, to: f64) -> Self {
        let at = |fraction: f64| self.upper + fraction * (self.lower - self.upper);
        Self { upper: at(from), lower: at(to), part: self.part }
    }

    /// The fraction of the height at which it crosses one that is not left of it above, and left of it below.
    fn crossing(&self, other: &Self) -> f64 {
        let (above, below) = (other.upper - self.upper, self.lower - other.lower);
        above / (above + below)
    }

    /// The area right of it, of a height of 1.
    fn right(&self) -> f64 {
        1.0 - (self.upper + self.lower) / 2.0
    }
}

/// The fraction inside between strips that do not cross each other.
fn trapezoids(strips: &[Strip], inside: &mut Inside) -> f64 {
    let mut before = inside.any();
    let mut area = f64::from(u8::from(before));
    for strip in strips {
        inside.cross(strip.part);
        let now = inside.any();
        let right = strip.right();
        match (before, now) {
            (false, true) => area += right,
            (true, false) => area -= right,
            _ => {}
        }
        before = now;
    }
    strips.iter().for_each(|strip| inside.cross(strip.part));
    area
}

/// The area with one piece of the only part, and the corner in it or not.
fn single(corner: bool, piece: &Piece) -> f64 {
    let right = (piece.y[1] - piece.y[0]) * (1.0 - (piece.x[0] + piece.x[1]) / 2.0);
    // What is not on the corner's side: right of the piece, or else below where it comes from the left.
    let beyond = match piece.left {
        None => right,
        Some(End::Upper) => (1.0 - piece.y[0]) - right,
        Some(End::Lower) => right + (1.0 - piece.y[1]),
    };
    if corner { 1.0 - beyond } else { beyond }
}
