//! The reader's batches of tiles, decoded by an engine.

use crate::OpenOptions;
use xr_core::{ByteOrder, Codec, Decoded, Decoding, Engine, HostDecoder, Predictor, StoredTiles};
use xr_geotiff::{Compression, EncodedChunks, TileDecode, TileSpec, compression_name};

/// Tiles of one engine call, at most: one probe tells of that many.
const BATCH: usize = 8192;

/// An engine as the decoder of a GeoTIFF [`Reader`](xr_geotiff::Reader). Tiles of codecs that it does not run, and those that
/// it cannot decode, are the CPU's, if this build has it.
pub struct EngineDecoder<'a>(pub &'a mut dyn Engine);

impl TileDecode for EngineDecoder<'_> {
    fn decode(
        &mut self,
        spec: &TileSpec,
        chunks: &EncodedChunks<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Vec<Result<(), String>>, Box<dyn std::error::Error + Send + Sync>> {
        let decoding = Decoding {
            codec: match spec.compression {
                Compression::None => Codec::None,
                Compression::Deflate => Codec::Deflate,
                Compression::Zstd => Codec::Zstd,
                Compression::Lzw => Codec::Lzw,
                Compression::PackBits => Codec::PackBits,
                other => return Err(format!("no engine decodes {}", compression_name(other.code())).into()),
            },
            predictor: match spec.predictor {
                xr_geotiff::Predictor::None => Predictor::None,
                xr_geotiff::Predictor::Horizontal => Predictor::Horizontal,
                xr_geotiff::Predictor::Float => Predictor::Float,
                other => return Err(format!("no engine undoes predictor {}", other.code()).into()),
            },
            sample_size: spec.sample_bytes.into(),
            byte_order: if spec.big_endian { ByteOrder::Big } else { ByteOrder::Little },
            samples: spec.samples,
            tile_width: spec.width,
            tile_height: spec.height,
        };
        let tile_bytes = decoding.tile_bytes();
        let table: Vec<[u64; 2]> = chunks.ranges.iter().map(|r| [r.start as u64, r.len() as u64]).collect();
        out.resize(tile_bytes * table.len(), 0);
        #[cfg(feature = "cpu")]
        let host = |_: usize, encoded: &[u8], place: &mut [u8]| xr_cpu::decode_tile(&decoding, encoded, place);
        #[cfg(feature = "cpu")]
        let host: Option<HostDecoder<'_>> = Some(&host);
        #[cfg(not(feature = "cpu"))]
        let host: Option<HostDecoder<'_>> = None;
        let runs = self.0.caps().decoders.contains(&decoding.codec);
        let mut other = (!runs).then(|| crate::engine("cpu", OpenOptions::default())).transpose()?;
        let engine = other.as_deref_mut().unwrap_or(&mut *self.0);
        let mut fates = Vec::with_capacity(table.len());
        for (table, pixels) in table.chunks(BATCH).zip(out.chunks_mut(BATCH * tile_bytes)) {
            let tiles = StoredTiles { bytes: chunks.bytes, table };
            fates.extend(engine.decompress(&decoding, tiles, host, pixels)?.into_iter().map(|fate| match fate {
                Decoded::Device | Decoded::Host => Ok(()),
                Decoded::Failed(xr_core::Error::Tile { detail, .. }) => Err(detail),
                Decoded::Failed(other) => Err(other.to_string()),
            }));
        }
        Ok(fates)
    }
}
