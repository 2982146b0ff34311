//! The codecs' whole-buffer decoders. All of them fill exactly the tile, and none reads or writes beyond a slice whatever
//! the bytes are.

use crate::{lzw, packbits};
use libdeflater::{DecompressionError, Decompressor};
use xr_core::Codec;

/// A decoder with its working memory.
pub(super) enum Decoder {
    None,
    Deflate(Decompressor),
    Zstd(zstd::bulk::Decompressor<'static>),
    Lzw(lzw::Decoder),
    PackBits,
}

const SHORT: &str = "the data ends before the tile does";
const LONG: &str = "the data goes on beyond the tile";

impl Decoder {
    pub(super) fn new(codec: Codec) -> Result<Self, String> {
        match codec {
            Codec::None => Ok(Self::None),
            Codec::Deflate => Ok(Self::Deflate(Decompressor::new())),
            Codec::Zstd => zstd::bulk::Decompressor::new().map(Self::Zstd).map_err(|e| e.to_string()),
            Codec::Lzw => Ok(Self::Lzw(lzw::Decoder::new())),
            Codec::PackBits => Ok(Self::PackBits),
            other => Err(format!("the codec {other} is not on the CPU")),
        }
    }

    /// Fills `tile`, or says what is wrong with the stream.
    pub(super) fn decode(&mut self, encoded: &[u8], tile: &mut [u8]) -> Result<(), String> {
        let written = match self {
            Self::None => {
                tile.copy_from_slice(encoded.get(..tile.len()).ok_or(SHORT)?);
                tile.len()
            }
            Self::Deflate(decompressor) => decompressor.zlib_decompress(encoded, tile).map_err(|e| match e {
                DecompressionError::BadData => "the zlib stream is damaged",
                DecompressionError::InsufficientSpace => LONG,
            })?,
            Self::Zstd(decompressor) => {
                let frame = zstd::zstd_safe::find_frame_compressed_size(encoded)
                    .map_err(|code| zstd::zstd_safe::get_error_name(code).to_string())?;
                let frame = encoded.get(..frame).ok_or(SHORT)?;
                decompressor.decompress_to_buffer(frame, tile).map_err(|e| e.to_string())?
            }
            Self::Lzw(decoder) => decoder.decode(encoded, tile).map(|()| tile.len())?,
            Self::PackBits => packbits::unpack(encoded, tile).map(|()| tile.len())?,
        };
        if written == tile.len() { Ok(()) } else { Err(SHORT.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(codec: Codec, encoded: &[u8], len: usize) -> Result<Vec<u8>, String> {
        let mut tile = vec![0xa5; len];
        Decoder::new(codec)?.decode(encoded, &mut tile).map(|()| tile)
    }

    /// RFC 1950 and 1951 by hand: one stored block of two bytes, and Adler-32 of 1 2 (0x0006_0004).
    const ZLIB: [u8; 13] = [0x78, 0x01, 0x01, 0x02, 0x00, 0xfd, 0xff, 1, 2, 0x00, 0x06, 0x00, 0x04];

    #[test]
    fn zlib_is_checked_to_the_last_byte() {
        assert_eq!(decoded(Codec::Deflate, &ZLIB, 2).unwrap(), [1, 2]);
        assert_eq!(decoded(Codec::Deflate, &[&ZLIB[..], &[9; 5]].concat(), 2).unwrap(), [1, 2]);
        assert_eq!(decoded(Codec::Deflate, &ZLIB, 3).unwrap_err(), SHORT);
        assert_eq!(decoded(Codec::Deflate, &ZLIB, 1).unwrap_err(), LONG);
        assert!(decoded(Codec::Deflate, &ZLIB[..12], 2).is_err());
        let mut wrong = ZLIB;
        wrong[12] ^= 1;
        assert!(decoded(Codec::Deflate, &wrong, 2).is_err());
    }

    /// RFC 8878 by hand: magic, a header for a single segment of two bytes, one last raw block of two bytes.
    const ZSTD: [u8; 11] = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x02, 0x11, 0x00, 0x00, 1, 2];

    #[test]
    fn zstd_is_one_frame() {
        assert_eq!(decoded(Codec::Zstd, &ZSTD, 2).unwrap(), [1, 2]);
        assert_eq!(decoded(Codec::Zstd, &[&ZSTD[..], &[9; 5]].concat(), 2).unwrap(), [1, 2]);
        assert!(decoded(Codec::Zstd, &ZSTD, 1).is_err());
        assert!(decoded(Codec::Zstd, &ZSTD, 3).is_err());
        assert!(decoded(Codec::Zstd, &[ZSTD, ZSTD].concat(), 4).is_err());
        assert!(decoded(Codec::Zstd, &ZSTD[..9], 2).is_err());
    }

    #[test]
    fn stored_bytes_fill_the_tile() {
        assert_eq!(decoded(Codec::None, &[1, 2, 3], 2).unwrap(), [1, 2]);
        assert!(decoded(Codec::None, &[1], 2).is_err());
    }
}
