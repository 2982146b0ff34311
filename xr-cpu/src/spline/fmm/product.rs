//! Small matrices times many vectors that lie anywhere: all that boxes do to each other.

use super::super::lanes::{Kernel, Lanes};

/// Rows of a matrix that are computed together.
pub(super) const ROWS: usize = 8;
/// Vectors that are multiplied together.
const COLUMNS: usize = 6;

/// A matrix in panels of [`ROWS`] rows: panel by panel, and in each column by column.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    data: Vec<f64>,
    /// Columns.
    depth: usize,
}

impl Panels {
    /// `rows` is a multiple of [`ROWS`].
    pub(super) fn new(rows: usize, depth: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let entry = &entry;
        let data = (0..rows / ROWS).flat_map(|panel| {
            (0..depth).flat_map(move |column| (0..ROWS).map(move |row| entry(panel * ROWS + row, column)))
        });
        Self { data: data.collect(), depth }
    }
}

/// What a product does to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Takes its place, the chain of sums beginning with 0.
    Set,
    /// Continues its chain of sums.
    Continue,
    /// Is added to it.
    Add,
}

/// For each n, `to[at[n]..]` from the matrix times `source[from[n]..]`, in chains of fused multiply-adds in the order of columns.
pub(super) struct Product<'a> {
    pub(super) matrix: &'a Panels,
    pub(super) source: &'a [f64],
    pub(super) from: &'a [usize],
    pub(super) to: &'a mut [f64],
    pub(super) at: &'a [usize],
    pub(super) mode: Mode,
}

impl Kernel for Product<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match L::LANES {
            1 => self.panels::<L, 8>(l),
            2 => self.panels::<L, 4>(l),
            4 => self.panels::<L, 2>(l),
            _ => self.panels::<L, 1>(l),
        }
    }
}

impl Product<'_> {
    /// `V` vectors make the rows of a panel.
    #[inline(always)]
    fn panels<L: Lanes, const V: usize>(self, l: L) {
        let Self { matrix, source, from, to, at, mode } = self;
        let depth = matrix.depth;
        for (n, panel) in matrix.data.chunks_exact(ROWS * depth).enumerate() {
            for (from, at) in from.chunks(COLUMNS).zip(at.chunks(COLUMNS)) {
                // A group that is not full repeats its last vector.
                let last = from.len() - 1;
                let columns: [&[f64]; COLUMNS] = std::array::from_fn(|c| &source[from[c.min(last)]..][..depth]);
                let place = |c: usize| at[c.min(last)] + n * ROWS;
                let mut sums = [[l.splat(0.0); V]; COLUMNS];
                if mode == Mode::Continue {
                    for (c, sums) in sums.iter_mut().enumerate() {
                        let old = &to[place(c)..][..ROWS];
                        sums.iter_mut().enumerate().for_each(|(v, sum)| *sum = l.load(&old[v * L::LANES..]));
                    }
                }
                // All slices are as long: nothing is measured within the loop.
                let panel = &panel.as_chunks::<ROWS>().0[..depth];
                for k in 0..depth {
                    let rows: [L::V; V] = std::array::from_fn(|v| l.load(&panel[k][v * L::LANES..]));
                    for (sums, column) in sums.iter_mut().zip(&columns) {
                        let factor = l.splat(column[k]);
                        sums.iter_mut().zip(&rows).for_each(|(sum, &row)| *sum = l.fma(row, factor, *sum));
                    }
                }
                for (c, sums) in sums.iter().enumerate().take(at.len()) {
                    let to = &mut to[place(c)..][..ROWS];
                    for (v, &sum) in sums.iter().enumerate() {
                        let to = &mut to[v * L::LANES..];
                        let sum = if mode == Mode::Add { l.add(sum, l.load(to)) } else { sum };
                        l.store(sum, to);
                    }
                }
            }
        }
    }
}
