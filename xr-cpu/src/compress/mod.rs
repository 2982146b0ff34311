//! Batch encode: every tile cut out, predicted and compressed by one thread, all tiles in parallel.

mod codec;
mod predictor;
mod tile;

use crate::{Cpu, spare::Spare};
use codec::Encoder;
use rayon::prelude::*;
use tile::Rows;
use xr_core::{BatchIo, Compress, EncodedBatch, Encoding, Error, Image, Plan, Result};

/// What a thread needs.
struct Worker {
    encoder: Encoder,
    raw: Vec<u8>,
    encoded: Vec<u8>,
    rows: Rows,
}

impl Worker {
    fn new(encoding: &Encoding) -> Result<Self, String> {
        Ok(Self { encoder: Encoder::new(encoding)?, raw: Vec::new(), encoded: Vec::new(), rows: Rows::default() })
    }

    /// Tile `n` of an image, empty if it is sparse.
    fn encode(&mut self, encoding: &Encoding, image: Image<'_>, n: usize) -> Result<Vec<u8>, String> {
        let (across, _) = encoding.tiles(image.width, image.height);
        if tile::cut(encoding, image, n % across, n / across, &mut self.raw, &mut self.rows) {
            self.encoder.encode(&self.raw, &mut self.encoded)?;
            Ok(self.encoded.as_slice().to_vec()) // of its own length, not of the bound that the encoder works in
        } else {
            Ok(Vec::new())
        }
    }
}

/// All tiles of an image.
fn encoded(encoding: &Encoding, image: Image<'_>) -> Result<Vec<Vec<u8>>> {
    let (across, down) = encoding.tiles(image.width, image.height);
    let spare = Spare::new();
    (0..across * down)
        .into_par_iter()
        .with_max_len(1)
        .map(|n| {
            let encoded = spare.with(
                || Worker::new(encoding),
                |worker| worker.as_mut().map_err(|e| e.clone())?.encode(encoding, image, n),
            );
            encoded.map_err(|detail| Error::Tile { tile: n, detail })
        })
        .collect()
}

/// Encodes all tiles of an image: their lengths into `sizes`, their bytes back to back into `output`.
///
/// # Errors
/// [`Error::Misuse`] for slices too short, [`Error::Tile`] if a codec fails.
pub fn encode(encoding: &Encoding, image: Image<'_>, sizes: &mut [u32], output: &mut [u8]) -> Result<()> {
    let (across, down) = encoding.tiles(image.width, image.height);
    if sizes.len() != across * down {
        return Err(Error::Misuse { what: "there is one size per tile" });
    }
    let tiles = encoded(encoding, image)?;
    let mut rest = output;
    for (tile, size) in tiles.iter().zip(sizes) {
        let (to, after) = rest
            .split_at_mut_checked(tile.len())
            .ok_or(Error::Misuse { what: "the output holds the planned bytes" })?;
        to.copy_from_slice(tile);
        *size = tile.len() as u32; // a tile has at most 2^30 bytes, and its bound a little more
        rest = after;
    }
    Ok(())
}

impl Compress for Cpu {
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan> {
        encoding.check()?;
        let output = codec::bound(encoding).and_then(|bound| bound.checked_mul(tiles));
        match output {
            Some(output) => Ok(Plan { output, scratch: 0 }),
            None => Err(Error::Unsupported { backend: "cpu", what: format!("the codec {}", encoding.codec) }),
        }
    }

    fn compress(&self, (): &(), encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()> {
        let mut memory = io.slab.buffer().write();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
        let [pixels, sizes, output] =
            bytes
                .get_disjoint_mut([io.image.range(), io.sizes.range(), io.output.range()])
                .map_err(|_| Error::Misuse { what: "the spans of a batch lie apart in its slab" })?;
        let sizes = bytemuck::try_cast_slice_mut(sizes).map_err(|_| Error::Misuse { what: "sizes are aligned" })?;
        let image = Image { pixels, width: io.width, height: io.height };
        self.launch(|| encode(encoding, image, sizes, output))
    }

    fn compress_host(&self, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch> {
        let (across, down) = encoding.tiles(image.width, image.height);
        self.compress_plan(encoding, across * down)?;
        let tiles = self.launch(|| encoded(encoding, image))?;
        let sizes = tiles.iter().map(|tile| tile.len() as u32).collect(); // a tile has at most 2^30 bytes, and its bound a little more
        Ok(EncodedBatch::new(tiles.concat(), sizes))
    }
}
