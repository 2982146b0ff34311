//! One attribute of one feature, as files hold it.

/// A scalar attribute. Integers and floats stay apart, so that 64-bit ids and values survive unrounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Absent, SQL `NULL`, JSON `null`, a blank dbf field.
    Null,
    /// A truth value.
    Bool(bool),
    /// Any integer that fits `i64`.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A binary floating-point number; may be NaN or infinite.
    Float(f64),
    /// UTF-8 text.
    Text(&'a str),
}
