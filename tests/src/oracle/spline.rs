//! A thin-plate spline at a place, by its formula: the platform's logarithm, sums that carry their rounding errors
//! along.

/// f(u) = Σ wᵢ φ(|u − uᵢ|) + c₀ + c₁u + c₂v with φ(r) = r² ln r.
#[derive(Clone, Debug)]
pub struct Spline {
    /// The points.
    pub points: Vec<[f64; 2]>,
    /// wᵢ of each.
    pub weights: Vec<f64>,
    /// c₀, c₁, c₂.
    pub polynomial: [f64; 3],
}

/// A number, and the magnitude of what it was summed from: rounding is in proportion to that.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    /// The number.
    pub value: f64,
    /// Sum of magnitudes of its terms.
    pub scale: f64,
}

impl Spline {
    /// The value at a place.
    pub fn value(&self, [u, v]: [f64; 2]) -> Sum {
        let [c0, c1, c2] = self.polynomial;
        let terms = self.terms([u, v]).map(|(w, _, r2)| if r2 > 0.0 { w * 0.5 * r2 * r2.ln() } else { 0.0 });
        sum(terms.chain([c0, c1 * u, c2 * v]))
    }

    /// The derivatives at a place: ∇φ = (u − uᵢ)(ln r² + 1).
    pub fn gradient(&self, place: [f64; 2]) -> [Sum; 2] {
        [0, 1].map(|axis| {
            let slope = |(w, d, r2): (f64, [f64; 2], f64)| if r2 > 0.0 { w * d[axis] * (r2.ln() + 1.0) } else { 0.0 };
            sum(self.terms(place).map(slope).chain([self.polynomial[1 + axis]]))
        })
    }

    /// Weight, difference of places, and squared distance, for each point.
    fn terms(&self, [u, v]: [f64; 2]) -> impl Iterator<Item = (f64, [f64; 2], f64)> {
        self.points.iter().zip(&self.weights).map(move |(&[ui, vi], &w)| {
            let (du, dv) = (u - ui, v - vi);
            (w, [du, dv], du * du + dv * dv)
        })
    }
}

/// Neumaier's compensated sum.
fn sum(terms: impl Iterator<Item = f64>) -> Sum {
    let (mut sum, mut lost, mut scale) = (0.0f64, 0.0, 0.0);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
        sum = next;
        scale += term.abs();
    }
    Sum { value: sum + lost, scale }
}
