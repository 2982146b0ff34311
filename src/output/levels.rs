//! Rows of pixels → encoded tiles of the image, of its overviews and of their masks, in one pass.

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
use xr_geotiff::{GeoTiffWriter, PixelWindow, Resampling};

/// Takes whole rows of an image from top to bottom and writes the tiles that they complete, those of overviews too.
pub struct RowWriter<'a> {
    pub(super) engine: &'a mut dyn Engine,
    pub(super) writer: GeoTiffWriter,
    /// `None` for an overview to halve that is not written itself.
    image: Option<Level>,
    overviews: Option<Overviews>,
    pub(super) statistics: Option<Tally>,
    /// Seconds in the encoder.
    pub encode: Duration,
}

/// What of an image the rows are written to.
#[derive(Clone, Copy)]
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

/// Tiles of a part of one level, and those of its mask.
pub(super) struct Level {
    /// Its number in the file.
    number: usize,
    pixels: Tiles,
    mask: Option<Tiles>,
    width: u32,
}

/// Rows that wait for a row of tiles to be complete.
struct Tiles {
    encoding: Encoding,
    width: u32,
    height: u32,
    /// Rows that were given.
    arrived: u32,
    /// Number of the next row's first tile.
    next: u64,
    /// Tiles across the level.
    across: u64,
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
        Self::of_level(engine, encoding, writer, levels, 0)
    }

    /// For the rows of the image after so many halvings, and its overviews after more.
    pub(super) fn of_level(
        engine: &'a mut dyn Engine,
        encoding: Encoding,
        writer: GeoTiffWriter,
        levels: &Levels<'_>,
        halved: usize,
    ) -> Result<Self, Failure> {
        let &Levels { nodata, resampling, mask, .. } = levels;
        let size = levels.size_of(halved);
        let level = |halvings: usize| {
            let number = levels.number(halvings)?;
            Some(Level::new(number, levels.size_of(halvings), None, &encoding, mask))
        };
        let halvings = levels.halvings().saturating_sub(halved);
        let overviews = if halvings == 0 {
            None
        } else {
            let (dtype, samples) = (encoding.dtype, encoding.samples);
            let reduce = Reduction { size, dtype, samples, nodata, resampling, halvings }.start(mask)?;
            Some(Overviews { reduce, levels: (1..=halvings).map(|n| level(halved + n)).collect() })
        };
        let tally = || Tally::new(encoding.dtype, encoding.samples, levels.size.0, nodata);
        let statistics = levels.statistics.then(tally);
        Ok(Self { engine, writer, image: level(halved), overviews, statistics, encode: Duration::ZERO })
    }

    /// Takes the next rows: native-endian samples, bands side by side, with their mask if the image has one.
    pub fn push(&mut self, rows: PixelRows<'_>) -> Result<(), Failure> {
        self.statistics.as_mut().map_or(Ok(()), |tally| tally.push(rows))?;
        self.write(rows)
    }

    /// Takes rows that are not counted.
    pub(super) fn write(&mut self, rows: PixelRows<'_>) -> Result<(), Failure> {
        let Self { engine, writer, image, overviews, encode, .. } = self;
        let mut encode_rows = |level: &mut Level, rows: PixelRows<'_>| {
            let start = Instant::now();
            let done = level.push(&mut **engine, writer, rows);
            *encode += start.elapsed();
            done
        };
        image.as_mut().map_or(Ok(()), |image| encode_rows(image, rows))?;
        let Some(Overviews { reduce, levels }) = overviews else { return Ok(()) };
        let mut failure = None;
        reduce.push(rows, &mut |n, _, rows| {
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

impl Levels<'_> {
    /// How often the image is halved.
    pub fn halvings(&self) -> usize {
        self.overviews.last().map_or(0, |smallest| smallest.halvings as usize)
    }

    /// The number in the file of the image after so many halvings, `None` if it is not written.
    pub(super) fn number(&self, halvings: usize) -> Option<usize> {
        let overview = || self.overviews.iter().position(|overview| overview.halvings as usize == halvings);
        if halvings == 0 { Some(0) } else { Some(overview()? + 1) }
    }

    /// Width and height of the image after so many halvings.
    pub fn size_of(&self, halvings: usize) -> (u32, u32) {
        (0..halvings).fold(self.size, |(width, height), _| (width.div_ceil(2), height.div_ceil(2)))
    }
}

impl Level {
    /// Of a level of the file, or a part of it that begins and ends with tiles.
    pub(super) fn new(
        number: usize,
        size: (u32, u32),
        part: Option<PixelWindow>,
        encoding: &Encoding,
        mask: bool,
    ) -> Self {
        let part = part.unwrap_or(PixelWindow { column: 0, row: 0, width: size.0, height: size.1 });
        let across = u64::from(size.0.div_ceil(encoding.tile_width));
        let next = u64::from(part.row / encoding.tile_height) * across + u64::from(part.column / encoding.tile_width);
        let tiles = |encoding, width| Tiles {
            encoding,
            width,
            height: part.height,
            arrived: 0,
            next,
            across,
            rows: Vec::new(),
        };
        let mask = mask.then(|| tiles(mask_encoding(encoding), part.width.div_ceil(8)));
        Self { number, pixels: tiles(*encoding, part.width), mask, width: part.width }
    }

    /// Writes tiles of nothing but nodata for all of a part.
    pub(super) fn skip(&self, writer: &mut GeoTiffWriter) -> Result<(), Failure> {
        let Tiles { encoding, width, height, next, across, .. } = &self.pixels;
        let (right, down) = encoding.tiles(*width, *height);
        for row in 0..down as u64 {
            for index in (next + row * across..).take(right) {
                writer.write_level_tile(self.number, index, &[])?;
            }
        }
        Ok(())
    }

    pub(super) fn push(
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
        let (across, _) = self.encoding.tiles(self.width, height);
        let batch = engine.compress(&self.encoding, Image { pixels: rows, width: self.width, height })?;
        for (n, tile) in batch.tiles().iter().enumerate() {
            write(self.next + (n % across) as u64, tile)?;
            if (n + 1) % across == 0 {
                self.next += self.across;
            }
        }
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
