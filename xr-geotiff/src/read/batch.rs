//! Chunks of a window, batch by batch: found, fetched in few requests, decoded together, put in place.

use std::ops::Range;

use super::byte_source::{ByteSource, coalesce};
use super::decode::{EncodedChunks, TileDecode, TileSpec};
use super::directory::Directory;
use super::place::Placement;
use super::stored::{Chunk, Stored, chunk_error, chunk_name};
use super::window::Frame;
use crate::{Compression, GeoTiffError, Result};

/// One read of a window.
pub(super) struct WindowRead<'a> {
    pub directory: &'a Directory,
    pub stored: &'a Stored,
    pub frame: &'a Frame<'a>,
    pub source: &'a dyn ByteSource,
    /// Bytes that a batch may take.
    pub memory: u64,
}

/// Memory that batches use one after another.
#[derive(Default)]
struct Buffers {
    chunks: Vec<Chunk>,
    ranges: Vec<Range<usize>>,
    encoded: Vec<u8>,
    decoded: Vec<u8>,
}

impl WindowRead<'_> {
    /// Reads all chunks that the window touches into `out`, which has the window's bytes.
    pub fn run(&self, decoder: &mut dyn TileDecode, out: &mut [u8]) -> Result<()> {
        let mut buffers = Buffers::default();
        let rows = self.frame.chunk_rows(self.stored.grid.chunk_height);
        // The last strip is shorter than the others, so it is decoded on its own.
        let last = rows.end - 1;
        let short = self.stored.spec_of_row(last, self.directory) != self.stored.spec;
        let (full, short) = if short { (rows.start..last, last..rows.end) } else { (rows.clone(), last..last) };
        self.read_rows(full, decoder, &mut buffers, out)?;
        self.read_rows(short, decoder, &mut buffers, out)
    }

    fn read_rows(
        &self,
        rows: Range<u32>,
        decoder: &mut dyn TileDecode,
        buffers: &mut Buffers,
        out: &mut [u8],
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let spec = self.stored.spec_of_row(rows.start, self.directory);
        let columns = self.frame.chunk_columns(self.stored.grid.chunk_width);
        let mut taken = 0;
        for plane in self.planes() {
            for row in rows.clone() {
                for column in columns.clone() {
                    let chunk = self.stored.chunk(self.directory, plane, column, row)?;
                    if chunk.bytes == 0 {
                        Placement::new(self.stored, self.frame, &chunk).fill(out);
                        continue;
                    }
                    let needed = self.memory_of(&spec, &chunk);
                    if needed > self.memory {
                        let (path, directory) = (self.directory.path().to_owned(), self.directory.index());
                        let (chunk, memory) = (chunk_name(self.directory), self.memory);
                        return Err(GeoTiffError::Memory { path, directory, chunk, needed, memory });
                    }
                    if needed > self.memory - taken {
                        self.read_batch(&spec, decoder, buffers, out)?;
                        taken = 0;
                    }
                    taken += needed;
                    buffers.chunks.push(chunk);
                }
            }
        }
        self.read_batch(&spec, decoder, buffers, out)
    }

    /// Planes of the wanted bands, each once.
    fn planes(&self) -> Vec<u16> {
        let mut planes = if self.stored.grid.planes == 1 { vec![0] } else { self.frame.bands.to_vec() };
        planes.sort_unstable();
        planes.dedup();
        planes
    }

    /// Bytes that a chunk takes in a batch, with the gap before it that may be read along.
    fn memory_of(&self, spec: &TileSpec, chunk: &Chunk) -> u64 {
        let own = size_of::<Chunk>() + size_of::<Range<usize>>() + size_of::<Range<u64>>();
        chunk.bytes + self.source.worthwhile_gap() + spec.tile_bytes() as u64 + own as u64
    }

    /// Fetches and decodes the chunks of `buffers`, which are none afterwards.
    fn read_batch(
        &self,
        spec: &TileSpec,
        decoder: &mut dyn TileDecode,
        buffers: &mut Buffers,
        out: &mut [u8],
    ) -> Result<()> {
        let Buffers { chunks, ranges, encoded, decoded } = buffers;
        if chunks.is_empty() {
            return Ok(());
        }
        chunks.sort_unstable_by_key(|chunk| chunk.offset);
        self.fetch(chunks, ranges, encoded)?;
        let batch = EncodedChunks { bytes: encoded, ranges };
        let results = self.decode(spec, &batch, decoder, decoded)?;
        for (i, ((chunk, result), encoded)) in chunks.iter().zip(results).zip(batch.iter()).enumerate() {
            let placement = Placement::new(self.stored, self.frame, chunk);
            match result {
                Ok(()) => placement.copy(&decoded[i * spec.tile_bytes()..][..spec.tile_bytes()], out),
                Err(reason) => match self.decode_padded(spec, encoded, decoder)? {
                    Some(padded) => placement.copy(&padded, out),
                    None => return Err(chunk_error(self.directory, chunk, reason)),
                },
            }
        }
        chunks.clear();
        Ok(())
    }

    /// Reads the bytes of `chunks`, which ascend by offset, into one slab.
    fn fetch(&self, chunks: &[Chunk], ranges: &mut Vec<Range<usize>>, encoded: &mut Vec<u8>) -> Result<()> {
        let gap = self.source.worthwhile_gap();
        let spans = coalesce(chunks.iter().map(|chunk| chunk.offset..chunk.offset + chunk.bytes), gap);
        let failed = |error| GeoTiffError::io(self.directory.path(), "read", error);
        let total = spans.iter().map(|span| span.end - span.start).sum::<u64>() as usize;
        encoded.clear();
        encoded.try_reserve_exact(total).map_err(|_| failed(std::io::ErrorKind::OutOfMemory.into()))?;
        self.source.read_ranges(&spans, encoded).map_err(failed)?;
        if encoded.len() != total {
            return Err(failed(std::io::ErrorKind::UnexpectedEof.into()));
        }
        ranges.clear();
        let (mut spans, mut before) = (spans.into_iter().peekable(), 0);
        for chunk in chunks {
            while let Some(span) = spans.next_if(|span| span.end <= chunk.offset) {
                before += span.end - span.start;
            }
            let start = before + chunk.offset - spans.peek().map_or(0, |span| span.start);
            ranges.push(start as usize..(start + chunk.bytes) as usize);
        }
        if self.stored.reversed_bits {
            encoded.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        Ok(())
    }

    fn decode(
        &self,
        spec: &TileSpec,
        batch: &EncodedChunks<'_>,
        decoder: &mut dyn TileDecode,
        decoded: &mut Vec<u8>,
    ) -> Result<Vec<Result<(), String>>> {
        let failed = |source| GeoTiffError::Decoder { path: self.directory.path().to_owned(), source };
        let results = decoder.decode(spec, batch, decoded).map_err(failed)?;
        if results.len() != batch.ranges.len() || decoded.len() != batch.ranges.len() * spec.tile_bytes() {
            return Err(failed("the decoder returned other tiles than it was given".into()));
        }
        Ok(results)
    }

    /// Decodes a last strip that its writer made as long as the others.
    fn decode_padded(&self, spec: &TileSpec, encoded: &[u8], decoder: &mut dyn TileDecode) -> Result<Option<Vec<u8>>> {
        let whole = self.stored.spec;
        if spec.height == whole.height || spec.compression == Compression::None {
            return Ok(None);
        }
        let range = 0..encoded.len();
        let batch = EncodedChunks { bytes: encoded, ranges: std::slice::from_ref(&range) };
        let mut decoded = Vec::new();
        let results = self.decode(&whole, &batch, decoder, &mut decoded)?;
        Ok(results.first().is_some_and(Result::is_ok).then_some(decoded))
    }
}
