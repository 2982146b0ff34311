//! One tile out of an image: padded, predicted, little-endian.

use super::predictor;
use xr_core::{Encoding, Image, Predictor};

/// Fills `raw` with the decoded bytes of the tile in column `across` and row `down` of tiles. Edge tiles repeat their
/// last column and row. Returns `false`, `raw` undefined, when every pixel is the encoding's sparse value.
pub(super) fn cut(encoding: &Encoding, image: Image<'_>, across: usize, down: usize, raw: &mut Vec<u8>) -> bool {
    let size = encoding.dtype.size();
    let (tile_width, tile_height) = (encoding.tile_width as usize, encoding.tile_height as usize);
    let (left, top) = (across * tile_width, down * tile_height);
    let (columns, rows) = (tile_width.min(image.width as usize - left), tile_height.min(image.height as usize - top));
    let row = |n: usize| {
        let at = ((top + n) * image.width as usize + left) * size;
        &image.pixels[at..at + columns * size]
    };
    if encoding.sparse.is_some_and(|value| (0..rows).all(|n| all_equal(row(n), value.bytes()))) {
        return false;
    }
    let row_bytes = tile_width * size;
    raw.resize(row_bytes * tile_height, 0);
    let mut padded = vec![0; row_bytes];
    for (n, encoded) in raw.chunks_exact_mut(row_bytes).enumerate() {
        if n >= rows {
            break;
        }
        let source = if columns == tile_width {
            row(n)
        } else {
            pad(row(n), size, &mut padded);
            &padded
        };
        predict(encoding.predictor, source, size, encoded);
    }
    for n in rows..tile_height {
        raw.copy_within((rows - 1) * row_bytes..rows * row_bytes, n * row_bytes);
    }
    true
}

fn predict(kind: Predictor, row: &[u8], size: usize, out: &mut [u8]) {
    match kind {
        Predictor::None => predictor::little_endian(row, size, out),
        Predictor::Horizontal => predictor::horizontal(row, size, out),
        Predictor::Float => predictor::float(row, size, out),
    }
}

/// Copies a row and repeats its last pixel.
fn pad(row: &[u8], size: usize, out: &mut [u8]) {
    let (head, tail) = out.split_at_mut(row.len());
    head.copy_from_slice(row);
    let last = &row[row.len() - size..];
    tail.chunks_exact_mut(size).for_each(|pixel| pixel.copy_from_slice(last));
}

/// Whether a row consists of one pixel's bytes.
fn all_equal(row: &[u8], pixel: &[u8]) -> bool {
    // A row equals itself shifted by one pixel exactly when all its pixels are equal.
    row.starts_with(pixel) && row[pixel.len()..] == row[..row.len() - pixel.len()]
}
