//! Points in the order of leaves.

use std::ops::Range;

use super::Tree;

/// Points sorted by leaf, row by row, those of a leaf in the order in which they came; coordinates carry the tree's signs.
#[derive(Debug)]
pub struct Sorted {
    /// First coordinates.
    pub us: Vec<f64>,
    /// Second coordinates.
    pub vs: Vec<f64>,
    /// Where each came from.
    pub order: Vec<u32>,
    /// Where each leaf begins, and the end.
    pub starts: Vec<u32>,
    /// Leaves along the first axis, and along the second.
    counts: [usize; 2],
}

impl Sorted {
    /// Points of the unit box.
    pub fn new(tree: &Tree, us: &[f64], vs: &[f64]) -> Self {
        let counts = tree.counts;
        let [sign_u, sign_v] = tree.signs;
        let leaf =
            |(&u, &v): (&f64, &f64)| (tree.leaf(1, sign_v * v).0 * counts[0] + tree.leaf(0, sign_u * u).0) as u32;
        let leaves: Vec<u32> = us.iter().zip(vs).map(leaf).collect();
        let mut starts = vec![0u32; counts[0] * counts[1] + 1];
        leaves.iter().for_each(|&leaf| starts[leaf as usize + 1] += 1);
        (1..starts.len()).for_each(|n| starts[n] += starts[n - 1]);
        let (mut next, mut order) = (starts.clone(), vec![0; us.len()]);
        for (n, &leaf) in leaves.iter().enumerate() {
            let at = &mut next[leaf as usize];
            order[*at as usize] = n as u32;
            *at += 1;
        }
        let us = order.iter().map(|&n| sign_u * us[n as usize]).collect();
        let vs = order.iter().map(|&n| sign_v * vs[n as usize]).collect();
        Self { us, vs, order, starts, counts }
    }

    /// The points of a leaf; none for a leaf outside the tree.
    pub fn leaf(&self, [u, v]: [u32; 2]) -> Range<usize> {
        if u as usize >= self.counts[0] || v as usize >= self.counts[1] {
            return 0..0;
        }
        self.run(v as usize, u as usize, u as usize)
    }

    /// The points of leaves `first..=last` of a row.
    fn run(&self, row: usize, first: usize, last: usize) -> Range<usize> {
        let at = |column: usize| self.starts[row * self.counts[0] + column] as usize;
        at(first)..at(last + 1)
    }

    /// The points of a leaf and its neighbours, row by row.
    pub fn near(&self, [u, v]: [usize; 2]) -> [Range<usize>; 3] {
        let (first, last) = (u.saturating_sub(1), (u + 1).min(self.counts[0] - 1));
        [v.wrapping_sub(1), v, v + 1].map(|row| if row < self.counts[1] { self.run(row, first, last) } else { 0..0 })
    }

    /// Leaves with points, row by row.
    pub fn occupied(&self) -> Vec<[u32; 2]> {
        let leaf = |n: usize| [(n % self.counts[0]) as u32, (n / self.counts[0]) as u32];
        self.starts.windows(2).enumerate().filter(|(_, s)| s[0] < s[1]).map(|(n, _)| leaf(n)).collect()
    }
}
