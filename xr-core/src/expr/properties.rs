//! Laws that hold for any text.

use proptest::prelude::*;

use super::Expr;
use crate::Value;

const NAMES: [&str; 8] = ["i", "u", "f", "n", "t", "b", "nan", "z"];
const ROW: [Value<'static>; 8] = [
    Value::Int(7),
    Value::UInt(u64::MAX),
    Value::Float(2.5),
    Value::Null,
    Value::Text("San Juan"),
    Value::Bool(true),
    Value::Float(f64::NAN),
    Value::Int(0),
];

fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "i",
        "u",
        "f",
        "n",
        "t",
        "b",
        "nan",
        "z",
        "'x'",
        "0",
        "-9223372036854775808",
        "18446744073709551615",
        "1e308",
        "NULL",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let binary =
            prop::sample::select(vec!["+", "-", "*", "/", "%", "=", "<>", "<", ">=", "AND", "OR", "LIKE", "NOT LIKE"]);
        let function = prop::sample::select(vec!["abs", "sqrt", "floor", "ceil", "round", "lower", "-", "NOT ", "+"]);
        prop_oneof![
            (inner.clone(), binary, inner.clone()).prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            (function, inner.clone()).prop_map(|(function, a)| format!("({function}({a}))")),
            prop::collection::vec(inner.clone(), 4).prop_map(|v| format!("({} IN ({}))", v[0], v[1..].join(", "))),
            prop::collection::vec(inner.clone(), 3).prop_map(|v| format!("if({})", v.join(", "))),
            prop::collection::vec(inner.clone(), 3).prop_map(|v| format!("({} BETWEEN {} AND {})", v[0], v[1], v[2])),
            prop::collection::vec(inner, 2).prop_map(|v| format!("max({})", v.join(", "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_panics(text in "\\PC*|[ -~\n]*") {
        if let Err(error) = Expr::parse(&text) {
            prop_assert!(text.get(error.span.clone()).is_some());
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_sequence_of_tokens_panics(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "i", "'x'", "1", "(", ")", ",", "NOT", "AND", "OR", "IN", "LIKE", "IS", "NULL", "BETWEEN", "-", "+",
                "*", "=", "<", "if(", "min(", "\"t\"",
            ]),
            0..12,
        )
    ) {
        let text = tokens.join(" ");
        match Expr::parse(&text) {
            Ok(expr) => {
                let _ = expr.bind(&NAMES).unwrap().matches(&ROW);
            }
            Err(error) => prop_assert!(text.get(error.span).is_some()),
        }
    }

    #[test]
    fn every_tree_evaluates_or_names_its_kinds(text in any_expression()) {
        let expr = Expr::parse(&text).unwrap();
        let _ = expr.bind(&NAMES).unwrap().matches(&ROW);
    }
}
