//! Planes through all points, orthonormal: the part of the values that the polynomial takes.

use rayon::prelude::*;

use super::super::{Problem, trend::Anchors};

/// Points whose products are summed together: a fixed number, so that threads change no bit.
const PART: usize = 1 << 13;

/// Orthonormal functions of the points: a constant, a slope along the anchors, one across; zero where there is none.
pub(super) struct Planes {
    mean: [f64; 2],
    /// Each as factors of 1, u − ū and v − v̄.
    functions: [[f64; 3]; 3],
}

impl Planes {
    pub(super) fn new(problem: &Problem, anchors: &Anchors) -> Self {
        let n = problem.len() as f64;
        let mean = [&problem.us, &problem.vs].map(|c| c.iter().sum::<f64>() / n);
        let mut planes = Self { mean, functions: [[0.0; 3]; 3] };
        let mut directions = [[1.0, 0.0, 0.0], [0.0; 3], [0.0; 3]];
        if let [a, b, ..] = *anchors.points() {
            let [u, v] = [problem.us[b] - problem.us[a], problem.vs[b] - problem.vs[a]];
            directions[1] = [0.0, u, v];
            if anchors.points().len() > 2 {
                directions[2] = [0.0, -v, u];
            }
        }
        for (n, &direction) in directions.iter().enumerate() {
            let mut values: Vec<f64> = (0..problem.len()).map(|i| planes.at(problem, i, direction)).collect();
            let taken = planes.remove_functions(problem, &mut values);
            let norm = values.iter().map(|v| v * v).sum::<f64>().sqrt();
            if norm > 0.0 {
                planes.functions[n] = std::array::from_fn(|k| (direction[k] - taken[k]) / norm);
            }
        }
        planes
    }

    #[inline]
    fn at(&self, problem: &Problem, i: usize, [one, u, v]: [f64; 3]) -> f64 {
        one + u * (problem.us[i] - self.mean[0]) + v * (problem.vs[i] - self.mean[1])
    }

    /// Takes the planes out of `values`; what was taken, as c₀, c₁, c₂.
    pub(super) fn remove(&self, problem: &Problem, values: &mut [f64]) -> [f64; 3] {
        let [one, u, v] = self.remove_functions(problem, values);
        [one - u * self.mean[0] - v * self.mean[1], u, v]
    }

    /// The same, as factors of 1, u − ū and v − v̄; twice, since the first time leaves rounding errors.
    fn remove_functions(&self, problem: &Problem, values: &mut [f64]) -> [f64; 3] {
        let mut taken = [0.0; 3];
        for _ in 0..2 {
            let parts: Vec<[f64; 3]> = (values.par_chunks(PART).enumerate())
                .map(|(part, values)| {
                    values.iter().zip(part * PART..).fold([0.0; 3], |sums, (value, i)| {
                        std::array::from_fn(|k| sums[k] + value * self.at(problem, i, self.functions[k]))
                    })
                })
                .collect();
            let shares = parts.iter().fold([0.0; 3], |sums, part| std::array::from_fn(|k| sums[k] + part[k]));
            let plane: [f64; 3] = std::array::from_fn(|k| (0..3).map(|f| shares[f] * self.functions[f][k]).sum());
            values.par_chunks_mut(PART).enumerate().for_each(|(part, values)| {
                values.iter_mut().zip(part * PART..).for_each(|(value, i)| *value -= self.at(problem, i, plane));
            });
            taken = std::array::from_fn(|k| taken[k] + plane[k]);
        }
        taken
    }
}
