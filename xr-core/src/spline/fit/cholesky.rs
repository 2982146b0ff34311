//! A dense symmetric positive definite matrix as L·Lᵀ, by blocks of columns and in parallel. Every entry's terms are summed in
//! one order, so the number of threads changes nothing.

use rayon::prelude::*;

/// Columns eliminated at a time.
const BLOCK: usize = 48;
/// Entries of a row, or right sides, that are computed together in registers.
pub(crate) const TILE: usize = 16;

/// The lower triangle L, row-major.
pub(crate) struct Cholesky {
    n: usize,
    l: Vec<f64>,
}

impl Cholesky {
    /// Factors the `n × n` row-major matrix whose lower triangle is `a`. `None` where a pivot is not positive.
    pub(crate) fn new(mut a: Vec<f64>, n: usize) -> Option<Self> {
        let mut panel = Vec::new();
        for start in (0..n).step_by(BLOCK) {
            let end = (start + BLOCK).min(n);
            let (head, tail) = a.split_at_mut(end * n);
            factor_diagonal(head, n, start, end)?;
            let head = &head[start * n..];
            tail.par_chunks_mut(n).for_each(|row| solve_row(head, n, start, end, row));
            // The panel's columns, transposed and padded, so that the update runs along rows.
            let width = (n - end).next_multiple_of(TILE);
            panel.clear();
            panel.resize((end - start) * width, 0.0);
            panel.par_chunks_mut(width.max(1)).enumerate().for_each(|(k, column)| {
                column.iter_mut().zip(tail.chunks(n)).for_each(|(to, row)| *to = row[start + k]);
            });
            tail.par_chunks_mut(n).enumerate().for_each(|(i, row)| update_row(&panel, width, start, end, i, row));
        }
        Some(Self { n, l: a })
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.l[i * self.n..][..=i]
    }

    /// x where L x = b, in place.
    pub(crate) fn forward(&self, b: &mut [f64]) {
        for i in 0..self.n {
            let row = self.row(i);
            b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
        }
    }

    /// x where Lᵀ x = b, in place.
    pub(crate) fn backward(&self, b: &mut [f64]) {
        for i in (0..self.n).rev() {
            let row = self.row(i);
            b[i] /= row[i];
            let x = b[i];
            b[..i].iter_mut().zip(row).for_each(|(b, l)| *b -= l * x);
        }
    }

    /// x where L Lᵀ x = b, in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        self.forward(b);
        self.backward(b);
    }

    /// L⁻¹B for the `n` rows of B, each `count` long, that `entry(row, column)` gives; handed to `take` by stripes of columns:
    /// the first column and `n` rows of up to 16 entries.
    pub(crate) fn forward_columns<R: Send>(
        &self,
        count: usize,
        entry: impl Fn(usize, usize) -> f64 + Sync,
        take: impl Fn(usize, &[[f64; TILE]]) -> R + Sync,
    ) -> Vec<R> {
        let stripes = (0..count).into_par_iter().step_by(TILE);
        stripes
            .map(|first| {
                let mut x = vec![[0.0; TILE]; self.n];
                for i in 0..self.n {
                    let row = self.row(i);
                    let mut sum = [0.0; TILE];
                    for (t, sum) in sum.iter_mut().enumerate().take(count - first) {
                        *sum = entry(i, first + t);
                    }
                    for (&l, x) in row[..i].iter().zip(&x) {
                        sum.iter_mut().zip(x).for_each(|(sum, x)| *sum -= l * x);
                    }
                    x[i] = sum.map(|sum| sum / row[i]);
                }
                take(first, &x)
            })
            .collect()
    }

    /// For each of `count` columns b of B, given likewise, bᵀ(L Lᵀ)⁻¹b.
    pub(crate) fn inverse_forms(&self, count: usize, entry: impl Fn(usize, usize) -> f64 + Sync) -> Vec<f64> {
        let squares = self.forward_columns(count, entry, |_, x| {
            x.iter().fold([0.0; TILE], |mut sum, x| {
                sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x * x);
                sum
            })
        });
        squares.into_iter().flatten().take(count).collect()
    }
}

/// Four partial sums, in a fixed order.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sum = [0.0; 4];
    for (a, b) in a.zip(b) {
        (0..4).for_each(|k| sum[k] += a[k] * b[k]);
    }
    (sum[0] + sum[2]) + (sum[1] + sum[3]) + rest
}

fn factor_diagonal(rows: &mut [f64], n: usize, start: usize, end: usize) -> Option<()> {
    for i in start..end {
        let (above, row) = rows.split_at_mut(i * n);
        for j in start..i {
            let other = &above[j * n..][..n];
            row[j] = (row[j] - dot(&row[start..j], &other[start..j])) / other[j];
        }
        let pivot = row[i] - dot(&row[start..i], &row[start..i]);
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        row[i] = pivot.sqrt();
    }
    Some(())
}

/// Columns `start..end` of a row below the diagonal block `head`.
fn solve_row(head: &[f64], n: usize, start: usize, end: usize, row: &mut [f64]) {
    for j in start..end {
        let other = &head[(j - start) * n..][..n];
        row[j] = (row[j] - dot(&row[start..j], &other[start..j])) / other[j];
    }
}

/// Takes the panel's part from columns `end..` of row `end + i`, up to its diagonal.
fn update_row(panel: &[f64], width: usize, start: usize, end: usize, i: usize, row: &mut [f64]) {
    let (known, rest) = row.split_at_mut(end);
    let known = &known[start..];
    for (tile, to) in rest[..=i].chunks_mut(TILE).enumerate() {
        let mut sum = [0.0; TILE];
        for (&a, column) in known.iter().zip(panel.chunks_exact(width)) {
            let column = &column[tile * TILE..][..TILE];
            sum.iter_mut().zip(column).for_each(|(sum, b)| *sum += a * b);
        }
        to.iter_mut().zip(sum).for_each(|(to, sum)| *to -= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_several_blocks_is_solved() {
        let n = 2 * BLOCK + 21;
        // An integer matrix that is diagonally dominant, and an integer solution.
        let entry = |i: usize, j: usize| if i == j { 4.0 * n as f64 } else { ((i * j + i + j) % 5) as f64 - 2.0 };
        let a: Vec<f64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
        let x: Vec<f64> = (0..n).map(|i| (i % 7) as f64 - 3.0).collect();
        let mut b: Vec<f64> = a.chunks(n).map(|row| dot(row, &x)).collect();
        let cholesky = Cholesky::new(a, n).unwrap();
        let form = cholesky.inverse_forms(17, |i, _| b[i])[16];
        assert!((form - dot(&x, &b)).abs() < 1e-9 * form);
        cholesky.solve(&mut b);
        for (found, expected) in b.iter().zip(x) {
            assert!((found - expected).abs() < 1e-13);
        }
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        assert!(Cholesky::new(vec![1.0, 0.0, 2.0, 1.0], 2).is_none());
    }
}
