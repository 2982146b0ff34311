//! What of the far field a number shows.

use super::super::direct::{Slopes, Term, Values};

/// A number made from a column's nodes.
#[derive(Clone, Copy)]
pub(crate) struct FarNumber {
    /// Which column.
    pub(crate) column: usize,
    /// Whether it is the derivative along the columns' axis.
    pub(crate) by_u: bool,
    /// Whether it is the derivative along the rows' axis.
    pub(crate) by_v: bool,
}

/// `A` numbers of `K` columns, near and far.
pub(crate) trait Shown<const K: usize, const A: usize>: Term<K, A> {
    /// The far part of each number.
    const FAR: [FarNumber; A];
    /// Whether any is a derivative.
    const DERIVED: bool;
}

impl<const K: usize> Shown<K, K> for Values {
    const FAR: [FarNumber; K] = {
        let mut all = [FarNumber { column: 0, by_u: false, by_v: false }; K];
        let mut column = 0;
        while column < K {
            all[column].column = column;
            column += 1;
        }
        all
    };
    const DERIVED: bool = false;
}

impl Shown<1, 2> for Slopes {
    const FAR: [FarNumber; 2] =
        [FarNumber { column: 0, by_u: true, by_v: false }, FarNumber { column: 0, by_u: false, by_v: true }];
    const DERIVED: bool = true;
}
