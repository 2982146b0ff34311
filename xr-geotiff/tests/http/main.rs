//! Files on a web server: what is asked for, and what becomes of bad answers.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

#[path = "../host/mod.rs"]
mod host;
mod refusals;
mod server;

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use host::HostDecoder;
use server::{Server, answer, part};
use xr_geotiff::{
    ByteSource, GeoTiffWriter, HttpSource, HttpTraffic, ImageSpec, Interleave, Layout, Limits, PixelWindow, Reader,
    SampleType, WindowRequest,
};

/// Of a tile, none of which is compressed.
const TILE_BYTES: u64 = 128 * 128;
/// What a source reads when it is opened.
const HEAD_BYTES: u64 = 64 << 10;
const HEAD: Range<u64> = 0..HEAD_BYTES;

/// 1024 × 1024 pixels in 8 × 8 tiles, whose pixels are their tile's number, behind an overview of 4 × 4 tiles.
fn cog() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cog.tif");
    let (tile_width, tile_height, overviews) = (128, 128, vec![(512, 512)]);
    let spec = ImageSpec {
        tile_width,
        tile_height,
        overviews,
        layout: Layout::Cog,
        ..ImageSpec::new(1024, 1024, SampleType::U8)
    };
    let mut writer = GeoTiffWriter::create(&path, &spec, false).unwrap();
    for (level, tiles) in [(0, 64), (1, 16)] {
        for tile in 0..tiles {
            writer.write_level_tile(level, tile, &[tile as u8; TILE_BYTES as usize]).unwrap();
        }
    }
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

fn open(server: &Server) -> xr_geotiff::Result<HttpSource> {
    HttpSource::open(&server.url, Duration::from_secs(10))
}

/// The pixels of a window of the first image.
fn read(reader: &Reader, window: PixelWindow) -> xr_geotiff::Result<Vec<u8>> {
    let request = WindowRequest { image: 0, window, bands: None, interleave: Interleave::Pixel, memory: 1 << 24 };
    Ok(reader.read_window(&request, &mut HostDecoder::default())?.bytes)
}

/// Tiles 18, 19, 26 and 27: two runs, 96 KiB apart.
const WINDOW: PixelWindow = PixelWindow { column: 256, row: 256, width: 256, height: 256 };

#[test]
fn a_window_costs_the_head_and_its_tiles() {
    let server = Server::of(cog());
    let source = Arc::new(open(&server).unwrap());
    let reader = Reader::new(source.clone(), Path::new(&server.url), &Limits::default()).unwrap();
    assert_eq!(server.take(), [HEAD]);

    let pixels = read(&reader, WINDOW).unwrap();
    for (at, &pixel) in pixels.iter().enumerate() {
        assert_eq!(pixel as usize, 18 + at / (128 * 256) * 8 + at % 256 / 128, "pixel {at}");
    }
    let mut runs = server.take();
    runs.sort_by_key(|run| run.start);
    // Two tiles and, between them, the trailer of one and the leader of the other, 4 bytes each.
    let run_bytes = 2 * TILE_BYTES + 8;
    assert_eq!(runs.iter().map(|run| run.end - run.start).collect::<Vec<_>>(), [run_bytes; 2]);
    assert_eq!(runs[1].start - runs[0].start, 8 * (TILE_BYTES + 8));
    assert_eq!(source.traffic(), HttpTraffic { requests: 3, bytes: HEAD_BYTES + 2 * run_bytes });
}

#[test]
fn runs_are_fetched_at_the_same_time() {
    let (file, both) = (cog(), Barrier::new(2));
    let server = Server::new(move |number, range| {
        if number > 0 {
            both.wait();
        }
        part(&file, range)
    });
    let reader = Reader::new(open(&server).unwrap(), Path::new(&server.url), &Limits::default()).unwrap();
    assert_eq!(read(&reader, WINDOW).unwrap()[0], 18);
}

#[test]
fn files_shorter_than_the_head_are_read_once() {
    let file: Vec<u8> = (0..=255).collect();
    let server = Server::of(file.clone());
    let source = open(&server).unwrap();
    let mut bytes = vec![7];
    source.read_ranges(&[1..3, 3..3, 250..256], &mut bytes).unwrap();
    assert_eq!(bytes, [7, 1, 2, 250, 251, 252, 253, 254, 255]);
    assert!(source.read_ranges(&[0..1, 250..257], &mut bytes).is_err());
    assert_eq!((source.size().unwrap(), server.take()), (256, vec![HEAD]));
}

#[test]
fn a_range_across_the_end_of_the_head_is_completed() {
    let file: Vec<u8> = (0..HEAD_BYTES + 100).map(|at| (at % 251) as u8).collect();
    let server = Server::of(file.clone());
    let source = open(&server).unwrap();
    let mut bytes = Vec::new();
    source.read_ranges(&[HEAD_BYTES - 5..HEAD_BYTES + 5, HEAD_BYTES + 90..HEAD_BYTES + 100], &mut bytes).unwrap();
    let at = HEAD_BYTES as usize;
    assert_eq!(bytes, [&file[at - 5..at + 5], &file[at + 90..]].concat());
    let mut asked = server.take();
    asked.sort_by_key(|range| range.start);
    assert_eq!(asked, [HEAD, HEAD_BYTES..HEAD_BYTES + 5, HEAD_BYTES + 90..HEAD_BYTES + 100]);
}

#[test]
fn what_fails_by_chance_is_asked_for_again() {
    let file = cog();
    let server = Server::new(move |number, range| match number {
        0 => answer("503 Service Unavailable", "", b""),
        // Breaks off after the head of the answer and some of its bytes.
        1 => part(&file, range)[..1000].to_vec(),
        _ => part(&file, range),
    });
    let source = open(&server).unwrap();
    assert_eq!(server.take(), [HEAD; 3]);
    assert_eq!(source.traffic().requests, 3);
}

#[test]
fn redirections_are_followed() {
    let file = Server::of(cog());
    let location = format!("Location: {}\r\n", file.url);
    let server = Server::new(move |_, _| answer("302 Found", &location, b""));
    assert_eq!(open(&server).unwrap().size().unwrap(), cog().len() as u64);
    assert_eq!(file.take(), [HEAD]);
}
