//! One tile out of an image: padded, predicted, little-endian.

use super::predictor;
use xr_core::{Encoding, Image, Predictor};

/// Memory for a row.
#[derive(Default)]
pub(super) struct Rows {
    padded: Vec<u8>,
    planes: Vec<u8>,
}

/// Fills `raw` with the decoded bytes of the tile in column `across` and row `down` of tiles. Edge tiles repeat their
/// last column and row. Returns `false`, `raw` undefined, when every sample is the encoding's sparse value.
pub(super) fn cut(
    encoding: &Encoding,
    image: Image<'_>,
    across: usize,
    down: usize,
    raw: &mut Vec<u8>,
    spare: &mut Rows,
) -> bool {
    let pixel = encoding.pixel_bytes();
    let (tile_width, tile_height) = (encoding.tile_width as usize, encoding.tile_height as usize);
    let (left, top) = (across * tile_width, down * tile_height);
    let (columns, rows) = (tile_width.min(image.width as usize - left), tile_height.min(image.height as usize - top));
    let row = |n: usize| {
        let at = ((top + n) * image.width as usize + left) * pixel;
        &image.pixels[at..at + columns * pixel]
    };
    if encoding.sparse.is_some_and(|value| (0..rows).all(|n| all_equal(row(n), value.bytes()))) {
        return false;
    }
    let row_bytes = tile_width * pixel;
    raw.resize(row_bytes * tile_height, 0);
    spare.padded.resize(row_bytes, 0);
    for (n, encoded) in raw.chunks_exact_mut(row_bytes).enumerate() {
        if n >= rows {
            break;
        }
        let source = if columns == tile_width {
            row(n)
        } else {
            pad(row(n), pixel, &mut spare.padded);
            &spare.padded
        };
        predict(encoding, source, encoded, &mut spare.planes);
    }
    for n in rows..tile_height {
        raw.copy_within((rows - 1) * row_bytes..rows * row_bytes, n * row_bytes);
    }
    true
}

fn predict(encoding: &Encoding, row: &[u8], out: &mut [u8], planes: &mut Vec<u8>) {
    let (size, samples) = (encoding.dtype.size(), usize::from(encoding.samples));
    match encoding.predictor {
        Predictor::None => predictor::little_endian(row, size, out),
        Predictor::Horizontal => predictor::horizontal(row, size, samples, out),
        Predictor::Float => predictor::float(row, size, samples, out, planes),
    }
}

/// Copies a row and repeats its last pixel of `size` bytes.
fn pad(row: &[u8], size: usize, out: &mut [u8]) {
    let (head, tail) = out.split_at_mut(row.len());
    head.copy_from_slice(row);
    let last = &row[row.len() - size..];
    tail.chunks_exact_mut(size).for_each(|pixel| pixel.copy_from_slice(last));
}

/// Whether a row consists of one sample's bytes.
fn all_equal(row: &[u8], sample: &[u8]) -> bool {
    // A row equals itself shifted by one sample exactly when all its samples are equal.
    row.starts_with(sample) && row[sample.len()..] == row[..row.len() - sample.len()]
}
