//! Everything that can be asked of a file that may be hostile.

use std::path::Path;

use crate::host::HostDecoder;
use xr_geotiff::{Interleave, Limits, PixelWindow, Reader, Result, WindowRequest};

/// Bytes that a batch may take.
const MEMORY: u64 = 256 << 10;

/// Limits of a reader that is not trusted with much memory.
pub fn limits() -> Limits {
    let (value_bytes, chunk_bytes, samples) = (64 << 10, 128 << 10, 64 << 10);
    Limits { directories: 8, nesting: 2, entries: 64, value_bytes, chunks: 4096, chunk_bytes, samples }
}

/// Reads the tags of every directory, and what they mean.
pub fn ask_directories(bytes: Vec<u8>) -> Result<Reader> {
    let reader = Reader::new(bytes, Path::new("hostile.tif"), &limits())?;
    for (image, directory) in reader.directories().iter().enumerate() {
        let _ = (directory.transform(), directory.geo_keys(), directory.crs(), directory.metadata());
        let _ = (directory.sample_type(), directory.pixel_type(), directory.palette(), directory.extra_samples());
        let _ = (directory.nodata(), directory.description(), directory.predictor(), directory.compression_name());
        let _ = (reader.overviews(image), reader.mask(image), directory.chunk_grid().count());
        for entry in directory.entries() {
            let _ = (entry.text(), entry.unsigned().map(Iterator::count), entry.floats().map(Iterator::count));
        }
    }
    Ok(reader)
}

/// Reads the tags, and of every image two windows. Returns the number of windows that could be read.
pub fn ask_everything(bytes: Vec<u8>) -> Result<usize> {
    let reader = ask_directories(bytes)?;
    let mut decoder = HostDecoder::default();
    let mut read = 0;
    for (image, directory) in reader.directories().iter().enumerate() {
        let (width, height) = (directory.width().min(100), directory.height().min(100));
        let upper_left = PixelWindow { column: 0, row: 0, width, height };
        let (column, row) = (directory.width() - width.div_ceil(2), directory.height() - height.div_ceil(2));
        let lower_right = PixelWindow { column, row, width: width.div_ceil(2), height: height.div_ceil(2) };
        for (window, interleave, bands) in
            [(upper_left, Interleave::Band, None), (lower_right, Interleave::Pixel, Some(&[0][..]))]
        {
            let request = WindowRequest { image, window, bands, interleave, memory: MEMORY };
            read += usize::from(reader.read_window(&request, &mut decoder).is_ok());
        }
    }
    Ok(read)
}
