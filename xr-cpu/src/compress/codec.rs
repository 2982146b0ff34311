//! The codecs' whole-buffer encoders.

use crate::{lzw, packbits};
use libdeflater::{CompressionLvl, Compressor};
use xr_core::{Codec, Encoding};

/// An encoder with its working memory.
pub(super) enum Encoder {
    None,
    Deflate(Compressor),
    Zstd(zstd::bulk::Compressor<'static>),
    Lzw(lzw::Encoder),
    PackBits { row_bytes: usize },
}

impl Encoder {
    pub(super) fn new(encoding: &Encoding) -> Result<Self, String> {
        match encoding.codec {
            Codec::None => Ok(Self::None),
            Codec::Deflate => {
                let level = CompressionLvl::new(encoding.level);
                let level = level.map_err(|_| format!("deflate has no level {}", encoding.level))?;
                Ok(Self::Deflate(Compressor::new(level)))
            }
            Codec::Zstd => zstd::bulk::Compressor::new(encoding.level).map(Self::Zstd).map_err(|e| e.to_string()),
            Codec::Lzw => Ok(Self::Lzw(lzw::Encoder::new())),
            Codec::PackBits => Ok(Self::PackBits { row_bytes: encoding.decoding().row_bytes() }),
            other => Err(format!("the codec {other} is not on the CPU")),
        }
    }

    /// Replaces what is in `encoded`, whose memory is used again.
    pub(super) fn encode(&mut self, raw: &[u8], encoded: &mut Vec<u8>) -> Result<(), String> {
        encoded.clear();
        match self {
            Self::None => encoded.extend_from_slice(raw),
            Self::Deflate(compressor) => {
                encoded.resize(compressor.zlib_compress_bound(raw.len()), 0);
                let len = compressor.zlib_compress(raw, encoded).map_err(|e| e.to_string())?;
                encoded.truncate(len);
            }
            Self::Zstd(compressor) => {
                encoded.reserve(zstd::zstd_safe::compress_bound(raw.len()));
                compressor.compress_to_buffer(raw, encoded).map_err(|e| e.to_string())?;
            }
            Self::Lzw(encoder) => encoder.encode(raw, encoded),
            Self::PackBits { row_bytes } => raw.chunks(*row_bytes).for_each(|row| packbits::pack(row, encoded)),
        }
        Ok(())
    }
}

/// Worst-case bytes of one encoded tile; `None` for a codec that is not on the CPU.
pub(super) fn bound(encoding: &Encoding) -> Option<usize> {
    let bytes = encoding.tile_bytes();
    match encoding.codec {
        Codec::None => Some(bytes),
        // RFC 1950 and 1951: stored blocks of at most 65,535 bytes with 5 bytes of header each, 6 bytes of framing.
        // libdeflate's own bound cuts blocks at 10,000 bytes at worst.
        Codec::Deflate => Some(bytes + (bytes / 5_000 + 2) * 5 + 16),
        Codec::Zstd => Some(zstd::zstd_safe::compress_bound(bytes)),
        Codec::Lzw => Some(lzw::bound(bytes)),
        Codec::PackBits => Some(packbits::bound(encoding.decoding().row_bytes(), encoding.tile_height as usize)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_core::{DataType, Predictor};

    fn encoding(codec: Codec, tile_width: u32, tile_height: u32) -> Encoding {
        let (level, predictor, dtype) = (6, Predictor::None, DataType::U8);
        Encoding { codec, level, predictor, dtype, samples: 1, tile_width, tile_height, sparse: None }
    }

    #[test]
    fn packbits_rows_are_packed_separately() {
        let mut encoded = vec![9];
        Encoder::new(&encoding(Codec::PackBits, 3, 2)).unwrap().encode(&[5; 6], &mut encoded).unwrap();
        assert_eq!(encoded, [0xfe, 5, 0xfe, 5]);
    }

    /// Bytes without any structure, the worst case of every codec.
    #[test]
    fn nothing_grows_beyond_its_bound() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for codec in crate::CODECS {
            for side in [1, 2, 7, 61, 128, 300] {
                let encoding = encoding(*codec, side, side);
                let raw: Vec<u8> = (0..side * side).map(|_| noise()).collect();
                let mut encoded = Vec::new();
                Encoder::new(&encoding).unwrap().encode(&raw, &mut encoded).unwrap();
                assert!(encoded.len() <= bound(&encoding).unwrap(), "{codec}, {side}²: {} bytes", encoded.len());
            }
        }
    }
}
