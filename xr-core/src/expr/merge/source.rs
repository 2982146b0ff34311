//! Typed tree → kernel source.

use super::super::{Arithmetic, Comparison};
use super::{MergeExpr, Type, Typed, TypedKind, UserMerge};
use crate::DataType;

/// Types by size, and the operations that C does not define or spells in several ways.
pub(crate) const SUPPORT: &str = include_str!("support.h");

pub(super) fn print(merge: &UserMerge) -> String {
    let pixels = merge.pixels();
    let suffix = if MergeExpr::integers(pixels) == Some(DataType::U64) { 'u' } else { 'i' };
    let printer = Printer { suffix };
    let body = printer.text(merge.body());
    let properties: String =
        merge.properties().iter().enumerate().map(|(n, dtype)| format!("xr_{dtype} p{n}, ")).collect();
    let result = if merge.body().of == Type::Float { "f64".to_owned() } else { format!("{suffix}64") };
    let fits = match (pixels, pixels.integer_range()) {
        (DataType::F32, _) => "if (isinf((xr_f32)r) && !isinf(r)) *failed = 1;".to_owned(),
        (_, None) => String::new(),
        (DataType::I64 | DataType::U64, _) if merge.body().of == Type::Integer => String::new(),
        (_, Some((low, high))) if merge.body().of == Type::Float => {
            // One beyond the largest is a power of two, hence a float; the negated comparison catches NaN.
            format!("if (!(r >= {:?} && r < {:?} && floor(r) == r)) *failed = 1;", low as f64, (high + 1) as f64)
        }
        (_, Some((low, high))) => format!("if (r < {low} || r > {high}) *failed = 1;"),
    };
    let check = if fits.is_empty() { fits } else { format!("    {fits}\n") };
    // A float out of range must not be converted: C leaves the result undefined.
    let convert = if pixels.is_float() { format!("(xr_{pixels})r") } else { format!("*failed ? acc : (xr_{pixels})r") };
    format!(
        "{SUPPORT}\n\
         XR_FN xr_{pixels} xr_merge(xr_{pixels} acc, xr_{pixels} value, xr_u32 count, {properties}int *failed) {{\n    \
             xr_{result} r = {body};\n{check}    return {convert};\n}}\n"
    )
}

struct Printer {
    /// Of the functions on integers: `i` or `u`.
    suffix: char,
}

impl Printer {
    fn text(&self, node: &Typed) -> String {
        let suffix = if node.of == Type::Float { 'f' } else { self.suffix };
        // What integer operations raise when they fail.
        let failed = if node.of == Type::Float { "" } else { ", failed" };
        let leaf = |name: &str| match node.of {
            Type::Float => format!("(xr_f64){name}"),
            _ => format!("(xr_{}64){name}", self.suffix),
        };
        let unary = |function: &str, a: &Typed| format!("{function}({})", self.text(a));
        match &node.kind {
            TypedKind::Acc => leaf("acc"),
            TypedKind::Value => leaf("value"),
            TypedKind::Count => leaf("count"),
            TypedKind::Property(index) => format!("p{index}"),
            TypedKind::Integer(value) => self.integer(*value),
            TypedKind::Float(value) => format!("{value:?}"),
            TypedKind::Bool(value) => u8::from(*value).to_string(),
            TypedKind::ToFloat(a) => format!("(xr_f64){}", self.text(a)),
            TypedKind::Negate(a) if node.of == Type::Float => format!("(-{})", self.text(a)),
            TypedKind::Negate(a) => format!("xr_neg_{suffix}({}{failed})", self.text(a)),
            TypedKind::Abs(a) if node.of == Type::Float => unary("fabs", a),
            TypedKind::Abs(a) => format!("xr_abs_{suffix}({}{failed})", self.text(a)),
            TypedKind::Sqrt(a) => unary("sqrt", a),
            TypedKind::Floor(a) => unary("floor", a),
            TypedKind::Ceil(a) => unary("ceil", a),
            TypedKind::Round(a) => unary("round", a),
            TypedKind::Arithmetic { operator, left, right } => {
                let (left, right) = (self.text(left), self.text(right));
                match (operator, node.of) {
                    (Arithmetic::Add, Type::Float) => format!("XR_ADD({left}, {right})"),
                    (Arithmetic::Subtract, Type::Float) => format!("XR_SUB({left}, {right})"),
                    (Arithmetic::Multiply, Type::Float) => format!("XR_MUL({left}, {right})"),
                    (Arithmetic::Divide, _) => format!("({left} / {right})"),
                    (Arithmetic::Remainder, Type::Float) => format!("fmod({left}, {right})"),
                    (Arithmetic::Add, _) => format!("xr_add_{suffix}({left}, {right}{failed})"),
                    (Arithmetic::Subtract, _) => format!("xr_sub_{suffix}({left}, {right}{failed})"),
                    (Arithmetic::Multiply, _) => format!("xr_mul_{suffix}({left}, {right}{failed})"),
                    (Arithmetic::Remainder, _) => format!("xr_rem_{suffix}({left}, {right}{failed})"),
                }
            }
            TypedKind::Min(a, b) => format!("xr_min_{suffix}({}, {})", self.text(a), self.text(b)),
            TypedKind::Max(a, b) => format!("xr_max_{suffix}({}, {})", self.text(a), self.text(b)),
            TypedKind::Compare { operator, left, right } => {
                format!("({} {} {})", self.text(left), symbol(*operator), self.text(right))
            }
            TypedKind::IsNan(a) => unary("isnan", a),
            TypedKind::Not(a) => format!("!{}", self.text(a)),
            TypedKind::And(a, b) => format!("({} && {})", self.text(a), self.text(b)),
            TypedKind::Or(a, b) => format!("({} || {})", self.text(a), self.text(b)),
            TypedKind::If { condition, then, otherwise } => {
                format!("({} ? {} : {})", self.text(condition), self.text(then), self.text(otherwise))
            }
        }
    }

    fn integer(&self, value: i128) -> String {
        if value == i128::from(i64::MIN) {
            "(-0x7fffffffffffffff - 1)".to_owned() // there are no negative literals in C
        } else {
            format!("(xr_{}64){value}{}", self.suffix, if self.suffix == 'u' { "u" } else { "" })
        }
    }
}

fn symbol(operator: Comparison) -> &'static str {
    match operator {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}
