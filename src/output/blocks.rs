//! Blocks of an image that is too wide for whole rows → tiles of the image and of its overviews.
//!
//! A block is as many tiles of the image as make a tile after `halvings` halvings, or several such side by side. Those
//! levels are made of each block alone, with a margin around it; the rows of the next level are put together of the
//! blocks beside each other, and are few.

use super::{
    levels::{Level, Levels, RowWriter},
    reduce::{PixelRows, Reduce, Reduction},
};
use crate::{failure::Failure, statistics::BandStatistics};
use std::{
    borrow::Cow,
    time::{Duration, Instant},
};
use xr::{Encoding, Engine, Window};
use xr_geotiff::{GeoTiffWriter, PixelWindow, Pyramid};

/// How an image is cut into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockSize {
    /// Columns of a block: whole tiles after all halvings, as the height.
    pub width: u32,
    pub height: u32,
    /// Halvings after which tiles are made of single blocks.
    pub halvings: usize,
    /// Pixels of its neighbours that a block comes with.
    pub margin: u32,
}

impl BlockSize {
    /// The margin that blocks of so many halvings need.
    pub fn margin(levels: &Levels<'_>, halvings: usize) -> u32 {
        Pyramid::<u8>::margin(levels.size, levels.resampling, levels.halvings().min(halvings + 1))
    }
}

/// Takes blocks row by row, and the windows of a block from top to bottom.
pub struct BlockWriter<'a> {
    /// For the rows of the first level that is put together, if there is one.
    rows: RowWriter<'a>,
    encoding: Encoding,
    levels: Levels<'a>,
    size: BlockSize,
    /// Blocks that were begun.
    begun: u64,
    block: Option<Block>,
    /// Of the level that is put together: what the blocks of a row have of it.
    strip: Strip,
    /// A pixel of nodata.
    blank: Option<Vec<u8>>,
}

/// A block in the making.
struct Block {
    /// Without its margin.
    area: PixelWindow,
    reduce: Box<dyn Reduce>,
    /// By halvings, from 0.
    levels: Vec<Option<Level>>,
    /// The end of the rows that came.
    bottom: u32,
    /// The windows so far, as long as they hold nothing but nodata.
    blank: Option<Vec<Window>>,
}

#[derive(Default)]
struct Strip {
    pixels: Vec<u8>,
    mask: Option<Vec<u8>>,
}

impl<'a> BlockWriter<'a> {
    /// For a writer whose image has the encoding's tiles and these levels.
    pub fn new(
        engine: &'a mut dyn Engine,
        encoding: Encoding,
        writer: GeoTiffWriter,
        levels: Levels<'a>,
        size: BlockSize,
    ) -> Result<Self, Failure> {
        let rows = RowWriter::of_level(engine, encoding, writer, &levels, size.halvings + 1)?;
        let sparse = encoding.sparse.filter(|_| !levels.mask);
        let blank = sparse.map(|nodata| nodata.bytes().repeat(usize::from(encoding.samples)));
        Ok(Self { rows, encoding, levels, size, begun: 0, block: None, strip: Strip::default(), blank })
    }

    /// Seconds in the encoder.
    pub fn encode(&self) -> Duration {
        self.rows.encode
    }

    /// The writer, ready to finish once all blocks were given, and the statistics that it was given.
    pub fn finish(self) -> Result<(GeoTiffWriter, Option<Vec<BandStatistics>>), Failure> {
        self.rows.finish()
    }

    /// Takes the next window.
    pub fn push(&mut self, window: Window, rows: PixelRows<'_>) -> Result<(), Failure> {
        let mut block = match self.block.take() {
            Some(block) => block,
            None => self.begin()?,
        };
        self.count(&block, window, rows)?;
        block.bottom = window.row + window.height;
        let end = bottom(block.area).saturating_add(self.size.margin).min(self.levels.size.1);
        // Equal to itself moved by a pixel.
        let is_blank = |blank: &[u8]| {
            rows.pixels.starts_with(blank)
                && rows.pixels[blank.len()..] == rows.pixels[..rows.pixels.len() - blank.len()]
        };
        match &mut block.blank {
            Some(windows) if self.blank.as_deref().is_some_and(is_blank) => windows.push(window),
            windows => {
                for before in windows.take().into_iter().flatten() {
                    let pixels = self.blank.as_deref().unwrap_or_default().repeat(before.pixels());
                    self.reduce(&mut block, before, PixelRows { pixels: &pixels, mask: None })?;
                }
                self.reduce(&mut block, window, rows)?;
            }
        }
        if block.bottom < end {
            self.block = Some(block);
            return Ok(());
        }
        if block.blank.is_some() {
            for level in block.levels.iter().flatten() {
                level.skip(&mut self.rows.writer)?;
            }
        }
        let is_last = block.area.column + block.area.width == self.levels.size.0;
        if is_last && self.has_strip() {
            let Strip { pixels, mask } = std::mem::take(&mut self.strip);
            self.rows.write(PixelRows { pixels: &pixels, mask: mask.as_deref() })?;
        }
        Ok(())
    }

    /// Whether there is a level that is put together.
    fn has_strip(&self) -> bool {
        self.levels.halvings() > self.size.halvings
    }

    fn begin(&mut self) -> Result<Block, Failure> {
        let BlockSize { width, height, halvings, .. } = self.size;
        let (image, across) = (self.levels.size, u64::from(self.levels.size.0.div_ceil(width)));
        let (column, row) = ((self.begun % across) as u32 * width, (self.begun / across) as u32 * height);
        self.begun += 1;
        let area = PixelWindow { column, row, width: width.min(image.0 - column), height: height.min(image.1 - row) };
        let &Levels { nodata, resampling, mask, .. } = &self.levels;
        let (dtype, samples) = (self.encoding.dtype, self.encoding.samples);
        let halvings_of_block = self.levels.halvings().min(halvings + 1);
        let reduction = Reduction { size: image, dtype, samples, nodata, resampling, halvings: halvings_of_block };
        let level = |n: usize| {
            let (number, size) = (self.levels.number(n)?, self.levels.size_of(n));
            Some(Level::new(number, size, Some(self.after(area, n)), &self.encoding, mask))
        };
        let levels = (0..=halvings.min(self.levels.halvings())).map(level).collect();
        if column == 0 && self.has_strip() {
            let strip = self.after(area, halvings + 1);
            let pixels = self.levels.size_of(halvings + 1).0 as usize * strip.height as usize;
            self.strip.pixels = match &self.blank {
                Some(blank) => blank.repeat(pixels),
                None => vec![0; pixels * self.encoding.pixel_bytes()],
            };
            self.strip.mask = mask.then(|| vec![0; pixels]);
        }
        let blank = self.blank.as_ref().map(|_| Vec::new());
        Ok(Block { area, reduce: reduction.part(area, mask)?, levels, bottom: 0, blank })
    }

    /// What a level has of a block.
    fn after(&self, area: PixelWindow, halvings: usize) -> PixelWindow {
        let size = self.levels.size_of(halvings);
        let side =
            |first: u32, length: u32, size: u32| (length.div_ceil(1 << halvings)).min(size - (first >> halvings));
        PixelWindow {
            column: area.column >> halvings,
            row: area.row >> halvings,
            width: side(area.column, area.width, size.0),
            height: side(area.row, area.height, size.1),
        }
    }

    /// Adds a window's part of the image to the statistics.
    fn count(&mut self, block: &Block, window: Window, rows: PixelRows<'_>) -> Result<(), Failure> {
        let Some(tally) = &mut self.rows.statistics else { return Ok(()) };
        let Some(part) = intersection(place(window), block.area) else { return Ok(()) };
        let cut = Cut::new(rows, place(window), part, self.encoding.pixel_bytes());
        let columns = part.column as usize..(part.column + part.width) as usize;
        tally.push_part(part.row.into(), columns, cut.rows())
    }

    /// Writes what tiles a window completes, of all levels.
    fn reduce(&mut self, block: &mut Block, window: Window, rows: PixelRows<'_>) -> Result<(), Failure> {
        let Block { area, reduce, levels, .. } = block;
        let (pixel, window) = (self.encoding.pixel_bytes(), place(window));
        let areas: Vec<PixelWindow> = (0..=levels.len()).map(|n| self.after(*area, n)).collect();
        let Self { rows: out, levels: image, strip, .. } = self;
        let strip_width = image.size_of(levels.len()).0 as usize;
        let mut write = |level: &mut Level, rows: PixelRows<'_>| {
            let start = Instant::now();
            let done = level.push(&mut *out.engine, &mut out.writer, rows);
            out.encode += start.elapsed();
            done
        };
        if let (Some(level), Some(part)) = (&mut levels[0], intersection(window, *area)) {
            write(level, Cut::new(rows, window, part, pixel).rows())?;
        }
        let given = reduce.areas().to_vec();
        let Some(part) = intersection(window, given[0]) else { return Ok(()) };
        let mut failure = None;
        reduce.push(Cut::new(rows, window, part, pixel).rows(), &mut |n, first, rows| {
            let made = given[n];
            let height = (rows.pixels.len() / (made.width as usize * pixel)) as u32;
            let made = PixelWindow { row: made.row + first, height, ..made };
            let Some(part) = intersection(made, areas[n]).filter(|_| failure.is_none()) else { return };
            let cut = Cut::new(rows, made, part, pixel);
            if n == levels.len() {
                strip.put(cut.rows(), part, (strip_width, areas[n].row), pixel);
            } else if let Some(level) = &mut levels[n] {
                failure = write(level, cut.rows()).err();
            }
        })?;
        failure.map_or(Ok(()), Err)
    }
}

impl Strip {
    /// Puts the part of a block in, whose row of blocks begins at a row.
    fn put(&mut self, rows: PixelRows<'_>, part: PixelWindow, (width, top): (usize, u32), pixel: usize) {
        let put = |all: &mut [u8], rows: &[u8], bytes: usize| {
            for (y, row) in ((part.row - top) as usize..).zip(rows.chunks_exact(part.width as usize * bytes)) {
                all[(y * width + part.column as usize) * bytes..][..row.len()].copy_from_slice(row);
            }
        };
        put(&mut self.pixels, rows.pixels, pixel);
        if let (Some(all), Some(mask)) = (&mut self.mask, rows.mask) {
            put(all, mask, 1);
        }
    }
}

/// A part of rows.
struct Cut<'a> {
    pixels: Cow<'a, [u8]>,
    mask: Option<Cow<'a, [u8]>>,
}

impl<'a> Cut<'a> {
    /// `part` of the rows of `whole`, whose pixels have so many bytes.
    fn new(rows: PixelRows<'a>, whole: PixelWindow, part: PixelWindow, pixel: usize) -> Self {
        let cut = |bytes: &'a [u8], pixel: usize| -> Cow<'a, [u8]> {
            let row = whole.width as usize * pixel;
            let bytes = &bytes[(part.row - whole.row) as usize * row..][..part.height as usize * row];
            if part.width == whole.width {
                return Cow::Borrowed(bytes);
            }
            let (from, length) = ((part.column - whole.column) as usize * pixel, part.width as usize * pixel);
            let mut cut = Vec::with_capacity(part.height as usize * length);
            bytes.chunks_exact(row).for_each(|row| cut.extend_from_slice(&row[from..from + length]));
            Cow::Owned(cut)
        };
        Self { pixels: cut(rows.pixels, pixel), mask: rows.mask.map(|mask| cut(mask, 1)) }
    }

    fn rows(&self) -> PixelRows<'_> {
        PixelRows { pixels: &self.pixels, mask: self.mask.as_deref() }
    }
}

fn place(window: Window) -> PixelWindow {
    PixelWindow { column: window.col, row: window.row, width: window.width, height: window.height }
}

fn bottom(area: PixelWindow) -> u32 {
    area.row + area.height
}

/// What two areas share.
fn intersection(a: PixelWindow, b: PixelWindow) -> Option<PixelWindow> {
    let (column, row) = (a.column.max(b.column), a.row.max(b.row));
    let right = (a.column + a.width).min(b.column + b.width);
    let (width, height) = (right.checked_sub(column)?, bottom(a).min(bottom(b)).checked_sub(row)?);
    (width > 0 && height > 0).then_some(PixelWindow { column, row, width, height })
}
