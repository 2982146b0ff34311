//! The ghost area of a COG, and whether its promises hold for every tile.

use std::io::Result;
use std::ops::Range;

use super::image::Image;
use super::source::Source;
use super::{Faulty, Findings, Severity};
use crate::ByteSource;

const FIRST_LINE: &[u8] = b"GDAL_STRUCTURAL_METADATA_SIZE=000000 bytes\n";
/// Position of the six digits in the first line.
const DIGITS: Range<usize> = 30..36;
/// Tiles whose frames are read at once, along with what lies between them if that is little.
const BATCH: usize = 256;

/// What the ghost area says.
pub(super) struct Ghost {
    /// Where it ends.
    pub end: u64,
    row_major: bool,
    leader: bool,
    trailer: bool,
    masks_interleaved: bool,
}

/// Reads the ghost area; `None` if there is none.
pub(super) fn read<S: ByteSource>(source: &Source<S>, findings: &mut Findings) -> Result<Option<Ghost>> {
    let at = source.header_bytes();
    let Some(line) = source.read(at, FIRST_LINE.len() as u64)? else { return Ok(None) };
    if line[..DIGITS.start] != FIRST_LINE[..DIGITS.start] {
        return Ok(None);
    }
    let digits = std::str::from_utf8(&line[DIGITS]).ok().and_then(|digits| digits.parse().ok());
    let start = at + line.len() as u64;
    let text = match digits {
        Some(bytes) if line[DIGITS.end..] == FIRST_LINE[DIGITS.end..] => source.read(start, bytes)?,
        _ => None,
    };
    let Some(text) = text else {
        findings.error(at, "the first line of the ghost area does not give the size of an area within the file");
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let says = |line: &str| text.lines().any(|other| other.trim_start() == line);
    if says("KNOWN_INCOMPATIBLE_EDITION=YES") {
        let message = "the ghost area says that a program without knowledge of COGs has changed the file";
        findings.add(Severity::NotCog, start, message);
    }
    if !says("LAYOUT=IFDS_BEFORE_DATA") {
        findings.add(Severity::NotCog, start, "the ghost area does not say LAYOUT=IFDS_BEFORE_DATA");
    }
    Ok(Some(Ghost {
        end: start + text.len() as u64,
        row_major: says("BLOCK_ORDER=ROW_MAJOR"),
        leader: says("BLOCK_LEADER=SIZE_AS_UINT4"),
        trailer: says("BLOCK_TRAILER=LAST_4_BYTES_REPEATED"),
        masks_interleaved: says("MASK_INTERLEAVED_WITH_IMAGERY=YES"),
    }))
}

/// GDAL relies on the promises, so a broken one is an error.
pub(super) fn check_tiles<S: ByteSource>(
    source: &Source<S>,
    images: &[Image],
    ghost: &Ghost,
    findings: &mut Findings,
) -> Result<()> {
    for image in images {
        let (mut order, mut leader, mut trailer) = (Faulty::default(), Faulty::default(), Faulty::default());
        let mut last = 0;
        let tiles: Vec<_> = image.chunks.iter().copied().enumerate().collect();
        for batch in tiles.chunks(BATCH) {
            let batch = batch.iter().filter(|&&(_, (offset, bytes))| bytes > 0 && source.holds(offset, bytes));
            let frames = batch.clone().flat_map(|&(_, tile)| [ghost.leader(tile), ghost.trailer(tile)]).flatten();
            let frames = source.read_parts(frames.collect())?;
            for &(index, tile) in batch {
                let (offset, bytes) = tile;
                if ghost.row_major && offset < last {
                    order.add(index, offset);
                }
                last = offset;
                // The leader is little-endian in files of either byte order.
                let size = |size: &[u8]| size.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
                if ghost.leader && ghost.leader(tile).and_then(|at| frames.get(at)).map(size) != Some(bytes) {
                    leader.add(index, offset);
                }
                let repeated = |at| frames.get(at).is_some_and(|last| last[..4] == last[4..]);
                if ghost.trailer(tile).is_some_and(|at| !repeated(at)) {
                    trailer.add(index, offset);
                }
            }
        }
        findings.tiles(image, &order, "lies before the one that it should follow");
        findings.tiles(image, &leader, "has not its size in the four bytes before it");
        findings.tiles(image, &trailer, "has not its last four bytes again after it");
        if ghost.masks_interleaved && !image.is_mask() {
            check_mask(image, images, ghost, findings);
        }
    }
    Ok(())
}

impl Ghost {
    /// Where the size of a tile is, before it.
    fn leader(&self, (offset, _): (u64, u64)) -> Option<Range<u64>> {
        let at = offset.checked_sub(4).filter(|_| self.leader)?;
        Some(at..offset)
    }

    /// The last four bytes of a tile, and the four after it that repeat them.
    fn trailer(&self, (offset, bytes): (u64, u64)) -> Option<Range<u64>> {
        let end = (offset + bytes).checked_add(4).filter(|_| self.trailer && bytes >= 4)?;
        Some(end - 8..end)
    }
}

/// Tiles of the mask follow those of their image.
fn check_mask(image: &Image, images: &[Image], ghost: &Ghost, findings: &mut Findings) {
    let is_its =
        |mask: &&Image| mask.is_mask() && mask.size() == image.size() && mask.is_overview() == image.is_overview();
    let Some(mask) = images.iter().find(is_its) else {
        let message = format!("the ghost area says that masks follow their tiles, but {image} has no mask");
        findings.error(image.offset, message);
        return;
    };
    let framing = if ghost.leader { 4 } else { 0 } + if ghost.trailer { 4 } else { 0 };
    let mut astray = Faulty::default();
    for (index, (tile, mask)) in image.chunks.iter().zip(&mask.chunks).enumerate() {
        if tile.1 > 0 && mask.1 > 0 && mask.0 != tile.0.saturating_add(tile.1).saturating_add(framing) {
            astray.add(index, mask.0);
        }
    }
    findings.tiles(mask, &astray, "does not follow the tile of its image");
}
