//! The basis that charges and potentials of boxes are held in, made by `scripts/make_spline_basis.py`: left singular vectors of
//! φ between boxes, embedded, since no two machines' linear algebra gives the same.

use super::SIDE;

/// A quarter of a vector's entries: those at nodes with x, y > 0.
pub const QUARTER: usize = SIDE * SIDE / 4;

const BYTES: &[u8; 80 * (1 + QUARTER) * 8] = include_bytes!("basis.f64");

/// A basis vector, by falling singular value.
#[derive(Clone, Copy, Debug)]
pub struct Vector {
    /// Odd in x, odd in y; otherwise even.
    pub odd: [bool; 2],
    /// Its entries at nodes a, b < 8 at position a + 8b.
    pub quarter: [f64; QUARTER],
}

impl Vector {
    /// Vector `k` of 80.
    pub fn new(k: usize) -> Self {
        let word = |n: usize| {
            let at = (k * (1 + QUARTER) + n) * 8;
            u64::from_le_bytes(std::array::from_fn(|byte| BYTES[at + byte]))
        };
        let odd = word(0);
        Self { odd: [odd & 1 == 1, odd >> 1 == 1], quarter: std::array::from_fn(|n| f64::from_bits(word(1 + n))) }
    }

    /// 1, or −1 where the vector is odd in a direction that is mirrored.
    pub fn sign(&self, mirrored: [bool; 2]) -> f64 {
        if (self.odd[0] && mirrored[0]) ^ (self.odd[1] && mirrored[1]) { -1.0 } else { 1.0 }
    }

    /// The entry at node (a, b).
    pub fn entry(&self, a: usize, b: usize) -> f64 {
        let fold = |a: usize| if a < SIDE / 2 { (a, false) } else { (SIDE - 1 - a, true) };
        let ((a, left), (b, lower)) = (fold(a), fold(b));
        self.sign([left, lower]) * self.quarter[a + SIDE / 2 * b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_orthonormal() {
        let vectors: Vec<Vector> = (0..80).map(Vector::new).collect();
        for i in 0..80 {
            for j in 0..=i {
                let product = |n: usize| vectors[i].entry(n % SIDE, n / SIDE) * vectors[j].entry(n % SIDE, n / SIDE);
                let dot: f64 = (0..SIDE * SIDE).map(product).sum();
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((dot - expected).abs() < 1e-14, "{i} · {j} = {dot}");
            }
        }
    }
}
