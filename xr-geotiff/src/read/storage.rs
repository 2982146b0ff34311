//! How samples are stored, and as which type they are read.

use super::directory::Directory;
use super::photometry::YCBCR;
use crate::{Compression, Result, SampleType, tag};

/// A stored sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// A type of its own.
    Whole(SampleType),
    /// 16-bit floating point, read as f32.
    Half,
    /// Unsigned integers of 1, 2 or 4 bits, first in the high bits, read as u8. Rows start at whole bytes.
    Bits(u8),
}

impl Storage {
    pub fn pixel_type(self) -> SampleType {
        match self {
            Self::Whole(kind) => kind,
            Self::Half => SampleType::F32,
            Self::Bits(_) => SampleType::U8,
        }
    }

    /// Bits of a stored sample.
    pub fn bits(self) -> u64 {
        match self {
            Self::Whole(kind) => kind.bits().into(),
            Self::Half => 16,
            Self::Bits(bits) => bits.into(),
        }
    }
}

impl Directory {
    /// Type of the samples; `None` if bands differ, or for types such as 1-bit or 16-bit floating point.
    pub fn sample_type(&self) -> Option<SampleType> {
        match self.storage_or_reason() {
            Ok(Storage::Whole(kind)) => Some(kind),
            _ => None,
        }
    }

    /// Type of the pixels that are read: 16-bit floats become f32; 1, 2 and 4 bits become u8.
    ///
    /// # Errors
    /// [`GeoTiffError::Unsupported`](crate::GeoTiffError::Unsupported) for other types, and bands of several.
    pub fn pixel_type(&self) -> Result<SampleType> {
        Ok(self.storage()?.pixel_type())
    }

    pub(super) fn storage(&self) -> Result<Storage> {
        self.storage_or_reason().map_err(|what| self.unsupported(what))
    }

    fn storage_or_reason(&self) -> Result<Storage, String> {
        let (bits, formats) = (self.bits_per_sample(), self.sample_formats());
        let same = |values: &[u16]| values.iter().all(|value| *value == values[0]);
        if !same(bits) || !same(formats) {
            return Err(format!("a pixel with samples of {bits:?} bits in the formats {formats:?}"));
        }
        // Format 4 is "undefined", which readers take as unsigned.
        let format = if formats[0] == 4 { 1 } else { formats[0] };
        match (bits[0], format) {
            (bits @ (1 | 2 | 4), 1) => Ok(Storage::Bits(bits as u8)),
            (16, 3) => Ok(Storage::Half),
            (bits, 5 | 6) => Err(format!("a complex sample of {bits} bits")),
            (bits, _) => SampleType::from_tags(bits, format)
                .map(Storage::Whole)
                .ok_or_else(|| format!("a sample of {bits} bits in the format {format}")),
        }
    }

    /// The codec, if images with it can be read.
    pub(super) fn readable_compression(&self) -> Result<Compression> {
        let code = self.compression_code();
        let compression = Compression::from_code(code)
            .ok_or_else(|| self.unsupported(format!("the compression {} ({code})", self.compression_name())))?;
        // Chroma of neighbouring pixels is stored once, which only JPEG undoes by itself; [2, 2] if the tag is missing.
        let subsampled = self.photometric() == YCBCR
            && !self.is_planar()
            && self.entry(tag::YCBCR_SUBSAMPLING).and_then(|entry| Some(entry.unsigned()?.eq([1, 1]))) != Some(true);
        if subsampled { Err(self.unsupported("an image with chroma subsampling")) } else { Ok(compression) }
    }
}
