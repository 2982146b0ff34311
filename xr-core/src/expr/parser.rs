//! Tokens → tree, by precedence climbing.

use std::ops::Range;

use super::ast::{Arithmetic, Column, Comparison, Function, Literal, Node, NodeKind, Variable};
use super::error::{ExprError, ExprErrorKind};
use super::lexer::{Spanned, Token, tokens};

/// Levels that an expression may be nested, in the text and in the tree: what evaluation recurses through.
const MAX_DEPTH: usize = 100;

/// How tightly an operator binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Or,
    And,
    Not,
    Compare,
    Add,
    Multiply,
    Sign,
}

/// A tree and the number of its levels.
type Tree = (Node, usize);

struct Parser<'t> {
    text: &'t str,
    /// The words that are variables, not columns.
    variables: &'static [Variable],
    tokens: Vec<Spanned>,
    next: usize,
    depth: usize,
    columns: Vec<Column>,
}

/// The tree of `text` and the columns it uses, in order of first use.
pub(super) fn parse(text: &str, variables: &'static [Variable]) -> Result<(Node, Vec<Column>), ExprError> {
    let mut parser = Parser { text, variables, tokens: tokens(text)?, next: 0, depth: 0, columns: Vec::new() };
    let (root, _) = parser.expression(Precedence::Or)?;
    match parser.peek() {
        Token::End => Ok((root, parser.columns)),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].0
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.next].1.clone()
    }

    /// Goes past the current token; the last one, `End`, stays.
    fn advance(&mut self) -> Spanned {
        let token = self.tokens[self.next].clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn accept(&mut self, fixed: &str) -> bool {
        let found = matches!(self.peek(), Token::Fixed(token) if *token == fixed);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, fixed: &str, expected: &'static str) -> Result<(), ExprError> {
        if self.accept(fixed) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn error(&self, kind: ExprErrorKind, span: Range<usize>) -> ExprError {
        ExprError::new(kind, span, self.text)
    }

    fn unexpected(&self, expected: &'static str) -> ExprError {
        let span = self.span();
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", &self.text[span.clone()]),
        };
        self.error(ExprErrorKind::Syntax { expected, found }, span)
    }

    /// A node from `start` to the token before the current one, one level above the deepest of its children.
    fn node(&self, kind: NodeKind, start: usize, deepest_child: usize) -> Result<Tree, ExprError> {
        let end = self.next.checked_sub(1).map_or(start, |last| self.tokens[last].1.end);
        let depth = deepest_child + 1;
        if depth > MAX_DEPTH {
            return Err(self.error(ExprErrorKind::TooDeep { limit: MAX_DEPTH }, start..end));
        }
        Ok((Node { kind, span: start..end }, depth))
    }

    /// An operand and all operators after it that bind at least as tightly as `loosest`.
    fn expression(&mut self, loosest: Precedence) -> Result<Tree, ExprError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(ExprErrorKind::TooDeep { limit: MAX_DEPTH }, self.span()));
        }
        let mut left = self.operand(loosest)?;
        while let (&Token::Fixed(symbol), Some(precedence)) = (self.peek(), infix(self.peek())) {
            if precedence < loosest {
                break;
            }
            left = match precedence {
                Precedence::Or | Precedence::And => self.connected(left, precedence, symbol)?,
                Precedence::Compare => self.comparison(left)?,
                _ => self.arithmetic(left, precedence, symbol)?,
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    /// `left AND b AND …`, `left OR b OR …`
    fn connected(&mut self, left: Tree, precedence: Precedence, symbol: &str) -> Result<Tree, ExprError> {
        let tighter = if precedence == Precedence::Or { Precedence::And } else { Precedence::Not };
        let start = left.0.span.start;
        let (mut nodes, mut deepest) = (vec![left.0], left.1);
        while self.accept(symbol) {
            let (node, depth) = self.expression(tighter)?;
            nodes.push(node);
            deepest = deepest.max(depth);
        }
        let kind = if precedence == Precedence::Or { NodeKind::Any(nodes) } else { NodeKind::All(nodes) };
        self.node(kind, start, deepest)
    }

    fn arithmetic(&mut self, left: Tree, precedence: Precedence, symbol: &str) -> Result<Tree, ExprError> {
        let operator = match symbol {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "/" => Arithmetic::Divide,
            _ => Arithmetic::Remainder,
        };
        self.advance();
        let tighter = if precedence == Precedence::Add { Precedence::Multiply } else { Precedence::Sign };
        let right = self.expression(tighter)?;
        let (start, deepest) = (left.0.span.start, left.1.max(right.1));
        let (left, right) = (Box::new(left.0), Box::new(right.0));
        self.node(NodeKind::Arithmetic { operator, left, right }, start, deepest)
    }

    /// `left < b`, `left NOT IN (…)`, `left IS NULL`, …: one of them, not a chain.
    fn comparison(&mut self, left: Tree) -> Result<Tree, ExprError> {
        let start = left.0.span.start;
        let (value, mut deepest) = (Box::new(left.0), left.1);
        let (negated, kind) = if self.accept("IS") {
            let negated = self.accept("NOT");
            self.expect("NULL", "NULL")?;
            (negated, NodeKind::IsNull(value))
        } else if let Some(operator) = comparison(self.peek()) {
            self.advance();
            let right = Box::new(self.compared(&mut deepest)?);
            (false, NodeKind::Compare { operator, left: value, right })
        } else {
            let negated = self.accept("NOT");
            let kind = if self.accept("IN") {
                self.expect("(", "`(`")?;
                let (list, depth) = self.list()?;
                deepest = deepest.max(depth);
                NodeKind::In { value, list }
            } else if self.accept("LIKE") {
                NodeKind::Like { value, pattern: Box::new(self.compared(&mut deepest)?) }
            } else if self.accept("BETWEEN") {
                let low = Box::new(self.compared(&mut deepest)?);
                self.expect("AND", "AND and the upper end of BETWEEN")?;
                NodeKind::Between { value, low, high: Box::new(self.compared(&mut deepest)?) }
            } else {
                return Err(self.unexpected("IN, LIKE or BETWEEN"));
            };
            (negated, kind)
        };
        if infix(self.peek()) == Some(Precedence::Compare) {
            return Err(self.error(ExprErrorKind::Chained, self.span()));
        }
        let (node, depth) = self.node(kind, start, deepest)?;
        if negated { self.node(NodeKind::Not(Box::new(node)), start, depth) } else { Ok((node, depth)) }
    }

    /// The right side of a comparison.
    fn compared(&mut self, deepest: &mut usize) -> Result<Node, ExprError> {
        let (node, depth) = self.expression(Precedence::Add)?;
        *deepest = depth.max(*deepest);
        Ok(node)
    }

    /// One or more expressions and the `)` after them, and the levels of the deepest.
    fn list(&mut self) -> Result<(Vec<Node>, usize), ExprError> {
        let (mut nodes, mut deepest) = (Vec::new(), 0);
        loop {
            let (node, depth) = self.expression(Precedence::Or)?;
            nodes.push(node);
            deepest = deepest.max(depth);
            if !self.accept(",") {
                self.expect(")", "`,` or `)`")?;
                return Ok((nodes, deepest));
            }
        }
    }

    /// What stands before an infix operator: a sign or NOT with its operand, or a single value.
    fn operand(&mut self, loosest: Precedence) -> Result<Tree, ExprError> {
        let start = self.span().start;
        if loosest <= Precedence::Not && self.accept("NOT") {
            let (node, depth) = self.expression(Precedence::Not)?;
            return self.node(NodeKind::Not(Box::new(node)), start, depth);
        }
        if self.accept("-") {
            let (node, depth) = self.expression(Precedence::Sign)?;
            return self.node(NodeKind::Negate(Box::new(node)), start, depth);
        }
        if self.accept("+") {
            return self.expression(Precedence::Sign);
        }
        if self.accept("(") {
            let (mut inner, depth) = self.expression(Precedence::Or)?;
            inner.span = start..self.span().end;
            self.expect(")", "`)`")?;
            return Ok((inner, depth));
        }
        if !is_value(self.peek()) {
            return Err(self.unexpected("a value"));
        }
        let (token, span) = self.advance();
        let kind = match token {
            Token::Name(name) if self.accept("(") => return self.call(name, span),
            Token::Name(name) if name == "props" && self.accept("[") => self.property()?,
            Token::Name(name) => match self.variables.iter().find(|variable| variable.name() == name) {
                Some(&variable) => NodeKind::Variable(variable),
                None => NodeKind::Column(self.column(name, span)),
            },
            Token::Quoted(name) => NodeKind::Column(self.column(name, span)),
            Token::Integer(value) => NodeKind::Literal(Literal::Integer(value)),
            Token::Float(value) => NodeKind::Literal(Literal::Float(value)),
            Token::Text(text) => NodeKind::Literal(Literal::Text(text)),
            Token::Fixed(word @ ("TRUE" | "FALSE")) => NodeKind::Literal(Literal::Bool(word == "TRUE")),
            Token::Fixed(_) | Token::End => NodeKind::Literal(Literal::Null),
        };
        self.node(kind, start, 0)
    }

    /// `props["name"]`, after its `[`: the column, whatever its name.
    fn property(&mut self) -> Result<NodeKind, ExprError> {
        let expected = "a name in double quotes";
        let (Token::Quoted(name), span) = self.tokens[self.next].clone() else { return Err(self.unexpected(expected)) };
        self.advance();
        self.expect("]", "`]`")?;
        Ok(NodeKind::Column(self.column(name, span)))
    }

    fn column(&mut self, name: String, span: Range<usize>) -> usize {
        self.columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
            self.columns.push(Column { name, span });
            self.columns.len() - 1
        })
    }

    /// A call, after its `(`.
    fn call(&mut self, name: String, span: Range<usize>) -> Result<Tree, ExprError> {
        let is_if = name.eq_ignore_ascii_case("if");
        let function = Function::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(&name));
        if function.is_none() && !is_if {
            return Err(self.error(ExprErrorKind::UnknownFunction(name), span));
        }
        let (arguments, deepest) = if self.accept(")") { (Vec::new(), 0) } else { self.list()? };
        let (fits, expected) = match function {
            None => (arguments.len() == 3, "three arguments: a condition, and the values for true and for the rest"),
            Some(Function::Min | Function::Max) => (arguments.len() >= 2, "two or more arguments"),
            Some(_) => (arguments.len() == 1, "one argument"),
        };
        if !fits {
            let kind = ExprErrorKind::Arguments { function: name, expected, found: arguments.len() };
            return Err(self.error(kind, span));
        }
        let kind = match function {
            Some(function) => NodeKind::Call { function, arguments },
            None => conditional(arguments).ok_or_else(|| self.unexpected(expected))?,
        };
        self.node(kind, span.start, deepest)
    }
}

fn conditional(arguments: Vec<Node>) -> Option<NodeKind> {
    let [condition, then, otherwise] = <[Node; 3]>::try_from(arguments).ok()?.map(Box::new);
    Some(NodeKind::If { condition, then, otherwise })
}

fn is_value(token: &Token) -> bool {
    match token {
        Token::Fixed(word) => matches!(*word, "TRUE" | "FALSE" | "NULL"),
        Token::End => false,
        _ => true,
    }
}

/// How tightly an infix operator binds. `NOT` is one of them before IN, LIKE and BETWEEN.
fn infix(token: &Token) -> Option<Precedence> {
    match token {
        Token::Fixed("OR") => Some(Precedence::Or),
        Token::Fixed("AND") => Some(Precedence::And),
        Token::Fixed("IS" | "IN" | "LIKE" | "BETWEEN" | "NOT") => Some(Precedence::Compare),
        Token::Fixed("+" | "-") => Some(Precedence::Add),
        Token::Fixed("*" | "/" | "%") => Some(Precedence::Multiply),
        _ => comparison(token).map(|_| Precedence::Compare),
    }
}

fn comparison(token: &Token) -> Option<Comparison> {
    match token {
        Token::Fixed("=") => Some(Comparison::Equal),
        Token::Fixed("<>") => Some(Comparison::NotEqual),
        Token::Fixed("<") => Some(Comparison::Less),
        Token::Fixed("<=") => Some(Comparison::LessOrEqual),
        Token::Fixed(">") => Some(Comparison::Greater),
        Token::Fixed(">=") => Some(Comparison::GreaterOrEqual),
        _ => None,
    }
}
