//! The polynomial part of a spline, by its values at up to three points that are far apart: its *anchors*.

/// Up to three points of a set, as far apart as is easily found, and the polynomials of degree 1 that are 1 at one of them
/// and 0 at the others (the barycentric coordinates of a place).
#[derive(Clone, Copy, Debug)]
pub struct Anchors {
    indices: [usize; 3],
    count: usize,
    at: [[f64; 2]; 3],
}

impl Anchors {
    /// Chooses among points: the one furthest from their mean, the one furthest from that, the one furthest from the line
    /// through both; but none within `tolerance` of what those before it determine.
    pub fn choose(us: &[f64], vs: &[f64], tolerance: f64) -> Self {
        let n = us.len() as f64;
        let mean = [us.iter().sum::<f64>() / n, vs.iter().sum::<f64>() / n];
        let furthest = |measure: &dyn Fn([f64; 2]) -> f64| {
            us.iter().zip(vs).enumerate().fold((0, -1.0), |best, (i, (&u, &v))| {
                let m = measure([u, v]);
                if m > best.1 { (i, m) } else { best }
            })
        };
        let place = |i: usize| [us[i], vs[i]];
        let (a, _) = furthest(&|p| square(minus(p, mean)));
        let mut anchors = Self { indices: [a; 3], count: 1, at: [place(a); 3] };
        let (b, distance) = furthest(&|p| square(minus(p, place(a))));
        if distance.sqrt() <= tolerance {
            return anchors;
        }
        (anchors.indices[1], anchors.at[1], anchors.count) = (b, place(b), 2);
        let along = minus(place(b), place(a));
        let (c, area) = furthest(&|p| cross(along, minus(p, place(a))).abs());
        if area / square(along).sqrt() > tolerance {
            (anchors.indices[2], anchors.at[2], anchors.count) = (c, place(c), 3);
        }
        anchors
    }

    /// Which points they are.
    pub fn points(&self) -> &[usize] {
        &self.indices[..self.count]
    }

    /// The polynomials' values at a place; those without an anchor are 0. They sum to 1.
    #[inline]
    pub fn coordinates(&self, u: f64, v: f64) -> [f64; 3] {
        let [a, b, c] = self.at;
        let (p, along) = (minus([u, v], a), minus(b, a));
        match self.count {
            1 => [1.0, 0.0, 0.0],
            2 => {
                let t = (p[0] * along[0] + p[1] * along[1]) / square(along);
                [1.0 - t, t, 0.0]
            }
            _ => {
                let across = minus(c, a);
                let area = cross(along, across);
                let (s, t) = (cross(p, across) / area, cross(along, p) / area);
                [1.0 - s - t, s, t]
            }
        }
    }

    /// c₀, c₁, c₂ of the polynomial with these values at the anchors.
    pub fn polynomial(&self, values: [f64; 3]) -> [f64; 3] {
        let [a, b, c] = self.at;
        let along = minus(b, a);
        let (rise, climb) = (values[1] - values[0], values[2] - values[0]);
        let [c1, c2] = match self.count {
            1 => [0.0, 0.0],
            2 => along.map(|d| rise * d / square(along)),
            _ => {
                let across = minus(c, a);
                let area = cross(along, across);
                [(rise * across[1] - climb * along[1]) / area, (climb * along[0] - rise * across[0]) / area]
            }
        };
        [values[0] - c1 * a[0] - c2 * a[1], c1, c2]
    }
}

fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn square(a: [f64; 2]) -> f64 {
    a[0] * a[0] + a[1] * a[1]
}

fn cross(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_found_again() {
        let (us, vs) = ([0.2, 0.9, 0.4, 0.5], [0.1, 0.3, 0.8, 0.4]);
        let anchors = Anchors::choose(&us, &vs, 1e-12);
        let mut values = [0.0; 3];
        for (value, &i) in values.iter_mut().zip(anchors.points()) {
            *value = 3.0 - 2.0 * us[i] + 7.0 * vs[i];
        }
        for (found, expected) in anchors.polynomial(values).into_iter().zip([3.0, -2.0, 7.0]) {
            assert!((found - expected).abs() < 1e-14, "{found} for {expected}");
        }
        let [a, b, c] = anchors.coordinates(0.3, 0.6);
        let at = a * values[0] + b * values[1] + c * values[2];
        assert!((at - (3.0 - 0.6 + 4.2)).abs() < 1e-14);
    }

    #[test]
    fn a_line_has_two_anchors_and_a_point_one() {
        assert_eq!(Anchors::choose(&[0.0, 0.5, 1.0], &[1.0, 0.5, 0.0], 1e-12).points().len(), 2);
        assert_eq!(Anchors::choose(&[0.5], &[0.5], 1e-12).points(), [0]);
    }
}
