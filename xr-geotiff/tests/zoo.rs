//! Every file of `scripts/make_tiff_zoo.py`, read whole and in windows, against what GDAL and tifffile read.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

mod host;

use std::path::Path;

use host::HostDecoder;
use serde_json::Value;
use xr_geotiff::{Directory, GeoTiffError, Interleave, Limits, PixelWindow, Pixels, Reader, SampleType, WindowRequest};

#[test]
#[ignore = "needs a folder of files, named by XR_TIFF_ZOO"]
fn every_file_reads_as_gdal_and_tifffile_read_it() {
    let folder = std::env::var_os("XR_TIFF_ZOO").expect("XR_TIFF_ZOO names the folder");
    let folder = Path::new(&folder);
    let entries: Vec<Value> = serde_json::from_slice(&std::fs::read(folder.join("zoo.json")).unwrap()).unwrap();
    let (mut samples, mut files) = (0, std::collections::HashSet::new());
    let mut failures = Vec::new();
    for entry in &entries {
        files.insert(text(entry, "file"));
        match std::panic::catch_unwind(|| compare(folder, entry)) {
            Ok(compared) => samples += compared,
            Err(_) => failures.push(entry.to_string()),
        }
    }
    println!("{} files, {} images, {samples} samples compared", files.len(), entries.len());
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

/// Compares one image and returns the number of samples.
fn compare(folder: &Path, entry: &Value) -> usize {
    let reader = Reader::open(&folder.join(text(entry, "file")), &Limits::default()).unwrap();
    let image = number(entry, "image");
    let directory = reader.directory(image).unwrap();
    let expected = Pixels {
        width: number(entry, "width") as u32,
        height: number(entry, "height") as u32,
        bands: number(entry, "bands"),
        sample_type: sample_type(text(entry, "dtype")),
        interleave: Interleave::Band,
        bytes: native(std::fs::read(folder.join(text(entry, "expected"))).unwrap(), text(entry, "dtype")),
    };
    let request = |window, bands, interleave, memory| WindowRequest { image, window, bands, interleave, memory };
    let whole = request(PixelWindow::of(directory), None, Interleave::Band, 16 << 20);
    let read = reader.read_window(&whole, &mut HostDecoder::default()).unwrap();
    assert!(read == expected, "pixels differ");

    // A part, bands backwards and side by side, with no more memory than the largest tile or strip takes.
    let (width, height) = (expected.width, expected.height);
    let (column, row) = (width / 3, height / 4);
    let window = PixelWindow { column, row, width: width / 2, height: (height * 3).div_ceil(4) };
    let bands: Vec<u16> = (0..directory.samples()).rev().collect();
    let mut part = request(window, Some(&bands), Interleave::Pixel, 0);
    let read = loop {
        match reader.read_window(&part, &mut HostDecoder::default()) {
            Err(GeoTiffError::Memory { needed, .. }) => part.memory = needed,
            read => break read.unwrap(),
        }
    };
    assert!(read.bytes == pick(&expected, window, &bands), "pixels of the window differ");

    check_facts(&reader, directory, entry);
    expected.bytes.len() / expected.sample_type.bytes()
}

fn check_facts(reader: &Reader, directory: &Directory, entry: &Value) {
    if let Some(transform) = entry["transform"].as_array() {
        let read = directory.transform().unwrap().unwrap();
        for (read, expected) in read.iter().zip(transform) {
            let expected = expected.as_f64().unwrap();
            assert!((read - expected).abs() <= 1e-9 * expected.abs(), "{read} for {expected}");
        }
        let epsg = entry["epsg"].as_u64().map(|code| code as u16);
        assert_eq!(directory.crs().unwrap().and_then(|crs| crs.epsg()), epsg);
        let metadata = directory.metadata().unwrap();
        for (band, expected) in entry["scale_offset"].as_array().unwrap().iter().enumerate() {
            let read = [metadata.scale(band as u16), metadata.offset(band as u16)];
            assert_eq!(serde_json::json!(read), *expected);
        }
    }
    if let Some(nodata) = entry["nodata"].as_str() {
        let read: f64 = directory.nodata().unwrap().parse().unwrap();
        let nodata: f64 = nodata.parse().unwrap();
        assert!(read == nodata || read.is_nan() && nodata.is_nan(), "nodata {read} for {nodata}");
    }
    if let Some(overviews) = entry["overviews"].as_array() {
        let expected: Vec<usize> = overviews.iter().map(|i| i.as_u64().unwrap() as usize).collect();
        assert_eq!(reader.overviews(0), expected);
        for image in reader.overviews(0).into_iter().chain([0]) {
            let size = |i: usize| (reader.directories()[i].width(), reader.directories()[i].height());
            if let Some(mask) = reader.mask(image) {
                assert!(reader.directories()[mask].is_mask() && size(mask) == size(image));
            }
        }
    }
    if let Some(palette) = entry["palette"].as_array() {
        let read: Vec<Value> = directory.palette().unwrap().unwrap().into_iter().flatten().map(Value::from).collect();
        assert_eq!(read, *palette);
    }
    if let Some(extra) = entry["extra_samples"].as_array() {
        assert_eq!(directory.extra_samples().into_iter().map(Value::from).collect::<Vec<_>>(), *extra);
    }
}

/// The window's samples of `bands`, side by side, from pixels band after band.
fn pick(pixels: &Pixels, window: PixelWindow, bands: &[u16]) -> Vec<u8> {
    let (width, height, size) = (pixels.width as usize, pixels.height as usize, pixels.sample_type.bytes());
    let mut picked = Vec::new();
    for row in window.row..window.row + window.height {
        for column in window.column..window.column + window.width {
            for &band in bands {
                let sample = (usize::from(band) * height + row as usize) * width + column as usize;
                picked.extend(&pixels.bytes[sample * size..][..size]);
            }
        }
    }
    picked
}

fn native(mut bytes: Vec<u8>, dtype: &str) -> Vec<u8> {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(sample_type(dtype).bytes()).for_each(<[u8]>::reverse);
    }
    bytes
}

fn sample_type(dtype: &str) -> SampleType {
    let short = dtype.replace("uint", "u").replace("int", "i").replace("float", "f");
    SampleType::ALL.into_iter().find(|kind| kind.name() == short).unwrap()
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry[key].as_str().unwrap()
}

fn number(entry: &Value, key: &str) -> usize {
    entry[key].as_u64().unwrap() as usize
}
