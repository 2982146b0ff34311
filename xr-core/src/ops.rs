//! What a backend computes. One trait per family and **no default bodies**: a backend that lacks an operation does not
//! compile as an engine, instead of quietly running it on the host. Launch methods take device handles only.

use crate::{
    Backend, DataType, Decoding, EncodedBatch, Encoding, Grid, Image, Result, Rule, Scalar, Session, Slab, Span,
    Staged, StagedGeometry, StoredTiles, Window,
    spline::{Method, PointSums, SplineTables, StagedSpline},
};

/// Vectors → pixels.
pub trait Rasterize: Backend {
    /// What is derived from staged tables and a grid, once per job: edge buckets, tile lists.
    type Scene: Send + Sync;

    /// Derives the scene on the device, for burns by `rule` or by others that touch and cover as it does. Complete on return: windows on any lane may read it.
    ///
    /// # Errors
    /// Those of the device; [`Error::Limit`](crate::Error::Limit) for more geometry than it can index.
    fn scene(
        session: &Session<Self>,
        geometry: &StagedGeometry<Self>,
        grid: &Grid,
        rule: &Rule<'_>,
    ) -> Result<Self::Scene>;

    /// Bytes of [`WindowOutput::scratch`] for a window.
    fn scratch(&self, window: Window) -> usize;

    /// Enqueues `window`: row-major pixels of the rule's type into `out.pixels`, a [`STATUS_OVERFLOW`] word into
    /// `out.status`. What `out.pixels` holds before counts only if the rule's [`Base`](crate::Base) says so.
    ///
    /// # Errors
    /// Those of the device.
    fn rasterize(
        &self,
        on: &Self::Stream,
        burn: &Burn<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()>;

    /// Burns `window` straight into the caller's row-major pixels, likewise, and returns the status word. Only asked of devices
    /// whose [`Caps::host_memory`](crate::Caps::host_memory) is set; others answer `Unsupported`.
    ///
    /// # Errors
    /// Those of the device.
    fn rasterize_host(&self, burn: &Burn<'_, Self>, window: Window, out: &mut [u8]) -> Result<u64>;
}

/// Everything of a burn that is the same for all windows.
pub struct Burn<'a, B: Rasterize> {
    /// The staged tables.
    pub geometry: &'a StagedGeometry<B>,
    /// One value per feature, of the type of `rule.fill`, as bytes.
    pub values: &'a Staged<B, u8>,
    /// For each property of a user merge the same, of the type that the merge says.
    pub properties: &'a [Staged<B, u8>],
    /// What was derived from both.
    pub scene: &'a B::Scene,
    /// The raster's geometry.
    pub grid: Grid,
    /// What happens to pixels.
    pub rule: Rule<'a>,
}

impl<B: Rasterize> Burn<'_, B> {
    /// Type of values and pixels.
    pub fn dtype(&self) -> DataType {
        self.rule.fill.dtype()
    }
}

/// Where a window goes.
pub struct WindowOutput<'a, B: Backend> {
    /// The slab both spans lie in.
    pub slab: &'a Slab<B>,
    /// Row-major pixels.
    pub pixels: Span,
    /// One u64 of status bits.
    pub status: Span,
    /// The backend's own, undefined before and after.
    pub scratch: Span,
}

/// Status bit: a sum, count or user merge did not fit its type.
pub const STATUS_OVERFLOW: u64 = 1;

/// Points → pixels of a smooth surface.
pub trait Interpolate: Backend {
    /// What is derived from a staged spline, a grid and a method, once per job: a tree, the far field.
    type Field: Send + Sync;

    /// Derives it on the device, from the tables and these staged; what the host knows of a tree goes there in one upload.
    /// Complete on return: windows on any lane may read it.
    ///
    /// # Errors
    /// Those of the device; [`Error::Unsupported`](crate::Error::Unsupported) if it has no splines.
    fn field(
        session: &Session<Self>,
        tables: &SplineTables,
        spline: &StagedSpline<Self>,
        grid: &Grid,
        method: Method,
    ) -> Result<Self::Field>;

    /// Sums over points of the unit box at these points, which a fit needs: the bits of
    /// [`spline::direct`](crate::spline::direct) or [`spline::fmm`](crate::spline::fmm).
    ///
    /// # Errors
    /// As for [`field`](Self::field).
    fn point_sums<'a>(session: &'a Session<Self>, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>>;

    /// Enqueues `window`: bands of row-major pixels one after another into `out.pixels`, the bits of
    /// [`spline::direct`](crate::spline::direct) or [`spline::fmm`](crate::spline::fmm), and one word into `out.status`,
    /// which is [`STATUS_OVERFLOW`] if a pixel is not finite. See [`Surface`] for what `out.pixels` holds before.
    ///
    /// # Errors
    /// Those of the device.
    fn interpolate(
        &self,
        on: &Self::Stream,
        task: &Interpolation<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()>;

    /// Paints `window` straight into the caller's memory, a slice of row-major pixels for each band, likewise, and returns
    /// the status word. Only asked of devices whose [`Caps::host_memory`](crate::Caps::host_memory) is set; others answer
    /// `Unsupported`.
    ///
    /// # Errors
    /// Those of the device.
    fn interpolate_host(&self, task: &Interpolation<'_, Self>, window: Window, bands: &mut [&mut [u8]]) -> Result<u64>;
}

/// Everything of a surface that is the same for all windows.
pub struct Interpolation<'a, B: Interpolate> {
    /// The staged tables.
    pub spline: &'a StagedSpline<B>,
    /// What was derived from them.
    pub field: &'a B::Field,
    /// The raster's geometry.
    pub grid: Grid,
    /// What happens to pixels.
    pub surface: Surface,
}

impl<B: Interpolate> Interpolation<'_, B> {
    /// Bands of the raster.
    pub fn bands(&self) -> usize {
        self.surface.quantity.bands(self.spline.columns.len())
    }
}

/// What of a spline a raster shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A band for each column: its value, clamped to its range.
    Value,
    /// Two bands for each column: its derivatives by world x and by world y.
    Gradient,
}

impl Quantity {
    /// Bands that so many columns make.
    pub const fn bands(self, columns: usize) -> usize {
        match self {
            Self::Value => columns,
            Self::Gradient => 2 * columns,
        }
    }
}

/// What a spline does to pixels; passed to kernels by value, so not an upload.
#[derive(Clone, Copy, Debug)]
pub struct Surface {
    /// What is shown.
    pub quantity: Quantity,
    /// `f64`, or `f32` rounded from that; and the value outside a mask.
    pub fill: Scalar,
    /// Whether a pixel is the fill in all bands where the first band's memory holds the fill's bits before.
    pub masked: bool,
}

/// A batch in ONE slab: the image is cut into tiles by arithmetic, so no table of tiles crosses the bus.
///
/// Tile `i` covers columns `(i % across)·tile_width…` and rows `(i / across)·tile_height…` of the image. N equal tiles
/// back to back are the image that is one tile wide and N tiles high.
pub struct BatchIo<'a, B: Backend> {
    /// Everything below lies in it.
    pub slab: &'a Slab<B>,
    /// Row-major pixels in native byte order.
    pub image: Span,
    /// Columns of the image.
    pub width: u32,
    /// Rows of the image.
    pub height: u32,
    /// One u32 per tile: its encoded length, 0 for a sparse tile, [`FAILED`] if it could not be done.
    pub sizes: Span,
    /// Encoded tiles back to back, in tile order.
    pub output: Span,
    /// The backend's own: codec workspace, unpacked results.
    pub scratch: Span,
}

/// What a batch needs, asked before the one allocation is made.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Worst-case bytes of all encoded tiles together.
    pub output: usize,
    /// Bytes of [`BatchIo::scratch`].
    pub scratch: usize,
}

/// Length of a tile that the device could not do, in either direction.
pub const FAILED: u32 = u32::MAX;

/// Batch encode: edge padding, byte order, predictor, sparse test, codec and framing, all in one operation.
pub trait Compress: Backend {
    /// For `tiles` tiles.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if the codec is not on the device, `Limit` if it is but takes
    /// no tile that long.
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan>;

    /// Enqueues the whole batch.
    ///
    /// # Errors
    /// Those of the device.
    fn compress(&self, on: &Self::Stream, encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()>;

    /// Encodes the caller's pixels where they are. Only asked of devices whose
    /// [`Caps::host_memory`](crate::Caps::host_memory) is set; others answer `Unsupported`.
    ///
    /// # Errors
    /// As for [`compress_plan`](Self::compress_plan), and [`Error::Tile`](crate::Error::Tile).
    fn compress_host(&self, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch>;
}

/// A batch to decode, in ONE slab.
pub struct DecodeIo<'a, B: Backend> {
    /// Everything below lies in it.
    pub slab: &'a Slab<B>,
    /// Two u64 per tile: where its bytes begin within `input`, and how many they are. Checked to lie within `input`.
    pub table: Span,
    /// Encoded tiles, in any order and with anything between them. They are what a file says: any bytes at all.
    pub input: Span,
    /// One u32 per tile: its decoded length, which is [`Decoding::tile_bytes`] or [`FAILED`].
    pub sizes: Span,
    /// Tile `i` from byte `i × tile_bytes` on, in native byte order. What a failed tile leaves in its place is undefined.
    pub output: Span,
    /// The backend's own.
    pub scratch: Span,
}

/// Batch decode: codec, predictor and byte order, all in one operation.
///
/// Tiles come from files that may be damaged or hostile. Whatever their bytes, a tile is decoded to exactly
/// [`Decoding::tile_bytes`] or fails alone: nothing is written outside its place, and the work is bounded by the bytes in
/// and out. Bytes after the end of a stream are ignored; a stream that is longer or shorter than the tile fails.
pub trait Decompress: Backend {
    /// Bytes of [`DecodeIo::scratch`] for `tiles` tiles.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if the codec is not on the device, `Limit` if it is but takes
    /// no tile that long.
    fn decompress_scratch(&self, decoding: &Decoding, tiles: usize) -> Result<usize>;

    /// Enqueues the whole batch.
    ///
    /// # Errors
    /// Those of the device; a tile that cannot be decoded is none.
    fn decompress(&self, on: &Self::Stream, decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()>;

    /// Decodes straight into the caller's memory: tile `i` from byte `i × tile_bytes` of `pixels` on, its length into
    /// `sizes`, as [`DecodeIo`] has them. Only asked of devices whose
    /// [`Caps::host_memory`](crate::Caps::host_memory) is set; others answer `Unsupported`.
    ///
    /// # Errors
    /// Those of the device; a tile that cannot be decoded is none.
    fn decompress_host(
        &self,
        decoding: &Decoding,
        tiles: StoredTiles<'_>,
        sizes: &mut [u32],
        pixels: &mut [u8],
    ) -> Result<()>;
}
