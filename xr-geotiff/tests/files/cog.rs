//! The layout of COGs: bytes as GDAL's driver writes them (measured on files of GDAL 3.6.2), order of the parts.

use std::path::Path;

use crate::image::gray;
use xr_geotiff::{
    BigTiff, Compression, Directory, GeoTiffError, GeoTiffWriter, ImageSpec, Interleave, Layout, Limits, MetadataItem,
    Photometric, SampleType, Statistics, read_directories, validate_source,
};

/// What GDAL 3.6.2 writes after the header of a COG; the blank at the end belongs to it.
const GHOST: &str = "GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\nLAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\n\
                     BLOCK_LEADER=SIZE_AS_UINT4\nBLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n ";
const GHOST_WITH_MASK: &str = "GDAL_STRUCTURAL_METADATA_SIZE=000174 bytes\nLAYOUT=IFDS_BEFORE_DATA\n\
                               BLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n\
                               BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n \
                               MASK_INTERLEAVED_WITH_IMAGERY=YES\n";

/// An image of 48 × 32 pixels with overviews of 24 × 16 and 12 × 8.
pub fn cog() -> ImageSpec {
    ImageSpec {
        overviews: vec![(24, 16), (12, 8)],
        layout: Layout::Cog,
        compression: Compression::Zstd,
        nodata: Some("0".into()),
        ..gray(48, 32)
    }
}

/// Writes every tile, those of the full image first: tile t of level l is `5 + l + t` times the byte `10 l + t`, that
/// of its mask 3 times 200 and this.
pub fn write_all(spec: &ImageSpec) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cog.tif");
    let mut writer = GeoTiffWriter::create(&path, spec, false).unwrap();
    for level in 0..=spec.overviews.len() {
        for index in 0..spec.level_grid(level).unwrap().count().unwrap() {
            writer.write_level_tile(level, index, &tile(level, index)).unwrap();
        }
        let planes = u64::from(spec.level_grid(level).unwrap().planes);
        for index in 0..if spec.mask { spec.level_grid(level).unwrap().count().unwrap() / planes } else { 0 } {
            writer.write_mask_tile(level, index, &[200 + tile(level, index)[0]; 3]).unwrap();
        }
    }
    writer.finish().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left");
    std::fs::read(path).unwrap()
}

fn tile(level: usize, index: u64) -> Vec<u8> {
    vec![(10 * level as u64 + index) as u8; 5 + level + index as usize]
}

fn directories(bytes: &[u8]) -> Vec<Directory> {
    read_directories(bytes, Path::new("cog.tif"), &Limits::default()).unwrap()
}

/// Offsets of the tiles of a directory, each of which is framed as it should be.
fn framed_tiles(bytes: &[u8], directory: &Directory) -> Vec<u64> {
    let table = directory.chunk_table(bytes, &Limits::default()).unwrap();
    for (&offset, &count) in table.offsets.iter().zip(&table.byte_counts).filter(|(_, count)| **count > 0) {
        let (start, end) = (offset as usize, (offset + count) as usize);
        assert_eq!(bytes[start - 4..start], (count as u32).to_le_bytes());
        if count >= 4 {
            assert_eq!(bytes[end - 4..end], bytes[end..end + 4]);
        } else {
            // Too short to repeat four bytes: all there are, then zeros.
            assert_eq!(bytes[end..end + 4], [&bytes[start..end], &[0][..]].concat());
        }
    }
    table.offsets
}

#[test]
fn ghost_area_and_order_are_those_of_gdal() {
    for (bigtiff, header, first) in [(BigTiff::Auto, 8, 192u64), (BigTiff::Yes, 16, 200)] {
        let bytes = write_all(&ImageSpec { bigtiff, ..cog() });
        assert_eq!(&bytes[header..header + GHOST.len()], GHOST.as_bytes());
        assert_eq!(bytes[header + GHOST.len()], 0);
        let images = directories(&bytes);
        let sizes: Vec<_> = images.iter().map(|image| (image.width(), image.height(), image.is_overview())).collect();
        assert_eq!(sizes, [(48, 32, false), (24, 16, true), (12, 8, true)]);
        assert_eq!(images[0].offset(), first);
        assert!(images.is_sorted_by_key(Directory::offset));
        assert!(images.iter().all(|image| image.nodata().as_deref() == Some("0")));
        assert!(images[1..].iter().all(|image| image.transform().unwrap().is_none()));

        let [full, half, quarter] = &images[..] else { panic!("{} directories", images.len()) };
        let offsets = [quarter, half, full].map(|image| framed_tiles(&bytes, image)).concat();
        // 1, 2 and 6 tiles, one behind the other, each in a frame of 8 bytes.
        let lengths = [7u64, 6, 7, 5, 6, 7, 8, 9, 10];
        let mut at = offsets[0];
        for (offset, length) in offsets.iter().zip(lengths) {
            assert_eq!(*offset, at);
            at += length + 8;
        }
        assert_eq!(at - 4, bytes.len() as u64);
        assert!(quarter.offset() < offsets[0]);
        assert_eq!(validate_source(&bytes, Path::new("cog.tif")).unwrap(), []);
    }
}

#[test]
fn masks_follow_their_tiles() {
    let bytes = write_all(&ImageSpec { mask: true, ..cog() });
    assert_eq!(&bytes[8..8 + GHOST_WITH_MASK.len()], GHOST_WITH_MASK.as_bytes());
    let images = directories(&bytes);
    // GDAL's order: the mask after the full image, those of overviews after all overviews.
    let kinds: Vec<_> = images.iter().map(|image| (image.width(), image.is_mask())).collect();
    assert_eq!(kinds, [(48, false), (48, true), (24, false), (12, false), (24, true), (12, true)]);
    assert_eq!((images[1].bits_per_sample(), images[1].photometric()), (&[1][..], 4));
    for (image, mask) in [(0, 1), (2, 4), (3, 5)] {
        let (tiles, masks) = (framed_tiles(&bytes, &images[image]), framed_tiles(&bytes, &images[mask]));
        let table = images[image].chunk_table(&bytes, &Limits::default()).unwrap();
        for ((tile, mask), count) in tiles.iter().zip(&masks).zip(table.byte_counts) {
            assert_eq!(tile + count + 8, *mask);
        }
    }
    assert_eq!(validate_source(&bytes, Path::new("cog.tif")).unwrap(), []);
}

#[test]
fn planes_follow_each_other() {
    let bytes = write_all(&ImageSpec { samples: 3, interleave: Interleave::Band, mask: true, ..cog() });
    // With planes a mask cannot follow its tiles.
    assert_eq!(&bytes[8..8 + GHOST.len()], GHOST.as_bytes());
    let images = directories(&bytes);
    assert!(images[0].is_planar() && !images[1].is_planar());
    let (tiles, masks) = (framed_tiles(&bytes, &images[0]), framed_tiles(&bytes, &images[1]));
    assert_eq!((tiles.len(), masks.len()), (18, 6));
    assert!(tiles.is_sorted() && masks.is_sorted() && tiles[17] < masks[0]);
    assert_eq!(bytes[tiles[17] as usize], 17);
    assert_eq!(validate_source(&bytes, Path::new("cog.tif")).unwrap(), []);
}

#[test]
fn plain_files_have_overviews_and_masks_too() {
    let spec = ImageSpec { mask: true, layout: Layout::Plain, ..cog() };
    let bytes = write_all(&spec);
    let images = directories(&bytes);
    assert_eq!((images[0].offset(), images.len()), (8, 6));
    let table = images[3].chunk_table(&bytes, &Limits::default()).unwrap();
    assert_eq!(bytes[table.offsets[0] as usize..][..7], [20; 7]);
}

#[test]
fn sparse_tiles_have_no_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let spec = ImageSpec { overviews: vec![(16, 8)], ..cog() };
    let mut writer = GeoTiffWriter::create(&path, &spec, false).unwrap();
    (0..6).for_each(|index| writer.write_tile(index, &[]).unwrap());
    writer.write_level_tile(1, 0, b"overview").unwrap();
    let summary = writer.finish().unwrap();
    assert_eq!((summary.tiles, summary.sparse_tiles), (7, 6));
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.ends_with(b"\x08\0\0\0overviewview"));
    let table = directories(&bytes)[0].chunk_table(&bytes, &Limits::default()).unwrap();
    assert_eq!((table.offsets, table.byte_counts), (vec![0; 6], vec![0; 6]));
    assert_eq!(validate_source(&bytes, Path::new("cog.tif")).unwrap(), []);
}

#[test]
fn levels_are_complete_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = GeoTiffWriter::create(&path, &cog(), false).unwrap();
    assert!(matches!(writer.write_level_tile(3, 0, b"x"), Err(GeoTiffError::Spec { .. })));
    assert!(matches!(writer.write_mask_tile(0, 0, b"x"), Err(GeoTiffError::Spec { .. })));
    assert!(matches!(writer.write_level_tile(2, 1, b"x"), Err(GeoTiffError::TileIndex { tiles: 1, .. })));
    (0..6).for_each(|index| writer.write_tile(index, b"full").unwrap());
    let error = writer.finish().unwrap_err().to_string();
    assert!(error.contains("2 of 2 tiles of overview 1 were never given"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    for overviews in [vec![(48, 32)], vec![(24, 33)], vec![(12, 8), (24, 16)], vec![(0, 4)]] {
        let error = GeoTiffWriter::create(&path, &ImageSpec { overviews, ..cog() }, false).err().unwrap();
        assert!(matches!(error, GeoTiffError::Spec { field: "overviews", .. }), "{error}");
    }
}

#[test]
fn directory_says_what_the_bands_are() {
    let spec = ImageSpec {
        samples: 4,
        photometric: Photometric::Rgb,
        extra_samples: vec![2],
        pixel_is_point: true,
        metadata: vec![MetadataItem::band_description(1, "a & b"), MetadataItem::band_scale(1, 0.25)],
        statistics: true,
        ..cog()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = GeoTiffWriter::create(&path, &spec, false).unwrap();
    let numbers = Statistics { minimum: -1.5, maximum: 3.0, mean: 0.1, standard_deviation: 1e-9, valid_percent: 100.0 };
    writer.set_statistics(2, numbers).unwrap();
    assert!(writer.set_statistics(4, numbers).is_err());
    for level in 0..3 {
        let tiles = spec.level_grid(level).unwrap().count().unwrap();
        (0..tiles).for_each(|index| writer.write_level_tile(level, index, b"tile").unwrap());
    }
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let image = &directories(&bytes)[0];
    assert_eq!(image.photometric(), 2);
    assert_eq!(image.entry(338).unwrap().unsigned().unwrap().collect::<Vec<_>>(), [2]);
    // The tie point is the centre of the first pixel; the reader goes back to its corner.
    assert!(image.geo_keys().unwrap().is_pixel_point());
    assert_eq!(image.entry(33922).unwrap().floats().unwrap().collect::<Vec<_>>(), [0.0, 0.0, 0.0, 101.0, 199.0, 0.0]);
    assert_eq!(image.transform().unwrap(), spec.transform);
    let xml = image.gdal_metadata().unwrap();
    for item in [
        "<Item name=\"DESCRIPTION\" sample=\"1\" role=\"description\">a &amp;amp; b</Item>",
        "<Item name=\"SCALE\" sample=\"1\" role=\"scale\">0.25</Item>",
        "<Item name=\"STATISTICS_MINIMUM\" sample=\"2\">-1.5</Item>",
        "<Item name=\"STATISTICS_STDDEV\" sample=\"2\">0.000000001</Item>",
    ] {
        assert!(xml.contains(item), "{xml}");
    }
    assert!(xml.trim_end().ends_with("</GDALMetadata>"));
}

#[test]
fn palettes_are_three_tables() {
    let palette = Photometric::Palette(vec![[0, 257, 514], [65535, 32896, 771]]);
    let bytes = write_all(&ImageSpec { photometric: palette.clone(), ..cog() });
    for image in directories(&bytes) {
        assert_eq!(image.photometric(), 3);
        let map: Vec<u64> = image.entry(320).unwrap().unsigned().unwrap().collect();
        assert_eq!((map.len(), &map[..3], map[257], map[513]), (768, &[0, 65535, 0][..], 128 * 257, 3 * 257));
    }
    let folder = tempfile::tempdir().unwrap();
    for spec in [
        ImageSpec { sample_type: SampleType::F32, photometric: palette.clone(), ..cog() },
        ImageSpec { samples: 2, photometric: palette, ..cog() },
        ImageSpec { photometric: Photometric::Rgb, ..cog() },
        ImageSpec { photometric: Photometric::Palette(vec![[0; 3]; 257]), ..cog() },
        ImageSpec { metadata: vec![MetadataItem::band_unit(1, "m")], ..cog() },
        ImageSpec { metadata: vec![MetadataItem::band_unit(0, "\u{1}")], ..cog() },
    ] {
        let error = GeoTiffWriter::create(&folder.path().join("a.tif"), &spec, false).err().unwrap();
        assert!(matches!(error, GeoTiffError::Spec { .. }), "{error}");
    }
}

#[test]
fn format_of_a_cog_follows_its_size() {
    // 2^18 tiles of 16 KiB could reach 4 GiB, but stored they take 8 + 1 bytes each, or nothing.
    let spec = ImageSpec {
        tile_width: 128,
        tile_height: 128,
        compression: Compression::Deflate,
        layout: Layout::Cog,
        ..gray(65536, 65536)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = GeoTiffWriter::create(&path, &spec, false).unwrap();
    (0..spec.tile_count()).for_each(|index| writer.write_tile(index, if index == 7 { b"x" } else { b"" }).unwrap());
    assert!(!writer.finish().unwrap().bigtiff);
    assert!(GeoTiffWriter::create(&path, &ImageSpec { layout: Layout::Plain, ..spec }, true).is_ok());
}
