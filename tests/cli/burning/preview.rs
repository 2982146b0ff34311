//! `--preview`: a PNG of the result.

use crate::{features::row, program::Folder};
use std::fs;

/// Width and height from the header of a PNG.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!((&bytes[..8], &bytes[12..16]), (&b"\x89PNG\r\n\x1a\n"[..], &b"IHDR"[..]));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_preview_is_at_most_1024_pixels_a_side() {
    let folder = Folder::with("a.geojson", row([1, 2, 3]));
    for input in [
        "@west_counties.shp --size 1500,1600 --column area_km2 --tile-size 256",
        "@west_counties.shp --size 20000,16 --tile-size 16",
        "@west_counties.shp --size 16,20000 --tile-size 16",
        "a.geojson --column v --resolution 1",
        "a.geojson --column v --resolution 1 --extent 0,0,3,1 --where \"v > 5\"",
    ] {
        folder.burn(&format!("{input} --preview out.png"));
        let (width, height) = png_size(&fs::read(folder.path("out.png")).unwrap());
        assert!((16..=1024).contains(&width) && (16..=1024).contains(&height), "{input}: {width} × {height}");
    }
}
