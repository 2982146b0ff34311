//! Tags that are handed from file to file as they are.

use crate::field::FieldType;

/// A tag whose meaning is of no concern here: descriptions, colour profiles, sensor models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerbatimTag {
    /// Number.
    pub tag: u16,
    /// Type of its values.
    pub kind: FieldType,
    /// The values, least significant byte first.
    pub bytes: Vec<u8>,
}

impl VerbatimTag {
    /// The numbers of a tag of type `Double`, to be changed.
    pub fn edit_doubles(&mut self, edit: impl Fn(usize, f64) -> f64) {
        if self.kind == FieldType::Double {
            for (i, bytes) in self.bytes.as_chunks_mut().0.iter_mut().enumerate() {
                *bytes = edit(i, f64::from_le_bytes(*bytes)).to_le_bytes();
            }
        }
    }
}
