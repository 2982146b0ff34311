//! Points from coarse to fine, and those before each that are nearest to it.
//!
//! Along the Z curve, the points of a box that is halved again and again lie together. On each level every box that has points
//! has a representative: a box that is cut hands its own down to one half, and the other half appoints the point in the
//! middle of its stretch of the curve. So the points up to a level are spread about evenly, however all are.

/// Bits of a position on the curve along each axis.
const AXIS_BITS: u32 = 32;
const BITS: u32 = 2 * AXIS_BITS;
/// Halvings from a box that is searched, with its eight neighbours, to those that have one point each.
const SEARCH: u32 = 4;

/// Points along the Z curve, with the level of each.
pub(super) struct Ordering {
    /// The point at each position of the curve.
    pub(super) curve: Vec<u32>,
    pub(super) us: Vec<f64>,
    pub(super) vs: Vec<f64>,
    keys: Vec<u64>,
    /// When each position's turn is: its level, and a scattered order within it.
    turns: Vec<u64>,
    levels: Vec<u8>,
}

impl Ordering {
    /// Points of the unit box; `first` are the very first, whatever their level.
    pub(super) fn new(us: &[f64], vs: &[f64], first: &[usize]) -> Self {
        let mut curve: Vec<(u64, u32)> = us.iter().zip(vs).zip(0..).map(|((&u, &v), n)| (key(u, v), n)).collect();
        curve.sort_unstable();
        let keys: Vec<u64> = curve.iter().map(|&(key, _)| key).collect();
        let curve: Vec<u32> = curve.into_iter().map(|(_, n)| n).collect();
        let mut levels = levels(&keys);
        // They are there from the first level on.
        levels
            .iter_mut()
            .zip(&curve)
            .filter(|(_, n)| first.contains(&(**n as usize)))
            .for_each(|(level, _)| *level = 0);
        let turn = |(position, (&level, n)): (usize, (&u8, &u32))| match first.iter().position(|f| f == &(*n as usize))
        {
            Some(place) => place as u64,
            None => (u64::from(level) + 1) << 48 | scattered(position as u64) >> 16,
        };
        let turns = levels.iter().zip(&curve).enumerate().map(turn).collect();
        let along = |values: &[f64]| curve.iter().map(|&n| values[n as usize]).collect::<Vec<f64>>();
        let (us, vs) = (along(us), along(vs));
        Self { curve, us, vs, keys, turns, levels }
    }

    /// Positions level by level: those whose level it is, and all up to it.
    pub(super) fn by_level(&self) -> impl Iterator<Item = (u32, Vec<u32>, Vec<u32>)> {
        let last = self.levels.iter().copied().max().unwrap_or(0);
        let mut occupied = vec![0usize; usize::from(last) + 1];
        self.levels.iter().for_each(|&level| occupied[usize::from(level)] += 1);
        (0..=last).filter(move |&level| occupied[usize::from(level)] > 0).map(|level| {
            let positions = |keep: &dyn Fn(u8) -> bool| {
                let all = self.levels.iter().zip(0u32..);
                all.filter(|&(&l, _)| keep(l)).map(|(_, position)| position).collect::<Vec<u32>>()
            };
            (u32::from(level), positions(&|l| l == level), positions(&|l| l <= level))
        })
    }

    /// Of the positions `among`, all those up to `level`, the `count` nearest that have their turn before `position`; into
    /// `found`, ascending.
    pub(super) fn nearest_before(
        &self,
        position: u32,
        level: u32,
        among: &[u32],
        count: usize,
        found: &mut Vec<(f64, u32)>,
    ) {
        let at = position as usize;
        let (key, turn, u, v) = (self.keys[at], self.turns[at], self.us[at], self.vs[at]);
        // Squares, so of an even number of bits.
        let mut bits = level.saturating_sub(SEARCH) & !1;
        loop {
            found.clear();
            let mut take = |positions: &[u32]| {
                for &other in positions {
                    let n = other as usize;
                    if self.turns[n] < turn {
                        let (du, dv) = (self.us[n] - u, self.vs[n] - v);
                        found.push((du * du + dv * dv, other));
                    }
                }
            };
            if bits == 0 {
                take(among);
                break;
            }
            for cell in neighbourhood(key, bits) {
                let low = among.partition_point(|&n| self.keys[n as usize] < cell);
                let last = cell | (u64::MAX >> bits);
                let high = low + among[low..].partition_point(|&n| self.keys[n as usize] <= last);
                take(&among[low..high]);
            }
            if found.len() >= count {
                break;
            }
            bits -= 2;
        }
        if found.len() > count {
            found.select_nth_unstable_by(count, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            found.truncate(count);
        }
        found.sort_unstable_by_key(|&(_, position)| position);
    }

    /// The position of a point.
    pub(super) fn position(&self, point: usize) -> Option<u32> {
        self.curve.iter().position(|&n| n as usize == point).map(|position| position as u32)
    }

    /// `count` positions at random, so that they are close to each other where all are, ascending.
    pub(super) fn sample(&self, count: usize) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.curve.len()).collect();
        positions.sort_unstable_by_key(|&n| scattered(n as u64));
        positions.truncate(count);
        positions.sort_unstable();
        positions
    }
}

/// A position on the Z curve.
fn key(u: f64, v: f64) -> u64 {
    let bits = |c: f64| (c.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32;
    spread(bits(u)) << 1 | spread(bits(v))
}

/// Each bit to twice its place.
fn spread(x: u32) -> u64 {
    let steps = [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ];
    steps.into_iter().fold(u64::from(x), |x, (shift, mask)| (x | x << shift) & mask)
}

/// The inverse of [`spread`].
fn gather(x: u64) -> u32 {
    let steps = [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ];
    steps.into_iter().fold(x & 0x5555_5555_5555_5555, |x, (shift, mask)| (x | x >> shift) & mask) as u32
}

/// First keys of the square of `bits` bits around a key and of its up to eight neighbours.
fn neighbourhood(key: u64, bits: u32) -> impl Iterator<Item = u64> {
    let shift = AXIS_BITS - bits / 2;
    let sides = 1i64 << (bits / 2);
    let (u, v) = (i64::from(gather(key >> 1) >> shift), i64::from(gather(key) >> shift));
    (0..9)
        .map(move |n| (u + n % 3 - 1, v + n / 3 - 1))
        .filter(move |&(u, v)| (0..sides).contains(&u) && (0..sides).contains(&v))
        .map(move |(u, v)| spread((u << shift) as u32) << 1 | spread((v << shift) as u32))
}

/// The level at which each key of an ascending list becomes a representative: 0 for that of all.
fn levels(keys: &[u64]) -> Vec<u8> {
    const DEEPEST: u8 = BITS as u8 + 1;
    // What shares all bits comes last.
    let mut levels = vec![DEEPEST; keys.len()];
    let mut boxes = vec![(0, keys.len(), keys.len() / 2)];
    levels[keys.len() / 2] = 0;
    for level in 1..=BITS {
        let mut halves = Vec::with_capacity(2 * boxes.len());
        for &(start, end, representative) in &boxes {
            let bit = 1u64 << (BITS - level);
            let cut = start + keys[start..end].partition_point(|key| key & bit == 0);
            for (start, end) in [(start, cut), (cut, end)] {
                let inherits = (start..end).contains(&representative);
                let own = if inherits { representative } else { start + (end - start) / 2 };
                if !inherits && start < end {
                    levels[own] = level as u8;
                }
                if end - start > 1 {
                    halves.push((start, end, own));
                }
            }
        }
        boxes = halves;
    }
    levels
}

/// A permutation of 64-bit numbers that leaves no trace of their order (splitmix64).
fn scattered(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_interleave_and_their_neighbours_touch() {
        assert_eq!(spread(0b1011), 0b100_0101);
        assert_eq!(gather(spread(0xdead_beef)), 0xdead_beef);
        assert_eq!(neighbourhood(key(0.5, 0.5), 8).count(), 9);
        assert_eq!(neighbourhood(key(0.0, 0.5), 8).count(), 6);
        assert_eq!(neighbourhood(key(1.0, 1.0), 8).count(), 4);
    }

    #[test]
    fn the_nearest_before_a_point_are_found() {
        let coordinate = |n: u64| (scattered(n) >> 11) as f64 / (1u64 << 53) as f64;
        let us: Vec<f64> = (0..3000).map(|n| coordinate(2 * n)).collect();
        let vs: Vec<f64> = (0..3000).map(|n| coordinate(2 * n + 1)).collect();
        let ordering = Ordering::new(&us, &vs, &[7, 8, 9]);
        let (mut seen, mut exact, mut found) = (0, 0, Vec::new());
        for (level, own, all) in ordering.by_level() {
            for &position in own.iter().step_by(7) {
                let at = position as usize;
                let before = (0..3000).filter(|&n| ordering.turns[n] < ordering.turns[at]);
                let distance = |n: usize| {
                    let (du, dv) = (ordering.us[n] - ordering.us[at], ordering.vs[n] - ordering.vs[at]);
                    du * du + dv * dv
                };
                let mut expected: Vec<f64> =
                    before.filter(|&n| ordering.levels[n] <= level as u8).map(distance).collect();
                expected.sort_by(f64::total_cmp);
                expected.truncate(30);
                ordering.nearest_before(position, level, &all, 30, &mut found);
                assert_eq!(found.len(), expected.len());
                seen += found.len();
                let furthest = expected.last().copied().unwrap_or(0.0);
                exact += found.iter().filter(|(d, _)| *d <= furthest).count();
            }
        }
        assert!(exact * 100 > seen * 97, "{exact} of {seen}");
    }
}
