//! Codes of codecs and predictors. The encoding itself belongs to whoever makes the tiles.

/// Codec of the tiles that are handed to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Raw samples, little-endian.
    None,
    /// A zlib stream for each tile.
    Deflate,
    /// A Zstandard frame for each tile.
    Zstd,
}

impl Compression {
    /// Value of the tag Compression.
    pub fn code(self) -> u16 {
        match self {
            Self::None => 1,
            Self::Deflate => 8,
            Self::Zstd => 50000,
        }
    }
}

/// What was done to the samples of a tile before the codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Predictor {
    /// Nothing.
    None,
    /// Differences of neighbours in a row, in the sample's own width (TIFF 6.0 section 14).
    Horizontal,
    /// Bytes of a row transposed, then differences (Adobe Photoshop TIFF Technical Note 3).
    Float,
}

impl Predictor {
    /// Value of the tag Predictor.
    pub fn code(self) -> u16 {
        match self {
            Self::None => 1,
            Self::Horizontal => 2,
            Self::Float => 3,
        }
    }

    /// The predictor of a code in a file.
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::None),
            2 => Some(Self::Horizontal),
            3 => Some(Self::Float),
            _ => None,
        }
    }
}

/// Usual name of a value of the tag Compression, for people to read.
pub fn compression_name(code: u16) -> &'static str {
    match code {
        1 => "none",
        2..=4 => "ccitt",
        5 => "lzw",
        6 => "old-jpeg",
        7 => "jpeg",
        8 | 32946 => "deflate",
        32773 => "packbits",
        34712 => "jpeg2000",
        34887 => "lerc",
        34925 => "lzma",
        50000 => "zstd",
        50001 => "webp",
        50002 | 52546 => "jpegxl",
        _ => "unknown",
    }
}
