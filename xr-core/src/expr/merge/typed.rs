//! The tree of a checked merge expression: every operation on operands of one type.

use super::super::{Arithmetic, Comparison};

/// The type of a [`Typed`] tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// `i64`, or `u64` for `u64` pixels.
    Integer,
    /// `f64`.
    Float,
}

/// One node and the type it computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// Operation.
    pub kind: TypedKind,
    /// Type of its result.
    pub of: Type,
}

/// What a [`Typed`] node computes. Operands have the node's type unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields of operators are their operands")]
pub enum TypedKind {
    /// The pixel so far.
    Acc,
    /// The feature's value.
    Value,
    /// Features at the pixel, this one included.
    Count,
    /// The feature's entry in the table of this index.
    Property(usize),
    /// An integer that its type holds.
    Integer(i128),
    /// A finite float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// The float nearest to an integer.
    ToFloat(Box<Typed>),
    /// `-a`
    Negate(Box<Typed>),
    /// `a + b` and its like; no division of integers.
    Arithmetic { operator: Arithmetic, left: Box<Typed>, right: Box<Typed> },
    /// The smaller of two, the first of equals, NaN if either is.
    Min(Box<Typed>, Box<Typed>),
    /// The larger of two, the first of equals, NaN if either is.
    Max(Box<Typed>, Box<Typed>),
    /// Absolute value.
    Abs(Box<Typed>),
    /// Square root of a float.
    Sqrt(Box<Typed>),
    /// Largest whole float that is not above.
    Floor(Box<Typed>),
    /// Smallest whole float that is not below.
    Ceil(Box<Typed>),
    /// Nearest whole float, halves away from zero.
    Round(Box<Typed>),
    /// `a < b` and its like, of two integers or two floats.
    Compare { operator: Comparison, left: Box<Typed>, right: Box<Typed> },
    /// Whether a float is NaN.
    IsNan(Box<Typed>),
    /// `NOT a`
    Not(Box<Typed>),
    /// `a AND b`; `b` is looked at where `a` is true.
    And(Box<Typed>, Box<Typed>),
    /// `a OR b`; `b` is looked at where `a` is false.
    Or(Box<Typed>, Box<Typed>),
    /// `if(condition, then, otherwise)`; only the branch that is taken is looked at.
    If { condition: Box<Typed>, then: Box<Typed>, otherwise: Box<Typed> },
}

impl TypedKind {
    /// The operands, in the order they are evaluated.
    pub fn children(&self) -> Vec<&Typed> {
        match self {
            Self::Acc | Self::Value | Self::Count | Self::Property(_) => Vec::new(),
            Self::Integer(_) | Self::Float(_) | Self::Bool(_) => Vec::new(),
            Self::ToFloat(a) | Self::Negate(a) | Self::Abs(a) | Self::Sqrt(a) => vec![a],
            Self::Floor(a) | Self::Ceil(a) | Self::Round(a) | Self::IsNan(a) | Self::Not(a) => vec![a],
            Self::Arithmetic { left, right, .. } | Self::Compare { left, right, .. } => vec![left, right],
            Self::Min(a, b) | Self::Max(a, b) | Self::And(a, b) | Self::Or(a, b) => vec![a, b],
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }
}

impl Typed {
    /// Whether `holds` for a node of the tree.
    pub fn any(&self, holds: &impl Fn(&Self) -> bool) -> bool {
        holds(self) || self.kind.children().into_iter().any(|child| child.any(holds))
    }
}
