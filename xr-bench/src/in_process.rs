//! The library's own write and read of a GeoTIFF: pixels in memory to a file, and back.

use crate::{Failure, translate::Task};
use std::{path::Path, time::Instant};
use xr::{Engine, EngineDecoder, Image};
use xr_geotiff::{
    Compression, GeoTiffWriter, ImageSpec, Interleave, Limits, PixelWindow, Predictor, Reader, SampleType,
    WindowRequest,
};

/// Bytes of pixels that are encoded at a time.
const CHUNK: usize = 8 << 20;

fn engine() -> Result<Box<dyn Engine>, Failure> {
    Ok(xr::engine("cpu", xr::OpenOptions::default())?)
}

/// Writes a raster; seconds.
pub fn write(task: &Task, sample_type: SampleType, pixels: &[u8], to: &Path) -> Result<f64, Failure> {
    let encoding = task.encoding();
    let spec = ImageSpec {
        tile_width: task.tile,
        tile_height: task.tile,
        compression: match encoding.codec {
            xr::Codec::Deflate => Compression::Deflate,
            xr::Codec::Zstd => Compression::Zstd,
            xr::Codec::Lzw => Compression::Lzw,
            _ => Compression::None,
        },
        predictor: match encoding.predictor {
            xr::Predictor::Float => Predictor::Float,
            xr::Predictor::Horizontal => Predictor::Horizontal,
            xr::Predictor::None => Predictor::None,
        },
        ..ImageSpec::new(task.size, task.size, sample_type)
    };
    let row_bytes = task.size as usize * task.dtype.size();
    let tile_row = task.tile as usize * row_bytes;
    let start = Instant::now();
    let mut engine = engine()?;
    let mut writer = GeoTiffWriter::create(to, &spec, true)?;
    let mut index = 0;
    for pixels in pixels.chunks((CHUNK / tile_row).max(1) * tile_row) {
        let height = (pixels.len() / row_bytes) as u32;
        let batch = engine.compress(&encoding, Image { pixels, width: task.size, height })?;
        for tile in batch.tiles().iter() {
            writer.write_tile(index, tile)?;
            index += 1;
        }
    }
    writer.finish()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Reads the first image of a file; seconds. The pixels must be these.
pub fn read(from: &Path, expected: &[u8]) -> Result<f64, Failure> {
    let start = Instant::now();
    let read = pixels(from)?;
    let seconds = start.elapsed().as_secs_f64();
    if read == expected { Ok(seconds) } else { Err(format!("{}: other pixels", from.display()).into()) }
}

/// The pixels of the first image of a file.
pub fn pixels(from: &Path) -> Result<Vec<u8>, Failure> {
    let mut engine = engine()?;
    let reader = Reader::open(from, &Limits::default())?;
    let window = PixelWindow::of(reader.directory(0)?);
    let (interleave, memory) = (Interleave::Pixel, 32 << 20);
    let request = WindowRequest { image: 0, window, bands: None, interleave, memory };
    Ok(reader.read_window(&request, &mut EngineDecoder(&mut *engine))?.bytes)
}
