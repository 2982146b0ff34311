//! Tree and row → value.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ast::{Column, Comparison, Function, Literal, Node, NodeKind};
use super::error::{EvalError, Kind};
use super::like::like;
use super::number::Number;
use crate::Value;

/// A row and how a tree finds its columns in it.
pub(super) struct Row<'r> {
    pub text: &'r str,
    pub columns: &'r [Column],
    pub positions: &'r [usize],
    pub values: &'r [Value<'r>],
}

enum Scalar<'r> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'r, str>),
}

impl Scalar<'_> {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
        }
    }

    fn float(value: f64) -> Self {
        Number::float(value).map_or(Self::Null, Self::Number)
    }

    /// Null where the truth is unknown.
    fn truth(value: Option<bool>) -> Self {
        value.map_or(Self::Null, Self::Bool)
    }

    /// The number that this is, a truth value being 0 or 1.
    fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(value) => Some(Number::Int(i128::from(*value))),
            Self::Null | Self::Text(_) => None,
        }
    }
}

impl<'r> Row<'r> {
    /// Whether `node` is true.
    pub fn matches(&self, node: &'r Node) -> Result<bool, EvalError> {
        Ok(self.truth(node)? == Some(true))
    }

    fn scalar(&self, node: &'r Node) -> Result<Scalar<'r>, EvalError> {
        Ok(match &node.kind {
            NodeKind::Literal(literal) => constant(literal),
            NodeKind::Column(column) => self.value(*column)?,
            NodeKind::Variable(_) => Scalar::Null, // rows have none, and `Expr::parse` makes none
            NodeKind::Negate(operand) => match self.number(operand, node)? {
                Some(Number::Int(value)) => Scalar::Number(Number::int(-value)),
                Some(Number::Float(value)) => Scalar::Number(Number::Float(-value)),
                None => Scalar::Null,
            },
            NodeKind::Arithmetic { operator, left, right } => {
                let (left, right) = (self.number(left, node)?, self.number(right, node)?);
                let result = left.zip(right).and_then(|(left, right)| Number::arithmetic(*operator, left, right));
                result.map_or(Scalar::Null, Scalar::Number)
            }
            NodeKind::Not(operand) => Scalar::truth(self.truth(operand)?.map(|truth| !truth)),
            NodeKind::All(operands) => Scalar::truth(self.any(operands, false)?.map(|any_false| !any_false)),
            NodeKind::Any(operands) => Scalar::truth(self.any(operands, true)?),
            NodeKind::Compare { operator, left, right } => {
                let order = self.compare((left, &self.scalar(left)?), (right, &self.scalar(right)?), node)?;
                Scalar::truth(order.map(|order| holds(*operator, order)))
            }
            NodeKind::Between { value, low, high } => {
                let scalar = self.scalar(value)?;
                let above = self.compare((value, &scalar), (low, &self.scalar(low)?), node)?.map(Ordering::is_ge);
                let below = self.compare((value, &scalar), (high, &self.scalar(high)?), node)?.map(Ordering::is_le);
                Scalar::truth(match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                })
            }
            NodeKind::In { value, list } => Scalar::truth(self.is_in(value, list, node)?),
            NodeKind::Like { value, pattern } => {
                let (value, pattern) = (self.text(value, node)?, self.text(pattern, node)?);
                Scalar::truth(value.zip(pattern).map(|(value, pattern)| like(&value, &pattern)))
            }
            NodeKind::IsNull(operand) => Scalar::Bool(matches!(self.scalar(operand)?, Scalar::Null)),
            NodeKind::Call { function, arguments } => self.call(*function, arguments, node)?,
            NodeKind::If { condition, then, otherwise } => {
                self.scalar(if self.matches(condition)? { then } else { otherwise })?
            }
        })
    }

    fn value(&self, column: usize) -> Result<Scalar<'r>, EvalError> {
        let position = self.positions[column];
        let Some(value) = self.values.get(position) else {
            return Err(EvalError::ShortRow { column: self.columns[column].name.clone(), position });
        };
        Ok(match *value {
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(value),
            Value::Int(value) => Scalar::Number(Number::Int(value.into())),
            Value::UInt(value) => Scalar::Number(Number::Int(value.into())),
            Value::Float(value) => Scalar::float(value),
            Value::Text(text) => Scalar::Text(Cow::Borrowed(text)),
        })
    }

    /// A condition: true, false or unknown.
    fn truth(&self, node: &'r Node) -> Result<Option<bool>, EvalError> {
        match self.scalar(node)? {
            Scalar::Null => Ok(None),
            Scalar::Bool(value) => Ok(Some(value)),
            Scalar::Number(number) => Ok(Some(!number.is_zero())),
            Scalar::Text(_) => Err(self.operand_error(node, node, Kind::Bool, Kind::Text)),
        }
    }

    /// Whether any operand is `wanted`; unknown if none is, but some are unknown.
    fn any(&self, operands: &'r [Node], wanted: bool) -> Result<Option<bool>, EvalError> {
        let mut result = Some(false);
        for operand in operands {
            match self.truth(operand)? {
                Some(truth) if truth == wanted => return Ok(Some(true)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    fn is_in(&self, value: &'r Node, list: &'r [Node], node: &Node) -> Result<Option<bool>, EvalError> {
        let scalar = self.scalar(value)?;
        let mut result = Some(false);
        for candidate in list {
            match self.compare((value, &scalar), (candidate, &self.scalar(candidate)?), node)? {
                Some(Ordering::Equal) => return Ok(Some(true)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    /// The order of two operands of `node`, or nothing if one is null.
    fn compare(
        &self,
        (left_node, left): (&Node, &Scalar<'_>),
        (right_node, right): (&Node, &Scalar<'_>),
        node: &Node,
    ) -> Result<Option<Ordering>, EvalError> {
        match (left, right) {
            (Scalar::Null, _) | (_, Scalar::Null) => return Ok(None),
            (Scalar::Text(left), Scalar::Text(right)) => return Ok(Some(left.cmp(right))),
            _ => {}
        }
        match left.number().zip(right.number()) {
            Some((left, right)) => Ok(Some(left.compare(right))),
            None => Err(EvalError::Compare {
                column: self.column_name(left_node).or_else(|| self.column_name(right_node)),
                expression: self.text[node.span.clone()].to_owned(),
                left: left.kind(),
                right: right.kind(),
            }),
        }
    }

    /// The number that an operand of `node` is, or nothing if it is null.
    fn number(&self, operand: &'r Node, node: &Node) -> Result<Option<Number>, EvalError> {
        match self.scalar(operand)? {
            Scalar::Text(_) => Err(self.operand_error(operand, node, Kind::Number, Kind::Text)),
            scalar => Ok(scalar.number()),
        }
    }

    /// The text that an operand of `node` is, or nothing if it is null.
    fn text(&self, operand: &'r Node, node: &Node) -> Result<Option<Cow<'r, str>>, EvalError> {
        match self.scalar(operand)? {
            Scalar::Null => Ok(None),
            Scalar::Text(text) => Ok(Some(text)),
            other => Err(self.operand_error(operand, node, Kind::Text, other.kind())),
        }
    }

    fn call(&self, function: Function, arguments: &'r [Node], node: &'r Node) -> Result<Scalar<'r>, EvalError> {
        let Some((first, rest)) = arguments.split_first() else { return Ok(Scalar::Null) };
        let numeric = |of_int: fn(i128) -> i128, of_float: fn(f64) -> f64| {
            Ok(match self.number(first, node)? {
                Some(Number::Int(value)) => Scalar::Number(Number::int(of_int(value))),
                Some(Number::Float(value)) => Scalar::float(of_float(value)),
                None => Scalar::Null,
            })
        };
        let textual = |map: fn(&str) -> String| {
            Ok(self.text(first, node)?.map_or(Scalar::Null, |text| Scalar::Text(Cow::Owned(map(&text)))))
        };
        match function {
            Function::Min => self.extreme(first, rest, node, Ordering::Less),
            Function::Max => self.extreme(first, rest, node, Ordering::Greater),
            Function::Abs => numeric(i128::abs, f64::abs),
            Function::Floor => numeric(|int| int, f64::floor),
            Function::Ceil => numeric(|int| int, f64::ceil),
            Function::Round => numeric(|int| int, f64::round),
            Function::Sqrt => {
                Ok(self.number(first, node)?.map_or(Scalar::Null, |number| Scalar::float(number.to_f64().sqrt())))
            }
            Function::Lower => textual(str::to_lowercase),
            Function::Upper => textual(str::to_uppercase),
        }
    }

    /// The argument that is `side` of all others, the first of equals; null if any is null.
    fn extreme(
        &self,
        first: &'r Node,
        rest: &'r [Node],
        node: &'r Node,
        side: Ordering,
    ) -> Result<Scalar<'r>, EvalError> {
        let mut best = (first, self.scalar(first)?);
        for argument in rest {
            let scalar = self.scalar(argument)?;
            match self.compare((argument, &scalar), (best.0, &best.1), node)? {
                None => return Ok(Scalar::Null),
                Some(order) if order == side => best = (argument, scalar),
                Some(_) => {}
            }
        }
        Ok(best.1)
    }

    fn column_name(&self, node: &Node) -> Option<String> {
        node.first_column().map(|column| self.columns[column].name.clone())
    }

    fn operand_error(&self, operand: &Node, node: &Node, expected: Kind, found: Kind) -> EvalError {
        let expression = self.text[node.span.clone()].to_owned();
        EvalError::Operand { column: self.column_name(operand), expression, expected, found }
    }
}

fn constant(literal: &Literal) -> Scalar<'_> {
    match literal {
        Literal::Null => Scalar::Null,
        Literal::Bool(value) => Scalar::Bool(*value),
        Literal::Integer(value) => Scalar::Number(Number::Int((*value).into())),
        Literal::Float(value) => Scalar::float(*value),
        Literal::Text(text) => Scalar::Text(Cow::Borrowed(text)),
    }
}

fn holds(operator: Comparison, order: Ordering) -> bool {
    match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}
