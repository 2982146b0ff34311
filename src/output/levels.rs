//! PixelRows of pixels → encoded tiles of the image, of its overviews and of their masks, in one pass.

use super::{
    options::Overview,
    reduce::{PixelRows, Reduce, Reduction},
};
use crate::{
    failure::Failure,
    statistics::{BandStatistics, Tally},
};
use std::time::{Duration, Instant};
use xr::{DataType, Encoding, Engine, Image, Number, Predictor, Scalar};
use xr_geotiff::{GeoTiffWriter, Resampling};

/// Takes whole rows of an image from top to bottom and writes the tiles that they complete, those of overviews too.
pub struct RowWriter<'a> {
    engine: &'a mut dyn Engine,
    writer: GeoTiffWriter,
    image: Level,
    overviews: Option<Overviews>,
    statistics: Option<Tally>,
    /// Seconds in the encoder.
    pub encode: Duration,
}

/// What of an image the rows are written to.
pub struct Levels<'a> {
    pub size: (u32, u32),
    pub overviews: &'a [Overview],
    /// Pixels of this value take no part in statistics, and in overviews unless there is a mask.
    pub nodata: Option<Scalar>,
    pub resampling: Resampling,
    /// Whether image and overviews have masks.
    pub mask: bool,
    /// Whether the file gets statistics of the image.
    pub statistics: bool,
}

/// Levels made by halving.
struct Overviews {
    reduce: Box<dyn Reduce>,
    /// By halvings, from 1; `None` for those that are not written.
    levels: Vec<Option<Level>>,
}

/// One level: its tiles, and those of its mask.
struct Level {
    /// Its number in the file.
    number: usize,
    pixels: Tiles,
    mask: Option<Tiles>,
    width: u32,
}

/// PixelRows that wait for a row of tiles to be complete.
struct Tiles {
    encoding: Encoding,
    width: u32,
    height: u32,
    /// PixelRows that were given.
    arrived: u32,
    /// PixelRows of tiles that were written.
    written: u32,
    rows: Vec<u8>,
}

impl<'a> RowWriter<'a> {
    /// For a writer whose image has the encoding's tiles and these levels.
    pub fn new(
        engine: &'a mut dyn Engine,
        encoding: Encoding,
        writer: GeoTiffWriter,
        levels: &Levels<'_>,
    ) -> Result<Self, Failure> {
        let &Levels { size, overviews, nodata, resampling, mask, .. } = levels;
        let level = |number, size| Level::new(number, size, &encoding, mask);
        let overviews = match overviews.last() {
            None => None,
            Some(smallest) => {
                let halvings = smallest.halvings as usize;
                let (dtype, samples) = (encoding.dtype, encoding.samples);
                let reduce = Reduction { size, dtype, samples, nodata, resampling, halvings }.start(mask)?;
                let numbered = (1..).zip(overviews);
                let wanted = |n: usize| numbered.clone().find(|(_, o)| o.halvings as usize == n);
                let levels = (1..=halvings).map(|n| wanted(n).map(|(number, o)| level(number, o.size)));
                Some(Overviews { reduce, levels: levels.collect() })
            }
        };
        let tally = || Tally::new(encoding.dtype, encoding.samples, size.0, nodata);
        let statistics = levels.statistics.then(tally);
        Ok(Self { engine, writer, image: level(0, size), overviews, statistics, encode: Duration::ZERO })
    }

    /// Takes the next rows: native-endian samples, bands side by side, with their mask if the image has one.
    pub fn push(&mut self, rows: PixelRows<'_>) -> Result<(), Failure> {
        let Self { engine, writer, image, overviews, statistics, encode } = self;
        statistics.as_mut().map_or(Ok(()), |tally| tally.push(rows))?;
        let mut encode_rows = |level: &mut Level, rows: PixelRows<'_>| {
            let start = Instant::now();
            let done = level.push(&mut **engine, writer, rows);
            *encode += start.elapsed();
            done
        };
        encode_rows(image, rows)?;
        let Some(Overviews { reduce, levels }) = overviews else { return Ok(()) };
        let mut failure = None;
        reduce.push(rows, &mut |n, rows| {
            if let (Some(level), None) = (&mut levels[n - 1], &failure) {
                failure = encode_rows(level, rows).err();
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// The writer, ready to finish once all rows were given, and the statistics that it was given.
    pub fn finish(mut self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        let statistics = self.statistics.map(|tally| tally.finish());
        for (band, statistics) in (0..).zip(statistics.iter().flatten()) {
            if let Some(stored) = statistics.stored() {
                self.writer.set_statistics(band, stored)?;
            }
        }
        Ok((self.writer, statistics))
    }
}

impl Level {
    fn new(number: usize, (width, height): (u32, u32), encoding: &Encoding, mask: bool) -> Self {
        let tiles = |encoding, width| Tiles { encoding, width, height, arrived: 0, written: 0, rows: Vec::new() };
        let mask = mask.then(|| tiles(mask_encoding(encoding), width.div_ceil(8)));
        Self { number, pixels: tiles(*encoding, width), mask, width }
    }

    fn push(
        &mut self,
        engine: &mut dyn Engine,
        writer: &mut GeoTiffWriter,
        rows: PixelRows<'_>,
    ) -> Result<(), Failure> {
        let number = self.number;
        self.pixels.push(engine, rows.pixels, |index, tile| writer.write_level_tile(number, index, tile))?;
        if let (Some(tiles), Some(mask)) = (&mut self.mask, rows.mask) {
            let packed: Vec<u8> = mask.chunks(self.width as usize).flat_map(packed).collect();
            tiles.push(engine, &packed, |index, tile| writer.write_mask_tile(number, index, tile))?;
        }
        Ok(())
    }
}

/// How the tiles of a mask are encoded: bytes of eight pixels, without the tiles in which all are invalid.
fn mask_encoding(encoding: &Encoding) -> Encoding {
    Encoding {
        predictor: Predictor::None,
        dtype: DataType::U8,
        samples: 1,
        tile_width: encoding.tile_width / 8,
        sparse: Scalar::new(DataType::U8, Number::Int(0)).ok(),
        ..*encoding
    }
}

/// A row of a mask, one bit for each pixel, highest first.
fn packed(row: &[u8]) -> impl Iterator<Item = u8> {
    row.chunks(8).map(|eight| (0..).zip(eight).fold(0, |bits, (n, &valid)| bits | u8::from(valid != 0) << (7 - n)))
}

impl Tiles {
    /// Takes the next rows and gives the encoded tiles that they complete to `write`, with their numbers.
    fn push(
        &mut self,
        engine: &mut dyn Engine,
        rows: &[u8],
        mut write: impl FnMut(u64, &[u8]) -> xr_geotiff::Result<()>,
    ) -> Result<(), Failure> {
        let row_bytes = self.width as usize * self.encoding.pixel_bytes();
        self.arrived += (rows.len() / row_bytes) as u32;
        let complete = |rows: usize, arrived| {
            if arrived == self.height { rows } else { rows - rows % self.encoding.tile_height as usize }
        };
        if self.rows.is_empty() && complete(rows.len() / row_bytes, self.arrived) * row_bytes == rows.len() {
            return self.encode(engine, rows, &mut write); // whole rows of tiles, as they lie
        }
        self.rows.extend_from_slice(rows);
        let ready = complete(self.rows.len() / row_bytes, self.arrived) * row_bytes;
        if ready > 0 {
            let held = std::mem::take(&mut self.rows);
            self.encode(engine, &held[..ready], &mut write)?;
            self.rows.extend_from_slice(&held[ready..]);
        }
        Ok(())
    }

    fn encode(
        &mut self,
        engine: &mut dyn Engine,
        rows: &[u8],
        write: &mut impl FnMut(u64, &[u8]) -> xr_geotiff::Result<()>,
    ) -> Result<(), Failure> {
        let height = (rows.len() / (self.width as usize * self.encoding.pixel_bytes())) as u32;
        let (across, down) = self.encoding.tiles(self.width, height);
        let batch = engine.compress(&self.encoding, Image { pixels: rows, width: self.width, height })?;
        let first = u64::from(self.written) * across as u64;
        for (index, tile) in (first..).zip(batch.tiles().iter()) {
            write(index, tile)?;
        }
        self.written += down as u32;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::packed;

    #[test]
    fn the_first_pixel_is_the_highest_bit() {
        let row = [1, 0, 0, 255, 0, 0, 0, 0, 0, 1, 7];
        assert_eq!(packed(&row).collect::<Vec<_>>(), [0b1001_0000, 0b0110_0000]);
    }
}
