//! The expression language: of `--where`, text → tree → truth value per row; of `--merge-expr`, text → tree → typed tree
//! → program for pixels ([`MergeExpr`]).
//!
//! ```
//! use xr_core::{Value, expr::Expr};
//!
//! let expr = Expr::parse("area_km2 > 100 AND name LIKE 'San %'")?;
//! assert_eq!(expr.columns(), ["area_km2", "name"]);
//! let keep = expr.bind(&["name", "area_km2"])?;
//! assert!(keep.matches(&[Value::Text("San Juan"), Value::Float(450.5)])?);
//! assert!(!keep.matches(&[Value::Text("San Juan"), Value::Null])?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Syntax
//!
//! From the loosest to the tightest binding; words are recognised in any case.
//!
//! | | |
//! |---|---|
//! | `OR` | |
//! | `AND` | |
//! | `NOT` | |
//! | `=` `==` `<>` `!=` `<` `<=` `>` `>=`, `[NOT] IN (a, b, …)`, `[NOT] LIKE`, `[NOT] BETWEEN a AND b`, `IS [NOT] NULL` | do not chain: `1 < a < 5` is refused |
//! | `+` `-` | |
//! | `*` `/` `%` | |
//! | unary `-` `+` | |
//! | `12` `1.5e3`, `'text'`, `TRUE` `FALSE` `NULL`, `column`, `"any column"`, `(…)` | a quote inside quotes is doubled |
//! | `min(a, …)` `max(a, …)` `abs` `sqrt` `floor` `ceil` `round` `lower` `upper` `if(condition, then, otherwise)` | |
//!
//! Column names are matched exactly, case included; `props["any column"]` is one more way to write them. In merge
//! expressions `acc`, `value` and `count` are no columns ([`Variable`]).
//!
//! # Meaning for rows
//!
//! - SQL's three-valued logic: a comparison or computation with null is null ("unknown"), and only rows for which the
//!   expression is *true* match. NaN counts as null.
//! - Numbers compare exactly across `i64`, `u64` and `f64`. A boolean compares and computes as 0 or 1; a number other
//!   than 0 is true.
//! - Text and numbers do not mix: comparing one with the other is an [`EvalError`] that names the column.
//! - Text compares by code point. `LIKE` is case-sensitive; `%` stands for any text, `_` for one character.
//! - Integer results outside `i64::MIN ..= u64::MAX` continue as `f64`. `/` is the true quotient (`7 / 2` is 3.5; an
//!   exact quotient of integers stays an integer), because files do not always tell `2` from `2.0`. Division by zero,
//!   its remainder, and the root of a negative number are null, as in SQLite. `%` has the sign of the dividend. `round`
//!   takes halves away from zero.
//! - `AND`, `OR`, `IN` and `if` stop at the first operand that decides.

mod ast;
mod bound;
mod error;
mod eval;
mod lexer;
mod like;
mod merge;
pub(crate) use merge::source::SUPPORT;
mod number;
mod parser;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use ast::{Arithmetic, Column, Comparison, Function, Literal, Node, NodeKind, Variable};
pub use bound::Bound;
pub use error::{EvalError, ExprError, ExprErrorKind, Kind};
pub use merge::{Condition, MergeExpr, Term, Type, Typed, TypedKind, UserMerge, acc, count, number, property, value};

/// A parsed expression, independent of any table.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    text: String,
    root: Node,
    columns: Vec<Column>,
}

impl Expr {
    /// Parses `text`. Nesting is limited, so no input exhausts the stack.
    pub fn parse(text: &str) -> Result<Self, ExprError> {
        let (root, columns) = parser::parse(text, &[])?;
        Ok(Self { text: text.to_owned(), root, columns })
    }

    /// The names of the columns used, in order of first use.
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree; its [`NodeKind::Column`]s index [`Expr::columns`].
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Resolves column names to positions in rows whose values are ordered as `names`. Of equal names the first counts.
    pub fn bind(&self, names: &[&str]) -> Result<Bound, ExprError> {
        let position = |column: &Column| {
            names.iter().position(|name| *name == column.name).ok_or_else(|| {
                let columns = names.iter().map(|name| (*name).to_owned()).collect();
                let kind = ExprErrorKind::UnknownColumn { name: column.name.clone(), columns };
                ExprError::new(kind, column.span.clone(), &self.text)
            })
        };
        let positions = self.columns.iter().map(position).collect::<Result<_, _>>()?;
        Ok(Bound::new(self.clone(), positions))
    }
}
