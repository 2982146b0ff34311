//! What can be wrong with an expression, and with a row that meets it.

use std::fmt;
use std::ops::Range;

use super::ast::Function;
use crate::DataType;

/// An expression that cannot be parsed or bound. `Display` shows the line with a caret below the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// What is wrong.
    pub kind: ExprErrorKind,
    /// Byte range in the expression's text; empty at its end.
    pub span: Range<usize>,
    text: String,
}

/// The reason of an [`ExprError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExprErrorKind {
    /// A character that begins nothing.
    #[error("unexpected character {0:?}{hint}", hint = spelling(*.0))]
    Character(char),
    /// A quote that is never closed.
    #[error("no closing {0} for the quote that opens here")]
    Unterminated(char),
    /// `""`
    #[error("a column name is empty; texts are written in single quotes")]
    EmptyName,
    /// Digits that make no finite number.
    #[error("`{0}` is not a number")]
    Number(String),
    /// A token in the wrong place.
    #[error("expected {expected}, found {found}")]
    Syntax {
        /// What could stand here.
        expected: &'static str,
        /// What does.
        found: String,
    },
    /// `a < b < c`
    #[error("comparisons do not chain: join them with AND, or use parentheses")]
    Chained,
    /// A name before `(` that is no function.
    #[error("no function `{0}`; there are if, {functions}", functions = Function::ALL.map(Function::name).join(", "))]
    UnknownFunction(String),
    /// A wrong number of arguments.
    #[error("`{function}` takes {expected}, found {found}")]
    Arguments {
        /// Function.
        function: String,
        /// How many it takes, in words.
        expected: &'static str,
        /// How many were given.
        found: usize,
    },
    /// More levels than the stack is trusted with.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// An operand of the wrong kind.
    #[error("expected {expected}, found {found}{hint}", hint = conversion(*found))]
    Mistyped {
        /// What the operation takes.
        expected: Kind,
        /// What the operand is.
        found: Kind,
    },
    /// Something that rows have and pixels do not.
    #[error("{0} has no meaning for pixels")]
    NotForPixels(&'static str),
    /// A result that integer pixels do not hold.
    #[error("this makes fractions, which {0} pixels do not hold: take its round, floor or ceil")]
    Fraction(DataType),
    /// An integer beyond the arithmetic of the pixels.
    #[error("{value} does not fit {integers}, in which {pixels} pixels are computed")]
    Literal {
        /// The number as written.
        value: String,
        /// The type that integers are computed in.
        integers: DataType,
        /// The type of the pixels.
        pixels: DataType,
    },
    /// The negative of an unsigned number.
    #[error("u64 pixels are computed in u64, which has no negative numbers")]
    Negative,
    /// A table of a type that a property cannot have.
    #[error("property \"{name}\" is {found}, and properties for {pixels} pixels are {expected}")]
    Property {
        /// Property.
        name: String,
        /// The type of its table.
        found: DataType,
        /// The types that it could have.
        expected: &'static str,
        /// The type of the pixels.
        pixels: DataType,
    },
    /// More operations than a program takes.
    #[error("more than {limit} operations")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A name that the table does not have.
    #[error("no column \"{name}\"; {known}", known = known(columns))]
    UnknownColumn {
        /// Name looked for.
        name: String,
        /// Names that exist.
        columns: Vec<String>,
    },
}

fn spelling(character: char) -> &'static str {
    match character {
        '&' => "; write AND",
        '|' => "; write OR",
        '!' => "; write NOT",
        '\u{2018}' | '\u{2019}' | '`' => "; texts are written in straight single quotes",
        '\u{201c}' | '\u{201d}' => "; column names are quoted with straight double quotes",
        _ => "",
    }
}

fn conversion(found: Kind) -> &'static str {
    match found {
        Kind::Bool => "; if(condition, 1, 0) is a number",
        Kind::Number => "; compare it with something",
        Kind::Null | Kind::Text => "",
    }
}

fn known(columns: &[String]) -> String {
    if columns.is_empty() { "there are no columns".into() } else { format!("there are {}", columns.join(", ")) }
}

impl ExprError {
    pub(super) fn new(kind: ExprErrorKind, span: Range<usize>, text: &str) -> Self {
        Self { kind, span, text: text.to_owned() }
    }
}

impl std::error::Error for ExprError {}

/// Characters of the line shown on each side of the place.
const CONTEXT: usize = 60;

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.as_str();
        let before = &text[..self.span.start];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[self.span.start..].find('\n').map_or(text.len(), |offset| self.span.start + offset);
        let printable = |c: char| if c.is_control() { ' ' } else { c };

        let lead: Vec<char> = text[start..self.span.start].chars().map(printable).collect();
        let (cut, lead) = match lead.len().checked_sub(CONTEXT) {
            Some(excess) if excess > 0 => ("…", &lead[excess..]),
            _ => ("", &lead[..]),
        };
        let rest: String = text[self.span.start..end].chars().map(printable).take(CONTEXT).collect();
        let marked = text[self.span.start..self.span.end.min(end)].chars().take(CONTEXT).count();

        writeln!(f, "{}", self.kind)?;
        writeln!(f, "  {cut}{}{rest}", lead.iter().collect::<String>())?;
        let column = cut.chars().count() + lead.len();
        write!(f, "  {:column$}{}", "", "^".repeat(marked.max(1)))
    }
}

/// A row that an expression cannot judge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// Text met a number.
    #[error(
        "{place}cannot compare {left} with {right} in `{expression}`; a number in single quotes is compared as text",
        place = place(column)
    )]
    Compare {
        /// The column concerned, if the operands use one.
        column: Option<String>,
        /// Text of the comparison.
        expression: String,
        /// Kind of the left operand.
        left: Kind,
        /// Kind of the right operand.
        right: Kind,
    },
    /// An operand of the wrong kind.
    #[error("{place}expected {expected}, found {found} in `{expression}`", place = place(column))]
    Operand {
        /// The column concerned, if the operand uses one.
        column: Option<String>,
        /// Text of the operation.
        expression: String,
        /// Kind that the operation takes.
        expected: Kind,
        /// Kind of the operand.
        found: Kind,
    },
    /// A row with fewer values than the names that the expression was bound to.
    #[error("column \"{column}\": the row has no value at position {position}")]
    ShortRow {
        /// Column.
        column: String,
        /// Its position among the bound names.
        position: usize,
    },
}

fn place(column: &Option<String>) -> String {
    column.as_ref().map_or(String::new(), |name| format!("column \"{name}\": "))
}

/// The kind of a value in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Absent.
    Null,
    /// True or false.
    Bool,
    /// Integer or float.
    Number,
    /// Text.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "a truth value",
            Self::Number => "a number",
            Self::Text => "text",
        })
    }
}
