//! A symmetric matrix M = Q T Qᵀ with tridiagonal T, after which (M + λ)⁻¹ costs n operations for every λ.

use rayon::prelude::*;

use super::cholesky::dot;

/// T, and vectors that were turned along: Qᵀy.
pub(crate) struct Tridiagonal {
    diagonal: Vec<f64>,
    below: Vec<f64>,
    turned: Vec<Vec<f64>>,
}

impl Tridiagonal {
    /// Householder's reduction of the `n × n` row-major symmetric `m`.
    pub(crate) fn new(mut m: Vec<f64>, n: usize, mut turned: Vec<Vec<f64>>) -> Self {
        let (mut diagonal, mut below) = (vec![0.0; n], vec![0.0; n.saturating_sub(1)]);
        for k in 0..n {
            diagonal[k] = m[k * n + k];
            if k + 1 == n {
                break;
            }
            // The reflection x − 2 h (h·x) that makes row k a multiple of its first entry right of the diagonal.
            let mut h = m[k * n + k + 1..(k + 1) * n].to_vec();
            let norm = dot(&h, &h).sqrt();
            below[k] = if h[0] > 0.0 { -norm } else { norm };
            h[0] -= below[k];
            let length = dot(&h, &h).sqrt();
            if length == 0.0 {
                continue;
            }
            h.iter_mut().for_each(|h| *h /= length);
            for y in &mut turned {
                let y = &mut y[k + 1..];
                let twice = 2.0 * dot(&h, y);
                y.iter_mut().zip(&h).for_each(|(y, h)| *y -= twice * h);
            }
            let rest = &mut m[(k + 1) * n..];
            let mut p: Vec<f64> = rest.par_chunks(n).with_min_len(64).map(|row| 2.0 * dot(&row[k + 1..], &h)).collect();
            let half = dot(&p, &h);
            p.iter_mut().zip(&h).for_each(|(p, h)| *p -= half * h);
            rest.par_chunks_mut(n).with_min_len(64).enumerate().for_each(|(i, row)| {
                let (hi, pi) = (h[i], p[i]);
                row[k + 1..].iter_mut().zip(h.iter().zip(&p)).for_each(|(m, (h, p))| *m -= hi * p + pi * h);
            });
        }
        Self { diagonal, below, turned }
    }

    /// Sum of the eigenvalues.
    pub(crate) fn trace(&self) -> f64 {
        self.diagonal.iter().sum()
    }

    /// tr (M + λ)⁻¹, and ‖(M + λ)⁻¹ y‖² of each y; `None` where M + λ is not positive definite.
    pub(crate) fn shifted(&self, lambda: f64) -> Option<(f64, Vec<f64>)> {
        let n = self.diagonal.len();
        // Pivots from above and from below; their sum less the diagonal is the reciprocal of the inverse's diagonal.
        let (mut down, mut up) = (vec![0.0; n], vec![0.0; n]);
        for i in 0..n {
            let tied = if i > 0 { self.below[i - 1] * self.below[i - 1] / down[i - 1] } else { 0.0 };
            down[i] = self.diagonal[i] + lambda - tied;
        }
        for i in (0..n).rev() {
            let tied = if i + 1 < n { self.below[i] * self.below[i] / up[i + 1] } else { 0.0 };
            up[i] = self.diagonal[i] + lambda - tied;
        }
        if !down.iter().chain(&up).all(|&pivot| pivot > 0.0) {
            return None;
        }
        let trace = (0..n).map(|i| 1.0 / (down[i] + up[i] - self.diagonal[i] - lambda)).sum();
        let squares = self.turned.iter().map(|y| {
            let mut x = y.clone();
            for i in 1..n {
                x[i] -= self.below[i - 1] / down[i - 1] * x[i - 1];
            }
            for i in (0..n).rev() {
                let tied = if i + 1 < n { self.below[i] * x[i + 1] } else { 0.0 };
                x[i] = (x[i] - tied) / down[i];
            }
            dot(&x, &x)
        });
        Some((trace, squares.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_and_norms_are_those_of_the_matrix() {
        // M = diag(1, 2, 3, 4) − ¼ J, with J all ones: (M + λ)⁻¹ by the formula of Sherman and Morrison.
        let n = 4;
        let m = (0..n * n).map(|k| if k / n == k % n { (k / n) as f64 + 0.75 } else { -0.25 }).collect();
        let y = [1.0, -2.0, 0.5, 3.0];
        let lambda = 0.5;
        let d: Vec<f64> = (0..n).map(|i| 1.0 / (i as f64 + 1.0 + lambda)).collect();
        let share = 0.25 / (1.0 - 0.25 * d.iter().sum::<f64>());
        let trace: f64 = d.iter().map(|d| d + share * d * d).sum();
        let along: f64 = d.iter().zip(y).map(|(d, y)| d * y).sum();
        let square: f64 = d.iter().zip(y).map(|(d, y)| (d * y + share * d * along).powi(2)).sum();
        let (found, squares) = Tridiagonal::new(m, n, vec![y.to_vec()]).shifted(lambda).unwrap();
        assert!((found - trace).abs() < 1e-14 && (squares[0] - square).abs() < 1e-13);
    }
}
