//! Rows of pixels → encoded tiles of the image and of its overviews, in one pass.

use super::options::Overview;
use crate::failure::Failure;
use std::time::{Duration, Instant};
use xr::{Encoding, Engine, Image, Pixel, Scalar, with_pixel};
use xr_geotiff::{GeoTiffWriter, Pyramid, Resampling, Sample};

/// Takes whole rows of an image from top to bottom and writes the tiles that they complete, those of overviews too.
pub struct RowWriter<'a> {
    engine: &'a mut dyn Engine,
    encoding: Encoding,
    writer: GeoTiffWriter,
    image: Level,
    overviews: Option<Overviews>,
    /// Seconds in the encoder.
    pub encode: Duration,
}

/// Levels made by halving.
struct Overviews {
    reduce: Box<dyn Reduce>,
    /// By halvings, from 1; `None` for those that are not written.
    levels: Vec<Option<Level>>,
}

/// Rows of one level that wait for a row of tiles to be complete.
struct Level {
    /// Its number in the file.
    number: usize,
    width: u32,
    height: u32,
    /// Rows that were given.
    arrived: u32,
    /// Rows of tiles that were written.
    written: u32,
    rows: Vec<u8>,
}

impl<'a> RowWriter<'a> {
    /// For a writer whose image has the encoding's tiles and these overviews.
    pub fn new(
        engine: &'a mut dyn Engine,
        encoding: Encoding,
        writer: GeoTiffWriter,
        (width, height): (u32, u32),
        overviews: &[Overview],
        nodata: Option<Scalar>,
        resampling: Resampling,
    ) -> Result<Self, Failure> {
        let level = |number, (width, height)| Level { number, width, height, arrived: 0, written: 0, rows: Vec::new() };
        let overviews = match overviews.last() {
            None => None,
            Some(smallest) => {
                let halvings = smallest.halvings as usize;
                let reduce = with_pixel!(encoding.dtype, T => {
                    let nodata = nodata.map(|scalar| scalar.get::<T>()).transpose()?;
                    let pyramid = Pyramid::<T>::new((width, height), encoding.samples, nodata, resampling, halvings)?;
                    Box::new(pyramid) as Box<dyn Reduce>
                });
                let numbered = (1..).zip(overviews);
                let wanted = |n: usize| numbered.clone().find(|(_, o)| o.halvings as usize == n);
                let levels = (1..=halvings).map(|n| wanted(n).map(|(number, o)| level(number, o.size)));
                Some(Overviews { reduce, levels: levels.collect() })
            }
        };
        Ok(Self { engine, encoding, writer, image: level(0, (width, height)), overviews, encode: Duration::ZERO })
    }

    /// Takes the next rows: native-endian samples, bands side by side.
    pub fn push(&mut self, rows: &[u8]) -> Result<(), Failure> {
        let Self { engine, encoding, writer, image, overviews, encode } = self;
        let mut encode_rows = |level: &mut Level, rows: &[u8]| {
            let start = Instant::now();
            let done = level.push(&mut **engine, encoding, writer, rows);
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

    /// The writer, ready to finish once all rows were given.
    pub fn into_writer(self) -> GeoTiffWriter {
        self.writer
    }
}

impl Level {
    fn push(
        &mut self,
        engine: &mut dyn Engine,
        encoding: &Encoding,
        writer: &mut GeoTiffWriter,
        rows: &[u8],
    ) -> Result<(), Failure> {
        let row_bytes = self.width as usize * encoding.pixel_bytes();
        self.arrived += (rows.len() / row_bytes) as u32;
        let complete = |rows: usize, arrived| {
            if arrived == self.height { rows } else { rows - rows % encoding.tile_height as usize }
        };
        if self.rows.is_empty() && complete(rows.len() / row_bytes, self.arrived) * row_bytes == rows.len() {
            return self.write(engine, encoding, writer, rows); // whole rows of tiles, as they lie
        }
        self.rows.extend_from_slice(rows);
        let ready = complete(self.rows.len() / row_bytes, self.arrived) * row_bytes;
        if ready > 0 {
            let held = std::mem::take(&mut self.rows);
            self.write(engine, encoding, writer, &held[..ready])?;
            self.rows.extend_from_slice(&held[ready..]);
        }
        Ok(())
    }

    fn write(
        &mut self,
        engine: &mut dyn Engine,
        encoding: &Encoding,
        writer: &mut GeoTiffWriter,
        rows: &[u8],
    ) -> Result<(), Failure> {
        let height = (rows.len() / (self.width as usize * encoding.pixel_bytes())) as u32;
        let (across, down) = encoding.tiles(self.width, height);
        let batch = engine.compress(encoding, Image { pixels: rows, width: self.width, height })?;
        let first = u64::from(self.written) * across as u64;
        for (index, tile) in (first..).zip(batch.tiles().iter()) {
            writer.write_level_tile(self.number, index, tile)?;
        }
        self.written += down as u32;
        Ok(())
    }
}

/// A pyramid of any pixel type.
trait Reduce {
    /// Takes rows and hands over the rows of levels, from 1, that they complete.
    fn push(&mut self, rows: &[u8], completed: &mut dyn FnMut(usize, &[u8])) -> Result<(), Failure>;
}

impl<T: Sample + Pixel> Reduce for Pyramid<T> {
    fn push(&mut self, rows: &[u8], completed: &mut dyn FnMut(usize, &[u8])) -> Result<(), Failure> {
        let rows: &[T] = bytemuck::try_cast_slice(rows)
            .map_err(|_| xr::Error::Misuse { what: "pixels are aligned to their type" })?;
        Ok(Pyramid::push(self, rows, |level, _, rows| completed(level, bytemuck::cast_slice(rows)))?)
    }
}
