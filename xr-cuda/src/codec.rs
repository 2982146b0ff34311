//! No codec runs on the device yet: whoever asks composes with another backend.

use crate::{Cuda, Stream, unsupported};
use xr_core::{
    BatchIo, Compress, DecodeIo, Decoding, Decompress, EncodedBatch, Encoding, Image, Plan, Result, StoredTiles,
};

fn encoding<T>(encoding: &Encoding) -> Result<T> {
    unsupported(&format!("encoding {}", encoding.codec))
}

fn decoding<T>(decoding: &Decoding) -> Result<T> {
    unsupported(&format!("decoding {}", decoding.codec))
}

impl Compress for Cuda {
    fn compress_plan(&self, of: &Encoding, _: usize) -> Result<Plan> {
        encoding(of)
    }

    fn compress(&self, _: &Stream, of: &Encoding, _: &BatchIo<'_, Self>) -> Result<()> {
        encoding(of)
    }

    fn compress_host(&self, of: &Encoding, _: Image<'_>) -> Result<EncodedBatch> {
        encoding(of)
    }
}

impl Decompress for Cuda {
    fn decompress_scratch(&self, of: &Decoding, _: usize) -> Result<usize> {
        decoding(of)
    }

    fn decompress(&self, _: &Stream, of: &Decoding, _: &DecodeIo<'_, Self>) -> Result<()> {
        decoding(of)
    }

    fn decompress_host(&self, of: &Decoding, _: StoredTiles<'_>, _: &mut [u32], _: &mut [u8]) -> Result<()> {
        decoding(of)
    }
}
