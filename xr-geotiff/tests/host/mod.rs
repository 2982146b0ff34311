//! A plain decoder of tiles on the host: each codec's own library, predictors by their definition.

use std::error::Error;
use std::io::Read;

use xr_geotiff::{Compression, EncodedChunks, Predictor, TileDecode, TileSpec};

/// Decodes one chunk after the other.
#[derive(Debug, Default)]
pub struct HostDecoder {
    /// Chunks of each batch so far.
    pub batches: Vec<usize>,
}

impl TileDecode for HostDecoder {
    fn decode(
        &mut self,
        spec: &TileSpec,
        chunks: &EncodedChunks<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Vec<Result<(), String>>, Box<dyn Error + Send + Sync>> {
        self.batches.push(chunks.ranges.len());
        out.resize(spec.tile_bytes() * chunks.ranges.len(), 0);
        let tiles = out.chunks_exact_mut(spec.tile_bytes());
        Ok(chunks.iter().zip(tiles).map(|(encoded, tile)| decode_tile(spec, encoded, tile)).collect())
    }
}

fn decode_tile(spec: &TileSpec, encoded: &[u8], tile: &mut [u8]) -> Result<(), String> {
    let decoded = match spec.compression {
        Compression::None => {
            let raw = encoded.get(..tile.len()).ok_or("too short")?;
            tile.copy_from_slice(raw);
            raw.len()
        }
        Compression::Deflate => inflate(encoded, tile)?,
        Compression::Zstd => zstd::bulk::decompress_to_buffer(encoded, tile).map_err(|e| e.to_string())?,
        Compression::Lzw => unlzw(encoded, tile)?,
        Compression::PackBits => unpack_bits(encoded, tile),
        _ => return Err("codec unknown".into()),
    };
    if decoded != tile.len() {
        return Err(format!("decodes to {decoded} of {} bytes", tile.len()));
    }
    for row in tile.chunks_exact_mut(spec.row_bytes()) {
        undo_predictor(spec, row);
    }
    Ok(())
}

fn inflate(encoded: &[u8], tile: &mut [u8]) -> Result<usize, String> {
    let mut decoder = flate2::read::ZlibDecoder::new(encoded);
    decoder.read_exact(tile).map_err(|e| e.to_string())?;
    // The checksum is compared where the stream ends.
    match decoder.read(&mut [0]) {
        Ok(more) => Ok(tile.len() + more),
        Err(error) => Err(error.to_string()),
    }
}

fn unlzw(mut encoded: &[u8], tile: &mut [u8]) -> Result<usize, String> {
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let mut done = 0;
    let mut more = [0];
    loop {
        let room = if done < tile.len() { &mut tile[done..] } else { &mut more[..] };
        let result = decoder.decode_bytes(encoded, room);
        encoded = &encoded[result.consumed_in..];
        done += result.consumed_out;
        match result.status.map_err(|e| e.to_string())? {
            weezl::LzwStatus::Ok if done <= tile.len() && result.consumed_in + result.consumed_out > 0 => {}
            _ => return Ok(done),
        }
    }
}

fn unpack_bits(mut encoded: &[u8], tile: &mut [u8]) -> usize {
    let mut done = 0;
    while let [head, rest @ ..] = encoded
        && done < tile.len()
    {
        let target = &mut tile[done..];
        let head = i32::from(*head as i8);
        let (taken, length) = match head {
            -128 => (0, 0),
            0.. => (head as usize + 1, head as usize + 1),
            _ => (1, (1 - head) as usize),
        };
        let Some(source) = rest.get(..taken) else { return done };
        let length = length.min(target.len());
        if taken == 1 {
            target[..length].fill(source[0]);
        } else {
            target[..length].copy_from_slice(&source[..length]);
        }
        done += length;
        encoded = &rest[taken..];
    }
    done
}

fn undo_predictor(spec: &TileSpec, row: &mut [u8]) {
    let (size, samples) = (usize::from(spec.sample_bytes), usize::from(spec.samples));
    if spec.predictor == Predictor::Float {
        for i in samples..row.len() {
            row[i] = row[i].wrapping_add(row[i - samples]);
        }
        let planes = row.to_vec();
        let count = row.len() / size;
        for (i, sample) in row.chunks_exact_mut(size).enumerate() {
            let big_endian = (0..size).map(|byte| planes[byte * count + i]);
            sample.iter_mut().zip(big_endian).for_each(|(to, byte)| *to = byte);
            if cfg!(target_endian = "little") {
                sample.reverse();
            }
        }
        return;
    }
    if spec.big_endian != cfg!(target_endian = "big") {
        row.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    if spec.predictor == Predictor::Horizontal {
        match size {
            1 => sum::<1>(row, samples, |a, b| [a[0].wrapping_add(b[0])]),
            2 => sum::<2>(row, samples, |a, b| u16::from_ne_bytes(a).wrapping_add(u16::from_ne_bytes(b)).to_ne_bytes()),
            4 => sum::<4>(row, samples, |a, b| u32::from_ne_bytes(a).wrapping_add(u32::from_ne_bytes(b)).to_ne_bytes()),
            _ => sum::<8>(row, samples, |a, b| u64::from_ne_bytes(a).wrapping_add(u64::from_ne_bytes(b)).to_ne_bytes()),
        }
    }
}

fn sum<const N: usize>(row: &mut [u8], samples: usize, add: impl Fn([u8; N], [u8; N]) -> [u8; N]) {
    let (row, _) = row.as_chunks_mut::<N>();
    for i in samples..row.len() {
        row[i] = add(row[i], row[i - samples]);
    }
}
