//! An expression whose columns are positions in a row.

use super::eval::Row;
use super::{EvalError, Expr};
use crate::Value;

/// An expression that judges the rows of one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    expr: Expr,
    /// For each column of the expression, its position in a row.
    positions: Vec<usize>,
}

impl Bound {
    pub(super) fn new(expr: Expr, positions: Vec<usize>) -> Self {
        Self { expr, positions }
    }

    /// Whether the expression is true for `row`; unknown is not true.
    pub fn matches(&self, row: &[Value<'_>]) -> Result<bool, EvalError> {
        Row { text: &self.expr.text, columns: &self.expr.columns, positions: &self.positions, values: row }
            .matches(&self.expr.root)
    }
}
