//! A decoder of tiles, written from the specifications and independent of the encoders.

use std::io::Read;
use xr_core::{Codec, Encoding, Image, Predictor};

/// The pixels of an encoded tile in native byte order. An empty one is all sparse value.
///
/// # Errors
/// What is wrong with the bytes.
pub fn tile(encoding: &Encoding, encoded: &[u8]) -> Result<Vec<u8>, String> {
    if encoded.is_empty() {
        let sparse = encoding.sparse.ok_or("an empty tile, and no sparse value")?;
        return Ok(sparse.bytes().repeat(encoding.tile_bytes() / encoding.dtype.size()));
    }
    let mut bytes = stored(encoding.codec, encoded)?;
    if bytes.len() != encoding.tile_bytes() {
        return Err(format!("{} bytes instead of {}", bytes.len(), encoding.tile_bytes()));
    }
    let size = encoding.dtype.size();
    for row in bytes.chunks_exact_mut(encoding.tile_width as usize * size) {
        match encoding.predictor {
            Predictor::None => {}
            Predictor::Horizontal => add_left_neighbours(row, size),
            Predictor::Float => regroup(row, size),
        }
    }
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    Ok(bytes)
}

fn stored(codec: Codec, encoded: &[u8]) -> Result<Vec<u8>, String> {
    match codec {
        Codec::None => Ok(encoded.to_vec()),
        Codec::Deflate => {
            let mut decoder = flate2::bufread::ZlibDecoder::new(encoded);
            let mut bytes = Vec::new();
            decoder.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
            match decoder.into_inner() {
                [] => Ok(bytes),
                rest => Err(format!("{} bytes after the end of the zlib stream", rest.len())),
            }
        }
        Codec::Zstd => zstd::decode_all(encoded).map_err(|e| e.to_string()),
        other => Err(format!("no decoder for {other}")),
    }
}

/// TIFF 6.0, section 14: little-endian elements, each the difference from its left neighbour.
fn add_left_neighbours(row: &mut [u8], size: usize) {
    let element = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let mut left = 0u64;
    for bytes in row.chunks_exact_mut(size) {
        left = left.wrapping_add(element(bytes));
        bytes.copy_from_slice(&left.to_le_bytes()[..size]);
    }
}

/// Adobe Photoshop TIFF Technical Note 3: bytes are differences from their left neighbours; of their sums the first
/// quarter (eighth) holds the most significant byte of each element, and so on. Leaves elements little-endian.
fn regroup(row: &mut [u8], size: usize) {
    for at in 1..row.len() {
        row[at] = row[at].wrapping_add(row[at - 1]);
    }
    let (grouped, elements) = (row.to_vec(), row.len() / size);
    for n in 0..elements {
        for significance in 0..size {
            row[n * size + size - 1 - significance] = grouped[significance * elements + n];
        }
    }
}

/// The pixels of tile `n` of an image, padded as [`Encoding`] says: edge tiles repeat their last column and row.
pub fn padded(encoding: &Encoding, image: &Image<'_>, n: usize) -> Vec<u8> {
    let (across, _) = encoding.tiles(image.width, image.height);
    let size = encoding.dtype.size();
    let (tile_width, tile_height) = (encoding.tile_width as usize, encoding.tile_height as usize);
    let (width, height) = (image.width as usize, image.height as usize);
    let mut tile = Vec::with_capacity(encoding.tile_bytes());
    for row in (0..tile_height).map(|row| (n / across * tile_height + row).min(height - 1)) {
        for column in (0..tile_width).map(|column| (n % across * tile_width + column).min(width - 1)) {
            let at = (row * width + column) * size;
            tile.extend_from_slice(&image.pixels[at..at + size]);
        }
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 1.0f32 is 3f 80 00 00 and 2.0f32 is 40 00 00 00, so the groups are 3f 40 | 80 00 | 00 00 | 00 00, of
    /// which these are the differences.
    #[test]
    fn floats_are_regrouped() {
        let mut row = [0x3f, 0x01, 0x40, 0x80, 0, 0, 0, 0];
        regroup(&mut row, 4);
        assert_eq!(row.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<_>>(), [1.0, 2.0]);
    }

    #[test]
    fn differences_carry_between_bytes() {
        let mut row = [0xff, 0x00, 0x01, 0x00];
        add_left_neighbours(&mut row, 2);
        assert_eq!(row, [0xff, 0x00, 0x00, 0x01]);
    }
}
