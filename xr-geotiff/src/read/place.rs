//! Decoded chunks into the pixels of a window: the right rows and columns, bands, and types.

use super::storage::Storage;
use super::stored::{Chunk, Stored};
use super::window::{Frame, Interleave};

/// What a chunk and a window have in common along one axis.
struct Overlap {
    length: usize,
    /// First pixel, counted in the chunk.
    from: usize,
    /// First pixel, counted in the window.
    to: usize,
}

/// The part of a chunk that a window wants.
pub(super) struct Placement<'a> {
    stored: &'a Stored,
    frame: &'a Frame<'a>,
    plane: u16,
    columns: Overlap,
    rows: Overlap,
}

impl<'a> Placement<'a> {
    pub fn new(stored: &'a Stored, frame: &'a Frame<'a>, chunk: &Chunk) -> Self {
        let (window, grid) = (frame.window, &stored.grid);
        let columns = overlap(chunk.column, grid.chunk_width, window.column, window.width);
        let rows = overlap(chunk.row, grid.chunk_height, window.row, window.height);
        Self { stored, frame, plane: chunk.plane, columns, rows }
    }

    /// Puts the decoded chunk where it belongs in `out`.
    pub fn copy(&self, decoded: &[u8], out: &mut [u8]) {
        let (step, size) = (usize::from(self.stored.samples), self.frame.sample_type.bytes());
        let rows = decoded.chunks_exact(self.stored.spec.row_bytes()).skip(self.rows.from).take(self.rows.length);
        for (row, source) in (self.rows.to..).zip(rows) {
            if self.has_rows_of_window() {
                let source = &source[self.columns.from * step * size..][..self.columns.length * step * size];
                let (start, _) = self.target(row, 0);
                out[start..start + source.len()].copy_from_slice(source);
                continue;
            }
            for (position, sample) in self.bands() {
                let first = self.columns.from * step + sample;
                let (start, stride) = self.target(row, position);
                let (target, count) = (&mut out[start..], self.columns.length);
                match (self.stored.storage, size) {
                    (Storage::Bits(bits), _) => unpack(source, first, step, bits, target, stride, count),
                    (Storage::Half, _) => widen(source, first, step, target, stride, count),
                    (Storage::Whole(_), 1) => copy::<1>(source, first, step, target, stride, count),
                    (Storage::Whole(_), 2) => copy::<2>(source, first, step, target, stride, count),
                    (Storage::Whole(_), 4) => copy::<4>(source, first, step, target, stride, count),
                    (Storage::Whole(_), _) => copy::<8>(source, first, step, target, stride, count),
                }
            }
        }
    }

    /// Fills where a sparse chunk belongs in `out`.
    pub fn fill(&self, out: &mut [u8]) {
        let pixel = &self.stored.fill;
        for row in self.rows.to..self.rows.to + self.rows.length {
            for (position, _) in self.bands() {
                let (start, stride) = self.target(row, position);
                for target in out[start..].chunks_mut(stride).take(self.columns.length) {
                    target[..pixel.len()].copy_from_slice(pixel);
                }
            }
        }
    }

    /// Bands of the window that the chunk has: position in the window, sample of the chunk's pixel.
    fn bands(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let planar = self.stored.grid.planes > 1;
        let wanted = self.frame.bands.iter().enumerate();
        wanted
            .filter(move |&(_, &band)| !planar || band == self.plane)
            .map(move |(position, &band)| (position, if planar { 0 } else { usize::from(band) }))
    }

    /// Whether rows have the same bytes in chunk and window.
    fn has_rows_of_window(&self) -> bool {
        matches!(self.stored.storage, Storage::Whole(_))
            && self.stored.grid.planes == 1
            && self.frame.interleave == Interleave::Pixel
            && self.frame.bands.iter().copied().eq(0..self.stored.samples)
    }

    /// Byte of the first wanted sample in a row of the window, and bytes from one to the next.
    fn target(&self, row: usize, position: usize) -> (usize, usize) {
        let (width, height) = (self.frame.window.width as usize, self.frame.window.height as usize);
        let (size, bands) = (self.frame.sample_type.bytes(), self.frame.bands.len());
        match self.frame.interleave {
            Interleave::Band => (((position * height + row) * width + self.columns.to) * size, size),
            Interleave::Pixel => (((row * width + self.columns.to) * bands + position) * size, bands * size),
        }
    }
}

fn overlap(index: u32, size: u32, first: u32, length: u32) -> Overlap {
    let (chunk, window) = (u64::from(index) * u64::from(size), u64::from(first));
    let start = chunk.max(window);
    let end = (chunk + u64::from(size)).min(window + u64::from(length));
    Overlap {
        length: end.saturating_sub(start) as usize,
        from: (start - chunk) as usize,
        to: (start - window) as usize,
    }
}

/// Copies `count` samples of `N` bytes: every `step`th from sample `first` on, to every `stride`th byte.
fn copy<const N: usize>(source: &[u8], first: usize, step: usize, target: &mut [u8], stride: usize, count: usize) {
    let source = &source[first * N..];
    if (step, stride) == (1, N) {
        target[..count * N].copy_from_slice(&source[..count * N]);
        return;
    }
    for (to, from) in target.chunks_mut(stride).zip(source.chunks(step * N)).take(count) {
        to[..N].copy_from_slice(&from[..N]);
    }
}

fn widen(source: &[u8], first: usize, step: usize, target: &mut [u8], stride: usize, count: usize) {
    for (to, from) in target.chunks_mut(stride).zip(source[first * 2..].chunks(step * 2)).take(count) {
        let value = half::f16::from_ne_bytes([from[0], from[1]]).to_f32();
        to[..4].copy_from_slice(&value.to_ne_bytes());
    }
}

fn unpack(source: &[u8], first: usize, step: usize, bits: u8, target: &mut [u8], stride: usize, count: usize) {
    let (bits, mask) = (usize::from(bits), (1 << bits) - 1);
    let per_byte = 8 / bits;
    for (to, sample) in target.chunks_mut(stride).zip((first..).step_by(step)).take(count) {
        to[0] = source[sample / per_byte] >> (8 - bits * (sample % per_byte + 1)) & mask;
    }
}
