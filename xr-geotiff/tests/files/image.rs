//! Images that the tests write.

use xr_geotiff::{GeoTiffWriter, ImageSpec, SampleType};

/// A one-band u8 image of 16 × 16 tiles without compression: pixels of 2 units, upper left corner (100, 200).
pub fn gray(width: u32, height: u32) -> ImageSpec {
    ImageSpec {
        tile_width: 16,
        tile_height: 16,
        transform: Some([100.0, 2.0, 0.0, 200.0, 0.0, -2.0]),
        ..ImageSpec::new(width, height, SampleType::U8)
    }
}

/// The bytes of a file with these tiles.
pub fn write(spec: &ImageSpec, tiles: &[Vec<u8>]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tif");
    let mut writer = GeoTiffWriter::create(&path, spec, false).unwrap();
    for (index, tile) in tiles.iter().enumerate() {
        writer.write_tile(index as u64, tile).unwrap();
    }
    let summary = writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(summary.bytes, bytes.len() as u64);
    assert_eq!(summary.sparse_tiles, tiles.iter().filter(|tile| tile.is_empty()).count() as u64);
    bytes
}
