//! What boxes do to each other, as matrices between coefficients: the same arithmetic everywhere, so the same bits, without fused
//! multiply-adds but those of Lagrange polynomials, and without `libm`.

use rayon::prelude::*;
use std::sync::OnceLock;

use super::super::{kernel::phi, log};
use super::basis::{QUARTER, Vector};
use super::chebyshev::{lagrange, node};
use super::{Precision, SIDE};

/// Half of the nodes of an axis.
const HALF: usize = SIDE / 2;

/// Offsets from a box to another that is not a neighbour, whose parents are; those with dx, dy ≥ 0. The others mirror them.
const CORNER: [[i32; 2]; 12] =
    [[2, 0], [3, 0], [0, 2], [0, 3], [2, 1], [1, 2], [3, 1], [1, 3], [2, 2], [3, 2], [2, 3], [3, 3]];

/// A child's place among the four of its parent: parity of its column plus twice that of its row.
pub const PARITIES: usize = 4;

/// A box that another hears of: a child of a neighbour of its parent.
#[derive(Clone, Copy, Debug)]
pub struct FarBox {
    /// From the parent to its neighbour.
    pub neighbour: [i32; 2],
    /// Which child of that it is.
    pub parity: usize,
    /// From the hearing box to it.
    pub offset: [i32; 2],
}

/// For a child of each parity, the boxes that it hears of, in the order of summation.
pub const FAR: [[FarBox; 27]; PARITIES] = {
    let mut all = [[FarBox { neighbour: [0; 2], parity: 0, offset: [0; 2] }; 27]; PARITIES];
    let mut target = 0;
    while target < PARITIES {
        let (mut count, mut n) = (0, 0);
        while n < 36 {
            let (around, parity) = (n / 4, n % 4);
            let neighbour = [around % 3 - 1, around / 3 - 1];
            let x = 2 * neighbour[0] + (parity % 2) - (target as i32 % 2);
            let y = 2 * neighbour[1] + (parity / 2) - (target as i32 / 2);
            if x.abs() > 1 || y.abs() > 1 {
                all[target][count] = FarBox { neighbour, parity: parity as usize, offset: [x, y] };
                count += 1;
            }
            n += 1;
        }
        target += 1;
    }
    all
};

/// The matrices of a precision, at unit scale.
#[derive(Debug)]
pub struct Operators {
    rank: usize,
    vectors: Vec<Vector>,
    /// UᵀKU for each offset of [`CORNER`], row-major, rows being targets: K = φ between nodes of boxes of half-width 1.
    across: Vec<Vec<f64>>,
    /// Uᵀ1, Uᵀx, Uᵀy and Uᵀ(x² + y²).
    moments: [Vec<f64>; 4],
    /// From the child in the lower left to its parent, row-major.
    up: Vec<f64>,
    /// From coefficients to 8 × 8 nodes of a leaf, row-major.
    leaf: Vec<f64>,
}

impl Operators {
    /// Those of a precision, made at the first call.
    pub fn of(precision: Precision) -> &'static Self {
        static ALL: [OnceLock<Operators>; 2] = [OnceLock::new(), OnceLock::new()];
        ALL[precision as usize].get_or_init(|| Self::new(precision.rank()))
    }

    fn new(rank: usize) -> Self {
        let vectors: Vec<Vector> = (0..rank).map(Vector::new).collect();
        let moment = |f: fn(f64, f64) -> f64| {
            let sum = |vector: &Vector| {
                let at = |n: usize| vector.entry(n % SIDE, n / SIDE) * f(node(SIDE, n % SIDE), node(SIDE, n / SIDE));
                (0..SIDE * SIDE).map(at).sum::<f64>()
            };
            vectors.iter().map(sum).collect::<Vec<f64>>()
        };
        let moments = [moment(|_, _| 1.0), moment(|x, _| x), moment(|_, y| y), moment(|x, y| x * x + y * y)];
        let across = CORNER.into_par_iter().map(|offset| across(&vectors, offset)).collect();
        let dense: Vec<f64> =
            (0..SIDE * SIDE).flat_map(|n| vectors.iter().map(move |v| v.entry(n % SIDE, n / SIDE))).collect();
        // Interpolation at the parent from a place of the child, and from nodes of the leaf.
        let child: [[f64; SIDE]; SIDE] = std::array::from_fn(|a| lagrange(0.5 * (node(SIDE, a) - 1.0)));
        let leaf: [[f64; SIDE]; 8] = std::array::from_fn(|a| lagrange(node(8, a)));
        let at_child = interpolated(&child, &dense, rank);
        let mut up = vec![0.0; rank * rank];
        for (potential, charge) in at_child.chunks(rank).zip(dense.chunks(rank)) {
            for (row, p) in up.chunks_mut(rank).zip(potential) {
                row.iter_mut().zip(charge).for_each(|(up, c)| *up += p * c);
            }
        }
        Self { rank, across, moments, up, leaf: interpolated(&leaf, &dense, rank), vectors }
    }

    /// Number of coefficients.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// From coefficients of a box to those of one at `offset` before it, on the level of half-width `half`:
    /// h² (UᵀKU + ln h² UᵀRU), R = ½r². Row-major, rows being targets.
    pub fn across(&self, [dx, dy]: [i32; 2], half: f64) -> Vec<f64> {
        let corner = [dx.abs(), dy.abs()];
        let unit = CORNER.iter().position(|&c| c == corner).map_or(&[][..], |n| &self.across[n]);
        let signs: Vec<f64> = self.vectors.iter().map(|vector| vector.sign([dx < 0, dy < 0])).collect();
        let [one, x, y, square] = &self.moments;
        let (h2, dx, dy) = (half * half, f64::from(dx), f64::from(dy));
        let log = log::ln(h2);
        let entry = |(n, unit): (usize, &f64)| {
            let (i, j) = (n / self.rank, n % self.rank);
            let r = 0.5 * (square[i] * one[j] + one[i] * square[j]) - (x[i] * x[j] + y[i] * y[j])
                + 2.0 * (dx * dx + dy * dy) * (one[i] * one[j])
                - 2.0 * dx * (x[i] * one[j] - one[i] * x[j])
                - 2.0 * dy * (y[i] * one[j] - one[i] * y[j]);
            h2 * (signs[i] * signs[j] * unit + log * r)
        };
        unit.iter().enumerate().map(entry).collect()
    }

    /// From the child of a parity to its parent's coefficient `row`, of the child's coefficient `column`; downwards the
    /// transpose.
    pub fn up(&self, parity: usize, row: usize, column: usize) -> f64 {
        let mirrored = [parity & 1 == 1, parity >> 1 == 1];
        let sign = self.vectors[row].sign(mirrored) * self.vectors[column].sign(mirrored);
        sign * self.up[row * self.rank + column]
    }

    /// From coefficient `column` to node `row` of a leaf with `side` × `side` of them, 8 or 16; from nodes to coefficients the
    /// transpose.
    pub fn leaf(&self, side: usize, row: usize, column: usize) -> f64 {
        match side {
            SIDE => self.vectors[column].entry(row % SIDE, row / SIDE),
            _ => self.leaf[row * self.rank + column],
        }
    }
}

/// Functions given on nodes (rows) evaluated where `axis` interpolates along each axis.
fn interpolated<const N: usize>(axis: &[[f64; SIDE]; N], functions: &[f64], rank: usize) -> Vec<f64> {
    let mut result = vec![0.0; N * N * rank];
    for (n, row) in result.chunks_mut(rank).enumerate() {
        let (along_x, along_y) = (&axis[n % N], &axis[n / N]);
        for (node, function) in functions.chunks(rank).enumerate() {
            let weight = along_x[node % SIDE] * along_y[node / SIDE];
            row.iter_mut().zip(function).for_each(|(to, f)| *to += weight * f);
        }
    }
    result
}

/// The sums of a function over the four mirror images of each node of a quarter, with the signs of vectors of a parity.
fn folded(odd: [bool; 2], f: impl Fn(usize, usize) -> f64) -> [f64; QUARTER] {
    let [x, y] = odd.map(|odd| if odd { -1.0 } else { 1.0 });
    std::array::from_fn(|n| {
        let (a, b) = (n % HALF, n / HALF);
        let (c, d) = (SIDE - 1 - a, SIDE - 1 - b);
        (f(a, b) + x * f(c, b)) + y * (f(a, d) + x * f(c, d))
    })
}

/// UᵀKU for boxes of half-width 1, the source's centre being 2·offset from the target's.
fn across(vectors: &[Vector], [dx, dy]: [i32; 2]) -> Vec<f64> {
    const CLASSES: [[bool; 2]; 4] = [[false, false], [true, false], [false, true], [true, true]];
    let rank = vectors.len();
    // By class: which vectors, and their quarters as rows of a matrix with a column each.
    let classes = CLASSES.map(|odd| {
        let members: Vec<usize> = (0..rank).filter(|&k| vectors[k].odd == odd).collect();
        let quarters: Vec<f64> =
            (0..QUARTER).flat_map(|n| members.iter().map(move |&k| vectors[k].quarter[n])).collect();
        (odd, members, quarters)
    });
    let square = |target: usize, source: usize, d: i32| {
        let distance = node(SIDE, target) - node(SIDE, source) - 2.0 * f64::from(d);
        distance * distance
    };
    let columns: [[f64; SIDE]; SIDE] = std::array::from_fn(|t| std::array::from_fn(|s| square(t, s, dx)));
    let rows: [[f64; SIDE]; SIDE] = std::array::from_fn(|t| std::array::from_fn(|s| square(t, s, dy)));
    // KU, a row for each node.
    let mut potentials = vec![0.0; SIDE * SIDE * rank];
    for (target, to) in potentials.chunks_mut(rank).enumerate() {
        let (column, row) = (&columns[target % SIDE], &rows[target / SIDE]);
        let kernel: [[f64; SIDE]; SIDE] = std::array::from_fn(|b| std::array::from_fn(|a| phi(column[a] + row[b])));
        for (odd, members, quarters) in &classes {
            let mut sums = vec![0.0; members.len()];
            let kernel = folded(*odd, |a, b| kernel[b][a]);
            for (k, quarters) in kernel.iter().zip(quarters.chunks(members.len())) {
                sums.iter_mut().zip(quarters).for_each(|(sum, u)| *sum += k * u);
            }
            members.iter().zip(sums).for_each(|(&k, sum)| to[k] = sum);
        }
    }
    let mut result = vec![0.0; rank * rank];
    for (odd, members, quarters) in &classes {
        for column in 0..rank {
            let potential = folded(*odd, |a, b| potentials[(a + SIDE * b) * rank + column]);
            let mut sums = vec![0.0; members.len()];
            for (p, quarters) in potential.iter().zip(quarters.chunks(members.len())) {
                sums.iter_mut().zip(quarters).for_each(|(sum, u)| *sum += p * u);
            }
            members.iter().zip(sums).for_each(|(&k, sum)| result[k * rank + column] = sum);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Charges on nodes of a box of half-width h, and what they do to another box: through coefficients as directly.
    #[test]
    fn boxes_act_on_each_other_as_their_charges_do() {
        let operators = Operators::of(Precision::High);
        let charge = |n: usize| ((n * 37 + 11) % 101) as f64 / 101.0 - 0.4;
        let coefficients: Vec<f64> = operators
            .vectors
            .iter()
            .map(|v| (0..SIDE * SIDE).map(|n| charge(n) * v.entry(n % SIDE, n / SIDE)).sum())
            .collect();
        for (offset, half) in [([2, -1], 1.0), ([-3, 3], 1.0 / 64.0), ([0, 2], 0.3)] {
            let matrix = operators.across(offset, half);
            let potentials: Vec<f64> =
                matrix.chunks(80).map(|row| row.iter().zip(&coefficients).map(|(t, c)| t * c).sum()).collect();
            for target in [0, 77, 200, 255] {
                let found: f64 = (operators.vectors.iter().zip(&potentials))
                    .map(|(v, p)| p * v.entry(target % SIDE, target / SIDE))
                    .sum();
                let expected: f64 = (0..SIDE * SIDE)
                    .map(|n| {
                        let x = node(SIDE, target % SIDE) - node(SIDE, n % SIDE) - 2.0 * f64::from(offset[0]);
                        let y = node(SIDE, target / SIDE) - node(SIDE, n / SIDE) - 2.0 * f64::from(offset[1]);
                        let r2 = half * half * (x * x + y * y);
                        charge(n) * 0.5 * r2 * r2.ln()
                    })
                    .sum();
                assert!((found - expected).abs() < 1e-8 * half * half, "{offset:?} {half}: {found} for {expected}");
            }
        }
    }

    #[test]
    fn every_child_hears_of_27_boxes() {
        for (parity, far) in FAR.iter().enumerate() {
            assert!(far.iter().all(|far| (2..=3).contains(&far.offset[0].abs().max(far.offset[1].abs()))), "{parity}");
        }
    }
}
