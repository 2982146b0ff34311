//! A decoder of tiles, written from the specifications and independent of the encoders.

use std::io::Read;
use xr_core::{ByteOrder, Codec, Decoding, Encoding, Image, Predictor};

/// The pixels of an encoded tile in native byte order. An empty one is all sparse value.
///
/// # Errors
/// What is wrong with the bytes.
pub fn tile(encoding: &Encoding, encoded: &[u8]) -> Result<Vec<u8>, String> {
    if encoded.is_empty() {
        let sparse = encoding.sparse.ok_or("an empty tile, and no sparse value")?;
        return Ok(sparse.bytes().repeat(encoding.tile_bytes() / encoding.dtype.size()));
    }
    stored(&encoding.decoding(), encoded)
}

/// The pixels of a tile in native byte order, whoever wrote it. Of uncompressed and packed bytes, which have no end of
/// their own, those beyond the tile are ignored.
///
/// # Errors
/// What is wrong with the bytes.
pub fn stored(decoding: &Decoding, encoded: &[u8]) -> Result<Vec<u8>, String> {
    let len = decoding.tile_bytes();
    let mut bytes = expand(decoding.codec, encoded, len)?;
    if bytes.len() != len {
        return Err(format!("{} bytes instead of {len}", bytes.len()));
    }
    let (size, samples) = (decoding.sample_size, usize::from(decoding.samples));
    for row in bytes.chunks_exact_mut(decoding.row_bytes()) {
        match decoding.predictor {
            Predictor::None => little_endian(row, decoding),
            Predictor::Horizontal => {
                little_endian(row, decoding);
                add_left_neighbours(row, size, samples);
            }
            Predictor::Float => regroup(row, size, samples),
        }
    }
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    Ok(bytes)
}

fn little_endian(row: &mut [u8], decoding: &Decoding) {
    if decoding.byte_order == ByteOrder::Big {
        row.chunks_exact_mut(decoding.sample_size).for_each(<[u8]>::reverse);
    }
}

fn expand(codec: Codec, encoded: &[u8], len: usize) -> Result<Vec<u8>, String> {
    match codec {
        Codec::None => Ok(encoded[..len.min(encoded.len())].to_vec()),
        Codec::Lzw => lzw(encoded, len),
        Codec::PackBits => packbits(encoded, len),
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

/// TIFF 6.0, section 13, by its pseudo-code: codes of 9 to 12 bits, most significant first; 256 clears the table, 257
/// ends the strip, and a code gets a bit more as soon as entry 510, 1022 or 2046 is in the table. A strip may do without
/// the Clear at its front and the end mark; one that goes on beyond `len` bytes is refused.
fn lzw(encoded: &[u8], len: usize) -> Result<Vec<u8>, String> {
    let (mut bytes, mut at) = (Vec::new(), 0);
    let mut table = LzwTable::default();
    let mut old: Option<usize> = None;
    loop {
        let width = table.width();
        if at + width > 8 * encoded.len() {
            return Ok(bytes);
        }
        let bit = |n: usize| usize::from(encoded[n / 8] >> (7 - n % 8) & 1);
        let code = (at..at + width).fold(0, |code, n| code << 1 | bit(n));
        at += width;
        match (code, old) {
            (256, _) => (table, old) = (LzwTable::default(), None),
            (257, _) => return Ok(bytes),
            (_, None) => {
                bytes.extend_from_slice(table.0.get(code).ok_or_else(|| format!("{code} is the first code"))?);
                old = Some(code);
            }
            (_, Some(before)) => {
                let known = table.0.get(code).unwrap_or(&table.0[before]);
                let entry = [&table.0[before][..], &known[..1]].concat();
                if code > table.0.len() || (code == table.0.len() && code == 4096) {
                    return Err(format!("the code {code}, and {} entries", table.0.len()));
                }
                if table.0.len() < 4096 {
                    table.0.push(entry);
                }
                bytes.extend_from_slice(&table.0[code]);
                old = Some(code);
            }
        }
        if bytes.len() > len {
            return Err(format!("more than {len} bytes"));
        }
    }
}

struct LzwTable(Vec<Vec<u8>>);

impl Default for LzwTable {
    fn default() -> Self {
        Self((0..=255).map(|byte| vec![byte]).chain([vec![], vec![]]).collect())
    }
}

impl LzwTable {
    fn width(&self) -> usize {
        match self.0.len() {
            0..511 => 9,
            511..1023 => 10,
            1023..2047 => 11,
            2047.. => 12,
        }
    }
}

/// TIFF 6.0, section 9: "Loop until you get the number of unpacked bytes you are expecting: read the next source byte
/// into n. If n is between 0 and 127 inclusive, copy the next n+1 bytes literally. Else if n is between -127 and -1
/// inclusive, copy the next byte -n+1 times. Else if n is -128, noop." A run beyond that number is refused.
fn packbits(encoded: &[u8], len: usize) -> Result<Vec<u8>, String> {
    let mut source = encoded.iter().copied();
    let mut next = || source.next().ok_or("it ends too soon");
    let mut bytes = Vec::new();
    while bytes.len() < len {
        let n = next()? as i8;
        if n >= 0 {
            for _ in 0..=n {
                bytes.push(next()?);
            }
        } else if n != -128 {
            let byte = next()?;
            (0..1 - i32::from(n)).for_each(|_| bytes.push(byte));
        }
    }
    if bytes.len() > len { Err(format!("more than {len} bytes")) } else { Ok(bytes) }
}

/// TIFF 6.0, section 14: little-endian elements, each the difference from the same sample of the pixel to its left.
fn add_left_neighbours(row: &mut [u8], size: usize, samples: usize) {
    let element = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let mut left = vec![0u64; samples];
    for pixel in row.chunks_exact_mut(size * samples) {
        for (left, bytes) in left.iter_mut().zip(pixel.chunks_exact_mut(size)) {
            *left = left.wrapping_add(element(bytes));
            bytes.copy_from_slice(&left.to_le_bytes()[..size]);
        }
    }
}

/// Adobe Photoshop TIFF Technical Note 3: bytes are differences from those as many bytes before as pixels have samples;
/// of their sums the first half (quarter, eighth) holds the most significant byte of each element, and so on. Leaves
/// elements little-endian.
fn regroup(row: &mut [u8], size: usize, samples: usize) {
    for at in samples..row.len() {
        row[at] = row[at].wrapping_add(row[at - samples]);
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
    let size = encoding.pixel_bytes();
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
        regroup(&mut row, 4, 1);
        assert_eq!(row.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<_>>(), [1.0, 2.0]);
    }

    #[test]
    fn differences_carry_between_bytes() {
        let mut row = [0xff, 0x00, 0x01, 0x00];
        add_left_neighbours(&mut row, 2, 1);
        assert_eq!(row, [0xff, 0x00, 0x00, 0x01]);
    }

    #[test]
    fn the_specification_s_lzw_example_decodes() {
        // Clear, 7, 258, 8, 8, 258, 6, 6, EOI, in nine bits each.
        let encoded = [0x80, 0x01, 0xe0, 0x40, 0x80, 0x44, 0x08, 0x0c, 0x06, 0x80, 0x80];
        assert_eq!(lzw(&encoded, 9).unwrap(), [7, 7, 7, 8, 8, 7, 7, 6, 6]);
        assert!(lzw(&encoded, 8).is_err());
    }

    #[test]
    fn a_packed_example_decodes() {
        // Apple Technical Note TN1023.
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let bytes = packbits(&packed, 24).unwrap();
        assert_eq!(bytes[..10], [0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa]);
        assert_eq!(bytes[10..], [&[0x80, 0x00, 0x2a, 0x22][..], &[0xaa; 10]].concat());
        assert!(packbits(&packed, 23).is_err());
        assert!(packbits(&packed, 25).is_err());
    }
}
