//! Merge expressions: how features combine in a pixel, as the user says.
//!
//! ```
//! use xr_core::{DataType, Merge, expr::MergeExpr};
//!
//! let expr = MergeExpr::parse("if(props[\"rank\"] > 2, max(acc, value), acc)")?;
//! assert_eq!(expr.properties(), ["rank"]);
//! let user = expr.check(DataType::F32, &[DataType::F64])?;
//! let merge = Merge::User(&user); // for a `Rule`; the job takes a table for each property
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Meaning for pixels
//!
//! A merge expression is a reduction: the first feature sets `acc = value`, and for each later one the pixel becomes the
//! expression. With an initial value it is a fold: `acc` starts there, and the expression runs for every feature. `count`
//! counts the features at the pixel, the current one included. A feature whose value is NaN is passed over.
//!
//! - Float rasters compute in `f64` throughout; an `f32` pixel is rounded to each time a feature is merged.
//! - Integer rasters compute `acc`, `value`, `count`, whole numbers and integer properties in 64-bit integers: `u64` for
//!   `u64` rasters, `i64` for all others. `/`, `sqrt`, decimal numbers and properties in `f64` make `f64`; a number of
//!   either kind beside one of `f64` is converted to the nearest. The result must be whole by its form: a fraction is to
//!   be put through `round`, `floor` or `ceil`.
//! - Each operation is the IEEE 754 one, in the order of the tree, without contraction. A comparison with NaN is false
//!   (`<>` true), `min` and `max` of it are NaN, and `IS NULL` is the test for it. `min` and `max` keep the first of
//!   equals. `%` has the sign of the dividend, `round` takes halves away from zero. Division by zero is an infinity or
//!   NaN.
//! - [`STATUS_OVERFLOW`](crate::STATUS_OVERFLOW) is raised by a result that the pixel's type does not hold (for `f32`, a
//!   finite one that would become infinite), by integer arithmetic that leaves 64 bits, and by an integer remainder by
//!   zero. The branch of `if`, `AND` or `OR` that is not taken raises nothing.
//! - There is no text, no `NULL`; conditions are no numbers, nor numbers conditions.

mod build;
mod check;
pub(crate) mod source;
#[cfg(test)]
mod tests;
mod typed;

pub use build::{Condition, Term, acc, count, number, property, value};
pub use typed::{Type, Typed, TypedKind};

use super::{Expr, ExprError, Variable, parser};
use crate::{DataType, Error, Result, Scalar};

/// A parsed merge expression, independent of pixel types.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeExpr(Expr);

impl MergeExpr {
    /// Parses `text`. Nesting is limited, so no input exhausts the stack.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn parse(text: &str) -> Result<Self, ExprError> {
        let (root, columns) = parser::parse(text, &Variable::ALL)?;
        Ok(Self(Expr { text: text.to_owned(), root, columns }))
    }

    /// The names of the properties used, in order of first use.
    pub fn properties(&self) -> Vec<&str> {
        self.0.columns()
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Checks that a table with columns of these names has all properties.
    ///
    /// # Errors
    /// The first that it lacks.
    pub fn look_up(&self, names: &[&str]) -> Result<(), ExprError> {
        self.0.bind(names).map(drop)
    }

    /// Checks types against those of the pixels and of the tables of [`properties`](Self::properties): `f64`, or for
    /// integer pixels also the type of [`integers`](Self::integers).
    ///
    /// # Errors
    /// The operation whose operands do not fit, a result that the pixels do not hold, a property without a table.
    pub fn check(&self, pixels: DataType, properties: &[DataType]) -> Result<UserMerge, ExprError> {
        let body = check::check(&self.0, pixels, properties)?;
        Ok(UserMerge { expr: self.clone(), pixels, properties: properties.to_vec(), body, init: None })
    }

    /// The type in which integer pixels are computed; `None` for float pixels.
    pub fn integers(pixels: DataType) -> Option<DataType> {
        match pixels {
            DataType::F32 | DataType::F64 => None,
            DataType::U64 => Some(DataType::U64),
            _ => Some(DataType::I64),
        }
    }
}

/// A merge expression that is checked for a pixel type.
#[derive(Clone, Debug, PartialEq)]
pub struct UserMerge {
    expr: MergeExpr,
    pixels: DataType,
    properties: Vec<DataType>,
    body: Typed,
    init: Option<Scalar>,
}

impl UserMerge {
    /// The same as a fold from `init`.
    ///
    /// # Errors
    /// [`Error::Misuse`] unless it is of the pixel's type.
    pub fn with_init(self, init: Scalar) -> Result<Self> {
        if init.dtype() == self.pixels {
            Ok(Self { init: Some(init), ..self })
        } else {
            Err(Error::Misuse { what: "a fold starts with a value of the raster's type" })
        }
    }

    /// What it was checked from.
    pub fn expr(&self) -> &MergeExpr {
        &self.expr
    }

    /// Type of the pixels.
    pub fn pixels(&self) -> DataType {
        self.pixels
    }

    /// Types of the property tables.
    pub fn properties(&self) -> &[DataType] {
        &self.properties
    }

    /// What the pixel becomes: an integer for integer pixels or a float, whole for integer pixels.
    pub fn body(&self) -> &Typed {
        &self.body
    }

    /// Where a fold starts; `None` for a reduction.
    pub fn init(&self) -> Option<Scalar> {
        self.init
    }

    /// A function in C that OpenCL C and CUDA C share, with what it calls:
    ///
    /// ```c
    /// xr_u8 xr_merge(xr_u8 acc, xr_u8 value, xr_u32 count, xr_f64 p0, int *failed)
    /// ```
    ///
    /// with one `p` for each property. It returns the pixel and sets `failed` for
    /// [`STATUS_OVERFLOW`](crate::STATUS_OVERFLOW). Kernels are to be compiled without fast-math options.
    pub fn kernel_source(&self) -> String {
        source::print(self)
    }
}
