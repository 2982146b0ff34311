//! The tree of an expression.

use std::ops::Range;

/// One node of the tree, with the place in the text that it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What the node computes.
    pub kind: NodeKind,
    /// Byte range in the text.
    pub span: Range<usize>,
}

/// What a [`Node`] computes. `NOT IN`, `NOT LIKE`, `NOT BETWEEN` and `IS NOT NULL` are a [`NodeKind::Not`] around the
/// plain form, which in three-valued logic is the same.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A constant.
    Literal(Literal),
    /// The column at this index of the expression's own list of columns.
    Column(usize),
    /// What a pixel holds or a feature burns; in merge expressions only.
    Variable(Variable),
    /// `-a`
    Negate(Box<Node>),
    /// `NOT a`
    Not(Box<Node>),
    /// `a AND b AND …`, at least two.
    All(Vec<Node>),
    /// `a OR b OR …`, at least two.
    Any(Vec<Node>),
    /// `a + b` and its like.
    Arithmetic {
        /// Operator.
        operator: Arithmetic,
        /// Left operand.
        left: Box<Node>,
        /// Right operand.
        right: Box<Node>,
    },
    /// `a < b` and its like.
    Compare {
        /// Operator.
        operator: Comparison,
        /// Left operand.
        left: Box<Node>,
        /// Right operand.
        right: Box<Node>,
    },
    /// `value BETWEEN low AND high`, both ends included.
    Between {
        /// Value looked at.
        value: Box<Node>,
        /// Lower end.
        low: Box<Node>,
        /// Upper end.
        high: Box<Node>,
    },
    /// `value IN (…)`, at least one candidate.
    In {
        /// Value looked for.
        value: Box<Node>,
        /// Candidates.
        list: Vec<Node>,
    },
    /// `value LIKE pattern`
    Like {
        /// Text looked at.
        value: Box<Node>,
        /// Text with `%` and `_`.
        pattern: Box<Node>,
    },
    /// `a IS NULL`
    IsNull(Box<Node>),
    /// `function(arguments…)`; the parser has checked their number.
    Call {
        /// Function.
        function: Function,
        /// Arguments.
        arguments: Vec<Node>,
    },
    /// `if(condition, then, otherwise)`; an unknown condition takes `otherwise`.
    If {
        /// Condition.
        condition: Box<Node>,
        /// Result where the condition is true.
        then: Box<Node>,
        /// Result elsewhere.
        otherwise: Box<Node>,
    },
}

impl NodeKind {
    /// The operands, in the order of the text.
    pub fn children(&self) -> Vec<&Node> {
        match self {
            Self::Literal(_) | Self::Column(_) | Self::Variable(_) => Vec::new(),
            Self::Negate(a) | Self::Not(a) | Self::IsNull(a) => vec![a],
            Self::All(list) | Self::Any(list) | Self::Call { arguments: list, .. } => list.iter().collect(),
            Self::Arithmetic { left, right, .. } | Self::Compare { left, right, .. } => vec![left, right],
            Self::Like { value, pattern } => vec![value, pattern],
            Self::Between { value, low, high } => vec![value, low, high],
            Self::In { value, list } => std::iter::once(&**value).chain(list).collect(),
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }
}

impl Node {
    /// The first column of the subtree, in the order of the text.
    pub(super) fn first_column(&self) -> Option<usize> {
        match self.kind {
            NodeKind::Column(index) => Some(index),
            _ => self.kind.children().into_iter().find_map(Node::first_column),
        }
    }
}

/// The names that a merge expression has beside its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// `acc`: the pixel so far.
    Acc,
    /// `value`: what the feature burns.
    Value,
    /// `count`: how many features have met at the pixel, this one included.
    Count,
}

impl Variable {
    /// All variables.
    pub const ALL: [Self; 3] = [Self::Acc, Self::Value, Self::Count];

    /// The name as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acc => "acc",
            Self::Value => "value",
            Self::Count => "count",
        }
    }
}

/// A column that an expression uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name, without quotes.
    pub name: String,
    /// Byte range of its first use in the text.
    pub span: Range<usize>,
}

/// A constant. Numbers have no sign: `-1` is a [`NodeKind::Negate`].
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Bool(bool),
    /// `12`
    Integer(u64),
    /// `1.5`, and integers above `u64::MAX`; finite.
    Float(f64),
    /// `'text'`
    Text(String),
}

/// Operators from numbers to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Arithmetic {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// Operators from two numbers or two texts to a truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Functions that evaluate all their arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The smallest argument; null if any is null.
    Min,
    /// The largest argument; null if any is null.
    Max,
    /// Absolute value.
    Abs,
    /// Square root.
    Sqrt,
    /// Largest integer that is not above.
    Floor,
    /// Smallest integer that is not below.
    Ceil,
    /// Nearest integer, halves away from zero.
    Round,
    /// Lower-case text.
    Lower,
    /// Upper-case text.
    Upper,
}

impl Function {
    /// All functions.
    pub const ALL: [Self; 9] =
        [Self::Min, Self::Max, Self::Abs, Self::Sqrt, Self::Floor, Self::Ceil, Self::Round, Self::Lower, Self::Upper];

    /// The name as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Abs => "abs",
            Self::Sqrt => "sqrt",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round => "round",
            Self::Lower => "lower",
            Self::Upper => "upper",
        }
    }
}
