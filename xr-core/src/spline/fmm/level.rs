//! A level of the tree: which boxes there are, by their parents.

use super::{Sorted, Tree};

/// No parent here, or none with points: a block of zeros.
const NOTHING: u32 = 0;

/// Parents of a level's boxes, those with points and those with places to evaluate at. Coefficients of the four children of
/// a parent lie together.
#[derive(Debug)]
pub struct Level {
    /// Parents along each axis.
    pub parents: [usize; 2],
    /// For each parent, with a ring of none around, the position of its children's charges plus 1.
    pub sources: Vec<u32>,
    /// Parents with points, by position.
    pub with_points: Vec<[u32; 2]>,
    /// Parents with places, by position.
    pub with_places: Vec<[u32; 2]>,
    /// For each parent, likewise, the position of its children's potentials plus 1.
    pub places: Vec<u32>,
}

impl Level {
    /// The levels of a tree, the leaves first, from its points and the leaves with places.
    pub fn all(tree: &Tree, points: &Sorted, targets: Vec<[u32; 2]>) -> Vec<Self> {
        let (mut sources, mut targets) = (points.occupied(), targets);
        let level = |boxes: [usize; 2]| {
            let level = Self::new(boxes, sources.iter().copied(), targets.iter().copied());
            (sources, targets) = (level.with_points.clone(), level.with_places.clone());
            level
        };
        tree.levels().into_iter().map(level).collect()
    }

    /// Of `boxes` along each axis, those that hold points and those that hold places.
    fn new(boxes: [usize; 2], points: impl Iterator<Item = [u32; 2]>, places: impl Iterator<Item = [u32; 2]>) -> Self {
        let parents = boxes.map(|count| count.div_ceil(2));
        let (sources, with_points) = positions(parents, points);
        let (places, with_places) = positions(parents, places);
        Self { parents, sources, with_points, with_places, places }
    }

    /// The charges' block of the parent at this place and offset; block 0 is zeros.
    #[inline]
    pub fn charges(&self, [u, v]: [u32; 2], [du, dv]: [i32; 2]) -> usize {
        let column = (u as usize + 1).wrapping_add_signed(du as isize);
        let row = (v as usize + 1).wrapping_add_signed(dv as isize);
        self.sources[row * (self.parents[0] + 2) + column] as usize
    }

    /// The potentials' block of a parent that has one.
    #[inline]
    pub fn potentials(&self, [u, v]: [u32; 2]) -> usize {
        self.places[(v as usize + 1) * (self.parents[0] + 2) + u as usize + 1] as usize - 1
    }
}

/// The parents of boxes, row by row, and for each parent with a ring around its position plus 1.
fn positions(parents: [usize; 2], boxes: impl Iterator<Item = [u32; 2]>) -> (Vec<u32>, Vec<[u32; 2]>) {
    let width = parents[0] + 2;
    let mut map = vec![NOTHING; width * (parents[1] + 2)];
    boxes.for_each(|[u, v]| map[(v as usize / 2 + 1) * width + u as usize / 2 + 1] = 1);
    let mut list = Vec::new();
    for (n, position) in map.iter_mut().enumerate().filter(|(_, position)| **position != NOTHING) {
        list.push([(n % width - 1) as u32, (n / width - 1) as u32]);
        *position = list.len() as u32;
    }
    (map, list)
}
