//! Text → tokens.

use std::ops::Range;

use super::error::{ExprError, ExprErrorKind};

/// A token; [`Token::Fixed`] holds operators, punctuation and upper-case keywords.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Integer(u64),
    Float(f64),
    Text(String),
    /// A bare word that is no keyword: a column, or a function before `(`.
    Name(String),
    /// `"column"`
    Quoted(String),
    Fixed(&'static str),
    End,
}

pub(super) type Spanned = (Token, Range<usize>);

const KEYWORDS: [&str; 10] = ["AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"];

/// Longer symbols come first: the first that fits is taken.
const SYMBOLS: [(&str, &str); 18] = [
    ("<=", "<="),
    (">=", ">="),
    ("<>", "<>"),
    ("!=", "<>"),
    ("==", "="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    ("%", "%"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    (",", ","),
];

/// The tokens of `text`, the last of them [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, ExprError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let Some(first) = text[at..].chars().next() else { break };
        let (token, length) =
            token(&text[at..], first).map_err(|(kind, length)| ExprError::new(kind, at..at + length, text))?;
        tokens.push((token, at..at + length));
        at += length;
    }
    tokens.push((Token::End, at..at));
    Ok(tokens)
}

/// The token at the start of `rest` and its length; in an error, the length of what is wrong.
fn token(rest: &str, first: char) -> Result<(Token, usize), (ExprErrorKind, usize)> {
    if first == '\'' || first == '"' {
        return quoted(rest, first);
    }
    if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
        return number(rest);
    }
    if is_name(first) {
        let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        let keyword = KEYWORDS.into_iter().find(|keyword| keyword.eq_ignore_ascii_case(word));
        return Ok((keyword.map_or_else(|| Token::Name(word.to_owned()), Token::Fixed), length));
    }
    match SYMBOLS.into_iter().find(|(symbol, _)| rest.starts_with(symbol)) {
        Some((symbol, canonical)) => Ok((Token::Fixed(canonical), symbol.len())),
        None => Err((ExprErrorKind::Character(first), first.len_utf8())),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text or a quoted name; the quote itself is written twice inside.
fn quoted(rest: &str, quote: char) -> Result<(Token, usize), (ExprErrorKind, usize)> {
    let mut content = String::new();
    let mut at = 1;
    loop {
        let Some(length) = rest[at..].find(quote) else { return Err((ExprErrorKind::Unterminated(quote), 1)) };
        content.push_str(&rest[at..at + length]);
        at += length + 1;
        if !rest[at..].starts_with(quote) {
            break;
        }
        content.push(quote);
        at += 1;
    }
    match quote {
        '\'' => Ok((Token::Text(content), at)),
        _ if content.is_empty() => Err((ExprErrorKind::EmptyName, at)),
        _ => Ok((Token::Quoted(content), at)),
    }
}

/// `12`, `1.5`, `.5`, `1e-3`. Trailing letters belong to the (then wrong) number: `12abc` is not two tokens.
fn number(rest: &str) -> Result<(Token, usize), (ExprErrorKind, usize)> {
    let bytes = rest.as_bytes();
    let is_sign_of_exponent = |i: usize| i > 0 && matches!(bytes[i - 1], b'e' | b'E');
    let length = rest
        .char_indices()
        .find(|&(i, c)| !(is_name(c) || c == '.' || (matches!(c, '+' | '-') && is_sign_of_exponent(i))))
        .map_or(rest.len(), |(i, _)| i);
    let digits = &rest[..length];
    let is_decimal = digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if let Ok(integer) = digits.parse::<u64>() {
        return Ok((Token::Integer(integer), length));
    }
    match digits.parse::<f64>() {
        Ok(float) if is_decimal && float.is_finite() => Ok((Token::Float(float), length)),
        _ => Err((ExprErrorKind::Number(digits.to_owned()), length)),
    }
}
