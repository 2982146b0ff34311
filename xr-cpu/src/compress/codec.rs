//! The codecs' whole-buffer encoders.

use libdeflater::{CompressionLvl, Compressor};
use xr_core::{Codec, Encoding};

/// An encoder with its working memory.
pub(super) enum Encoder {
    None,
    Deflate(Compressor, usize),
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Encoder {
    pub(super) fn new(encoding: &Encoding) -> Result<Self, String> {
        match encoding.codec {
            Codec::None => Ok(Self::None),
            Codec::Deflate => {
                let level = CompressionLvl::new(encoding.level);
                let level = level.map_err(|_| format!("deflate has no level {}", encoding.level))?;
                let mut compressor = Compressor::new(level);
                let bound = compressor.zlib_compress_bound(encoding.tile_bytes());
                Ok(Self::Deflate(compressor, bound))
            }
            Codec::Zstd => zstd::bulk::Compressor::new(encoding.level).map(Self::Zstd).map_err(|e| e.to_string()),
            other => Err(format!("the codec {other} is not on the CPU")),
        }
    }

    pub(super) fn encode(&mut self, raw: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::None => Ok(raw.to_vec()),
            Self::Deflate(compressor, bound) => {
                let mut encoded = vec![0; *bound];
                let len = compressor.zlib_compress(raw, &mut encoded).map_err(|e| e.to_string())?;
                encoded.truncate(len);
                encoded.shrink_to_fit();
                Ok(encoded)
            }
            Self::Zstd(compressor) => compressor.compress(raw).map_err(|e| e.to_string()),
        }
    }
}

/// Worst-case bytes of one encoded tile; `None` for a codec that is not on the CPU.
pub(super) fn bound(codec: Codec, bytes: usize) -> Option<usize> {
    match codec {
        Codec::None => Some(bytes),
        // RFC 1950 and 1951: stored blocks of at most 65,535 bytes with 5 bytes of header each, 6 bytes of framing.
        // libdeflate's own bound cuts blocks at 10,000 bytes at worst.
        Codec::Deflate => Some(bytes + (bytes / 5_000 + 2) * 5 + 16),
        Codec::Zstd => Some(zstd::zstd_safe::compress_bound(bytes)),
        _ => None,
    }
}
