//! An encoder of tiles, written from the specifications and independent of the product's: what other programs may store.

use std::{collections::HashMap, io::Write};
use xr_core::{ByteOrder, Codec, Decoding, Predictor};

/// The bytes from which a decoder gets the native-endian `pixels` of a tile.
///
/// # Errors
/// For a codec that is not here.
pub fn stored(decoding: &Decoding, pixels: &[u8]) -> Result<Vec<u8>, String> {
    let mut rows = pixels.chunks_exact(decoding.row_bytes()).map(|row| predicted(decoding, row));
    match decoding.codec {
        Codec::None => Ok(rows.collect::<Vec<_>>().concat()),
        Codec::Deflate => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(4));
            rows.try_for_each(|row| encoder.write_all(&row)).map_err(|e| e.to_string())?;
            encoder.finish().map_err(|e| e.to_string())
        }
        Codec::Zstd => zstd::encode_all(&*rows.collect::<Vec<_>>().concat(), 3).map_err(|e| e.to_string()),
        Codec::Lzw => Ok(lzw(&rows.collect::<Vec<_>>().concat())),
        Codec::PackBits => Ok(rows.flat_map(|row| packbits(&row)).collect()),
        other => Err(format!("no encoder for {other}")),
    }
}

/// A row's stored bytes before the codec.
fn predicted(decoding: &Decoding, row: &[u8]) -> Vec<u8> {
    let (size, samples) = (decoding.sample_size, usize::from(decoding.samples));
    let most_significant_first = |element: &[u8]| -> Vec<u8> {
        if cfg!(target_endian = "big") { element.to_vec() } else { element.iter().rev().copied().collect() }
    };
    let elements: Vec<Vec<u8>> = row.chunks_exact(size).map(most_significant_first).collect();
    let value = |bytes: &[u8]| bytes.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let in_order = |bytes: &[u8]| match decoding.byte_order {
        ByteOrder::Big => bytes.to_vec(),
        ByteOrder::Little => bytes.iter().rev().copied().collect(),
    };
    match decoding.predictor {
        Predictor::None => elements.iter().flat_map(|element| in_order(element)).collect(),
        Predictor::Horizontal => {
            let left = |n: usize| n.checked_sub(samples).map_or(0, |left| value(&elements[left]));
            let difference = |n: usize| value(&elements[n]).wrapping_sub(left(n)).to_be_bytes();
            (0..elements.len()).flat_map(|n| in_order(&difference(n)[8 - size..])).collect()
        }
        Predictor::Float => {
            let plane = |byte: usize| elements.iter().map(move |element| element[byte]);
            let grouped: Vec<u8> = (0..size).flat_map(plane).collect();
            let left = |n: usize| n.checked_sub(samples).map_or(0, |left| grouped[left]);
            (0..grouped.len()).map(|n| grouped[n].wrapping_sub(left(n))).collect()
        }
    }
}

/// TIFF 6.0, section 13, by its pseudo-code. A code gets a bit more as soon as entry 511, 1023 or 2047 is in the table;
/// "as soon as we add table entry 4094, we write out a (12-bit) ClearCode".
fn lzw(bytes: &[u8]) -> Vec<u8> {
    let mut out = Bits::default();
    let fresh = || (0..=255u8).map(|byte| (vec![byte], u16::from(byte))).collect::<HashMap<Vec<u8>, u16>>();
    let width = |next: u16| [511, 1023, 2047].iter().filter(|&&entry| next > entry).count() + 9;
    let (mut table, mut next, mut omega) = (fresh(), 258u16, Vec::new());
    out.push(256, 9);
    for &byte in bytes {
        let longer = [&omega[..], &[byte]].concat();
        if table.contains_key(&longer) {
            omega = longer;
            continue;
        }
        out.push(table[&omega], width(next));
        table.insert(longer, next);
        next += 1;
        omega = vec![byte];
        if next > 4094 {
            out.push(256, 12);
            (table, next) = (fresh(), 258);
        }
    }
    if let Some(&code) = table.get(&omega) {
        out.push(code, width(next));
        next += 1;
    }
    out.push(257, width(next));
    out.bytes
}

/// Bits, most significant first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    fn push(&mut self, code: u16, width: usize) {
        for bit in (0..width).rev() {
            if self.len.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((code >> bit & 1) as u8) << (7 - self.len % 8);
            }
            self.len += 1;
        }
    }
}

/// Runs of any length, and single bytes as literals of one: legal, if not short. Begins with an idle header.
fn packbits(row: &[u8]) -> Vec<u8> {
    let mut out = vec![0x80];
    for run in row.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(128)) {
        out.push(1u8.wrapping_sub(run.len() as u8));
        out.push(run[0]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_s_lzw_example_encodes() {
        let encoded = [0x80, 0x01, 0xe0, 0x40, 0x80, 0x44, 0x08, 0x0c, 0x06, 0x80, 0x80];
        assert_eq!(lzw(&[7, 7, 7, 8, 8, 7, 7, 6, 6]), encoded);
    }

    #[test]
    fn runs_of_one_are_literals() {
        assert_eq!(packbits(&[4, 9, 9, 9]), [0x80, 0, 4, 0xfe, 9]);
    }
}
