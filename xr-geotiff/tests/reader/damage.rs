//! Damaged and hostile files: errors that name the place.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use crate::file::{Values, open, read, strips, tiff, tiles, whole, with};
use crate::host::HostDecoder;
use xr_geotiff::{EncodedChunks, GeoTiffError, Limits, Reader, TileDecode, TileSpec, tag};

fn zlib_tiles() -> (Vec<u8>, usize) {
    let tile = |value| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&[value; 256]).unwrap();
        encoder.finish().unwrap()
    };
    let chunks: Vec<Vec<u8>> = (0..4).map(tile).collect();
    let third = chunks[2].len() + chunks[3].len();
    let file = tiff(with(tiles(32, 32, 16), &[(tag::COMPRESSION, Values::Shorts(vec![8]))]), &chunks);
    let at = file.len() - third;
    (file, at)
}

#[test]
fn damaged_tile_is_named_with_its_place() {
    let (mut file, at) = zlib_tiles();
    file[at + 4] ^= 0x55;
    let reader = open(file).unwrap();
    let error = reader.read_window(&whole(&reader, 0), &mut HostDecoder::default()).unwrap_err();
    assert!(matches!(error, GeoTiffError::Chunk { directory: 0, chunk: "tile", index: 2, .. }), "{error}");
    assert!(error.to_string().starts_with(&format!("test.tif: directory 0: tile 2 at byte {at}: ")), "{error}");
    // The others can be read still.
    let mut others = whole(&reader, 0);
    others.window.height = 16;
    assert!(reader.read_window(&others, &mut HostDecoder::default()).is_ok());
}

#[test]
fn strips_beyond_the_file_or_too_short_are_errors() {
    let mut file = tiff(strips(4, 4, 2), &[vec![1; 8], vec![2; 8]]);
    file.pop();
    let error = read(file).unwrap_err().to_string();
    assert!(error.contains("strip 1") && error.contains("beyond the end of the file"), "{error}");
    let error = read(tiff(strips(4, 4, 2), &[vec![1; 8], vec![2; 7]])).unwrap_err().to_string();
    assert!(error.contains("strip 1") && error.contains("7 bytes can never decode to the 8"), "{error}");
}

#[test]
fn bombs_are_refused_before_memory_is_taken() {
    // 2³⁰ pixels from 100 bytes: deflate makes at most 1032 bytes of one.
    let entries = with(strips(1 << 15, 1 << 15, 1 << 15), &[(tag::COMPRESSION, Values::Shorts(vec![8]))]);
    let error = read_some(tiff(entries.clone(), &[vec![0; 100]]), 1 << 40).unwrap_err().to_string();
    assert!(error.contains("can never decode"), "{error}");
    // A tile of 4 GiB.
    let error = read_some(tiff(tiles(1 << 16, 1 << 16, 1 << 16), &[vec![0; 100]]), 1 << 40).unwrap_err();
    assert!(matches!(error, GeoTiffError::Limit { value: 0x1_0000_0000, limit: 0x4000_0000, .. }), "{error}");
    // A table of 2³² tiles.
    let error = read_some(tiff(tiles(1 << 16, 1 << 16, 1), &[vec![0; 100]]), 1 << 40).unwrap_err();
    assert!(matches!(error, GeoTiffError::Limit { value: 0x1_0000_0000, .. }), "{error}");
    // A window that no memory holds.
    let reader = open(tiff(tiles(u32::MAX, u32::MAX, 1 << 14), &[])).unwrap();
    let error = reader.read_window(&whole(&reader, 0), &mut HostDecoder::default()).unwrap_err().to_string();
    assert!(error.contains("18446744065119617025 samples"), "{error}");
}

/// The first pixel.
fn read_some(file: Vec<u8>, memory: u64) -> xr_geotiff::Result<()> {
    let reader = open(file).unwrap();
    let mut request = whole(&reader, 0);
    (request.window.width, request.window.height, request.memory) = (1, 1, memory);
    reader.read_window(&request, &mut HostDecoder::default()).map(drop)
}

#[test]
fn directories_below_others_have_limits() {
    // Three directories, each below the one before: 1 entry, 2 + 12 + 4 bytes.
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    for next in [26u32, 44, 0] {
        file.extend([1, 0]);
        file.extend([tag::SUB_IFDS.to_le_bytes(), 13u16.to_le_bytes()].concat());
        file.extend([1u32, next].map(u32::to_le_bytes).concat());
        file.extend([0; 4]);
    }
    let nested = |nesting| {
        Reader::new(file.clone(), Path::new("test.tif"), &Limits { nesting, ..Limits::default() }).err().unwrap()
    };
    assert!(matches!(nested(1), GeoTiffError::Limit { offset: 44, value: 2, limit: 1, .. }), "{}", nested(1));
    // Position 0 is the header.
    assert!(matches!(nested(9), GeoTiffError::Limit { .. } | GeoTiffError::Malformed { .. }), "{}", nested(9));
    // The last one points to the first.
    let last = file.len() - 8;
    file[last..last + 4].copy_from_slice(&8u32.to_le_bytes());
    let error = open(file).err().unwrap().to_string();
    assert!(error.contains("byte 8") && error.contains("comes back"), "{error}");
}

/// Returns what it was made with.
struct Broken(usize);

impl TileDecode for Broken {
    fn decode(
        &mut self,
        _: &TileSpec,
        _: &EncodedChunks<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Vec<Result<(), String>>, Box<dyn Error + Send + Sync>> {
        out.clear();
        if self.0 == 0 { Err("the device is gone".into()) } else { Ok(vec![Ok(()); self.0]) }
    }
}

#[test]
fn decoder_that_fails_is_an_error() {
    let (file, _) = zlib_tiles();
    let reader = open(file).unwrap();
    for (decoder, text) in [(0, "cannot decode: the device is gone"), (3, "other tiles"), (4, "other tiles")] {
        let error = reader.read_window(&whole(&reader, 0), &mut Broken(decoder)).unwrap_err();
        assert!(matches!(error, GeoTiffError::Decoder { .. }) && error.to_string().contains(text), "{error}");
    }
}
