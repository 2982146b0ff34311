//! The bytes of small files, laid out by hand from TIFF 6.0 section 2 and the BigTIFF specification.

use crate::image::{gray, write};
use xr_geotiff::{BigTiff, ImageSpec};

/// An entry of a classic directory.
fn entry(tag: u16, kind: u16, count: u32, value: [u8; 4]) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
}

/// An entry of a BigTIFF directory.
fn big_entry(tag: u16, kind: u16, count: u64, value: [u8; 8]) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn classic_file_of_one_tile() {
    let tile: Vec<u8> = (0..=255).collect();
    let written = write(&gray(16, 16), std::slice::from_ref(&tile));
    // 14 entries: the directory takes 2 + 14 · 12 + 4 = 174 bytes from 8 on, so long values start at 182;
    // scale 182..206, tie point 206..254, the tile 254..510.
    let expected = [
        b"II\x2a\0\x08\0\0\0".to_vec(),
        vec![14, 0],
        entry(256, 4, 1, [16, 0, 0, 0]),
        entry(257, 4, 1, [16, 0, 0, 0]),
        entry(258, 3, 1, [8, 0, 0, 0]),
        entry(259, 3, 1, [1, 0, 0, 0]),
        entry(262, 3, 1, [1, 0, 0, 0]),
        entry(277, 3, 1, [1, 0, 0, 0]),
        entry(284, 3, 1, [1, 0, 0, 0]),
        entry(322, 4, 1, [16, 0, 0, 0]),
        entry(323, 4, 1, [16, 0, 0, 0]),
        entry(324, 4, 1, [254, 0, 0, 0]),
        entry(325, 4, 1, [0, 1, 0, 0]),
        entry(339, 3, 1, [1, 0, 0, 0]),
        entry(33550, 12, 3, [182, 0, 0, 0]),
        entry(33922, 12, 6, [206, 0, 0, 0]),
        vec![0; 4],
        doubles(&[2.0, 2.0, 0.0]),
        doubles(&[0.0, 0.0, 0.0, 100.0, 200.0, 0.0]),
        tile,
    ];
    assert_eq!(written, expected.concat());
}

#[test]
fn big_file_of_two_tiles_with_nodata() {
    let spec = ImageSpec { bigtiff: BigTiff::Yes, nodata: Some("255".into()), ..gray(20, 16) };
    let written = write(&spec, &[vec![1; 256], vec![2; 256]]);
    // 15 entries: header 16, directory 8 + 15 · 20 + 8 = 316, so long values start at 332, aligned to 336: scale
    // 336..360, tie point 360..408, then the offsets 408..424. Byte counts (8 bytes) and "255\0" fit the entries.
    let expected = [
        b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0".to_vec(),
        vec![15, 0, 0, 0, 0, 0, 0, 0],
        big_entry(256, 4, 1, [20, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(257, 4, 1, [16, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(258, 3, 1, [8, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(259, 3, 1, [1, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(262, 3, 1, [1, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(277, 3, 1, [1, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(284, 3, 1, [1, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(322, 4, 1, [16, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(323, 4, 1, [16, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(324, 16, 2, [152, 1, 0, 0, 0, 0, 0, 0]),
        big_entry(325, 4, 2, [0, 1, 0, 0, 0, 1, 0, 0]),
        big_entry(339, 3, 1, [1, 0, 0, 0, 0, 0, 0, 0]),
        big_entry(33550, 12, 3, [80, 1, 0, 0, 0, 0, 0, 0]),
        big_entry(33922, 12, 6, [104, 1, 0, 0, 0, 0, 0, 0]),
        big_entry(42113, 2, 4, *b"255\0\0\0\0\0"),
        vec![0; 8],
        vec![0; 4],
        doubles(&[2.0, 2.0, 0.0]),
        doubles(&[0.0, 0.0, 0.0, 100.0, 200.0, 0.0]),
        [424u64.to_le_bytes(), 680u64.to_le_bytes()].concat(),
        vec![1; 256],
        vec![2; 256],
    ];
    assert_eq!(written, expected.concat());
}

#[test]
fn sparse_tiles_have_neither_offset_nor_bytes() {
    let written = write(&gray(32, 16), &[vec![], vec![9; 256]]);
    // Two LONGs do not fit an entry: offsets at 254..262, byte counts at 262..270, the one tile from 270 on.
    assert_eq!(written[254..270], [0, 0, 0, 0, 14, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    assert_eq!(written.len(), 270 + 256);

    let empty = write(&gray(32, 16), &[vec![], vec![]]);
    assert_eq!(empty[254..], [0; 16]);
}
