//! Tree → typed tree.

use super::super::ast::{Arithmetic, Comparison, Function, Literal, Node, NodeKind, Variable};
use super::super::{Expr, ExprError, ExprErrorKind, Kind};
use super::MergeExpr;
use super::typed::{Type, Typed, TypedKind};
use crate::DataType;

/// Operations of a program, at most: each is a register of the CPU's.
const MAX_OPERATIONS: usize = 1000;

/// The typed tree of `expr`, of a type that `pixels` are made from.
pub(super) fn check(expr: &Expr, pixels: DataType, properties: &[DataType]) -> Result<Typed, ExprError> {
    let mut checker = Checker { expr, pixels, integers: MergeExpr::integers(pixels), properties, operations: 0 };
    checker.tables()?;
    let (typed, whole) = checker.number(expr.root())?;
    if pixels.is_float() || whole {
        Ok(typed)
    } else {
        Err(checker.error(ExprErrorKind::Fraction(pixels), checker.fraction(expr.root())))
    }
}

/// A number, and whether its form lets nothing but whole ones be.
type Number = (Typed, bool);

struct Checker<'e> {
    expr: &'e Expr,
    pixels: DataType,
    /// The type that integers are computed in; `None`: all numbers are floats.
    integers: Option<DataType>,
    properties: &'e [DataType],
    operations: usize,
}

fn typed(of: Type, kind: TypedKind) -> Typed {
    Typed { kind, of }
}

fn to_float(number: Typed) -> Typed {
    match (number.of, number.kind) {
        (Type::Integer, TypedKind::Integer(value)) => typed(Type::Float, TypedKind::Float(value as f64)),
        (Type::Integer, kind) => typed(Type::Float, TypedKind::ToFloat(Box::new(typed(Type::Integer, kind)))),
        (of, kind) => typed(of, kind),
    }
}

/// Both as integers, or both as floats.
fn unified(a: Typed, b: Typed) -> (Typed, Typed) {
    if a.of == b.of { (a, b) } else { (to_float(a), to_float(b)) }
}

impl Checker<'_> {
    fn error(&self, kind: ExprErrorKind, node: &Node) -> ExprError {
        ExprError::new(kind, node.span.clone(), &self.expr.text)
    }

    fn mistyped(&self, expected: Kind, found: Kind, node: &Node) -> ExprError {
        self.error(ExprErrorKind::Mistyped { expected, found }, node)
    }

    /// Every property has a table of a type that it can have.
    fn tables(&self) -> Result<(), ExprError> {
        for (index, column) in self.expr.columns.iter().enumerate() {
            let kind = match self.properties.get(index) {
                None => ExprErrorKind::UnknownColumn { name: column.name.clone(), columns: Vec::new() },
                Some(&found) if found != DataType::F64 && Some(found) != self.integers => ExprErrorKind::Property {
                    name: column.name.clone(),
                    found,
                    expected: match self.integers {
                        None => "f64",
                        Some(DataType::U64) => "u64 or f64",
                        Some(_) => "i64 or f64",
                    },
                    pixels: self.pixels,
                },
                Some(_) => continue,
            };
            return Err(ExprError::new(kind, column.span.clone(), &self.expr.text));
        }
        Ok(())
    }

    /// What makes the fractions of a result, as deep as it is one operation's doing.
    fn fraction<'n>(&self, node: &'n Node) -> &'n Node {
        match &node.kind {
            NodeKind::If { then, otherwise, .. } => {
                let is_whole =
                    |node: &Node| Checker { operations: 0, ..*self }.number(node).is_ok_and(|(_, whole)| whole);
                self.fraction(if is_whole(then) { otherwise } else { then })
            }
            _ => node,
        }
    }

    fn count(&mut self, node: &Node) -> Result<(), ExprError> {
        self.operations += 1;
        if self.operations > MAX_OPERATIONS {
            return Err(self.error(ExprErrorKind::TooLong { limit: MAX_OPERATIONS }, node));
        }
        Ok(())
    }

    /// An integer constant.
    fn integer(&self, value: i128, node: &Node) -> Result<Number, ExprError> {
        let Some(integers) = self.integers else {
            return Ok((typed(Type::Float, TypedKind::Float(value as f64)), true));
        };
        if integers.integer_range().is_some_and(|(low, high)| (low..=high).contains(&value)) {
            Ok((typed(Type::Integer, TypedKind::Integer(value)), true))
        } else if value < 0 {
            Err(self.error(ExprErrorKind::Negative, node))
        } else {
            let kind = ExprErrorKind::Literal { value: value.to_string(), integers, pixels: self.pixels };
            Err(self.error(kind, node))
        }
    }

    /// A node that is a number.
    fn number(&mut self, node: &Node) -> Result<Number, ExprError> {
        self.count(node)?;
        // A leaf of the raster's own kind of number.
        let own = if self.integers.is_some() { Type::Integer } else { Type::Float };
        match &node.kind {
            NodeKind::Literal(literal) => match *literal {
                Literal::Integer(value) => self.integer(value.into(), node),
                Literal::Float(value) => Ok((typed(Type::Float, TypedKind::Float(value)), value.fract() == 0.0)),
                Literal::Bool(_) => Err(self.mistyped(Kind::Number, Kind::Bool, node)),
                Literal::Text(_) => Err(self.mistyped(Kind::Number, Kind::Text, node)),
                Literal::Null => Err(self.mistyped(Kind::Number, Kind::Null, node)),
            },
            NodeKind::Variable(variable) => {
                let kind = match variable {
                    Variable::Acc => TypedKind::Acc,
                    Variable::Value => TypedKind::Value,
                    Variable::Count => TypedKind::Count,
                };
                Ok((typed(own, kind), own == Type::Integer || *variable == Variable::Count))
            }
            NodeKind::Column(index) => {
                let of = if self.properties[*index].is_float() { Type::Float } else { Type::Integer };
                Ok((typed(of, TypedKind::Property(*index)), of == Type::Integer))
            }
            NodeKind::Negate(operand) => {
                if let NodeKind::Literal(Literal::Integer(value)) = operand.kind {
                    return self.integer(-i128::from(value), node);
                }
                let (operand, whole) = self.number(operand)?;
                if operand.of == Type::Integer && self.integers == Some(DataType::U64) {
                    return Err(self.error(ExprErrorKind::Negative, node));
                }
                Ok((typed(operand.of, TypedKind::Negate(Box::new(operand))), whole))
            }
            NodeKind::Arithmetic { operator, left, right } => {
                let ((left, left_whole), (right, right_whole)) = (self.number(left)?, self.number(right)?);
                let divides = *operator == Arithmetic::Divide;
                let (left, right) = if divides { (to_float(left), to_float(right)) } else { unified(left, right) };
                let of = left.of;
                let (operator, left, right) = (*operator, Box::new(left), Box::new(right));
                let kind = TypedKind::Arithmetic { operator, left, right };
                Ok((typed(of, kind), left_whole && right_whole && !divides))
            }
            NodeKind::Call { function, arguments } => self.call(*function, arguments, node),
            NodeKind::If { condition, then, otherwise } => {
                let condition = Box::new(self.condition(condition)?);
                let ((then, then_whole), (otherwise, otherwise_whole)) = (self.number(then)?, self.number(otherwise)?);
                let (then, otherwise) = unified(then, otherwise);
                let (of, then, otherwise) = (then.of, Box::new(then), Box::new(otherwise));
                Ok((typed(of, TypedKind::If { condition, then, otherwise }), then_whole && otherwise_whole))
            }
            _ => Err(self.mistyped(Kind::Number, Kind::Bool, node)),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Node], node: &Node) -> Result<Number, ExprError> {
        let Some((first, rest)) = arguments.split_first() else {
            return Err(self.mistyped(Kind::Number, Kind::Null, node)); // the parser has counted them
        };
        let pair = match function {
            Function::Min => TypedKind::Min,
            Function::Max => TypedKind::Max,
            Function::Lower => return Err(self.error(ExprErrorKind::NotForPixels("lower"), node)),
            Function::Upper => return Err(self.error(ExprErrorKind::NotForPixels("upper"), node)),
            _ => return self.unary(function, first),
        };
        let mut best = self.number(first)?;
        for argument in rest {
            let (next, whole) = self.number(argument)?;
            let (a, b) = unified(best.0, next);
            best = (typed(a.of, pair(Box::new(a), Box::new(b))), best.1 && whole);
        }
        Ok(best)
    }

    fn unary(&mut self, function: Function, operand: &Node) -> Result<Number, ExprError> {
        let (operand, whole) = self.number(operand)?;
        let is_integer = operand.of == Type::Integer;
        Ok(match function {
            Function::Abs if is_integer && self.integers == Some(DataType::U64) => (operand, whole),
            Function::Abs => (typed(operand.of, TypedKind::Abs(Box::new(operand))), whole),
            Function::Sqrt => (typed(Type::Float, TypedKind::Sqrt(Box::new(to_float(operand)))), false),
            // Integers are whole already.
            _ if is_integer => (operand, true),
            Function::Floor => (typed(Type::Float, TypedKind::Floor(Box::new(operand))), true),
            Function::Ceil => (typed(Type::Float, TypedKind::Ceil(Box::new(operand))), true),
            _ => (typed(Type::Float, TypedKind::Round(Box::new(operand))), true),
        })
    }

    /// A node that is true or false.
    fn condition(&mut self, node: &Node) -> Result<Typed, ExprError> {
        self.count(node)?;
        let kind = match &node.kind {
            NodeKind::Literal(Literal::Bool(value)) => TypedKind::Bool(*value),
            NodeKind::Not(operand) => TypedKind::Not(Box::new(self.condition(operand)?)),
            NodeKind::All(operands) => return self.connected(operands, TypedKind::And, true),
            NodeKind::Any(operands) => return self.connected(operands, TypedKind::Or, false),
            NodeKind::Compare { operator, left, right } => return self.compare(*operator, left, right),
            NodeKind::Between { value, low, high } => {
                let above = self.compare(Comparison::GreaterOrEqual, value, low)?;
                let below = self.compare(Comparison::LessOrEqual, value, high)?;
                TypedKind::And(Box::new(above), Box::new(below))
            }
            NodeKind::In { value, list } => {
                let mut any = typed(Type::Bool, TypedKind::Bool(false));
                for (n, candidate) in list.iter().enumerate() {
                    let equal = self.compare(Comparison::Equal, value, candidate)?;
                    any = if n == 0 { equal } else { typed(Type::Bool, TypedKind::Or(Box::new(any), Box::new(equal))) };
                }
                return Ok(any);
            }
            NodeKind::IsNull(operand) => {
                let (operand, _) = self.number(operand)?;
                if operand.of == Type::Integer { TypedKind::Bool(false) } else { TypedKind::IsNan(Box::new(operand)) }
            }
            NodeKind::If { condition, then, otherwise } => TypedKind::If {
                condition: Box::new(self.condition(condition)?),
                then: Box::new(self.condition(then)?),
                otherwise: Box::new(self.condition(otherwise)?),
            },
            NodeKind::Like { .. } => return Err(self.error(ExprErrorKind::NotForPixels("LIKE"), node)),
            NodeKind::Literal(Literal::Null) => return Err(self.mistyped(Kind::Bool, Kind::Null, node)),
            NodeKind::Literal(Literal::Text(_)) => return Err(self.mistyped(Kind::Bool, Kind::Text, node)),
            _ => return Err(self.mistyped(Kind::Bool, Kind::Number, node)),
        };
        Ok(typed(Type::Bool, kind))
    }

    fn connected(
        &mut self,
        operands: &[Node],
        join: fn(Box<Typed>, Box<Typed>) -> TypedKind,
        neutral: bool,
    ) -> Result<Typed, ExprError> {
        let mut all = typed(Type::Bool, TypedKind::Bool(neutral));
        for (n, operand) in operands.iter().enumerate() {
            let next = self.condition(operand)?;
            all = if n == 0 { next } else { typed(Type::Bool, join(Box::new(all), Box::new(next))) };
        }
        Ok(all)
    }

    fn compare(&mut self, operator: Comparison, left: &Node, right: &Node) -> Result<Typed, ExprError> {
        let ((left, _), (right, _)) = (self.number(left)?, self.number(right)?);
        let (left, right) = unified(left, right);
        let (left, right) = (Box::new(left), Box::new(right));
        Ok(typed(Type::Bool, TypedKind::Compare { operator, left, right }))
    }
}
