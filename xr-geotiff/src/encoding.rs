//! Codes of codecs and predictors. The encoding itself belongs to whoever makes the tiles.

/// Codec of tiles and strips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Raw samples; the writer's are little-endian.
    None,
    /// LZW with codes of 9 to 12 bits, most significant bit first (TIFF 6.0 section 13).
    Lzw,
    /// A zlib stream for each tile.
    Deflate,
    /// Runs of bytes (TIFF 6.0 section 9).
    PackBits,
    /// A Zstandard frame for each tile.
    Zstd,
}

impl Compression {
    /// Value of the tag Compression.
    pub fn code(self) -> u16 {
        match self {
            Self::None => 1,
            Self::Lzw => 5,
            Self::Deflate => 8,
            Self::PackBits => 32773,
            Self::Zstd => 50000,
        }
    }

    /// The codec of a code in a file, 32946 being the old code of deflate.
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::None),
            5 => Some(Self::Lzw),
            8 | 32946 => Some(Self::Deflate),
            32773 => Some(Self::PackBits),
            50000 => Some(Self::Zstd),
            _ => None,
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
