//! Chebyshev nodes cos((2a + 1)π/2q) of an interval, a = 0…q − 1, and interpolation between them.

/// cos(jπ/32), rounded.
const COSINES: [f64; 17] = [
    1.0,
    0.9951847266721969,
    0.9807852804032304,
    0.9569403357322088,
    0.9238795325112867,
    0.881921264348355,
    0.8314696123025452,
    0.773010453362737,
    std::f64::consts::FRAC_1_SQRT_2,
    0.6343932841636455,
    0.5555702330196022,
    0.47139673682599764,
    0.3826834323650898,
    0.2902846772544624,
    0.19509032201612828,
    0.0980171403295606,
    0.0,
];

/// cos(jπ/32).
const fn cosine(j: usize) -> f64 {
    match j % 64 {
        j @ 0..=16 => COSINES[j],
        j @ 17..=32 => -COSINES[32 - j],
        j @ 33..=48 => -COSINES[j - 32],
        j => COSINES[64 - j],
    }
}

/// Node a of q, which divides 16.
pub const fn node(q: usize, a: usize) -> f64 {
    cosine((2 * a + 1) * (16 / q))
}

/// Tₖ at each of `Q` nodes, k = 1…Q − 1, row by row.
pub fn polynomials<const Q: usize>() -> &'static [f64] {
    const fn table<const Q: usize, const N: usize>() -> [f64; N] {
        let (mut table, mut n) = ([0.0; N], 0);
        while n < N {
            table[n] = cosine((n / Q + 1) * (2 * (n % Q) + 1) * (16 / Q));
            n += 1;
        }
        table
    }
    static OF_8: [f64; 56] = table::<8, 56>();
    static OF_16: [f64; 240] = table::<16, 240>();
    if Q == 8 { &OF_8 } else { &OF_16 }
}

/// The Lagrange polynomials of 8 or 16 nodes at `t`: 2/Q (½ + Σₖ Tₖ(xₐ) Tₖ(t)), a chain of fused multiply-adds from ½ on, with
/// Tₖ₊₁ = fma(2t, Tₖ, −Tₖ₋₁).
pub fn lagrange<const Q: usize>(t: f64) -> [f64; Q] {
    let (mut before, mut now, mut sums) = (1.0, t, [0.5; Q]);
    for polynomials in polynomials::<Q>().chunks_exact(Q) {
        sums.iter_mut().zip(polynomials).for_each(|(sum, p)| *sum = p.mul_add(now, *sum));
        (before, now) = (now, (2.0 * t).mul_add(now, -before));
    }
    sums.map(|sum| sum * (2.0 / Q as f64))
}

/// The derivatives of these polynomials at `t`, the same chain from 0 on, with T′ₖ₊₁ = fma(2t, T′ₖ, fma(2, Tₖ, −T′ₖ₋₁)).
pub fn slopes<const Q: usize>(t: f64) -> [f64; Q] {
    let (mut before, mut now, mut sums) = (1.0, t, [0.0; Q]);
    let (mut slope_before, mut slope) = (0.0, 1.0);
    for polynomials in polynomials::<Q>().chunks_exact(Q) {
        sums.iter_mut().zip(polynomials).for_each(|(sum, p)| *sum = p.mul_add(slope, *sum));
        (slope_before, slope) = (slope, (2.0 * t).mul_add(slope, 2.0f64.mul_add(now, -slope_before)));
        (before, now) = (now, (2.0 * t).mul_add(now, -before));
    }
    sums.map(|sum| sum * (2.0 / Q as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_low_degree_are_reproduced() {
        let f = |x: f64| 1.0 - 3.0 * x + x.powi(5) - 0.5 * x.powi(7);
        for t in [-1.0, -0.6, 0.0, 0.123, 0.99] {
            let sum: f64 = lagrange::<8>(t).iter().enumerate().map(|(a, s)| s * f(node(8, a))).sum();
            assert!((sum - f(t)).abs() < 1e-14);
            let sum: f64 = lagrange::<16>(t).iter().enumerate().map(|(a, s)| s * f(node(16, a))).sum();
            assert!((sum - f(t)).abs() < 1e-14);
            let slope = -3.0 + 5.0 * t.powi(4) - 3.5 * t.powi(6);
            let sum: f64 = slopes::<8>(t).iter().enumerate().map(|(a, s)| s * f(node(8, a))).sum();
            assert!((sum - slope).abs() < 1e-13);
            let sum: f64 = slopes::<16>(t).iter().enumerate().map(|(a, s)| s * f(node(16, a))).sum();
            assert!((sum - slope).abs() < 1e-13);
        }
    }
}
