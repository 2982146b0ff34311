//! Jobs as callers state them, and who consumes their results.

use crate::{
    Base, Blocks, Encoding, Error, GeometryTables, Grid, Merge, Quantity, Result, Rule, Scalar, Sweep, Turns,
    ValueTable, Window,
    spline::{Method, SplineTables},
};
use std::{sync::atomic::AtomicBool, time::Duration};

/// Burn features into a grid, window by window.
#[derive(Clone, Copy)]
pub struct RasterizeJob<'a> {
    /// Features.
    pub geometry: &'a GeometryTables,
    /// What they burn: for each band one value per feature, of the type of `rule.fill`.
    pub values: &'a [ValueTable],
    /// What a user merge looks at beside: one table for each of its properties, in its order.
    pub properties: &'a [ValueTable],
    /// The raster.
    pub grid: Grid,
    /// What happens to pixels.
    pub rule: Rule<'a>,
    /// Columns and rows of a window. Windows go row-major over the grid; the result does not depend on them.
    pub window: (u32, u32),
    /// The rows that are burned: the first, and the one after the last.
    pub rows: [u32; 2],
    /// Another order of windows, and more pixels in them.
    pub blocks: Option<Blocks>,
    /// The windows that are made.
    pub turns: Turns,
    /// The pixels that features are burned into, for [`Base::Pixels`].
    pub initial: Option<&'a dyn InitialPixels>,
}

impl<'a> RasterizeJob<'a> {
    /// The whole grid as one window, by a merge that is none of the user's.
    pub fn new(geometry: &'a GeometryTables, values: &'a [ValueTable], grid: Grid, rule: Rule<'a>) -> Self {
        let (window, rows) = ((grid.width, grid.height), [0, grid.height]);
        Self {
            geometry,
            values,
            properties: &[],
            grid,
            rule,
            window,
            rows,
            blocks: None,
            turns: Turns::ALL,
            initial: None,
        }
    }
}

impl RasterizeJob<'_> {
    /// The job's windows.
    pub fn sweep(&self) -> Sweep {
        Sweep { grid: self.grid, window: self.window, rows: self.rows, blocks: self.blocks, turns: self.turns }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let (features, is_update) = (self.geometry.features(), self.rule.base != Base::Fill);
        if self.values.is_empty() {
            Err(Error::Misuse { what: "a raster has a band" })
        } else if self.values.iter().chain(self.properties).any(|table| table.len() != features) {
            Err(Error::Misuse { what: "there is one value per feature" })
        } else if !self.properties.iter().map(ValueTable::dtype).eq(self.rule.merge.properties().iter().copied()) {
            Err(Error::Misuse { what: "there is a table of its type for each property of the merge" })
        } else if matches!(self.rule.merge, Merge::User(user) if user.pixels() != self.rule.fill.dtype()) {
            Err(Error::Misuse { what: "a user merge is checked for the raster's type" })
        } else if self.rows[0] >= self.rows[1] || self.rows[1] > self.grid.height {
            Err(Error::Misuse { what: "the rows to burn are rows of the grid" })
        } else if self.values.iter().any(|values| values.dtype() != self.rule.fill.dtype()) {
            Err(Error::Misuse { what: "values and fill have the raster's type" })
        } else if self.initial.is_some() != is_update {
            Err(Error::Misuse { what: "there are initial pixels if the rule starts from them" })
        } else if is_update && matches!(self.rule.merge, Merge::Mean | Merge::User(_)) {
            Err(Error::Misuse { what: "means and user merges start from no pixel, which does not count its features" })
        } else {
            self.rule.check()
        }
    }
}

/// Show a spline on a grid, window by window.
#[derive(Clone, Copy)]
pub struct SplineJob<'a> {
    /// The spline.
    pub tables: &'a SplineTables,
    /// The raster.
    pub grid: Grid,
    /// What of the spline it shows.
    pub quantity: Quantity,
    /// How sums over points are taken.
    pub method: Method,
    /// The value outside the mask. Its type is the raster's: `f64` or `f32`.
    pub fill: Scalar,
    /// Pixels whose centre is in none of these polygons are left out.
    pub mask: Option<&'a GeometryTables>,
    /// Columns and rows of a window, as for a [`RasterizeJob`].
    pub window: (u32, u32),
    /// Another order of windows, and more pixels in them.
    pub blocks: Option<Blocks>,
    /// The windows that are made.
    pub turns: Turns,
}

impl<'a> SplineJob<'a> {
    /// The values of a spline on the whole grid, as one window, by direct sums.
    pub fn new(tables: &'a SplineTables, grid: Grid, quantity: Quantity, fill: Scalar) -> Self {
        let (method, window) = (Method::Direct, (grid.width, grid.height));
        Self { tables, grid, quantity, method, fill, mask: None, window, blocks: None, turns: Turns::ALL }
    }
}

impl SplineJob<'_> {
    /// The job's windows.
    pub fn sweep(&self) -> Sweep {
        Sweep { blocks: self.blocks, turns: self.turns, ..Sweep::of(self.grid, self.window) }
    }

    /// Bands of the raster.
    pub fn bands(&self) -> usize {
        self.quantity.bands(self.tables.columns())
    }

    pub(crate) fn check(&self) -> Result<()> {
        if !self.fill.dtype().is_float() {
            return Err(Error::Misuse { what: "a spline makes a raster of floats" });
        }
        self.tables.check_reach(&self.grid)
    }
}

/// Source of the pixels that features are burned into.
pub trait InitialPixels: Sync {
    /// Puts the native-endian pixels of `window` there, row-major, band after band. Called once for each window, in
    /// order, on the caller's thread; of [`Several`](crate::Several) devices each does so for its windows on a thread of
    /// its own.
    ///
    /// # Errors
    /// Ends the job with the source's error, best as [`Error::Sink`].
    fn window(&self, window: Window, pixels: &mut [u8]) -> Result<()>;
}

impl<F: Fn(Window, &mut [u8]) -> Result<()> + Sync> InitialPixels for F {
    fn window(&self, window: Window, pixels: &mut [u8]) -> Result<()> {
        self(window, pixels)
    }
}

/// Consumer of finished windows: called in window order, bytes lent from page-locked memory. It runs on the caller's
/// thread while the device computes the next windows; a slow consumer holds the job back.
pub trait WindowSink {
    /// Native-endian pixels of `window`, row-major, band after band.
    ///
    /// # Errors
    /// Ends the job with the consumer's error.
    fn window(&mut self, window: Window, pixels: &[u8]) -> Result<()>;
}

impl<F: FnMut(Window, &[u8]) -> Result<()>> WindowSink for F {
    fn window(&mut self, window: Window, pixels: &[u8]) -> Result<()> {
        self(window, pixels)
    }
}

/// Consumer of encoded tiles, a window's worth at a time.
pub trait TileSink {
    /// The tiles of `window`, row-major.
    ///
    /// # Errors
    /// Ends the job with the consumer's error.
    fn tiles(&mut self, window: Window, tiles: EncodedTiles<'_>) -> Result<()>;
}

impl<F: FnMut(Window, EncodedTiles<'_>) -> Result<()>> TileSink for F {
    fn tiles(&mut self, window: Window, tiles: EncodedTiles<'_>) -> Result<()> {
        self(window, tiles)
    }
}

/// Encoded tiles back to back.
#[derive(Clone, Copy, Debug)]
pub struct EncodedTiles<'a> {
    /// All bytes.
    pub bytes: &'a [u8],
    /// Length of each tile; 0 for one in which every pixel is the encoding's sparse value.
    pub sizes: &'a [u32],
}

impl<'a> EncodedTiles<'a> {
    /// One slice per tile.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (mut rest, sizes) = (self.bytes, self.sizes);
        sizes.iter().map(move |&size| {
            let (tile, after) = rest.split_at(rest.len().min(size as usize));
            rest = after;
            tile
        })
    }
}

/// Encoded tiles anywhere in a run of bytes: what was read of a file.
#[derive(Clone, Copy, Debug)]
pub struct StoredTiles<'a> {
    /// All bytes.
    pub bytes: &'a [u8],
    /// Of each tile, where it begins in `bytes` and how long it is.
    pub table: &'a [[u64; 2]],
}

impl<'a> StoredTiles<'a> {
    /// The bytes of tile `n`; `None` if they do not lie within `bytes`.
    pub fn get(&self, n: usize) -> Option<&'a [u8]> {
        let [at, len] = *self.table.get(n)?;
        self.bytes.get(usize::try_from(at).ok()?..)?.get(..usize::try_from(len).ok()?)
    }

    pub(crate) fn check(&self) -> Result<()> {
        match (0..self.table.len()).find(|&n| self.get(n).is_none()) {
            Some(tile) => Err(Error::Tile { tile, detail: "lies beyond the bytes at hand".into() }),
            None => Ok(()),
        }
    }
}

/// What became of a tile to decode.
#[derive(Debug)]
pub enum Decoded {
    /// The device decoded it.
    Device,
    /// The device could not; the host's decoder did.
    Host,
    /// Neither could: [`Error::Tile`] says why. Its pixels are all zero bits.
    Failed(Error),
}

/// Decodes on the host what the device cannot: tile index, encoded bytes, and where its native-endian pixels go, exactly
/// as many bytes as a tile has. Given by the caller, so that it is never silent.
pub type HostDecoder<'a> = &'a dyn Fn(usize, &[u8], &mut [u8]) -> Result<(), String>;

/// An image to encode.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    /// Row-major pixels of the encoding's samples and type in native byte order.
    pub pixels: &'a [u8],
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Image<'_> {
    /// Refuses an impossible encoding, and an image without the pixels that it needs.
    ///
    /// # Errors
    /// As for [`Encoding::check`]; [`Error::Misuse`] unless there are `width × height` pixels.
    pub fn check(&self, encoding: &Encoding) -> Result<()> {
        encoding.check()?;
        let pixels = u64::from(self.width) * u64::from(self.height);
        if self.width == 0 || self.height == 0 {
            Err(Error::Misuse { what: "an image has pixels" })
        } else if self.pixels.len() as u64 != pixels.saturating_mul(encoding.pixel_bytes() as u64) {
            Err(Error::Misuse { what: "an image has width × height pixels" })
        } else {
            Ok(())
        }
    }
}

/// Cancellation and progress of a job.
#[derive(Default, Clone, Copy)]
pub struct Control<'a> {
    /// Looked at before every launch. Work in flight is waited for, not abandoned.
    pub cancel: Option<&'a AtomicBool>,
    /// Called with (windows done, windows in all) after every window, on the caller's thread.
    pub progress: Option<&'a dyn Fn(usize, usize)>,
}

/// Where a job's time went, as the caller's thread saw it. Phases overlap where the device works asynchronously.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    /// Tables to the device.
    pub stage: Duration,
    /// Deriving the scene.
    pub prepare: Duration,
    /// Launching the burn; on the CPU, the burn.
    pub rasterize: Duration,
    /// Launching the evaluation of a spline; on the CPU, the evaluation.
    pub evaluate: Duration,
    /// Launching the encode; on the CPU, the encode.
    pub encode: Duration,
    /// Waiting for results.
    pub readback: Duration,
    /// In the consumer.
    pub sink: Duration,
}

impl Phases {
    /// The longer of each: what two devices take that work at the same time.
    pub(crate) fn longer(self, other: Self) -> Self {
        let Self { stage, prepare, rasterize, evaluate, encode, readback, sink } = other;
        Self {
            stage: self.stage.max(stage),
            prepare: self.prepare.max(prepare),
            rasterize: self.rasterize.max(rasterize),
            evaluate: self.evaluate.max(evaluate),
            encode: self.encode.max(encode),
            readback: self.readback.max(readback),
            sink: self.sink.max(sink),
        }
    }
}

impl std::ops::AddAssign for Phases {
    fn add_assign(&mut self, other: Self) {
        let Self { stage, prepare, rasterize, evaluate, encode, readback, sink } = other;
        self.stage += stage;
        self.prepare += prepare;
        self.rasterize += rasterize;
        self.evaluate += evaluate;
        self.encode += encode;
        self.readback += readback;
        self.sink += sink;
    }
}
