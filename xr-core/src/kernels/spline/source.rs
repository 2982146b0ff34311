//! The source of a spline's kernels: made for a type and for what is shown, so that no pixel branches on them.

use crate::{
    DataType, Quantity,
    expr::SUPPORT,
    kernels::Source,
    spline::{
        direct::CHUNK,
        fmm::{FAR, chebyshev},
        log,
    },
};
use std::{f64::consts::LN_2, sync::LazyLock};

/// Work-items of a group of `direct`.
pub(super) const DIRECT_ITEMS: usize = 256;
/// Work-items of a group in kernels of a tree.
pub(super) const TREE_ITEMS: usize = 64;
/// Vectors that a work-item multiplies with a row of a matrix.
pub(super) const VECTORS_EACH: usize = 8;
/// Rows of pixels that a work-item of `fast` has.
pub(super) const FAST_ROWS: usize = 4;
/// Columns of values that a launch shows, at most.
pub const COLUMNS_AT_ONCE: usize = 4;

const LOG: &str = include_str!("../c/spline/log.h");
const TREE: &str = include_str!("../c/spline/tree.h");
const NEAR: &str = include_str!("../c/spline/near.h");
const SURFACE: &str = include_str!("../c/spline/surface.h");

/// What a launch shows: of how many columns what, in pixels of which type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Values of 1 to [`COLUMNS_AT_ONCE`] columns, or the gradient of one.
    pub quantity: Quantity,
    /// Number of columns.
    pub columns: usize,
    /// `f32` or `f64`.
    pub dtype: DataType,
}

impl Shown {
    /// Columns and rows of pixels that a work-item of `direct` has.
    pub fn pixels_of_item(self) -> [usize; 2] {
        if self.quantity == Quantity::Value && self.columns == 1 { [4, 2] } else { [2, 2] }
    }

    /// Columns and rows of pixels that a work-group of `direct` has.
    pub fn pixels_of_group(self) -> [usize; 2] {
        let [across, down] = self.pixels_of_item();
        [32 * across, DIRECT_ITEMS / 32 * down]
    }

    fn definitions(self) -> String {
        let bits = if self.dtype == DataType::F32 { 32 } else { 64 };
        format!(
            "#define GRADIENT {}\n#define COLUMNS {}\n#define PIXEL xr_{}\n#define PIXEL_BITS BITS{bits}\n",
            u8::from(self.quantity == Quantity::Gradient),
            self.columns,
            self.dtype,
        )
    }
}

/// The kernel `direct`: a surface by direct sums.
pub fn direct_source(shown: Shown) -> Source {
    let [across, down] = shown.pixels_of_item();
    let items = format!(
        "#define ITEMS {DIRECT_ITEMS}u\n#define ACROSS {across}\n#define DOWN {down}\n#define CHUNK {CHUNK}u\n{}{}",
        shown.definitions(),
        *CONSTANTS,
    );
    Source::new(items, vec![SUPPORT, LOG, SURFACE, include_str!("../c/spline/direct.c")])
}

/// What a tree's kernels are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// Coefficients of a box.
    pub rank: usize,
    /// Nodes of a leaf along an axis, 8 or 16.
    pub leaf_side: usize,
}

impl Nodes {
    fn definitions(self, items: usize) -> String {
        let Self { rank, leaf_side } = self;
        format!(
            "#define ITEMS {items}u\n#define RANK {rank}u\n#define LEAF_SIDE {leaf_side}u\n#define EACH {VECTORS_EACH}u\n"
        )
    }
}

/// The kernels `sort_points`, `charges`, `upwards`, `across`, `downwards` and `spread`: from points to what boxes do to each
/// leaf's nodes; and `at_points`, fast sums at the points themselves.
pub fn tree_source(nodes: Nodes) -> Source {
    let far: Vec<i32> = FAR
        .iter()
        .flatten()
        .flat_map(|far| {
            let matrix = far_offsets().iter().position(|&offset| offset == far.offset).unwrap_or_default();
            [far.neighbour[0], far.neighbour[1], far.parity as i32, matrix as i32]
        })
        .collect();
    let far: Vec<String> = far.iter().map(i32::to_string).collect();
    let far = format!("CONSTANT int FAR[{}] = {{{}}};\n", far.len(), far.join(", "));
    let polynomials = if nodes.leaf_side == 8 { chebyshev::polynomials::<8>() } else { chebyshev::polynomials::<16>() };
    let definitions =
        [nodes.definitions(TREE_ITEMS), far, table("CHEBYSHEV", polynomials.iter()), CONSTANTS.clone()].concat();
    let bodies = vec![
        SUPPORT,
        LOG,
        TREE,
        NEAR,
        include_str!("../c/spline/chebyshev.h"),
        include_str!("../c/spline/sort.c"),
        include_str!("../c/spline/charges.c"),
        include_str!("../c/spline/levels.c"),
        include_str!("../c/spline/points.c"),
    ];
    Source::new(definitions, bodies)
}

/// The kernels `chunk_sums` and `add_chunks`: direct sums at some of the points.
pub fn places_source() -> Source {
    let items = format!("#define ITEMS {TREE_ITEMS}u\n#define CHUNK {CHUNK}u\n{}", *CONSTANTS);
    Source::new(items, vec![SUPPORT, LOG, include_str!("../c/spline/places.c")])
}

/// Offsets between boxes that a level has a matrix for, in the order that kernels count them.
pub(super) fn far_offsets() -> Vec<[i32; 2]> {
    let offsets = (0..49).map(|n| [n % 7 - 3, n / 7 - 3]);
    offsets.filter(|[x, y]: &[i32; 2]| x.abs().max(y.abs()) > 1).collect()
}

/// The kernel `fast`: a surface by fast sums, in groups of `items`.
pub fn fast_source(shown: Shown, nodes: Nodes, items: usize) -> Source {
    let definitions =
        format!("{}#define ROWS {FAST_ROWS}\n{}{}", nodes.definitions(items), shown.definitions(), *CONSTANTS);
    Source::new(definitions, vec![SUPPORT, LOG, TREE, NEAR, SURFACE, include_str!("../c/spline/fast.c")])
}

/// The logarithm's numbers, in decimals that are read back to the same bits.
static CONSTANTS: LazyLock<String> = LazyLock::new(|| {
    let text = format!(
        "#define INTERVAL_BITS {}\n#define LN_2 {LN_2:e}\n#define EPSILON {:e}\n",
        log::INTERVAL_BITS,
        log::EPSILON
    );
    // Not literals: NVIDIA's compiler builds those from two moves each, over and over.
    text + &table("POLYNOMIAL", log::POLYNOMIAL.iter()) + &table("MANTISSAS", log::MANTISSAS.iter().flatten())
});

/// An array of numbers, likewise.
fn table<'a>(name: &str, numbers: impl Iterator<Item = &'a f64>) -> String {
    let list: Vec<String> = numbers.map(|number| format!("{number:e}")).collect();
    format!("CONSTANT double {name}[{}] = {{{}}};\n", list.len(), list.join(", "))
}
