use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringArray};
use arrow_schema::DataType;

use crate::ColumnKind;
use crate::scalar::{Scalar, parse_number};

/// The kind of a column of an Arrow type.
pub(super) fn kind(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Boolean => ColumnKind::Bool,
        DataType::Utf8 => ColumnKind::Text,
        DataType::Decimal128(..) | DataType::Float32 | DataType::Float64 => ColumnKind::Float,
        _ if data_type.is_integer() => ColumnKind::Int,
        _ => ColumnKind::Other,
    }
}

/// A column of a batch with its type known.
pub(super) enum Attribute<'a> {
    Bool(&'a BooleanArray),
    I8(&'a PrimitiveArray<Int8Type>),
    I16(&'a PrimitiveArray<Int16Type>),
    I32(&'a PrimitiveArray<Int32Type>),
    I64(&'a PrimitiveArray<Int64Type>),
    U8(&'a PrimitiveArray<UInt8Type>),
    U16(&'a PrimitiveArray<UInt16Type>),
    U32(&'a PrimitiveArray<UInt32Type>),
    U64(&'a PrimitiveArray<UInt64Type>),
    F32(&'a PrimitiveArray<Float32Type>),
    F64(&'a PrimitiveArray<Float64Type>),
    Decimal(&'a PrimitiveArray<Decimal128Type>),
    Text(&'a StringArray),
}

impl<'a> Attribute<'a> {
    /// Fails with the name of a type that is no scalar.
    pub(super) fn new(array: &'a ArrayRef) -> Result<Self, String> {
        Ok(match array.data_type() {
            DataType::Boolean => Attribute::Bool(array.as_boolean()),
            DataType::Int8 => Attribute::I8(array.as_primitive()),
            DataType::Int16 => Attribute::I16(array.as_primitive()),
            DataType::Int32 => Attribute::I32(array.as_primitive()),
            DataType::Int64 => Attribute::I64(array.as_primitive()),
            DataType::UInt8 => Attribute::U8(array.as_primitive()),
            DataType::UInt16 => Attribute::U16(array.as_primitive()),
            DataType::UInt32 => Attribute::U32(array.as_primitive()),
            DataType::UInt64 => Attribute::U64(array.as_primitive()),
            DataType::Float32 => Attribute::F32(array.as_primitive()),
            DataType::Float64 => Attribute::F64(array.as_primitive()),
            DataType::Decimal128(..) => Attribute::Decimal(array.as_primitive()),
            DataType::Utf8 => Attribute::Text(array.as_string()),
            other => return Err(other.to_string()),
        })
    }

    pub(super) fn scalar(&self, row: usize) -> Scalar<'a> {
        if self.array().is_null(row) {
            return Scalar::Null;
        }
        match *self {
            Attribute::Bool(array) => Scalar::Bool(array.value(row)),
            Attribute::I8(array) => Scalar::Int(array.value(row).into()),
            Attribute::I16(array) => Scalar::Int(array.value(row).into()),
            Attribute::I32(array) => Scalar::Int(array.value(row).into()),
            Attribute::I64(array) => Scalar::Int(array.value(row)),
            Attribute::U8(array) => Scalar::Int(array.value(row).into()),
            Attribute::U16(array) => Scalar::Int(array.value(row).into()),
            Attribute::U32(array) => Scalar::Int(array.value(row).into()),
            Attribute::U64(array) => array.value(row).into(),
            Attribute::F32(array) => Scalar::Float(array.value(row).into()),
            Attribute::F64(array) => Scalar::Float(array.value(row)),
            Attribute::Decimal(array) => parse_number(&array.value_as_string(row)).unwrap_or(Scalar::Null),
            Attribute::Text(array) => Scalar::Text(Cow::Borrowed(array.value(row))),
        }
    }

    fn array(&self) -> &'a dyn Array {
        match *self {
            Attribute::Bool(array) => array,
            Attribute::I8(array) => array,
            Attribute::I16(array) => array,
            Attribute::I32(array) => array,
            Attribute::I64(array) => array,
            Attribute::U8(array) => array,
            Attribute::U16(array) => array,
            Attribute::U32(array) => array,
            Attribute::U64(array) => array,
            Attribute::F32(array) => array,
            Attribute::F64(array) => array,
            Attribute::Decimal(array) => array,
            Attribute::Text(array) => array,
        }
    }
}
