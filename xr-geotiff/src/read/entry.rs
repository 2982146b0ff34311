//! An entry of a directory: a tag with its values.

use super::source::ByteOrder;
use crate::field::FieldType;

/// Tag, type, count and values as they are in the file.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(super) tag: u16,
    pub(super) kind: FieldType,
    pub(super) count: u64,
    pub(super) order: ByteOrder,
    /// Where the values are.
    pub(super) offset: u64,
    /// The values; `None` if they were left in the file.
    pub(super) bytes: Option<Vec<u8>>,
}

impl Entry {
    /// Number of the tag.
    pub fn tag(&self) -> u16 {
        self.tag
    }

    /// Type of the values.
    pub fn field_type(&self) -> FieldType {
        self.kind
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The values if they are unsigned integers of any width and were read.
    pub fn unsigned(&self) -> Option<impl Iterator<Item = u64> + '_> {
        use FieldType::{Byte, Ifd, Ifd8, Long, Long8, Short};
        matches!(self.kind, Byte | Short | Long | Long8 | Ifd | Ifd8).then_some(())?;
        Some(self.items()?.map(|item| self.order.unsigned(item)))
    }

    /// The values if they are floating-point numbers and were read.
    pub fn floats(&self) -> Option<impl Iterator<Item = f64> + '_> {
        matches!(self.kind, FieldType::Float | FieldType::Double).then_some(())?;
        Some(self.items()?.map(|item| match self.order.unsigned(item) {
            bits if self.kind == FieldType::Float => f64::from(f32::from_bits(bits as u32)),
            bits => f64::from_bits(bits),
        }))
    }

    /// The text up to its NUL, if it is one and was read. Bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> Option<String> {
        matches!(self.kind, FieldType::Ascii | FieldType::Byte).then_some(())?;
        let text = self.bytes.as_deref()?.split(|&byte| byte == 0).next()?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    fn items(&self) -> Option<std::slice::ChunksExact<'_, u8>> {
        Some(self.bytes.as_deref()?.chunks_exact(self.kind.bytes() as usize))
    }
}
