//! A field of a directory that is to be written.

use crate::VerbatimTag;
use crate::field::FieldType;

pub(super) struct Field {
    pub tag: u16,
    pub kind: FieldType,
    pub count: u64,
    /// `None`: room is left, the values come when they are known.
    pub value: Option<Vec<u8>>,
}

impl Field {
    pub fn shorts(tag: u16, values: &[u16]) -> Self {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { tag, kind: FieldType::Short, count: values.len() as u64, value: Some(bytes) }
    }

    pub fn long(tag: u16, value: u32) -> Self {
        Self { tag, kind: FieldType::Long, count: 1, value: Some(value.to_le_bytes().to_vec()) }
    }

    pub fn doubles(tag: u16, values: &[f64]) -> Self {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { tag, kind: FieldType::Double, count: values.len() as u64, value: Some(bytes) }
    }

    pub fn text(tag: u16, text: &str) -> Self {
        let bytes = [text.as_bytes(), &[0]].concat();
        Self { tag, kind: FieldType::Ascii, count: bytes.len() as u64, value: Some(bytes) }
    }

    pub fn verbatim(tag: &VerbatimTag) -> Self {
        let count = tag.bytes.len() as u64 / tag.kind.bytes();
        Self { tag: tag.tag, kind: tag.kind, count, value: Some(tag.bytes.clone()) }
    }

    pub fn reserved(tag: u16, kind: FieldType, count: u64) -> Self {
        Self { tag, kind, count, value: None }
    }

    pub fn bytes(&self) -> u64 {
        self.kind.bytes() * self.count
    }
}
