//! Deflate on a device: tiles → zlib streams back to back. See the files in `c/deflate/` for how.
//!
//! | level | what is done |
//! |---|---|
//! | 1–3 | runs and repetitions of the pixel before and the row above |
//! | 4–8 | also repetitions that a hash table finds |
//! | 9–12 | and costs of tokens come from three passes over all bytes instead of one over a part, with a look further ahead |

use super::{
    Kernels, Source,
    codec::{Frame, Prepared, prepare},
    launch::{slab, value},
};
use crate::{BatchIo, Encoding, Error, Layout, Plan, Predictor, Result, Span, expr::SUPPORT};
use bytemuck::{Pod, Zeroable};

/// Bytes of a tile that become a block: `SEGMENT`.
const SEGMENT: usize = 32 << 10;
/// Bytes that a work-item parses: `SLICE`.
const SLICE: usize = 32;
/// Symbols that have a code: `SYMBOLS`.
const SYMBOLS: usize = 320;
/// Words of a block's header: `HEADER_WORDS`.
const HEADER_WORDS: usize = 96;
/// Words of what is known of a block, and of the tokens of a slice: `uint4`.
const BLOCK_WORDS: usize = 4;
/// Work-items of groups that parse, make codes, lay out and emit.
const PARSE_ITEMS: usize = 256;
const HUFFMAN_ITEMS: usize = 64;
const LAYOUT_ITEMS: usize = 256;
const EMIT_ITEMS: usize = 256;
/// Longest distance of a match.
const WINDOW: usize = 32 << 10;
/// Bytes of the largest tile: the kernels count its bits in 32 bits.
const MAX_TILE: usize = 1 << 28;
/// Bytes of tiles that are encoded at a time, if that is one or more: what they need beside them is as many times that.
const PART: usize = 128 << 20;

/// What is tried on a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Effort {
    /// Bytes that are hashed, 4 to 8, or 0.
    hashed: usize,
    /// log2 of the bytes from one position that is looked up to the next.
    step_shift: usize,
    /// Slices beyond its own that a work-item parses.
    ahead: usize,
    /// Passes of the parse.
    passes: u32,
    /// How much of the segment passes before the last look at: one round in so many.
    sampled_every: u32,
}

impl Effort {
    /// Steps and hashes are those that were measured best: matches of samples that are whole begin and end where samples
    /// do, and long hashes find long matches, which bits of noise do not have.
    fn of(encoding: &Encoding) -> Self {
        let (hashed, step_shift) = match (encoding.predictor, encoding.dtype.size()) {
            (Predictor::Float, _) => (8, 0),
            (_, 1) => (8, 2),
            (_, 2) => (7, 1),
            (_, 4) => (4, 2),
            (_, _) => (8, 2),
        };
        match encoding.level {
            ..=3 => Self { hashed: 0, step_shift: 0, ahead: 0, passes: 2, sampled_every: 4 },
            4..=8 => Self { hashed, step_shift, ahead: 0, passes: 2, sampled_every: 4 },
            9.. => Self { hashed, step_shift, ahead: 1, passes: 4, sampled_every: 1 },
        }
    }

    /// Work-items of a group that finds matches, a round of 128 or 256 bytes.
    fn match_items(self) -> usize {
        if self.step_shift == 0 { 256 } else { 128 >> self.step_shift }
    }

    /// Local memory for a look ahead is that of half of the work-items.
    fn parse_items(self) -> usize {
        PARSE_ITEMS >> self.ahead
    }

    /// The kernels `find_matches`, `parse`, `make_codes`, `lay_out_blocks`, `lay_out_tiles` and `emit`.
    fn source(self) -> Source {
        let Self { hashed, step_shift, ahead, .. } = self;
        let definitions = format!(
            "#define HASHED {hashed}\n#define STEP_SHIFT {step_shift}u\n#define AHEAD {ahead}u\n#define MATCH_ITEMS {}u\n\
             #define PARSE_ITEMS {}u\n#define HUFFMAN_ITEMS {HUFFMAN_ITEMS}u\n#define LAYOUT_ITEMS {LAYOUT_ITEMS}u\n\
             #define EMIT_ITEMS {EMIT_ITEMS}u\n",
            self.match_items(),
            self.parse_items(),
        );
        let matches = if hashed > 0 { include_str!("c/deflate/match.c") } else { "" };
        let bodies = vec![
            SUPPORT,
            include_str!("c/deflate/symbols.h"),
            include_str!("c/deflate/segment.h"),
            matches,
            include_str!("c/deflate/parse.c"),
            include_str!("c/deflate/huffman.c"),
            include_str!("c/deflate/layout.c"),
            include_str!("c/deflate/emit.c"),
        ];
        Source::new(definitions, bodies)
    }
}

/// The kernels that [`compress`] launches.
pub fn deflate_source(encoding: &Encoding) -> Source {
    Effort::of(encoding).source()
}

/// Distances that are tried everywhere: of runs, of the pixel before or the next plane of bytes, and of the row above.
fn special_distances(encoding: &Encoding) -> [u32; 3] {
    let row = encoding.decoding().row_bytes();
    let near = match encoding.predictor {
        Predictor::Float => row / encoding.dtype.size(),
        Predictor::None | Predictor::Horizontal => encoding.pixel_bytes().max(2),
    };
    let used = |distance: usize, before: &[usize]| {
        if distance <= WINDOW && !before.contains(&distance) { distance as u32 } else { 0 }
    };
    [1, used(near, &[1]), used(row, &[1, near])]
}

/// Where things are that a part of a batch needs while it is encoded.
struct Work {
    /// Tiles of a part.
    tiles: usize,
    matches: Span,
    tokens: Span,
    counts: Span,
    codes: Span,
    headers: Span,
    blocks: Span,
}

impl Work {
    fn reserve(layout: &mut Layout, effort: Effort, prepared: &Prepared) -> Result<Self> {
        let tiles = (PART / prepared.stride).clamp(1, prepared.tiles.max(1));
        let (bytes, segments) = (tiles * prepared.stride, tiles * prepared.tile_bytes.div_ceil(SEGMENT));
        let matches = if effort.hashed > 0 { bytes >> effort.step_shift } else { 0 };
        let mut words = |count: usize| layout.add(count * size_of::<u32>());
        Ok(Self {
            tiles,
            matches: words(matches)?,
            tokens: words(bytes / SLICE * BLOCK_WORDS)?,
            counts: words(segments * SYMBOLS)?,
            codes: words(segments * SYMBOLS)?,
            headers: words(segments * HEADER_WORDS)?,
            blocks: words(segments * BLOCK_WORDS)?,
        })
    }
}

/// As kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Batch {
    raw: u64,
    empty: u64,
    adlers: u64,
    places: u64,
    sizes: u64,
    output: u64,
    matches: u64,
    tokens: u64,
    counts: u64,
    codes: u64,
    headers: u64,
    blocks: u64,
    first: u32,
    tiles: u32,
    tile_bytes: u32,
    stride: u32,
    segments: u32,
    special: [u32; 3],
    passes: u32,
    sampled_every: u32,
    zlib_header: u32,
    padding: u32,
}

/// Bytes of a zlib stream at most: where nothing is gained, a block is stored, behind at most seven bits of alignment.
const fn bound(tile_bytes: usize) -> usize {
    tile_bytes + 6 * tile_bytes.div_ceil(SEGMENT) + 6
}

/// [`Compress::compress_plan`](crate::Compress::compress_plan).
///
/// # Errors
/// [`Error::Limit`] for tiles that are too large, or when a sum leaves the address space.
pub fn compress_plan(encoding: &Encoding, tiles: usize) -> Result<Plan> {
    let tile_bytes = encoding.tile_bytes();
    if tile_bytes > MAX_TILE {
        return Err(Error::Limit { what: "tile bytes to deflate", got: tile_bytes as u64, limit: MAX_TILE as u64 });
    }
    let mut layout = Layout::default();
    let prepared = Prepared::reserve(&mut layout, encoding, tiles)?;
    Work::reserve(&mut layout, Effort::of(encoding), &prepared)?;
    Ok(Plan { output: (tiles * bound(tile_bytes)).next_multiple_of(4), scratch: layout.total() })
}

/// [`Compress::compress`](crate::Compress::compress).
///
/// # Errors
/// Those of the device.
pub fn compress<B: Kernels>(backend: &B, on: &B::Stream, encoding: &Encoding, io: &BatchIo<'_, B>) -> Result<()> {
    let (across, down) = encoding.tiles(io.width, io.height);
    let mut layout = Layout::within(io.scratch);
    let prepared = Prepared::reserve(&mut layout, encoding, across * down)?;
    prepare(backend, on, encoding, io, &prepared)?;
    let effort = Effort::of(encoding);
    let work = Work::reserve(&mut layout, effort, &prepared)?;
    let program = backend.program(&deflate_source(encoding))?;
    // Words that blocks share are put together from zeros.
    backend.fill(on, io.slab.buffer(), io.output, 0)?;
    let segments = prepared.tile_bytes.div_ceil(SEGMENT);
    for first in (0..prepared.tiles).step_by(work.tiles) {
        let tiles = work.tiles.min(prepared.tiles - first);
        let batch = Batch {
            raw: prepared.raw.at as u64,
            empty: prepared.empty.at as u64,
            adlers: prepared.adlers.at as u64,
            places: prepared.offsets.at as u64,
            sizes: io.sizes.at as u64,
            output: io.output.at as u64,
            matches: work.matches.at as u64,
            tokens: work.tokens.at as u64,
            counts: work.counts.at as u64,
            codes: work.codes.at as u64,
            headers: work.headers.at as u64,
            blocks: work.blocks.at as u64,
            first: first as u32,
            tiles: tiles as u32,
            tile_bytes: prepared.tile_bytes as u32,
            stride: prepared.stride as u32,
            segments: segments as u32,
            special: special_distances(encoding),
            passes: effort.passes,
            sampled_every: effort.sampled_every,
            zlib_header: Frame::Zlib { level: encoding.level }.header().swap_bytes() >> 16,
            padding: 0,
        };
        let arguments = [value(&batch), slab(io.slab)];
        let launch = |name, groups, items| backend.launch(on, &program, name, &arguments, groups, items);
        let groups = tiles * segments;
        if effort.hashed > 0 {
            launch("find_matches", groups, effort.match_items())?;
        }
        launch("parse", groups, effort.parse_items())?;
        launch("make_codes", groups, HUFFMAN_ITEMS)?;
        launch("lay_out_blocks", tiles.div_ceil(LAYOUT_ITEMS), LAYOUT_ITEMS)?;
        launch("lay_out_tiles", 1, LAYOUT_ITEMS)?;
        launch("emit", groups, EMIT_ITEMS)?;
    }
    Ok(())
}
