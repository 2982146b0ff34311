//! What the host knows of a tree, as one table of bytes: it goes up once a job.

use super::source::far_offsets;
use crate::spline::fmm::{Level, Operators, PARITIES, Pixels, Sorted, Tree};
use bytemuck::{Pod, Zeroable};

/// A tree as kernels see it: `Tree` of `tree.h`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct KernelTree {
    signs: [f64; 2],
    edges: [f64; 2],
    per_half: f64,
    first: [i32; 2],
    leaves: [u32; 2],
    pub(super) points: u32,
    pub(super) columns: u32,
    pixel_columns: u64,
    order: u64,
    starts: u64,
    leaf_columns: u64,
    leaf_rows: u64,
    column_values: u64,
    column_slopes: u64,
    row_values: u64,
    row_slopes: u64,
    gather: u64,
    spread: u64,
    up: u64,
    down: u64,
}

/// A level as kernels see it: `Level` of `tree.h`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct KernelLevel {
    parents: [u32; 2],
    pub(super) sources: u32,
    pub(super) targets: u32,
    source_map: u64,
    target_map: u64,
    source_list: u64,
    target_list: u64,
    far: u64,
}

/// Arrays one after another.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    /// Where the array is.
    fn add<T: Pod>(&mut self, numbers: &[T]) -> u64 {
        self.0.resize(self.0.len().next_multiple_of(16), 0);
        let at = self.0.len();
        self.0.extend_from_slice(bytemuck::cast_slice(numbers));
        at as u64
    }

    /// A matrix, column by column.
    fn add_matrix(&mut self, rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> u64 {
        let entry = &entry;
        let numbers = (0..columns).flat_map(move |column| (0..rows).map(move |row| entry(row, column)));
        self.add(&numbers.collect::<Vec<f64>>())
    }
}

/// The bytes, and where in them kernels find what.
pub(super) struct Tables {
    pub(super) bytes: Vec<u8>,
    pub(super) tree: KernelTree,
    pub(super) levels: Vec<KernelLevel>,
    /// Leaves with points, of a tree over points alone: how many, and where their list is.
    pub(super) occupied: (u32, u64),
}

/// Where the pixels of each leaf along an axis begin, and those of the last end.
fn first_pixels(leaves: &[u32], count: usize) -> Vec<u32> {
    (0..=count as u32).map(|leaf| leaves.partition_point(|&of_pixel| of_pixel < leaf) as u32).collect()
}

impl Tables {
    pub(super) fn new(
        tree: &Tree,
        (points, columns): (&Sorted, usize),
        pixels: Option<&Pixels>,
        levels: &[Level],
        operators: &Operators,
        side: usize,
    ) -> Self {
        let (rank, nodes, mut bytes) = (operators.rank(), side * side, Bytes::default());
        let level = |(n, level): (usize, &Level)| {
            let half = 0.5 * tree.side * (1u64 << n) as f64;
            let matrices: Vec<f64> =
                far_offsets().into_iter().flat_map(|offset| transposed(operators.across(offset, half), rank)).collect();
            KernelLevel {
                parents: level.parents.map(|count| count as u32),
                sources: level.with_points.len() as u32,
                targets: level.with_places.len() as u32,
                source_map: bytes.add(&level.sources),
                target_map: bytes.add(&level.places),
                source_list: bytes.add(&level.with_points),
                target_list: bytes.add(&level.with_places),
                far: bytes.add(&matrices),
            }
        };
        let levels: Vec<KernelLevel> = levels.iter().enumerate().map(level).collect();
        let occupied = if pixels.is_none() { points.occupied() } else { Vec::new() };
        let leaf_pixels = |pixels: &Pixels, axis: usize| first_pixels(&pixels.leaves[axis], tree.counts[axis]);
        let mut of_pixels = [0; 6];
        if let Some(pixels) = pixels {
            of_pixels = [
                bytes.add(&leaf_pixels(pixels, 0)),
                bytes.add(&leaf_pixels(pixels, 1)),
                bytes.add(&pixels.columns[0]),
                bytes.add(&pixels.columns[1]),
                bytes.add(&pixels.rows[0]),
                bytes.add(&pixels.rows[1]),
            ];
        }
        let [leaf_columns, leaf_rows, column_values, column_slopes, row_values, row_slopes] = of_pixels;
        let tree = KernelTree {
            signs: tree.signs,
            edges: tree.edges,
            per_half: 2.0 / tree.side,
            first: tree.first,
            leaves: tree.counts.map(|count| count as u32),
            points: points.order.len() as u32,
            columns: columns as u32,
            pixel_columns: pixels.map_or(0, |pixels| pixels.us.len() as u64),
            order: bytes.add(&points.order),
            starts: bytes.add(&points.starts),
            leaf_columns,
            leaf_rows,
            column_values,
            column_slopes,
            row_values,
            row_slopes,
            gather: bytes.add_matrix(rank, nodes, |row, node| operators.leaf(side, node, row)),
            spread: bytes.add_matrix(nodes, rank, |node, column| operators.leaf(side, node, column)),
            up: bytes.add_matrix(rank, PARITIES * rank, |row, child| operators.up(child / rank, row, child % rank)),
            down: bytes
                .add_matrix(PARITIES * rank, rank, |child, column| operators.up(child / rank, column, child % rank)),
        };
        let occupied = (occupied.len() as u32, bytes.add(&occupied));
        Self { bytes: bytes.0, tree, levels, occupied }
    }
}

/// A square matrix, column by column.
fn transposed(matrix: Vec<f64>, side: usize) -> impl Iterator<Item = f64> {
    (0..side * side).map(move |n| matrix[n % side * side + n / side])
}
