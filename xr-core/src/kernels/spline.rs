//! The source of a spline's kernels: made for a type and for what is shown, so that no pixel branches on them.

use crate::{
    DataType, Quantity,
    expr::SUPPORT,
    spline::{direct::CHUNK, log},
};
use std::{f64::consts::LN_2, fmt::Write};

/// Work-items of a group of `direct`.
pub const DIRECT_ITEMS: usize = 256;
/// Columns of values that a launch shows, at most.
pub const COLUMNS_AT_ONCE: usize = 4;

const LOG: &str = include_str!("c/spline/log.h");
const SURFACE: &str = include_str!("c/spline/surface.h");

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
pub fn direct_source(shown: Shown) -> String {
    let [across, down] = shown.pixels_of_item();
    let items = format!(
        "#define ITEMS {DIRECT_ITEMS}u\n#define ACROSS {across}\n#define DOWN {down}\n#define CHUNK {CHUNK}u\n{}",
        shown.definitions()
    );
    [SUPPORT, &items, &constants(), LOG, SURFACE, include_str!("c/spline/direct.c")].join("\n")
}

/// The logarithm's numbers, in decimals that are read back to the same bits.
fn constants() -> String {
    let mut text = format!(
        "#define INTERVAL_BITS {}\n#define LN_2 {LN_2:e}\n#define EPSILON {:e}\n",
        log::INTERVAL_BITS,
        log::EPSILON
    );
    for (n, c) in log::POLYNOMIAL.iter().enumerate() {
        let _ = writeln!(text, "#define C{} ({c:e})", n + 1); // a String takes everything
    }
    text + &table("MANTISSAS", log::MANTISSAS.iter().flatten())
}

/// An array of numbers, likewise.
fn table<'a>(name: &str, numbers: impl Iterator<Item = &'a f64>) -> String {
    let list: Vec<String> = numbers.map(|number| format!("{number:e}")).collect();
    format!("CONSTANT double {name}[{}] = {{{}}};\n", list.len(), list.join(", "))
}
