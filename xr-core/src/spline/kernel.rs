//! φ for matrices: without fused multiply-adds, which are slow calls on processors that the compiler takes for
//! granted, and so in whatever width it vectorises. The same bits everywhere.

use std::f64::consts::LN_2;

use super::log::{INTERVAL_BITS, MANTISSAS, POLYNOMIAL};

const FRACTION: u64 = (1 << 52) - 1;

/// φ of a squared distance, 0 at 0: ½ r² ln r² by the table of [`log`](super::log).
#[inline(always)]
pub(crate) fn phi(r2: f64) -> f64 {
    let bits = r2.to_bits();
    let exponent = (bits >> 52) as i32 - 1023;
    let mantissa = f64::from_bits(bits & FRACTION | 1023 << 52);
    let [inverse, log] = MANTISSAS[((bits & FRACTION) >> (52 - INTERVAL_BITS)) as usize];
    let z = mantissa * inverse - 1.0;
    let [c1, c2, c3, c4, c5, c6, c7, c8] = POLYNOMIAL;
    // Pairs of terms: a shorter chain of operations that wait for each other.
    let z2 = z * z;
    let high = (c5 + c6 * z) + (c7 + c8 * z) * z2;
    let low = (c1 + c2 * z) + (c3 + c4 * z) * z2;
    0.5 * r2 * ((f64::from(exponent) * LN_2 + log) + z * (low + high * (z2 * z2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_r_squared_ln_r() {
        assert_eq!(phi(0.0), 0.0);
        for k in 1..2000 {
            let r = f64::from(k) / 999.0;
            let expected = r * r * r.ln();
            assert!((phi(r * r) - expected).abs() < 1e-15, "{r}");
        }
    }
}
