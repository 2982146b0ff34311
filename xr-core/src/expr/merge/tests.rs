use super::{MergeExpr, UserMerge, acc, count, number, property, value};
use crate::{DataType, Scalar, expr::ExprErrorKind};

fn check(text: &str, pixels: DataType, properties: &[DataType]) -> Result<UserMerge, String> {
    let merge = MergeExpr::parse(text).and_then(|expr| expr.check(pixels, properties));
    merge.map_err(|error| error.to_string())
}

/// The printed function without what it calls.
fn function(text: &str, pixels: DataType, properties: &[DataType]) -> String {
    let source = check(text, pixels, properties).unwrap().kernel_source();
    source.split_once(&format!("XR_FN xr_{pixels} xr_merge")).unwrap().1.to_owned()
}

#[test]
fn kernel_sources_are_golden() {
    let (f, i, u) = (DataType::F64, DataType::I64, DataType::U64);
    for (text, pixels, properties, expected) in [
        (
            "max(acc, value)",
            DataType::F64,
            &[][..],
            "(xr_f64 acc, xr_f64 value, xr_u32 count, int *failed) {
    xr_f64 r = xr_max_f((xr_f64)acc, (xr_f64)value);
    return (xr_f64)r;
}
",
        ),
        (
            "acc + (value - acc) / count * props[\"w\"]",
            DataType::F32,
            &[f],
            "(xr_f32 acc, xr_f32 value, xr_u32 count, xr_f64 p0, int *failed) {
    xr_f64 r = XR_ADD((xr_f64)acc, XR_MUL((XR_SUB((xr_f64)value, (xr_f64)acc) / (xr_f64)count), p0));
    if (isinf((xr_f32)r) && !isinf(r)) *failed = 1;
    return (xr_f32)r;
}
",
        ),
        (
            "if(rank > 2 AND NOT acc IN (1, 3), abs(-acc) % value, min(acc, -1))",
            DataType::I16,
            &[i],
            "(xr_i16 acc, xr_i16 value, xr_u32 count, xr_i64 p0, int *failed) {
    xr_i64 r = (((p0 > (xr_i64)2) && !(((xr_i64)acc == (xr_i64)1) || ((xr_i64)acc == (xr_i64)3))) ? \
xr_rem_i(xr_abs_i(xr_neg_i((xr_i64)acc, failed), failed), (xr_i64)value, failed) : xr_min_i((xr_i64)acc, (xr_i64)-1));
    if (r < -32768 || r > 32767) *failed = 1;
    return *failed ? acc : (xr_i16)r;
}
",
        ),
        (
            "acc * value + props[\"n\"] - count",
            DataType::U64,
            &[u],
            "(xr_u64 acc, xr_u64 value, xr_u32 count, xr_u64 p0, int *failed) {
    xr_u64 r = xr_sub_u(xr_add_u(xr_mul_u((xr_u64)acc, (xr_u64)value, failed), p0, failed), (xr_u64)count, failed);
    return *failed ? acc : (xr_u64)r;
}
",
        ),
        (
            "round(sqrt(acc) * 0.1) + floor(value / 2)",
            DataType::U8,
            &[],
            "(xr_u8 acc, xr_u8 value, xr_u32 count, int *failed) {
    xr_f64 r = XR_ADD(round(XR_MUL(sqrt((xr_f64)(xr_i64)acc), 0.1)), floor(((xr_f64)(xr_i64)value / 2.0)));
    if (!(r >= 0.0 && r < 256.0 && floor(r) == r)) *failed = 1;
    return *failed ? acc : (xr_u8)r;
}
",
        ),
    ] {
        assert_eq!(function(text, pixels, properties), expected, "{text}");
    }
}

/// The error's first line, and the text that its caret stands under.
fn error(text: &str, pixels: DataType, properties: &[DataType]) -> (String, String) {
    let error = MergeExpr::parse(text).and_then(|expr| expr.check(pixels, properties)).unwrap_err();
    let place = text[error.span.clone()].to_owned();
    (error.to_string().lines().next().unwrap().to_owned(), place)
}

#[test]
fn errors_point_at_their_place() {
    let (f, i) = (DataType::F64, DataType::I64);
    for (text, pixels, properties, message, place) in [
        ("acc + (value > 2)", DataType::F64, &[][..], "expected a number, found a truth value", "(value > 2)"),
        ("if(value, 1, 2)", DataType::F64, &[], "expected a truth value, found a number; compare", "value"),
        (
            "acc > value",
            DataType::U8,
            &[],
            "expected a number, found a truth value; if(condition, 1, 0)",
            "acc > value",
        ),
        ("acc = 'a'", DataType::U8, &[], "expected a number, found a truth value", "acc = 'a'"),
        ("acc + 'a'", DataType::U8, &[], "expected a number, found text", "'a'"),
        ("if(acc > 1, NULL, acc)", DataType::F64, &[], "expected a number, found null", "NULL"),
        ("if(w LIKE 'a', 1, 2)", DataType::F64, &[f], "LIKE has no meaning for pixels", "w LIKE 'a'"),
        ("acc + upper(value)", DataType::F64, &[], "upper has no meaning for pixels", "upper(value)"),
        ("acc / 2", DataType::U8, &[], "this makes fractions, which u8 pixels do not hold", "acc / 2"),
        ("if(acc > 1, acc, value * 0.5)", DataType::I64, &[], "this makes fractions", "value * 0.5"),
        ("acc + props[\"w\"]", DataType::I64, &[f], "this makes fractions", "acc + props[\"w\"]"),
        ("acc + w", DataType::F32, &[i], "property \"w\" is i64, and properties for f32 pixels are f64", "w"),
        ("acc + w", DataType::F32, &[], "no column \"w\"", "w"),
        ("acc + 9223372036854775808", DataType::U8, &[], "9223372036854775808 does not fit i64", "9223372036854775808"),
        ("max(acc, -value)", DataType::U64, &[], "u64 pixels are computed in u64", "-value"),
        ("acc - -1", DataType::U64, &[], "u64 pixels are computed in u64", "-1"),
        ("acc + props[w]", DataType::F64, &[], "expected a name in double quotes, found `w`", "w"),
        ("acc + props[\"w\"", DataType::F64, &[], "expected `]`, found the end", ""),
    ] {
        let (found, at) = error(text, pixels, properties);
        assert!(found.contains(message), "{text}: {found}");
        assert_eq!(at, place, "{text}: {found}");
    }
}

#[test]
fn whole_results_are_known_by_their_form() {
    for text in [
        "round(acc / 2) * 3 - ceil(value * 0.5)",
        "min(floor(acc / 3), value)",
        "if(value > 0.5, round(acc * 0.5), -9223372036854775808)",
        "acc + 2.0",
        "abs(round(acc / count)) % 7",
    ] {
        check(text, DataType::I32, &[]).unwrap();
    }
}

#[test]
fn programs_are_bounded() {
    let long = vec!["acc"; 600].join(" + ");
    assert!(check(&long, DataType::F64, &[]).unwrap_err().contains("nested more than 100 levels"));
    let long = format!("max({})", vec!["acc"; 1001].join(", "));
    assert!(check(&long, DataType::F64, &[]).unwrap_err().contains("more than 1000 operations"));
    let doubling = (0..30).fold("acc".to_owned(), |inner, _| format!("if({inner} BETWEEN 1 AND 2, 1, 2)"));
    assert!(check(&doubling, DataType::F64, &[]).unwrap_err().contains("more than 1000 operations"));
}

#[test]
fn variables_are_for_merges_and_columns_for_rows() {
    let rows = crate::expr::Expr::parse("acc > value AND props[\"count\"] = 1").unwrap();
    assert_eq!(rows.columns(), ["acc", "value", "count"]);
    let merge = MergeExpr::parse("acc + value * count + props[\"acc\"] + \"value\" + Count").unwrap();
    assert_eq!(merge.properties(), ["acc", "value", "Count"]);
}

#[test]
fn builders_spell_expressions() {
    let condition = !acc().equal(0.0) & (property("a \"b\"").less(value()) | count().greater(3.0));
    let built = condition.choose((-acc()).abs() % 2.5, value().sqrt().floor()).expr().unwrap();
    let text = "if(((NOT (acc = 0)) AND ((props[\"a \"\"b\"\"\"] < value) OR (count > 3))), \
                (abs((-acc)) % 2.5), floor(sqrt(value)))";
    assert_eq!(built.text(), text);
    assert_eq!(built.properties(), ["a \"b\""]);
    built.check(DataType::F64, &[DataType::F64]).unwrap();
    for constant in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = (acc() + number(constant)).expr().unwrap_err();
        assert!(matches!(error.kind, ExprErrorKind::Number(_)), "{error}");
    }
    for constant in [-1.5, 1e300, -0.0, f64::MIN_POSITIVE] {
        (acc() - constant).expr().unwrap().check(DataType::F64, &[]).unwrap();
    }
}

#[test]
fn a_fold_starts_in_its_type() {
    let merge = check("acc + 1", DataType::U8, &[]).unwrap();
    assert!(merge.clone().with_init(Scalar::of(0u16)).is_err());
    assert_eq!(merge.with_init(Scalar::of(7u8)).unwrap().init(), Some(Scalar::of(7u8)));
}
