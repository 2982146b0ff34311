//! What a spline is at a place, by direct summation: the definition that every backend's kernel follows bit by bit.
//!
//! With h = w/2, d = u − uᵢ and r² = fma(dᵤ, dᵤ, fma(dᵥ, dᵥ, 2⁻⁶⁴)), points in order add fma(h·r², ln r², sum), since
//! φ = ½ r² ln r²; a derivative adds fma(h·d, ln r² + 1, sum) and is doubled at the end. Sums run over [`CHUNK`] points
//! each and are added in order. The polynomial comes last.

use super::log::{self, EPSILON};

/// Points of a partial sum: part of the definition of the result.
pub const CHUNK: usize = 256;

/// Largest magnitude of a coordinate of a place, points being in the unit box: r² is below 2¹⁶ then, so that devices
/// can do with a table of 80 octaves.
pub const REACH: f64 = 180.0;

/// Points with the weights of one value column, and its polynomial.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Coordinates along the first axis.
    pub us: &'a [f64],
    /// Coordinates along the second axis.
    pub vs: &'a [f64],
    /// Half of each point's weight.
    pub halves: &'a [f64],
    /// c₀, c₁, c₂.
    pub polynomial: [f64; 3],
}

impl Terms<'_> {
    /// The spline's value at `(u, v)`.
    pub fn value(&self, u: f64, v: f64) -> f64 {
        let [sum] = self.sum(u, v, |[sum], h, _, _, r2| [(h * r2).mul_add(log::ln(r2), sum)]);
        let [c0, c1, c2] = self.polynomial;
        sum + c1.mul_add(u, c2.mul_add(v, c0))
    }

    /// The derivatives by u and by v at `(u, v)`.
    pub fn gradient(&self, u: f64, v: f64) -> [f64; 2] {
        let [du, dv] = self.sum(u, v, |[du, dv], h, u, v, r2| {
            let slope = log::ln(r2) + 1.0;
            [(h * u).mul_add(slope, du), (h * v).mul_add(slope, dv)]
        });
        let [_, c1, c2] = self.polynomial;
        [2.0f64.mul_add(du, c1), 2.0f64.mul_add(dv, c2)]
    }

    /// Partial sums of `add(sum, h, u − uᵢ, v − vᵢ, r²)`, added up.
    fn sum<const N: usize>(&self, u: f64, v: f64, add: impl Fn([f64; N], f64, f64, f64, f64) -> [f64; N]) -> [f64; N] {
        let mut total = [0.0; N];
        let chunks = self.us.chunks(CHUNK).zip(self.vs.chunks(CHUNK)).zip(self.halves.chunks(CHUNK));
        for ((us, vs), halves) in chunks {
            let mut sum = [0.0; N];
            for ((&ui, &vi), &h) in us.iter().zip(vs).zip(halves) {
                let (du, dv) = (u - ui, v - vi);
                let r2 = du.mul_add(du, dv.mul_add(dv, EPSILON));
                sum = add(sum, h, du, dv, r2);
            }
            for (total, sum) in total.iter_mut().zip(sum) {
                *total += sum;
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPLINE: Terms<'static> =
        Terms { us: &[0.0, 1.0, 0.5], vs: &[0.0, 0.0, 1.0], halves: &[0.25, -0.5, 0.25], polynomial: [3.0, 2.0, -1.0] };

    #[test]
    fn values_are_those_of_the_formula() {
        // At (0, 1): r² = 1, 2, ¼ from the three points, ln 1 = 0.
        let expected = -0.5 * 2.0 * 2f64.ln() + 0.25 * 0.25 * 0.25f64.ln() + 3.0 - 1.0;
        assert!((SPLINE.value(0.0, 1.0) - expected).abs() < 1e-15);
    }

    #[test]
    fn a_place_on_a_point_gets_nothing_from_it() {
        let on_itself = Terms { us: &[0.3], vs: &[0.7], halves: &[0.5], polynomial: [0.0; 3] };
        assert!(on_itself.value(0.3, 0.7).abs() < 1.3e-18);
        assert_eq!(on_itself.gradient(0.3, 0.7), [0.0, 0.0]);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_values() {
        let (u, v, step) = (0.37, 0.61, 1e-6);
        let [du, dv] = SPLINE.gradient(u, v);
        let slope = |a: f64, b: f64| (a - b) / (2.0 * step);
        assert!((du - slope(SPLINE.value(u + step, v), SPLINE.value(u - step, v))).abs() < 1e-8);
        assert!((dv - slope(SPLINE.value(u, v + step), SPLINE.value(u, v - step))).abs() < 1e-8);
    }
}
