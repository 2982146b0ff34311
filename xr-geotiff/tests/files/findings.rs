//! What the validator finds in files that are damaged on purpose.

use std::path::Path;

use crate::cog::{cog, write_all};
use crate::image::gray;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use xr_geotiff::{BigTiff, Finding, ImageSpec, Layout, Severity, validate, validate_source};

fn findings(bytes: &[u8]) -> Vec<Finding> {
    validate_source(bytes, Path::new("bad.tif")).unwrap()
}

/// The file changed at `at`; it must lead to exactly this finding.
fn check(mut bytes: Vec<u8>, at: usize, change: &[u8], severity: Severity, text: &str) {
    bytes[at..at + change.len()].copy_from_slice(change);
    let found = findings(&bytes);
    assert!(found.iter().any(|f| f.severity == severity && f.message.contains(text)), "{text}: {found:#?}");
}

/// Position of the entry of a tag in a directory of a classic TIFF.
fn entry(bytes: &[u8], directory: usize, tag: u16) -> usize {
    let entries = (0..usize::from(bytes[directory])).map(|i| directory + 2 + 12 * i);
    entries.into_iter().find(|&at| bytes[at..at + 2] == tag.to_le_bytes()).unwrap()
}

fn long_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn structure_of_a_tiff() {
    let good = write_all(&cog());
    assert_eq!(findings(&good), []);
    let error = |at, change: &[u8], text: &str| check(good.clone(), at, change, Severity::Error, text);
    error(0, b"PK", "no TIFF");
    error(2, &[44], "version 44");
    error(4, &[0; 4], "no directory");
    error(4, &[0xff; 4], "beyond the end");
    error(192, &[0xff, 0xff], "65535 entries");
    let width = entry(&good, 192, 256);
    error(width, &[2, 2], "tags are to ascend");
    error(width + 8, &[0; 4], "tag 256, a number of pixels, is 0");
    error(width + 2, &[12], "tag 256 has 1 values of the type Double, not 1 unsigned integers");
    error(width + 4, &[0xff; 4], "the value of tag 256, 17179869180 bytes");
    error(entry(&good, 192, 322) + 8, &[24], "not a multiple of 16");
    let offsets = entry(&good, 192, 324);
    error(offsets + 4, &[5], "tag 324 has 5 values");
    let first_offset = long_at(&good, offsets + 8);
    error(first_offset, &[0xff; 4], "reaches beyond the end");
    error(first_offset, &[0; 4], "has bytes but no offset");
    // The first tile where the second is.
    let second = good[first_offset + 4..first_offset + 8].to_vec();
    error(first_offset, &second, "overlaps");
    // The second directory is the first.
    let next = 194 + 12 * usize::from(good[192]);
    error(next, &[192, 0, 0, 0], "comes back to this one");
    check(good.clone(), width + 2, &[99], Severity::Warning, "unknown field type 99");
    assert!(findings(&good[..7]).iter().any(|f| f.message.contains("7 bytes")));
}

#[test]
fn rules_of_a_cog() {
    let good = write_all(&cog());
    let check = |at, change: &[u8], severity, text: &str| check(good.clone(), at, change, severity, text);
    let no = good.windows(4).position(|window| window == b"=NO\n").unwrap();
    check(no, b"=YES\n", Severity::NotCog, "changed the file");
    let first_tile = long_at(&good, long_at(&good, entry(&good, 192, 324) + 8));
    check(first_tile - 4, &[77], Severity::Error, "size in the four bytes before it");
    check(first_tile + 5, &[77], Severity::Error, "last four bytes again");
    check(entry(&good, 192, 256) + 8, &[8, 0, 0, 0], Severity::NotCog, "is larger than");

    let with_mask = write_all(&ImageSpec { mask: true, ..cog() });
    let main = long_at(&with_mask, 4);
    let mask = long_at(&with_mask, main + 2 + 12 * usize::from(with_mask[main]));
    let offsets = long_at(&with_mask, entry(&with_mask, mask, 324) + 8);
    let second = with_mask[offsets + 4..offsets + 8].to_vec();
    self::check(with_mask, offsets, &second, Severity::Error, "does not follow the tile of its image");

    // Directories, then the tiles as they come: the full image lies before its overviews.
    let plain = findings(&write_all(&ImageSpec { layout: Layout::Plain, ..cog() }));
    assert!(plain.iter().all(|finding| finding.severity == Severity::NotCog), "{plain:#?}");
    assert!(plain.iter().any(|finding| finding.message.contains("the smallest come first")));

    let large = ImageSpec { tile_width: 1024, tile_height: 1024, ..gray(1024, 512) };
    let large = findings(&write_all(&large));
    assert_eq!(large.len(), 1, "{large:#?}");
    assert_eq!(large[0].severity, Severity::Warning);
    assert!(large[0].message.contains("no overviews"));
}

#[test]
fn only_files_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    assert!(validate(folder.path()).is_err() && validate(&folder.path().join("none.tif")).is_err());
    let path = folder.path().join("a.tif");
    std::fs::write(&path, write_all(&cog())).unwrap();
    assert_eq!(validate(&path).unwrap(), []);
}

#[test]
fn mutated_files_never_panic() {
    let files = [
        write_all(&cog()),
        write_all(&ImageSpec { mask: true, bigtiff: BigTiff::Yes, ..cog() }),
        write_all(&ImageSpec { layout: Layout::Plain, samples: 3, ..cog() }),
    ];
    let mutation =
        (0..3usize, prop::collection::vec((0..1500usize, any::<u8>()), 1..8), prop::option::of(0..2000usize));
    let mut runner = TestRunner::new(Config { cases: 10_000, failure_persistence: None, ..Config::default() });
    runner
        .run(&mutation, |(file, changes, cut)| {
            let mut bytes = files[file].clone();
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(cut.unwrap_or(usize::MAX));
            findings(&bytes);
            Ok(())
        })
        .unwrap();
}
