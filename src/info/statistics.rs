//! Statistics of a GeoTIFF's pixels: those that the file holds, and computed ones.

use crate::{
    failure::Failure,
    output::{PixelRows, options::data_type},
    rows::{ImageRows, mask_of, nodata},
    statistics::{Tally, to_json},
};
use serde_json::{Map, Value, json};
use xr_geotiff::{Directory, PixelWindow, Reader};

/// Bytes of pixels at a time.
const WINDOW: u64 = 16 << 20;
/// Bytes of tiles while they are decoded: those of a window, or one huge strip.
const TILES: u64 = 1 << 30;
/// Bytes of a row of tiles or strips, up to which windows are whole such rows, so that each is decoded once.
const TILE_ROW: u64 = 256 << 20;

/// Reads every pixel of an image.
pub fn compute(reader: &Reader, image: usize) -> Result<Value, Failure> {
    let directory = reader.directory(image)?;
    let dtype = data_type(directory.pixel_type()?);
    let area = PixelWindow::of(directory);
    let row = u64::from(area.width) * u64::from(directory.samples()) * dtype.size() as u64;
    let chunk = directory.chunk_grid().chunk_height;
    let fitting = u32::try_from(WINDOW / row.max(1)).unwrap_or(u32::MAX).max(1);
    let height = match fitting / chunk {
        0 if row * u64::from(chunk) <= TILE_ROW => chunk,
        0 => fitting,
        whole => whole * chunk,
    };
    let rows = ImageRows { reader, image, mask: mask_of(reader, image)?, area, height, memory: TILES };
    let mut engine = xr::engine("cpu", xr::OpenOptions::default())?;
    let mut tally = Tally::new(dtype, directory.samples(), area.width, nodata(directory, dtype));
    rows.each(&mut *engine, |read| tally.push(PixelRows { pixels: &read.pixels, mask: read.mask.as_deref() }))?;
    Ok(to_json(&tally.finish()))
}

/// What GDAL's metadata say, an object for each band that they speak of.
pub fn stored(image: &Directory) -> Result<Value, Failure> {
    const NAMES: [(&str, &str); 5] = [
        ("minimum", "STATISTICS_MINIMUM"),
        ("maximum", "STATISTICS_MAXIMUM"),
        ("mean", "STATISTICS_MEAN"),
        ("stddev", "STATISTICS_STDDEV"),
        ("valid_percent", "STATISTICS_VALID_PERCENT"),
    ];
    let metadata = image.metadata()?;
    let of_band = |band: u16| {
        let value = |(name, item): &(&str, &str)| {
            let value: f64 = metadata.value(item, Some(band))?.trim().parse().ok()?;
            Some(((*name).to_owned(), json!(value)))
        };
        let values: Vec<_> = NAMES.iter().filter_map(value).collect();
        let number = ("band".to_owned(), json!(band + 1));
        (!values.is_empty()).then(|| Value::Object([number].into_iter().chain(values).collect::<Map<_, _>>()))
    };
    Ok((0..image.samples()).filter_map(of_band).collect())
}
