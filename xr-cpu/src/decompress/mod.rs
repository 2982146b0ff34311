//! Batch decode: every tile decoded by one thread straight into its place, its predictor undone there, all tiles in
//! parallel.

mod codec;
mod predictor;

use crate::{CODECS, Cpu, spare::Spare};
use codec::Decoder;
use rayon::prelude::*;
use xr_core::{DecodeIo, Decoding, Decompress, Error, FAILED, Result, StoredTiles};

/// What a thread needs.
struct Worker {
    decoder: Decoder,
    row: Vec<u8>,
}

impl Worker {
    fn new(decoding: &Decoding) -> Result<Self, String> {
        Ok(Self { decoder: Decoder::new(decoding.codec)?, row: Vec::new() })
    }

    fn decode(&mut self, decoding: &Decoding, encoded: &[u8], pixels: &mut [u8]) -> Result<(), String> {
        self.decoder.decode(encoded, pixels).map_err(|detail| format!("{}: {detail}", decoding.codec))?;
        predictor::undo(decoding, pixels, &mut self.row);
        Ok(())
    }
}

/// Decodes a tile into native-endian pixels, or says what is wrong with it.
///
/// # Errors
/// A sentence without the tile's name: its bytes are damaged, `pixels` has not its size, or the codec is not on the CPU.
pub fn decode_tile(decoding: &Decoding, encoded: &[u8], pixels: &mut [u8]) -> Result<(), String> {
    decoding.check().map_err(|e| e.to_string())?;
    if pixels.len() != decoding.tile_bytes() {
        return Err(format!("the target has {} bytes, a tile {}", pixels.len(), decoding.tile_bytes()));
    }
    Worker::new(decoding)?.decode(decoding, encoded, pixels)
}

/// Decodes all tiles, tile `i` to byte `i × tile_bytes` of `pixels`; into `sizes` that length, or [`FAILED`].
///
/// # Errors
/// [`Error::Misuse`] for slices of other lengths, `Unsupported` for a codec that is not on the CPU, [`Error::Device`] if
/// a codec's library does not start.
pub fn decode(decoding: &Decoding, tiles: StoredTiles<'_>, sizes: &mut [u32], pixels: &mut [u8]) -> Result<()> {
    decoding.check()?;
    supported(decoding)?;
    let tile_bytes = decoding.tile_bytes();
    if sizes.len() != tiles.table.len() || tile_bytes.checked_mul(sizes.len()) != Some(pixels.len()) {
        return Err(Error::Misuse { what: "there is a size and a place per tile" });
    }
    let spare = Spare::new();
    pixels.par_chunks_exact_mut(tile_bytes).zip(sizes).enumerate().with_max_len(1).try_for_each(|(n, (place, size))| {
        spare.with(
            || Worker::new(decoding),
            |worker| {
                let started = worker.as_mut().map_err(|e| Error::Device { backend: "cpu", detail: e.clone() })?;
                let decoded = tiles.get(n).is_some_and(|encoded| started.decode(decoding, encoded, place).is_ok());
                *size = if decoded { tile_bytes as u32 } else { FAILED }; // a tile has at most 2^30 bytes
                Ok(())
            },
        )
    })
}

fn supported(decoding: &Decoding) -> Result<()> {
    if CODECS.contains(&decoding.codec) {
        return Ok(());
    }
    Err(Error::Unsupported { backend: "cpu", what: format!("the codec {}", decoding.codec) })
}

impl Decompress for Cpu {
    fn decompress_scratch(&self, decoding: &Decoding, _: usize) -> Result<usize> {
        supported(decoding).map(|()| 0)
    }

    fn decompress(&self, (): &(), decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()> {
        let mut memory = io.slab.buffer().write();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
        let [table, input, sizes, pixels] = bytes
            .get_disjoint_mut([io.table.range(), io.input.range(), io.sizes.range(), io.output.range()])
            .map_err(|_| Error::Misuse { what: "the spans of a batch lie apart in its slab" })?;
        let table = bytemuck::try_cast_slice(table).map_err(|_| Error::Misuse { what: "the table is aligned" })?;
        let sizes = bytemuck::try_cast_slice_mut(sizes).map_err(|_| Error::Misuse { what: "sizes are aligned" })?;
        self.launch(|| decode(decoding, StoredTiles { bytes: input, table }, sizes, pixels))
    }

    fn decompress_host(
        &self,
        decoding: &Decoding,
        tiles: StoredTiles<'_>,
        sizes: &mut [u32],
        pixels: &mut [u8],
    ) -> Result<()> {
        self.launch(|| decode(decoding, tiles, sizes, pixels))
    }
}
