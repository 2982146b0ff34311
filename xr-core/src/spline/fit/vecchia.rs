//! An approximate inverse of the system as B Bᵀ with sparse B: a column for each point, which says how the point differs from
//! what its nearest predecessors, from coarse to fine, predict by kriging with an unknown plane. With all predecessors that is
//! the inverse of a Cholesky factor (Schäfer, Katzfuss and Owhadi, "Sparse Cholesky factorization by Kullback–Leibler
//! minimization", 2021).
//!
//! Every column is orthogonal to planes, so the side conditions are met. φ is scaled to each neighbourhood: what that adds is a
//! polynomial, which those columns do not see.

use rayon::prelude::*;

use super::super::{Problem, kernel::phi, trend::Anchors};
use super::cholesky::dot;
use super::ordering::Ordering;

/// Predecessors of a point.
const NEIGHBOURS: usize = 28;
/// Entries of a column: the predecessors and the point.
const ENTRIES: usize = NEIGHBOURS + 1;
/// Neighbourhoods narrower than this in parts of their length count as lines.
const NARROW: f64 = 0.05;
/// Parts of the curve whose sums are made on their own: a fixed number, so that threads change no bit.
const PARTS: usize = 8;
/// Pivots of a neighbourhood, whose φ is about 1, that are nothing but rounding.
const LEAST_PIVOT: f64 = 1e-13;
/// Columns that are made before they are put in their places.
const BATCH: usize = 1 << 14;

/// The factor B, by columns along the curve. Columns of fewer entries end with zeros in the point's own row.
pub(super) struct Vecchia {
    rows: Vec<u32>,
    entries: Vec<f64>,
    points: Vec<u32>,
}

impl Vecchia {
    pub(super) fn new(problem: &Problem, ordering: &Ordering, anchors: &Anchors, lambda: f64) -> Self {
        let first: Vec<u32> = anchors.points().iter().filter_map(|&point| ordering.position(point)).collect();
        let count = ordering.curve.len();
        let mut rows: Vec<u32> = (0..count as u32).flat_map(|n| [n; ENTRIES]).collect();
        let mut entries = vec![0.0; count * ENTRIES];
        for (level, own, all) in ordering.by_level() {
            for own in own.chunks(BATCH) {
                let column = |(found, local): &mut (Vec<(f64, u32)>, Local), &position: &u32| {
                    if first.contains(&position) {
                        return (Vec::new(), Vec::new());
                    }
                    ordering.nearest_before(position, level, &all, NEIGHBOURS, found);
                    local.column(problem, ordering, &first, position, found, lambda)
                };
                let columns: Vec<_> = own.par_iter().map_init(Default::default, column).collect();
                for (&position, (members, column)) in own.iter().zip(columns) {
                    let at = position as usize * ENTRIES;
                    rows[at..].iter_mut().zip(members).for_each(|(row, n)| *row = n);
                    entries[at..].iter_mut().zip(column).for_each(|(to, entry)| *to = entry);
                }
            }
        }
        Self { rows, entries, points: ordering.curve.clone() }
    }

    /// Sums over columns, part by part, in the order of the curve; then over parts, in the order of points.
    fn sums(&self, add: impl Fn(&[u32], &[f64], &mut [f64]) + Sync) -> Vec<f64> {
        let count = self.points.len();
        let parts: Vec<Vec<f64>> = (0..PARTS)
            .into_par_iter()
            .map(|part| {
                let mut sums = vec![0.0; count];
                let columns = count * part / PARTS * ENTRIES..count * (part + 1) / PARTS * ENTRIES;
                let entries = self.entries[columns.clone()].chunks_exact(ENTRIES);
                for (rows, entries) in self.rows[columns].chunks_exact(ENTRIES).zip(entries) {
                    add(rows, entries, &mut sums);
                }
                sums
            })
            .collect();
        let mut result = vec![0.0; count];
        for (n, &point) in self.points.iter().enumerate() {
            result[point as usize] = parts.iter().map(|sums| sums[n]).sum();
        }
        result
    }

    /// B Bᵀ x.
    pub(super) fn apply(&self, x: &[f64]) -> Vec<f64> {
        let along: Vec<f64> = self.points.iter().map(|&n| x[n as usize]).collect();
        self.sums(|rows, entries, sums| {
            let dot: f64 = rows.iter().zip(entries).map(|(&row, b)| b * along[row as usize]).sum();
            rows.iter().zip(entries).for_each(|(&row, b)| sums[row as usize] += b * dot);
        })
    }

    /// The diagonal of B Bᵀ.
    pub(super) fn diagonal(&self) -> Vec<f64> {
        self.sums(|rows, entries, sums| {
            rows.iter().zip(entries).for_each(|(&row, b)| sums[row as usize] += b * b);
        })
    }
}

/// Room for a neighbourhood's equations.
#[derive(Default)]
struct Local {
    us: Vec<f64>,
    vs: Vec<f64>,
    /// Of points that are no anchors: which they are, their barycentric coordinates, half of what ties them to the anchors.
    free: Vec<usize>,
    shares: Vec<[f64; 3]>,
    halves: Vec<[f64; 3]>,
    matrix: Vec<f64>,
}

impl Local {
    /// The column of the point at `position` with the predecessors `found`: rows ascend.
    fn column(
        &mut self,
        problem: &Problem,
        ordering: &Ordering,
        first: &[u32],
        position: u32,
        found: &[(f64, u32)],
        lambda: f64,
    ) -> (Vec<u32>, Vec<f64>) {
        let mut members: Vec<u32> = found.iter().map(|&(_, n)| n).collect();
        let anchors = match self.anchors(ordering, position, &members, first.len()) {
            Some(anchors) => anchors,
            // The furthest make room for the anchors of all.
            None => {
                let missing = first.iter().filter(|n| !members.contains(n)).copied().collect::<Vec<u32>>();
                if members.len() + missing.len() > NEIGHBOURS {
                    let mut nearest = found.to_vec();
                    nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    nearest.retain(|(_, n)| !first.contains(n));
                    members = nearest.iter().take(NEIGHBOURS - first.len()).map(|&(_, n)| n).collect();
                    members.extend(first);
                } else {
                    members.extend(missing);
                }
                self.place(ordering, position, &members);
                Anchors::choose(&self.us, &self.vs, 0.0)
            }
        };
        let entries = self.solve(problem, ordering, position, &members, &anchors, lambda);
        (members, entries)
    }

    /// Coordinates of members relative to the point, in units of the furthest one's distance.
    fn place(&mut self, ordering: &Ordering, position: u32, members: &[u32]) -> f64 {
        let (u, v) = (ordering.us[position as usize], ordering.vs[position as usize]);
        self.us.clear();
        self.us.extend(members.iter().map(|&n| ordering.us[n as usize] - u));
        self.vs.clear();
        self.vs.extend(members.iter().map(|&n| ordering.vs[n as usize] - v));
        let squares = self.us.iter().zip(&self.vs).map(|(u, v)| u * u + v * v);
        let scale = squares.fold(0.0, f64::max).sqrt();
        self.us.iter_mut().chain(&mut self.vs).for_each(|c| *c /= scale);
        scale
    }

    /// Anchors among the members, if there are `wanted`.
    fn anchors(&mut self, ordering: &Ordering, position: u32, members: &[u32], wanted: usize) -> Option<Anchors> {
        if members.is_empty() {
            return None;
        }
        self.place(ordering, position, members);
        let anchors = Anchors::choose(&self.us, &self.vs, NARROW);
        (anchors.points().len() >= wanted).then_some(anchors)
    }

    /// L⁻ᵀe for the members' system with the point last: entries of the members and of the point.
    fn solve(
        &mut self,
        problem: &Problem,
        ordering: &Ordering,
        position: u32,
        members: &[u32],
        anchors: &Anchors,
        lambda: f64,
    ) -> Vec<f64> {
        let scale = self.place(ordering, position, members);
        let (fixed, last) = (anchors.points(), members.len());
        self.us.push(0.0);
        self.vs.push(0.0);
        let variance = |k: usize| {
            let n = if k == last { position } else { members[k] };
            lambda * problem.variances[ordering.curve[n as usize] as usize] / (scale * scale)
        };
        let (us, vs) = (&self.us, &self.vs);
        let square = |a: usize, b: usize| {
            let (du, dv) = (us[a] - us[b], vs[a] - vs[b]);
            du * du + dv * dv
        };
        // NᵀΦN + λNᵀDN, as in `System`, by rows of U = Lᵀ.
        let mut among = [[0.0; 3]; 3];
        for (j, &a) in fixed.iter().enumerate() {
            fixed.iter().enumerate().for_each(|(k, &b)| among[j][k] = phi(square(a, b)));
        }
        self.free.clear();
        self.free.extend((0..=last).filter(|k| !fixed.contains(k)));
        self.shares.clear();
        self.halves.clear();
        for &k in &self.free {
            let share = anchors.coordinates(us[k], vs[k]);
            let mut half = [0.0; 3];
            for (j, &anchor) in fixed.iter().enumerate() {
                let own: f64 = (0..fixed.len()).map(|i| share[i] * among[i][j]).sum();
                // Half of what noise at the anchors adds goes with each factor.
                half[j] = phi(square(k, anchor)) - 0.5 * (own + variance(anchor) * share[j]);
            }
            self.shares.push(share);
            self.halves.push(half);
        }
        let count = self.free.len();
        self.matrix.clear();
        self.matrix.resize(count * count, 0.0);
        for (a, row) in self.matrix.chunks_exact_mut(count).enumerate() {
            let (ka, [sx, sy, sz], [hx, hy, hz]) = (self.free[a], self.shares[a], self.halves[a]);
            let (u, v) = (us[ka], vs[ka]);
            let others = self.free[a..].iter().zip(&self.shares[a..]).zip(&self.halves[a..]);
            for (to, ((&kb, &[tx, ty, tz]), &[gx, gy, gz])) in row[a..].iter_mut().zip(others) {
                let (du, dv) = (us[kb] - u, vs[kb] - v);
                let tied = (sx * gx + tx * hx) + (sy * gy + ty * hy) + (sz * gz + tz * hz);
                *to = phi(du * du + dv * dv) - tied;
            }
            row[a] += variance(ka);
        }
        // U by rows, then U⁻¹e backwards. A pivot that rounding has eaten ends the point's share in the prediction.
        let mut solution = vec![0.0; count];
        let end = count - 1;
        for k in 0..count {
            let (upper, lower) = self.matrix.split_at_mut((k + 1) * count);
            let row = &mut upper[k * count..];
            if row[k].is_nan() || row[k] <= LEAST_PIVOT {
                row[k] = if k == end { LEAST_PIVOT } else { 0.0 };
                row[k + 1..].fill(0.0);
            }
            if row[k] == 0.0 {
                continue;
            }
            let inverse = 1.0 / row[k].sqrt();
            row[k..].iter_mut().for_each(|x| *x *= inverse);
            for (i, other) in (k + 1..count).zip(lower.chunks_exact_mut(count)) {
                let factor = row[i];
                other[i..].iter_mut().zip(&row[i..]).for_each(|(x, y)| *x -= factor * y);
            }
        }
        solution[end] = 1.0 / self.matrix[end * count + end];
        for k in (0..end).rev() {
            let row = &self.matrix[k * count..][..count];
            if row[k] > 0.0 {
                solution[k] = -dot(&row[k + 1..], &solution[k + 1..]) / row[k];
            }
        }
        // Back to the unit box: φ there is scale² times what it is here.
        let mut entries = vec![0.0; last + 1];
        for ((&k, share), solution) in self.free.iter().zip(&self.shares).zip(solution) {
            let entry = solution / scale;
            entries[k] = entry;
            fixed.iter().zip(share).for_each(|(&anchor, share)| entries[anchor] -= share * entry);
        }
        entries
    }
}
