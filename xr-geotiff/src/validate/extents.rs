//! Parts of the file that share bytes.

use super::Findings;
use super::directory::Directory;
use super::image::Image;
use super::source::Source;

/// Most overlaps that are reported.
const MAX_REPORTED: usize = 20;

/// What lies somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Header,
    Directory(usize),
    Value(usize, u16),
    Chunk(usize, usize),
}

/// Finds parts that overlap. Tiles that share all of their bytes are one tile stored once, which is allowed, and so
/// are values of tags.
pub(super) fn check<S>(source: &Source<S>, directories: &[Directory], images: &[Image], findings: &mut Findings) {
    let mut extents = vec![(0, source.header_bytes(), Part::Header)];
    for (number, directory) in directories.iter().enumerate() {
        extents.push((directory.offset, directory.bytes, Part::Directory(number)));
        for entry in directory.entries.iter().filter(|entry| !entry.is_inline) {
            extents.push((entry.value_at, entry.bytes(), Part::Value(number, entry.tag)));
        }
    }
    for image in images {
        let stored = image.chunks.iter().enumerate().filter(|(_, chunk)| chunk.1 > 0 && source.holds(chunk.0, chunk.1));
        extents.extend(stored.map(|(index, chunk)| (chunk.0, chunk.1, Part::Chunk(image.number, index))));
    }
    extents.sort_unstable();
    let (mut reported, mut furthest): (usize, Option<(u64, u64, Part)>) = (0, None);
    for &(offset, bytes, part) in &extents {
        let end = offset.saturating_add(bytes);
        if let Some((before_offset, before_end, before)) = furthest
            && offset < before_end
            && !may_share((before_offset, before_end, before), (offset, end, part))
        {
            reported += 1;
            if reported <= MAX_REPORTED {
                let message =
                    format!("{} overlaps {} by {} bytes", name(part), name(before), before_end.min(end) - offset);
                findings.error(offset, message);
            }
        }
        if furthest.is_none_or(|(_, before_end, _)| end > before_end) {
            furthest = Some((offset, end, part));
        }
    }
    if reported > MAX_REPORTED {
        findings.error(0, format!("{} more parts of the file overlap", reported - MAX_REPORTED));
    }
}

fn may_share(a: (u64, u64, Part), b: (u64, u64, Part)) -> bool {
    let same = (a.0, a.1) == (b.0, b.1);
    matches!((a.2, b.2), (Part::Chunk(..), Part::Chunk(..)) | (Part::Value(..), Part::Value(..)) if same)
}

fn name(part: Part) -> String {
    match part {
        Part::Header => "the header".into(),
        Part::Directory(number) => format!("directory {number}"),
        Part::Value(number, tag) => format!("the value of tag {tag} of directory {number}"),
        Part::Chunk(number, index) => format!("tile or strip {index} of directory {number}"),
    }
}
