//! Codecs: tiles as they are, deflate and the decoders of LZW and PackBits by the shared kernels, Zstandard by nvCOMP between
//! what surrounds codecs, if there is one. For others whoever asks composes with another backend.

mod batch;
mod decode;
mod encode;
mod library;

pub use batch::source as nvcomp_source;

use crate::{Cuda, NAME, Stream, unsupported};
use nvcomp_sys::Nvcomp;
use xr_core::{
    BatchIo, Codec, Compress, DecodeIo, Decoding, Decompress, EncodedBatch, Encoding, Error, Image, Plan, Result,
    StoredTiles,
    kernels::{codec, deflate, inflate},
};

/// Codecs that run on devices: Zstandard only where nvCOMP is found.
pub fn codecs() -> &'static [Codec] {
    if library::nvcomp().is_ok() { &[Codec::None, Codec::Deflate, Codec::Zstd] } else { &[Codec::None, Codec::Deflate] }
}

/// Those that are decoded, likewise.
pub fn decoders() -> &'static [Codec] {
    if library::nvcomp().is_ok() {
        &[Codec::None, Codec::Deflate, Codec::Lzw, Codec::PackBits, Codec::Zstd]
    } else {
        &[Codec::None, Codec::Deflate, Codec::Lzw, Codec::PackBits]
    }
}

/// nvCOMP, or the error that it is not there.
pub fn find_nvcomp() -> Result<&'static Nvcomp> {
    library::nvcomp().map_err(|why| Error::Unavailable { backend: NAME, reason: why.into() })
}

impl Cuda {
    /// What nvCOMP is to do for a codec: nothing if others do it. `level` is that of an encoding.
    fn by_nvcomp(&self, codec: Codec, level: i32) -> Result<Option<(&'static Nvcomp, nvcomp_sys::Codec)>> {
        let with = match codec {
            Codec::Zstd => nvcomp_sys::Codec::Zstd,
            Codec::Deflate if self.deflates_by_nvcomp => nvcomp_sys::Codec::Deflate { algorithm: algorithm(level) },
            _ => return Ok(None),
        };
        find_nvcomp().map(|nvcomp| Some((nvcomp, with)))
    }
}

/// nvCOMP's deflate algorithm for a level of 1…12: entropy coding alone, the fast one, the one that is about zlib's level 1,
/// and from 9 on the two that search long, at a tenth of its speed. Zstandard has no levels there.
const fn algorithm(level: i32) -> i32 {
    match level {
        ..=1 => 0,
        2 | 3 => 1,
        4..=8 => 2,
        9..=11 => 4,
        12.. => 5,
    }
}

fn supported(codec: Codec, among: &[Codec]) -> Result<()> {
    if among.contains(&codec) { Ok(()) } else { unsupported(&format!("the codec {codec}")) }
}

impl Compress for Cuda {
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan> {
        encoding.check()?;
        supported(encoding.codec, self.caps.codecs)?;
        match (self.by_nvcomp(encoding.codec, encoding.level)?, encoding.codec) {
            (Some((nvcomp, with)), _) => encode::plan(self, nvcomp, with, encoding, tiles),
            (None, Codec::Deflate) => deflate::compress_plan(encoding, tiles),
            (None, _) => codec::compress_plan(encoding, tiles),
        }
    }

    fn compress(&self, on: &Stream, encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()> {
        supported(encoding.codec, self.caps.codecs)?;
        match (self.by_nvcomp(encoding.codec, encoding.level)?, encoding.codec) {
            (Some((nvcomp, with)), _) => encode::run(self, on, nvcomp, with, encoding, io),
            (None, Codec::Deflate) => deflate::compress(self, on, encoding, io),
            (None, _) => codec::compress(self, on, encoding, io),
        }
    }

    fn compress_host(&self, _: &Encoding, _: Image<'_>) -> Result<EncodedBatch> {
        unsupported("encoding in the host's memory")
    }
}

impl Decompress for Cuda {
    fn decompress_scratch(&self, decoding: &Decoding, tiles: usize) -> Result<usize> {
        decoding.check()?;
        supported(decoding.codec, self.caps.decoders)?;
        match self.by_nvcomp(decoding.codec, 1)? {
            Some((nvcomp, with)) => decode::scratch(self, nvcomp, with, decoding, tiles),
            None => codec::decompress_scratch(decoding, tiles),
        }
    }

    fn decompress(&self, on: &Stream, decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()> {
        supported(decoding.codec, self.caps.decoders)?;
        if let Some((nvcomp, with)) = self.by_nvcomp(decoding.codec, 1)? {
            return decode::run(self, on, nvcomp, with, decoding, io);
        }
        if inflate::decompress(self, on, decoding, io)? { Ok(()) } else { codec::decompress(self, on, decoding, io) }
    }

    fn decompress_host(&self, _: &Decoding, _: StoredTiles<'_>, _: &mut [u32], _: &mut [u8]) -> Result<()> {
        unsupported("decoding into the host's memory")
    }
}
