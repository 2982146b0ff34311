//! Valid files of rarer writers.

use std::io::Write;

use crate::file::{Values, open, read, strips, tiff, whole, with};
use crate::host::HostDecoder;
use xr_geotiff::{GeoTiffError, tag};

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn last_strip_may_be_as_long_as_the_others() {
    let entries = with(strips(4, 5, 3), &[(tag::COMPRESSION, Values::Shorts(vec![8]))]);
    let pixels: Vec<u8> = (0..20).collect();
    for last in [&pixels[12..], &[&pixels[12..], &[0; 4]].concat()] {
        let file = tiff(entries.clone(), &[zlib(&pixels[..12]), zlib(last)]);
        assert_eq!(read(file).unwrap().bytes, pixels);
    }
}

#[test]
fn byte_counts_of_raw_strips_may_be_missing() {
    // A tag of text in their place, which is moved to a private number.
    let mut file = tiff(strips(4, 5, 3), &[(0..12).collect(), (12..20).collect()]);
    let at = file.windows(2).position(|bytes| bytes == tag::STRIP_BYTE_COUNTS.to_le_bytes()).unwrap();
    file[at..at + 2].copy_from_slice(&280u16.to_le_bytes());
    assert_eq!(read(file).unwrap().bytes, (0..20).collect::<Vec<u8>>());
}

#[test]
fn bits_may_be_reversed() {
    let entries = with(strips(4, 1, 1), &[(tag::FILL_ORDER, Values::Shorts(vec![2]))]);
    assert_eq!(read(tiff(entries.clone(), &[vec![1, 2, 4, 0xf0]])).unwrap().bytes, [0x80, 0x40, 0x20, 0x0f]);
    let bits = with(entries, &[(tag::BITS_PER_SAMPLE, Values::Shorts(vec![1]))]);
    assert_eq!(read(tiff(bits, &[vec![0b0000_0110]])).unwrap().bytes, [0, 1, 1, 0]);
}

#[test]
fn predictor_of_raw_strips_means_nothing() {
    let entries = with(strips(4, 1, 1), &[(tag::PREDICTOR, Values::Shorts(vec![2]))]);
    assert_eq!(read(tiff(entries, &[vec![1, 2, 3, 4]])).unwrap().bytes, [1, 2, 3, 4]);
}

#[test]
fn longer_raw_strips_and_tables_are_taken_as_far_as_needed() {
    let entries = with(strips(2, 2, 1), &[]);
    let file = tiff(entries, &[vec![1, 2, 99], vec![3, 4, 99, 99], vec![99; 9]]);
    assert_eq!(read(file).unwrap().bytes, [1, 2, 3, 4]);
}

#[test]
fn scale_counts_before_the_matrix() {
    let matrix = [5.0, 1.0, 0.0, 10.0, 2.0, -6.0, 0.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let entries = |scale: f64| {
        let georeference = [
            (tag::MODEL_PIXEL_SCALE, Values::Doubles(vec![scale, scale, 0.0])),
            (tag::MODEL_TIEPOINT, Values::Doubles(vec![1.0, 2.0, 0.0, 100.0, 200.0, 0.0])),
            (tag::MODEL_TRANSFORMATION, Values::Doubles(matrix.to_vec())),
        ];
        open(tiff(with(strips(1, 1, 1), &georeference), &[vec![1]])).unwrap()
    };
    let transform = |scale| entries(scale).directory(0).unwrap().transform().unwrap().unwrap();
    assert_eq!(transform(3.0), [97.0, 3.0, 0.0, 206.0, 0.0, -3.0]);
    assert_eq!(transform(0.0), [10.0, 5.0, 1.0, 20.0, 2.0, -6.0]);
}

#[test]
fn what_is_unknown_is_named() {
    let shorts = |tag, values: &[u16]| vec![(tag, Values::Shorts(values.to_vec()))];
    let pixel =
        [(tag::SAMPLES_PER_PIXEL, Values::Shorts(vec![3])), (tag::BITS_PER_SAMPLE, Values::Shorts(vec![5, 6, 5]))];
    let ycbcr =
        [(tag::SAMPLES_PER_PIXEL, Values::Shorts(vec![3])), (tag::PHOTOMETRIC_INTERPRETATION, Values::Shorts(vec![6]))];
    for (entries, text) in [
        (shorts(tag::COMPRESSION, &[6]), "old-jpeg (6)"),
        (shorts(tag::COMPRESSION, &[7]), "jpeg (7)"),
        (shorts(tag::COMPRESSION, &[34887]), "lerc (34887)"),
        (shorts(tag::COMPRESSION, &[12345]), "unknown (12345)"),
        (shorts(tag::BITS_PER_SAMPLE, &[12]), "12 bits"),
        ([shorts(tag::BITS_PER_SAMPLE, &[64]), shorts(tag::SAMPLE_FORMAT, &[6])].concat(), "complex sample of 64 bits"),
        (pixel.to_vec(), "[5, 6, 5] bits"),
        (ycbcr.to_vec(), "chroma subsampling"),
        ([shorts(tag::COMPRESSION, &[5]), shorts(tag::PREDICTOR, &[9])].concat(), "predictor"),
    ] {
        let reader = open(tiff(with(strips(2, 1, 1), &entries), &[vec![1; 64]])).unwrap();
        let error = reader.read_window(&whole(&reader, 0), &mut HostDecoder::default()).unwrap_err();
        assert!(matches!(error, GeoTiffError::Unsupported { directory: 0, .. }), "{error}");
        let message = error.to_string();
        assert!(
            message.contains(text) && message.contains("test.tif") && message.contains("gdal_translate"),
            "{message}"
        );
    }
}
