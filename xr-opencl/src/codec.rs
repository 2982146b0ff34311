//! Codecs by the shared kernels. For others whoever asks composes with another backend.

use crate::{OpenCl, Stream, unsupported};
use xr_core::{
    BatchIo, Codec, Compress, DecodeIo, Decoding, Decompress, EncodedBatch, Encoding, Image, Plan, Result, StoredTiles,
    kernels::{codec, deflate, inflate},
};

fn supported(codec: Codec, among: &[Codec]) -> Result<()> {
    if among.contains(&codec) { Ok(()) } else { unsupported(&format!("the codec {codec}")) }
}

impl Compress for OpenCl {
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan> {
        encoding.check()?;
        supported(encoding.codec, self.caps.codecs)?;
        match encoding.codec {
            Codec::Deflate => deflate::compress_plan(encoding, tiles),
            _ => codec::compress_plan(encoding, tiles),
        }
    }

    fn compress(&self, on: &Stream, encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()> {
        supported(encoding.codec, self.caps.codecs)?;
        match encoding.codec {
            Codec::Deflate => deflate::compress(self, on, encoding, io),
            _ => codec::compress(self, on, encoding, io),
        }
    }

    fn compress_host(&self, _: &Encoding, _: Image<'_>) -> Result<EncodedBatch> {
        unsupported("encoding in the host's memory")
    }
}

impl Decompress for OpenCl {
    fn decompress_scratch(&self, decoding: &Decoding, tiles: usize) -> Result<usize> {
        decoding.check()?;
        supported(decoding.codec, self.caps.decoders)?;
        codec::decompress_scratch(decoding, tiles)
    }

    fn decompress(&self, on: &Stream, decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()> {
        supported(decoding.codec, self.caps.decoders)?;
        if inflate::decompress(self, on, decoding, io)? { Ok(()) } else { codec::decompress(self, on, decoding, io) }
    }

    fn decompress_host(&self, _: &Decoding, _: StoredTiles<'_>, _: &mut [u32], _: &mut [u8]) -> Result<()> {
        unsupported("decoding into the host's memory")
    }
}
