//! The chain of directories, and the form of their entries.

use std::collections::HashSet;
use std::io::Result;

use super::source::Source;
use super::{Findings, Severity};
use crate::ByteSource;
use crate::field::FieldType;

/// Limits of what is looked at.
const MAX_DIRECTORIES: usize = 1024;
const MAX_ENTRIES: u64 = 4096;
/// Of all directories, which may share their bytes.
const MAX_ENTRIES_IN_ALL: usize = 1 << 16;

/// A directory whose bytes are in the file.
pub(super) struct Directory {
    pub offset: u64,
    /// From its number of entries to the offset of the next directory.
    pub bytes: u64,
    pub entries: Vec<Entry>,
}

/// An entry with a known type whose value is in the file.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub tag: u16,
    pub kind: FieldType,
    pub count: u64,
    pub value_at: u64,
    pub is_inline: bool,
}

impl Entry {
    pub fn bytes(&self) -> u64 {
        self.count.saturating_mul(self.kind.bytes())
    }
}

impl Directory {
    pub fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}

/// All directories up to the first that cannot be read.
pub(super) fn read_chain<S: ByteSource>(source: &Source<S>, findings: &mut Findings) -> Result<Vec<Directory>> {
    let (mut offset, mut directories, mut seen) = (source.first_directory, Vec::new(), HashSet::new());
    let mut entries = 0;
    while offset != 0 {
        if !seen.insert(offset) {
            findings.error(offset, "the chain of directories comes back to this one");
            break;
        }
        if directories.len() >= MAX_DIRECTORIES || entries >= MAX_ENTRIES_IN_ALL {
            let message =
                format!("{} directories with {entries} entries; the rest is not looked at", directories.len());
            findings.error(offset, message);
            break;
        }
        let Some((directory, next)) = read_directory(source, offset, findings)? else { break };
        entries += directory.entries.len();
        directories.push(directory);
        offset = next;
    }
    if seen.is_empty() {
        findings.error(source.word(), "the file has no directory");
    }
    Ok(directories)
}

fn read_directory<S: ByteSource>(
    source: &Source<S>,
    offset: u64,
    findings: &mut Findings,
) -> Result<Option<(Directory, u64)>> {
    let (count_bytes, entry_bytes) = if source.big { (8, 20) } else { (2, 12) };
    let Some(count) = source.read(offset, count_bytes)? else {
        findings.error(offset, format!("a directory lies beyond the end of the file at {}", source.length));
        return Ok(None);
    };
    let count = source.number(&count);
    if count > MAX_ENTRIES {
        findings.error(offset, format!("a directory has {count} entries, more than the {MAX_ENTRIES} looked at"));
        return Ok(None);
    }
    if count == 0 {
        findings.error(offset, "a directory has no entries");
    }
    if !offset.is_multiple_of(2) {
        findings.add(Severity::Warning, offset, "a directory starts at an odd position");
    }
    // The first read proved that this position exists.
    let start = offset + count_bytes;
    let Some(block) = source.read(start, count * entry_bytes + source.word())? else {
        let reason = format!("a directory of {count} entries reaches beyond the end of the file at {}", source.length);
        findings.error(offset, reason);
        return Ok(None);
    };
    let (entries, next) = block.split_at((count * entry_bytes) as usize);
    let mut directory = Directory { offset, bytes: count_bytes + block.len() as u64, entries: Vec::new() };
    let mut last_tag = None;
    for (i, bytes) in (0..).zip(entries.chunks_exact(entry_bytes as usize)) {
        let at = start + i * entry_bytes;
        let tag = source.number(&bytes[..2]) as u16;
        match last_tag {
            Some(last) if last == tag => findings.error(at, format!("tag {tag} is there twice")),
            Some(last) if last > tag => {
                findings.error(at, format!("tag {tag} comes after tag {last}; tags are to ascend"));
            }
            _ => {}
        }
        last_tag = Some(tag);
        directory.entries.extend(read_entry(source, at, bytes, findings));
    }
    Ok(Some((directory, source.number(next))))
}

fn read_entry<S>(source: &Source<S>, at: u64, bytes: &[u8], findings: &mut Findings) -> Option<Entry> {
    let word = source.word() as usize;
    let tag = source.number(&bytes[..2]) as u16;
    let code = source.number(&bytes[2..4]) as u16;
    let Some(kind) = FieldType::from_code(code) else {
        findings.add(Severity::Warning, at, format!("tag {tag} has the unknown field type {code}; readers skip it"));
        return None;
    };
    let count = source.number(&bytes[4..4 + word]);
    let size = count.saturating_mul(kind.bytes());
    let is_inline = size <= word as u64;
    let value_at = if is_inline { at + 4 + word as u64 } else { source.number(&bytes[4 + word..]) };
    if !source.holds(value_at, size) {
        let end = source.length;
        findings.error(at, format!("the value of tag {tag}, {size} bytes at {value_at}, is beyond the end at {end}"));
        return None;
    }
    Some(Entry { tag, kind, count, value_at, is_inline })
}
