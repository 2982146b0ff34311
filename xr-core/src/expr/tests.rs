use super::{EvalError, Expr, ExprErrorKind, Kind};
use crate::Value;

const NAMES: [&str; 10] = ["i", "u", "f", "n", "t", "b", "nan", "odd \"name\"", "z", "größe"];
const ROW: [Value<'static>; 10] = [
    Value::Int(7),
    Value::UInt(u64::MAX),
    Value::Float(2.5),
    Value::Null,
    Value::Text("San Juan"),
    Value::Bool(true),
    Value::Float(f64::NAN),
    Value::Int(3),
    Value::Int(0),
    Value::Float(-1.5),
];

fn matches(text: &str) -> Result<bool, EvalError> {
    Expr::parse(text).unwrap().bind(&NAMES).unwrap().matches(&ROW)
}

/// `Some(true)`, `Some(false)` or `None` for unknown.
fn truth(text: &str) -> Option<bool> {
    let is = matches(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let is_not = matches(&format!("NOT ({text})")).unwrap();
    assert!(!(is && is_not), "{text}");
    (is || is_not).then_some(is)
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);
const U: Option<bool> = None;

/// The truth values are SQLite 3's, with `PRAGMA case_sensitive_like = ON`.
#[test]
fn agrees_with_sqlite() {
    let table = [
        ("i = 7", T),
        ("i == 7.0", T),
        ("i <> 7", F),
        ("i != 8", T),
        ("i < 7 OR i >= 7", T),
        ("f > 2 AND f <= 2.5", T),
        ("n = 1", U),
        ("n = n", U),
        ("n <> n", U),
        ("NOT n", U),
        ("NULL", U),
        ("n AND i = 8", F),
        ("n AND i = 7", U),
        ("n OR i = 7", T),
        ("n OR i = 8", U),
        ("n IS NULL", T),
        ("n IS NOT NULL", F),
        ("i IS NULL", F),
        ("nan IS NULL", T),
        ("nan = nan", U),
        ("i IN (1, 7, 9)", T),
        ("i IN (1, 9)", F),
        ("i IN (1, NULL)", U),
        ("i IN (7, NULL)", T),
        ("i NOT IN (1, NULL)", U),
        ("i NOT IN (7, NULL)", F),
        ("i NOT IN (1, 2)", T),
        ("n IN (1)", U),
        ("t IN ('x', 'San Juan')", T),
        ("i BETWEEN 7 AND 9", T),
        ("i BETWEEN 1 AND 7 AND f > 2", T),
        ("i BETWEEN 8 AND 6", F),
        ("i BETWEEN n AND 6", F),
        ("i BETWEEN n AND 9", U),
        ("i BETWEEN 8 AND n", F),
        ("i NOT BETWEEN 1 AND 6", T),
        ("i NOT BETWEEN n AND 9", U),
        ("t LIKE 'San%'", T),
        ("t LIKE 'san%'", F),
        ("t LIKE '%Juan'", T),
        ("t LIKE '%an%an'", T),
        ("t LIKE '%an%an_'", F),
        ("t LIKE 'San_Juan'", T),
        ("t LIKE '________'", T),
        ("t LIKE '_________'", F),
        ("t LIKE '%%'", T),
        ("t LIKE ''", F),
        ("t NOT LIKE 'X%'", T),
        ("n LIKE '%'", U),
        ("t LIKE n", U),
        ("t = 'San Juan'", T),
        ("t < 'San K'", T),
        ("t > 'San'", T),
        ("'it''s' = 'it''s'", T),
        ("lower(t) = 'san juan'", T),
        ("UPPER(t) LIKE 'SAN%'", T),
        ("lower(n) = 'x'", U),
        ("\"odd \"\"name\"\"\" = 3", T),
        ("größe < 0", T),
        ("1 + 2 * 3 = 7", T),
        ("(1 + 2) * 3 = 9", T),
        ("10 - 3 - 2 = 5", T),
        ("-i = -7", T),
        ("- -i = 7", T),
        ("-2 * -3 = 6", T),
        ("7 % 4 = 3", T),
        ("-7 % 4 = -3", T),
        ("7.0 / 2 = 3.5", T),
        ("i / z", U),
        ("i / 0.0 IS NULL", T),
        ("i % 0 IS NULL", T),
        ("n + 1 IS NULL", T),
        ("0 * n IS NULL", T),
        ("i", T),
        ("z", F),
        ("f", T),
        ("NOT z", T),
        ("b = 1", T),
        ("b", T),
        ("b = TRUE AND b <> FALSE", T),
        ("(i > 1) + (f > 1) = 2", T),
        ("NOT i = 8", T),
        ("NOT i = 7 OR i = 7", T),
        ("i = 8 OR i = 7 AND f = 3", F),
        ("(i = 8 OR i = 7) AND f = 2.5", T),
        ("min(i, f, 3) = 2.5", T),
        ("max(i, f, 3) = 7", T),
        ("min(i, n) IS NULL", T),
        ("max('b', t) = 'b'", T),
        ("abs(-3) = 3 AND abs(-1.5) = 1.5", T),
        ("sqrt(6.25) = 2.5", T),
        ("sqrt(-1) IS NULL", T),
        ("floor(-1.5) = -2 AND ceil(-1.5) = -1", T),
        ("round(2.5) = 3 AND round(-2.5) = -3 AND round(2.4) = 2", T),
        ("if(i > 5, f, n) = 2.5", T),
        ("if(n, 1, 2) = 2", T),
        ("if(n > 5, f, n) IS NULL", T),
        (".5 = 5e-1 AND 1E2 = 100", T),
        ("i=7 aNd noT i=8", T),
    ];
    for (text, expected) in table {
        assert_eq!(truth(text), expected, "{text}");
    }
}

/// By hand: 2⁵³ + 1, 2⁶³ and 2⁶⁴ are where floats and 64-bit integers part.
#[test]
fn numbers_compare_exactly() {
    let table = [
        ("9007199254740993 = 9007199254740992.0", F),
        ("9007199254740993 > 9007199254740992.0", T),
        ("9007199254740992 = 9007199254740992.0", T),
        ("u = 18446744073709551615", T),
        ("u = 18446744073709551616", F),
        ("u < 18446744073709551616.0", T),
        ("u > -1", T),
        ("u > 1.8446744073709550e19", T),
        ("-9223372036854775808 = -9223372036854775808.0", T),
        ("-9223372036854775807 > -9223372036854775808.0", T),
        ("9223372036854775807 < 9223372036854775808.0", T),
        ("3 < 3.0000000000000004", T),
        ("-3 > -3.0000000000000004", T),
        ("0 = -0.0", T),
        ("i < 1e308 * 10", T),
        ("i > -1e308 * 10", T),
        ("1e308 * 10 - 1e308 * 10 IS NULL", T),
    ];
    for (text, expected) in table {
        assert_eq!(truth(text), expected, "{text}");
    }
}

/// By hand: SQLite divides integers to integers and rounds large products early.
#[test]
fn integers_stay_exact_until_they_do_not_fit() {
    let table = [
        ("7 / 2 = 3.5", T),
        ("6 / 2 = 3", T),
        ("9007199254740994 / 2 = 4503599627370497", T),
        ("u - 1 = 18446744073709551614", T),
        ("u + 1 = 18446744073709551616.0", T),
        ("u * u = 3.402823669209384634e38", T),
        ("4294967296 * 4294967295 = 18446744069414584320", T),
        ("-u < -1.8e19", T),
        ("abs(-9223372036854775808) = 9223372036854775808", T),
        ("floor(u) = u AND round(u) = u", T),
        ("-7.5 % 2 = -1.5", T),
    ];
    for (text, expected) in table {
        assert_eq!(truth(text), expected, "{text}");
    }
}

#[test]
fn text_does_not_mix_with_numbers() {
    let compared = |column: &str, expression: &str, left, right| EvalError::Compare {
        column: Some(column.into()),
        expression: expression.into(),
        left,
        right,
    };
    let operand = |column: &str, expression: &str, expected, found| EvalError::Operand {
        column: Some(column.into()),
        expression: expression.into(),
        expected,
        found,
    };
    let table = [
        ("i = 7 AND t > 4", compared("t", "t > 4", Kind::Text, Kind::Number)),
        ("i = '7'", compared("i", "i = '7'", Kind::Number, Kind::Text)),
        ("b = 'true'", compared("b", "b = 'true'", Kind::Bool, Kind::Text)),
        ("t IN ('a', 1)", compared("t", "t IN ('a', 1)", Kind::Text, Kind::Number)),
        ("i BETWEEN 1 AND 'b'", compared("i", "i BETWEEN 1 AND 'b'", Kind::Number, Kind::Text)),
        ("max(1, 2, t) = 2", compared("t", "max(1, 2, t)", Kind::Text, Kind::Number)),
        ("(1 + (2 - t)) * 2 > 0", operand("t", "(2 - t)", Kind::Number, Kind::Text)),
        ("-t = 1", operand("t", "-t", Kind::Number, Kind::Text)),
        ("i LIKE '7'", operand("i", "i LIKE '7'", Kind::Text, Kind::Number)),
        ("lower(i) = '7'", operand("i", "lower(i)", Kind::Text, Kind::Number)),
        ("NOT t", operand("t", "t", Kind::Bool, Kind::Text)),
    ];
    for (text, expected) in table {
        assert_eq!(matches(text), Err(expected), "{text}");
    }
    assert_eq!(
        matches("t > 4").unwrap_err().to_string(),
        "column \"t\": cannot compare text with a number in `t > 4`; a number in single quotes is compared as text"
    );
    assert_eq!(matches("i = 8 AND t > 4"), Ok(false), "stops at the first false");
}

#[test]
fn columns_are_listed_in_order_of_first_use() {
    let expr = Expr::parse("b > 1 AND (a = 2 OR b IN (\"c d\", a)) AND min(e, 2) = 1").unwrap();
    assert_eq!(expr.columns(), ["b", "a", "c d", "e"]);
    assert_eq!(expr.text(), "b > 1 AND (a = 2 OR b IN (\"c d\", a)) AND min(e, 2) = 1");
    let keep = expr.bind(&["e", "a", "b", "c d"]).unwrap();
    let row = [Value::Int(1), Value::Int(2), Value::Int(3), Value::Null];
    assert_eq!(keep.matches(&row), Ok(true));
    assert_eq!(keep.matches(&row[..2]), Err(EvalError::ShortRow { column: "b".into(), position: 2 }));
}

#[test]
fn an_unknown_column_names_those_that_exist() {
    let error = Expr::parse("i = 1 AND Area > 2").unwrap().bind(&["i", "area"]).unwrap_err();
    assert_eq!(error.to_string(), "no column \"Area\"; there are i, area\n  i = 1 AND Area > 2\n            ^^^^");
}

#[test]
fn errors_point_at_the_place() {
    let table = [
        ("", 0..0, "expected a value, found the end"),
        ("  ", 2..2, "expected a value, found the end"),
        ("i =", 3..3, "expected a value, found the end"),
        ("i > )", 4..5, "expected a value, found `)`"),
        ("(i > 1", 6..6, "expected `)`, found the end"),
        ("i 7", 2..3, "expected an operator or the end, found `7`"),
        ("i IN ()", 6..7, "expected a value, found `)`"),
        ("i IN 7", 5..6, "expected `(`, found `7`"),
        ("i IN (1 2)", 8..9, "expected `,` or `)`, found `2`"),
        ("i NOT 7", 6..7, "expected IN, LIKE or BETWEEN, found `7`"),
        ("i IS 7", 5..6, "expected NULL, found `7`"),
        ("i BETWEEN 1 OR 2", 12..14, "expected AND and the upper end of BETWEEN, found `OR`"),
        ("1 + NOT i", 4..7, "expected a value, found `NOT`"),
        ("1 < i < 5", 6..7, "comparisons do not chain: join them with AND, or use parentheses"),
        ("i = 1 IS NULL", 6..8, "comparisons do not chain: join them with AND, or use parentheses"),
        ("größe && 1", 8..9, "unexpected character '&'; write AND"),
        ("i = “x”", 4..7, "unexpected character '“'; column names are quoted with straight double quotes"),
        ("t = 'it''s", 4..5, "no closing ' for the quote that opens here"),
        ("\"\" = 1", 0..2, "a column name is empty; texts are written in single quotes"),
        ("i > 12km", 4..8, "`12km` is not a number"),
        ("i > 1e999", 4..9, "`1e999` is not a number"),
        ("i > 1.2.3", 4..9, "`1.2.3` is not a number"),
        ("log(i) > 1", 0..3, "no function `log`; there are if, min, max, abs, sqrt, floor, ceil, round, lower, upper"),
        ("min(i) > 1", 0..3, "`min` takes two or more arguments, found 1"),
        ("abs() > 1", 0..3, "`abs` takes one argument, found 0"),
        (
            "if(i, 1)",
            0..2,
            "`if` takes three arguments: a condition, and the values for true and for the rest, found 2",
        ),
    ];
    for (text, span, message) in table {
        let error = Expr::parse(text).unwrap_err();
        assert_eq!((error.kind.to_string().as_str(), error.span), (message, span), "{text}");
    }
}

#[test]
fn the_caret_stands_below_the_place() {
    let shown = |text: &str| Expr::parse(text).unwrap_err().to_string();
    assert_eq!(shown("größe = 12km"), "`12km` is not a number\n  größe = 12km\n          ^^^^");
    assert_eq!(shown("i = 1\n\tAND (i > 2\n OR i 3)"), "expected `)`, found `3`\n   OR i 3)\n        ^");
    let long = format!("i IN ({} x y)", "1, ".repeat(100));
    assert_eq!(
        shown(&long),
        format!("expected `,` or `)`, found `y`\n  …{} x y)\n   {:60}^", &"1, ".repeat(20)[3..], "")
    );
}

#[test]
fn depth_is_limited_and_width_is_not() {
    let nested = |levels: usize| format!("{}i{}", "(".repeat(levels), ")".repeat(levels));
    assert!(Expr::parse(&nested(90)).is_ok());
    for text in [nested(200), "NOT ".repeat(1 << 20), "-".repeat(1 << 20), vec!["1"; 1 << 16].join("+")] {
        let error = Expr::parse(&text).unwrap_err();
        assert!(matches!(error.kind, ExprErrorKind::TooDeep { .. }), "{}", error.kind);
    }
    assert_eq!(truth(&format!("{} = 90", vec!["1"; 90].join("+"))), T);
    assert_eq!(truth(&format!("{}i = 8", "NOT ".repeat(80))), F);
    let alternatives: Vec<String> = (8..20_000).map(|i| format!("i = {i}")).collect();
    assert_eq!(truth(&alternatives.join(" OR ")), F);
    assert_eq!(truth(&format!("i IN ({} 7)", "1, ".repeat(20_000))), T);
}

#[test]
fn like_is_not_exponential() {
    let text = "a".repeat(2000);
    let expr = Expr::parse(&format!("t LIKE '{}b'", "%a".repeat(500))).unwrap();
    assert_eq!(expr.bind(&["t"]).unwrap().matches(&[Value::Text(&text)]), Ok(false));
}
