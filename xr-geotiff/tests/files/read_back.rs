//! Files read back by the `tiff` crate, and by our own directory reader.

use std::io::Cursor;
use std::path::Path;

use crate::image::{gray, write};
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use xr_crs::Crs;
use xr_geotiff::{
    BigTiff, ChunkLayout, Compression, Directory, FieldType, GeoKeys, GeoTiffError, GeoTiffWriter, ImageSpec, Limits,
    Predictor, Reader, SampleType, VerbatimTag, key, read_directories,
};

fn directories(bytes: &[u8]) -> Vec<Directory> {
    read_directories(bytes, Path::new("test.tif"), &Limits::default()).unwrap()
}

/// Tiles of u16 samples, band b of tile t being 1000·t + b.
fn u16_tiles(spec: &ImageSpec) -> Vec<Vec<u8>> {
    let bands = u64::from(spec.samples);
    let tile = |t| (0..256 * bands).flat_map(move |i| ((1000 * t + i % bands) as u16).to_le_bytes()).collect();
    (0..spec.tile_count()).map(tile).collect()
}

#[test]
fn tiff_crate_reads_every_tile() {
    for bigtiff in [BigTiff::No, BigTiff::Yes] {
        for compression in [Compression::None, Compression::Zstd] {
            let spec = ImageSpec {
                samples: 3,
                sample_type: SampleType::U16,
                compression,
                bigtiff,
                nodata: Some("-9999".into()),
                description: Some("three bands".into()),
                ..gray(40, 30)
            };
            let mut tiles = u16_tiles(&spec);
            if compression == Compression::Zstd {
                tiles = tiles.iter().map(|tile| zstd::bulk::compress(tile, 1).unwrap()).collect();
            }
            let bytes = write(&spec, &tiles);
            let mut decoder = Decoder::new(Cursor::new(&bytes)).unwrap();
            assert_eq!(decoder.dimensions().unwrap(), (40, 30));
            assert_eq!(decoder.chunk_dimensions(), (16, 16));
            assert_eq!(decoder.get_tag_ascii_string(Tag::GdalNodata).unwrap(), "-9999");
            assert_eq!(decoder.get_tag_ascii_string(Tag::ImageDescription).unwrap(), "three bands");
            for index in 0..6 {
                let DecodingResult::U16(samples) = decoder.read_chunk(index).unwrap() else { panic!("not u16") };
                assert_eq!(samples[..3], [0, 1, 2].map(|band| 1000 * index as u16 + band));
            }
        }
    }
}

#[test]
fn directory_says_what_was_written() {
    let spec = ImageSpec {
        samples: 2,
        sample_type: SampleType::F32,
        compression: Compression::Deflate,
        predictor: Predictor::Float,
        crs: Some(Crs::from_epsg(5070).unwrap()),
        nodata: Some("nan".into()),
        ..gray(40, 30)
    };
    let bytes = write(&spec, &vec![b"tile".to_vec(); 6]);
    let read = directories(&bytes);
    let [directory] = &read[..] else { panic!("{} directories", read.len()) };
    assert_eq!((directory.width(), directory.height(), directory.samples()), (40, 30, 2));
    assert_eq!(directory.sample_type(), Some(SampleType::F32));
    assert_eq!((directory.compression_code(), directory.compression_name()), (8, "deflate"));
    assert_eq!(directory.predictor(), Some(Predictor::Float));
    assert_eq!(directory.layout(), ChunkLayout::Tiles { width: 16, height: 16 });
    assert_eq!(directory.transform().unwrap(), spec.transform);
    assert_eq!(directory.nodata().as_deref(), Some("nan"));
    let keys = directory.geo_keys().unwrap();
    assert_eq!([1024, 1025, 3072].map(|id| keys.short(id)), [Some(1), Some(1), Some(5070)]);
    assert_eq!(directory.crs().unwrap().unwrap().epsg(), Some(5070));
    let table = directory.chunk_table(&bytes, &Limits::default()).unwrap();
    assert_eq!((table.sparse(), table.stored_bytes()), (0, 24));
    assert!(table.offsets.iter().all(|&offset| bytes[offset as usize..].starts_with(b"tile")));
    assert!(!directory.is_bigtiff() && !directory.is_overview() && !directory.is_mask() && !directory.is_planar());
}

#[test]
fn geographic_code_and_turned_image() {
    let spec = ImageSpec {
        crs: Some(Crs::from_epsg(4326).unwrap()),
        transform: Some([10.0, 0.5, 0.25, 50.0, 0.125, 0.5]),
        ..gray(16, 16)
    };
    let bytes = write(&spec, &[vec![0; 256]]);
    let directory = &directories(&bytes)[0];
    assert_eq!(directory.transform().unwrap(), spec.transform);
    let keys = directory.geo_keys().unwrap();
    assert_eq!(
        [key::MODEL_TYPE, key::GEOGRAPHIC_TYPE, key::PROJECTED_TYPE].map(|id| keys.short(id)),
        [Some(2), Some(4326), None]
    );
}

#[test]
fn verbatim_tags_and_keys_are_as_given() {
    let rational = VerbatimTag { tag: 282, kind: FieldType::Rational, bytes: vec![72, 0, 0, 0, 1, 0, 0, 0] };
    let text = VerbatimTag { tag: 33432, kind: FieldType::Ascii, bytes: b"nobody\0".to_vec() };
    // A vertical system, which no coordinate reference system of two axes has.
    let keys = GeoKeys::from_tags(&[1, 1, 0, 2, 3072, 0, 1, 32613, 4096, 0, 1, 5703], &[], b"").unwrap();
    let spec = ImageSpec {
        transform: None,
        geo_keys: Some(keys.clone()),
        verbatim: vec![text.clone(), rational.clone()],
        ..gray(16, 16)
    };
    let bytes = write(&spec, &[vec![0; 256]]);
    let directory = &directories(&bytes)[0];
    assert_eq!((directory.transform().unwrap(), directory.geo_keys().unwrap()), (None, keys));
    let read = |tag| directory.verbatim(tag, &bytes, &Limits::default()).unwrap();
    assert_eq!((read(282), read(33432), read(700)), (Some(rational.clone()), Some(text), None));
    let path = tempfile::tempdir().unwrap().path().join("a.tif");
    let twice = ImageSpec { verbatim: vec![rational.clone(), rational.clone()], ..gray(16, 16) };
    let known = ImageSpec { verbatim: vec![VerbatimTag { tag: 256, ..rational.clone() }], ..gray(16, 16) };
    let partial = ImageSpec { verbatim: vec![VerbatimTag { bytes: vec![0; 7], ..rational }], ..gray(16, 16) };
    for spec in [twice, known, partial] {
        assert!(matches!(GeoTiffWriter::create(&path, &spec, false), Err(GeoTiffError::Spec { .. })));
    }
}

#[test]
fn bigtiff_only_where_the_worst_case_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let is_big = |width, compression| {
        let spec = ImageSpec { tile_width: 4096, tile_height: 4096, compression, ..gray(width, 65536) };
        let mut writer = xr_geotiff::GeoTiffWriter::create(&path, &spec, true).unwrap();
        (0..spec.tile_count()).for_each(|index| writer.write_tile(index, &[]).unwrap());
        let big = writer.finish().unwrap().bigtiff;
        assert_eq!(Reader::open(&path, &Limits::default()).unwrap().directories()[0].is_bigtiff(), big);
        big
    };
    // 15 × 16 tiles of 16 MiB are 3.75 GiB, 16 × 16 tiles 4 GiB.
    assert!(!is_big(15 * 4096, Compression::None));
    assert!(is_big(16 * 4096, Compression::None));
    assert!(!is_big(15 * 4096, Compression::Deflate));
}

/// A big-endian file of another program, by hand: 3 × 2 pixels in one strip, PixelIsPoint.
#[test]
fn big_endian_strips() {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let doubles = |values: &[f64]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
    // 9 entries: 8 + 2 + 108 + 4 = 122.
    let bytes = [
        b"MM\0\x2a\0\0\0\x08".to_vec(),
        vec![0, 9],
        entry(254, 4, 1, [0, 0, 0, 5]),
        entry(256, 3, 1, [0, 3, 0, 0]),
        entry(257, 3, 1, [0, 2, 0, 0]),
        entry(258, 3, 1, [0, 16, 0, 0]),
        entry(273, 4, 1, [0, 0, 0, 8]),
        entry(279, 3, 1, [0, 12, 0, 0]),
        entry(33550, 12, 3, [0, 0, 0, 122]),
        entry(33922, 12, 6, [0, 0, 0, 146]),
        entry(34735, 3, 8, [0, 0, 0, 194]),
        vec![0; 4],
        doubles(&[10.0, 20.0, 0.0]),
        doubles(&[1.0, 1.0, 0.0, 1000.0, 2000.0, 0.0]),
        [1u16, 1, 0, 1, 1025, 0, 1, 2].iter().flat_map(|value| value.to_be_bytes()).collect(),
    ]
    .concat();
    let directory = &directories(&bytes)[0];
    assert_eq!((directory.width(), directory.height()), (3, 2));
    assert_eq!(directory.sample_type(), Some(SampleType::U16));
    assert_eq!(directory.layout(), ChunkLayout::Strips { rows: 2 });
    assert!(directory.is_overview() && directory.is_mask());
    let scale = directory.verbatim(33550, &bytes, &Limits::default()).unwrap().unwrap();
    assert_eq!(scale.bytes, [10.0, 20.0, 0.0].map(f64::to_le_bytes).concat());
    // The point (1, 1) is at (1000, 2000), so the centre of pixel (0, 0) is at (990, 2020).
    assert_eq!(directory.transform().unwrap(), Some([985.0, 10.0, 0.0, 2030.0, 0.0, -20.0]));
    assert!(directory.crs().unwrap().is_none());
    let table = directory.chunk_table(&bytes, &Limits::default()).unwrap();
    assert_eq!((table.offsets, table.byte_counts), (vec![8], vec![12]));
}
