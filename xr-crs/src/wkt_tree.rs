//! Well-known text as a tree, whatever its version: `KEYWORD[argument, …]` with texts, numbers, words and nodes.

use std::borrow::Cow;
use std::ops::Range;

use crate::CrsError;

/// The longest text that is read: many times the longest definition in use.
pub(crate) const MAX_LENGTH: usize = 256 * 1024;
/// The deepest nesting that is read; definitions in use stay below 10.
const MAX_DEPTH: usize = 32;

/// One `KEYWORD[…]`.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub keyword: &'a str,
    pub arguments: Vec<Argument<'a>>,
    /// Bytes of the text that the node takes.
    pub span: Range<usize>,
}

#[derive(Debug)]
pub(crate) enum Argument<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    /// An unquoted word: `EAST`, `ellipsoidal`, a date.
    Word(&'a str),
    Node(Node<'a>),
}

impl<'a> Node<'a> {
    /// Whether the keyword is one of `keywords` (upper case).
    pub fn is(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.keyword.eq_ignore_ascii_case(keyword))
    }

    pub fn children(&self) -> impl Iterator<Item = &Node<'a>> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::Node(node) => Some(node),
            _ => None,
        })
    }

    /// The first child with one of `keywords`.
    pub fn child(&self, keywords: &[&str]) -> Option<&Node<'a>> {
        self.children().find(|node| node.is(keywords))
    }

    /// The first text: the name of nearly every node. Empty if there is none.
    pub fn name(&self) -> &str {
        self.arguments
            .iter()
            .find_map(|argument| match argument {
                Argument::Text(text) => Some(text.as_ref()),
                _ => None,
            })
            .unwrap_or("")
    }

    /// The number at `index` among the numbers.
    pub fn number(&self, index: usize) -> Option<f64> {
        self.arguments
            .iter()
            .filter_map(|argument| match argument {
                Argument::Number(number) => Some(*number),
                _ => None,
            })
            .nth(index)
    }

    /// Authority and code that the node itself states: `AUTHORITY["EPSG","5070"]` or `ID["EPSG",5070]`.
    pub fn authority(&self) -> Option<(&str, String)> {
        let id = self.child(&["AUTHORITY", "ID"])?;
        let code = match id.arguments.get(1)? {
            Argument::Text(code) => code.trim().to_owned(),
            Argument::Number(code) => code.to_string(),
            Argument::Word(code) => (*code).to_owned(),
            Argument::Node(_) => return None,
        };
        Some((id.name(), code))
    }
}

/// Reads the nodes of `text`: one, or several separated by commas as ESRI appends a `VERTCS`.
pub(crate) fn parse(text: &str) -> Result<Vec<Node<'_>>, CrsError> {
    if text.len() > MAX_LENGTH {
        return Err(CrsError::TooLong { length: text.len(), limit: MAX_LENGTH });
    }
    let mut parser = Parser { text, at: 0 };
    let mut nodes = vec![parser.root()?];
    while parser.eat(b',') {
        nodes.push(parser.root()?);
    }
    parser.skip_blanks();
    if parser.at < text.len() { Err(parser.error("text follows the definition")) } else { Ok(nodes) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn error(&self, problem: &'static str) -> CrsError {
        CrsError::WktSyntax { offset: self.at, problem }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Some writers pad a `.prj` with NUL bytes.
    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace() || byte == 0) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Letters, digits and the signs of numbers and dates.
    fn word(&mut self) -> &'a str {
        self.skip_blanks();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+-.:".contains(&byte)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn root(&mut self) -> Result<Node<'a>, CrsError> {
        self.skip_blanks();
        let start = self.at;
        match self.argument(0)? {
            Argument::Node(node) => Ok(node),
            _ => Err(CrsError::WktSyntax { offset: start, problem: "expected KEYWORD[…]" }),
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Argument<'a>, CrsError> {
        if self.eat(b'"') {
            return self.quoted().map(Argument::Text);
        }
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            return Err(self.error("expected a keyword, a number or a quoted text"));
        }
        let close = if self.eat(b'[') {
            b']'
        } else if self.eat(b'(') {
            b')'
        } else {
            return match word.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Argument::Number(number)),
                Ok(_) if word.ends_with(|c: char| c.is_ascii_digit()) => {
                    Err(CrsError::WktSyntax { offset: start, problem: "the number is too large" })
                }
                _ => Ok(Argument::Word(word)),
            };
        };
        if depth == MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let mut arguments = Vec::new();
        if !self.eat(close) {
            loop {
                arguments.push(self.argument(depth + 1)?);
                if self.eat(close) {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.error(if self.peek().is_none() {
                        "the text ends inside a definition"
                    } else {
                        "expected a comma or the closing bracket"
                    }));
                }
            }
        }
        Ok(Argument::Node(Node { keyword: word, arguments, span: start..self.at }))
    }

    /// A text after its opening quote; a doubled quote stands for one.
    fn quoted(&mut self) -> Result<Cow<'a, str>, CrsError> {
        let start = self.at;
        let mut doubled = false;
        loop {
            let Some(length) = self.text[self.at..].find('"') else {
                return Err(CrsError::WktSyntax { offset: start, problem: "the quoted text does not end" });
            };
            self.at += length + 1;
            if self.peek() != Some(b'"') {
                break;
            }
            doubled = true;
            self.at += 1;
        }
        let content = &self.text[start..self.at - 1];
        Ok(if doubled { content.replace("\"\"", "\"").into() } else { content.into() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(text: &str) -> (usize, &'static str) {
        match parse(text) {
            Err(CrsError::WktSyntax { offset, problem }) => (offset, problem),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_tree_has_names_numbers_and_authorities() {
        let text = "A[\"say \"\"a\"\"\", -1.5e3 ,EAST, B(\"b\",2), AUTHORITY[\"EPSG\",\"42\"]]\n\0";
        let nodes = parse(text).unwrap();
        let a = &nodes[0];
        assert_eq!((a.name(), a.number(0), a.span.clone()), ("say \"a\"", Some(-1500.0), 0..text.len() - 2));
        assert_eq!(a.child(&["B"]).unwrap().number(0), Some(2.0));
        assert_eq!(a.authority(), Some(("EPSG", "42".into())));
        assert!(a.child(&["C"]).is_none() && a.is(&["X", "A"]));
    }

    #[test]
    fn several_nodes_follow_one_another() {
        let nodes = parse("GEOGCS[\"a\"],VERTCS[\"b\"]").unwrap();
        assert_eq!(nodes.iter().map(|node| node.name()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn malformed_text_is_located() {
        assert_eq!(problem("A[\"a\",").0, 6);
        assert_eq!(problem("A[\"a\""), (5, "the text ends inside a definition"));
        assert_eq!(problem("A[\"a"), (3, "the quoted text does not end"));
        assert_eq!(problem("A[1)"), (3, "expected a comma or the closing bracket"));
        assert_eq!(problem("A[1] B"), (5, "text follows the definition"));
        assert_eq!(problem("A[1e999]"), (2, "the number is too large"));
        assert_eq!(problem("5070"), (0, "expected KEYWORD[…]"));
        assert_eq!(problem(&"A[".repeat(100_000)).1, "nested too deeply");
        assert!(matches!(parse(&" ".repeat(MAX_LENGTH + 1)), Err(CrsError::TooLong { .. })));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-B\"\\[\\](),.0-9eé +-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
