//! Files of GDAL and tifffile, made by `scripts/make_tiff_samples.py`, which also gives the sums of their pixels.

use std::path::{Path, PathBuf};

use crate::file::whole;
use crate::host::HostDecoder;
use xr_geotiff::{Limits, Reader, SampleType};

/// File, directory, (width, height, bands), type, CRC-32 of the samples (little-endian, band after band).
struct Sample(&'static str, usize, (u32, u32, usize), SampleType, u32);

const SAMPLES: [Sample; 16] = [
    Sample("u8-lzw-p2-strips.tif", 0, (20, 13, 1), SampleType::U8, 0x0d0a8b07),
    Sample("i16-deflate-p2-big-endian.tif", 0, (18, 20, 2), SampleType::I16, 0x4f3e905d),
    Sample("f32-zstd-p3-planes-bigtiff.tif", 0, (21, 19, 2), SampleType::F32, 0xa66edc5a),
    Sample("u1-packbits.tif", 0, (21, 9, 1), SampleType::U8, 0x86a85f94),
    Sample("u4-none-three-bands.tif", 0, (7, 9, 3), SampleType::U8, 0xd107563d),
    Sample("f16-deflate-big-endian.tif", 0, (7, 9, 1), SampleType::F32, 0x2948d50f),
    Sample("i32-zstd-sparse.tif", 0, (40, 40, 1), SampleType::I32, 0x2c3c31be),
    Sample("u64-none.tif", 0, (6, 5, 1), SampleType::U64, 0x2d055ee3),
    Sample("f64-rotated-point.tif", 0, (6, 5, 1), SampleType::F64, 0x6f321c20),
    Sample("cog-masked.tif", 0, (150, 140, 1), SampleType::U8, 0x16a580ab),
    Sample("cog-masked.tif", 1, (150, 140, 1), SampleType::U8, 0x528cecf4),
    Sample("cog-masked.tif", 2, (75, 70, 1), SampleType::U8, 0xca073172),
    Sample("cog-masked.tif", 3, (75, 70, 1), SampleType::U8, 0xb974c2f6),
    Sample("palette-old-deflate.tif", 0, (9, 8, 1), SampleType::U8, 0xaf9f6edf),
    Sample("subifds.tif", 0, (24, 32, 1), SampleType::U16, 0xd19a005c),
    Sample("subifds.tif", 1, (12, 16, 1), SampleType::U16, 0x152ffc71),
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn open(name: &str) -> Reader {
    Reader::open(&path(name), &Limits::default()).unwrap()
}

#[test]
fn pixels_are_what_gdal_and_tifffile_read() {
    for Sample(name, image, size, sample_type, sum) in SAMPLES {
        let reader = open(name);
        let mut pixels = reader.read_window(&whole(&reader, image), &mut HostDecoder::default()).unwrap();
        assert_eq!((pixels.width, pixels.height, pixels.bands), size, "{name}");
        assert_eq!(pixels.sample_type, sample_type, "{name}");
        if cfg!(target_endian = "big") {
            pixels.bytes.chunks_exact_mut(sample_type.bytes()).for_each(<[u8]>::reverse);
        }
        let mut crc = flate2::Crc::new();
        crc.update(&pixels.bytes);
        assert_eq!(crc.sum(), sum, "{name}, directory {image}");
    }
}

#[test]
fn overviews_and_masks_are_found() {
    let cog = open("cog-masked.tif");
    assert_eq!((cog.directories().len(), cog.overviews(0)), (4, vec![2]));
    assert_eq!((cog.mask(0), cog.mask(2), cog.mask(1)), (Some(1), Some(3), None));
    assert!(cog.overviews(2).is_empty());

    let pyramid = open("subifds.tif");
    assert_eq!((pyramid.overviews(0), pyramid.mask(0)), (vec![1], None));
    assert_eq!(pyramid.directories()[1].parent(), Some(0));
    assert!(pyramid.directory(2).unwrap_err().to_string().contains("the file has 2"));
}

#[test]
fn facts_beside_the_pixels() {
    let rotated = open("f64-rotated-point.tif");
    let directory = rotated.directory(0).unwrap();
    // As `gdalinfo` says, though the file's own matrix is for pixel centres.
    assert_eq!(directory.transform().unwrap(), Some([700_000.0, 20.0, 5.0, 5_000_000.0, 4.0, -25.0]));
    assert!(directory.geo_keys().unwrap().is_pixel_point());
    assert_eq!(directory.crs().unwrap().and_then(|crs| crs.epsg()), Some(32613));
    let metadata = directory.metadata().unwrap();
    assert_eq!((metadata.scale(0), metadata.offset(0)), (0.01, -273.15));

    let palette = open("palette-old-deflate.tif").directory(0).unwrap().palette().unwrap().unwrap();
    // As tifffile reads it: greys.
    assert_eq!((palette.len(), palette[1], palette[100], palette[255]), (256, [0; 3], [24576; 3], [61440; 3]));

    let sparse = open("i32-zstd-sparse.tif");
    let directory = sparse.directory(0).unwrap();
    assert_eq!(directory.nodata().as_deref(), Some("-9999"));
    let file = std::fs::File::open(path("i32-zstd-sparse.tif")).unwrap();
    assert_eq!(directory.chunk_table(file, &Limits::default()).unwrap().sparse(), 3);
}
