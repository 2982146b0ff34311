//! Codecs: tiles as they are by the shared kernels alone, deflate and Zstandard by nvCOMP between them, if there is one. For
//! others whoever asks composes with another backend.

mod batch;
mod decode;
mod encode;
mod library;

pub use batch::source as nvcomp_source;

use crate::{Cuda, Stream, unsupported};
use nvcomp_sys::Nvcomp;
use xr_core::{
    BatchIo, Codec, Compress, DecodeIo, Decoding, Decompress, EncodedBatch, Encoding, Image, Plan, Result, StoredTiles,
    kernels::codec,
};

/// Codecs that run on devices: those of nvCOMP only where it is found.
pub fn codecs() -> &'static [Codec] {
    match library::nvcomp() {
        Ok(_) => &[Codec::None, Codec::Deflate, Codec::Zstd],
        Err(_) => &[Codec::None],
    }
}

/// What runs a codec.
enum Runner {
    /// Nothing but what surrounds codecs.
    Kernels,
    Nvcomp(&'static Nvcomp, nvcomp_sys::Codec),
}

/// Which it is; `level` is that of an encoding.
fn runner(codec: Codec, level: i32) -> Result<Runner> {
    let nvcomp = |with| match library::nvcomp() {
        Ok(nvcomp) => Ok(Runner::Nvcomp(nvcomp, with)),
        Err(why) => unsupported(&format!("the codec {codec} without nvCOMP: {why}")),
    };
    match codec {
        Codec::None => Ok(Runner::Kernels),
        Codec::Deflate => nvcomp(nvcomp_sys::Codec::Deflate { algorithm: algorithm(level) }),
        Codec::Zstd => nvcomp(nvcomp_sys::Codec::Zstd),
        other => unsupported(&format!("the codec {other}")),
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

impl Compress for Cuda {
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan> {
        encoding.check()?;
        match runner(encoding.codec, encoding.level)? {
            Runner::Kernels => codec::compress_plan(encoding, tiles),
            Runner::Nvcomp(nvcomp, with) => encode::plan(self, nvcomp, with, encoding, tiles),
        }
    }

    fn compress(&self, on: &Stream, encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()> {
        match runner(encoding.codec, encoding.level)? {
            Runner::Kernels => codec::compress(self, on, encoding, io),
            Runner::Nvcomp(nvcomp, with) => encode::run(self, on, nvcomp, with, encoding, io),
        }
    }

    fn compress_host(&self, _: &Encoding, _: Image<'_>) -> Result<EncodedBatch> {
        unsupported("encoding in the host's memory")
    }
}

impl Decompress for Cuda {
    fn decompress_scratch(&self, decoding: &Decoding, tiles: usize) -> Result<usize> {
        decoding.check()?;
        match runner(decoding.codec, 1)? {
            Runner::Kernels => codec::decompress_scratch(decoding, tiles),
            Runner::Nvcomp(nvcomp, with) => decode::scratch(self, nvcomp, with, decoding, tiles),
        }
    }

    fn decompress(&self, on: &Stream, decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()> {
        match runner(decoding.codec, 1)? {
            Runner::Kernels => codec::decompress(self, on, decoding, io),
            Runner::Nvcomp(nvcomp, with) => decode::run(self, on, nvcomp, with, decoding, io),
        }
    }

    fn decompress_host(&self, _: &Decoding, _: StoredTiles<'_>, _: &mut [u32], _: &mut [u8]) -> Result<()> {
        unsupported("decoding into the host's memory")
    }
}
