//! Types of TIFF fields.

/// Type of the values of a tag: TIFF 6.0 section 2, and the 64-bit types of BigTIFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of the specification")]
pub enum FieldType {
    Byte,
    Ascii,
    Short,
    Long,
    Rational,
    SByte,
    Undefined,
    SShort,
    SLong,
    SRational,
    Float,
    Double,
    Ifd,
    Long8,
    SLong8,
    Ifd8,
}

impl FieldType {
    const ALL: [(u16, Self, u64); 16] = [
        (1, Self::Byte, 1),
        (2, Self::Ascii, 1),
        (3, Self::Short, 2),
        (4, Self::Long, 4),
        (5, Self::Rational, 8),
        (6, Self::SByte, 1),
        (7, Self::Undefined, 1),
        (8, Self::SShort, 2),
        (9, Self::SLong, 4),
        (10, Self::SRational, 8),
        (11, Self::Float, 4),
        (12, Self::Double, 8),
        (13, Self::Ifd, 4),
        (16, Self::Long8, 8),
        (17, Self::SLong8, 8),
        (18, Self::Ifd8, 8),
    ];

    /// The type of a code in a file; `None` for codes that the specification leaves open.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.iter().find(|row| row.0 == code).map(|row| row.1)
    }

    /// Code in the file.
    pub fn code(self) -> u16 {
        Self::ALL.iter().find(|row| row.1 == self).map_or(0, |row| row.0)
    }

    /// Bytes of the numbers that a value consists of: a rational is two.
    pub(crate) fn number_bytes(self) -> u64 {
        if matches!(self, Self::Rational | Self::SRational) { 4 } else { self.bytes() }
    }

    /// Bytes of one value.
    pub fn bytes(self) -> u64 {
        Self::ALL.iter().find(|row| row.1 == self).map_or(0, |row| row.2)
    }
}
