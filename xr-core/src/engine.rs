//! The object-safe face of a session: a backend chosen at run time.

use crate::{
    Backend, Burn, Caps, Compress, Control, Decoded, Decoding, Decompress, Encoding, Error, Grid, HostDecoder, Image,
    Interpolate, Phases, Rasterize, RasterizeJob, Result, Session, SplineJob, Staged, StagedGeometry, StoredTiles,
    TileSink, Traffic, ValueTable, Window, WindowSink,
    batch::{self, EncodedBatch},
    pipeline::{self, Bands, StagedSurface},
    spline::PointSums,
};
use std::time::{Duration, Instant};

/// A backend chosen at run time. Job-level on purpose: one virtual call per *job*, and no buffer, stream or transfer type
/// leaks out. `&mut self`: one job at a time per session.
pub trait Engine: Send {
    /// Facts about the device.
    fn caps(&self) -> &Caps;

    /// Requested and actual traffic since opening.
    fn books(&self) -> (Traffic, Traffic);

    /// Features → windows of pixels.
    ///
    /// # Errors
    /// Those of the device and the sink; [`Error::Overflow`] names the window in which a sum or count did not fit.
    /// [`Error::OutOfMemory`] comes before the first window as a rule, all that windows need being taken then; the memory
    /// that the job took is free afterwards.
    fn rasterize(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases>;

    /// Features → the caller's row-major pixels of the whole grid, band after band, written in place where the device can.
    ///
    /// # Errors
    /// As for [`rasterize`](Self::rasterize).
    fn rasterize_into(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases>;

    /// Features → encoded tiles: burned and encoded in one slab, only compressed bytes come back. The job's window must
    /// be whole tiles.
    ///
    /// # Errors
    /// As for [`rasterize`](Self::rasterize); `Unsupported` for a codec that the device lacks.
    fn rasterize_encoded(
        &mut self,
        job: &RasterizeJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases>;

    /// Points → windows of pixels.
    ///
    /// # Errors
    /// Those of the device and the sink; [`Error::Grid`] for one too far from the points;
    /// [`Error::Overflow`] names the window with a pixel that is not finite.
    fn spline(&mut self, job: &SplineJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases>;

    /// Points → the caller's row-major pixels of the whole grid, band after band, written in place where the device can.
    ///
    /// # Errors
    /// As for [`spline`](Self::spline).
    fn spline_into(&mut self, job: &SplineJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases>;

    /// Sums at the points `(us, vs)` of the unit box, which [`spline::fit`](crate::spline::fit()) needs.
    ///
    /// # Errors
    /// Those of the device.
    fn point_sums<'a>(&'a mut self, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>>;

    /// Points → encoded tiles of one band: computed and encoded in one slab, only compressed bytes come back. The job's
    /// window must be whole tiles.
    ///
    /// # Errors
    /// As for [`spline`](Self::spline); `Unsupported` for a codec that the device lacks.
    fn spline_encoded(
        &mut self,
        job: &SplineJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases>;

    /// Bytes on the device for a window of the fused job, with its worst-case output.
    ///
    /// # Errors
    /// `Unsupported` for a codec that the device lacks.
    fn encoded_window_bytes(&self, encoding: &Encoding, width: u32, height: u32) -> Result<usize>;

    /// Batch encode of an image's tiles.
    ///
    /// # Errors
    /// Those of the device.
    fn compress(&mut self, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch>;

    /// Batch decode of stored tiles, tile `i` to byte `i × tile_bytes` of `pixels`, written in place where the device
    /// can. Says of each tile what became of it: one that nobody can decode does not fail the batch. Tiles that the
    /// device cannot decode go to `host`, if there is one.
    ///
    /// # Errors
    /// Those of the device; `Unsupported` for a codec that the device lacks; [`Error::Misuse`]
    /// unless `pixels` has the size of all tiles; [`Error::Tile`] for one beyond the bytes at hand.
    fn decompress(
        &mut self,
        decoding: &Decoding,
        tiles: StoredTiles<'_>,
        host: Option<HostDecoder<'_>>,
        pixels: &mut [u8],
    ) -> Result<Vec<Decoded>>;
}

impl<B: Rasterize + Interpolate + Compress + Decompress> Engine for Session<B> {
    fn caps(&self) -> &Caps {
        self.backend().caps()
    }

    fn books(&self) -> (Traffic, Traffic) {
        Session::books(self)
    }

    fn rasterize(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases> {
        self.releasing(|| {
            let scene = StagedScene::new(self, job)?;
            pipeline::windows(self, &scene.bands(job), control, sink, scene.phases)
        })
    }

    fn rasterize_into(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases> {
        self.releasing(|| {
            let pixel = job.rule.fill.dtype().size() * job.values.len();
            let job = &RasterizeJob { window: self.shares(job.window, &job.grid, pixel), ..*job };
            let scene = StagedScene::new(self, job)?;
            pipeline::whole(self, &scene.bands(job), control, pixels, scene.phases)
        })
    }

    fn rasterize_encoded(
        &mut self,
        job: &RasterizeJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases> {
        pipeline::check_encoding(encoding, job.rule.fill.dtype(), job.values.len(), job.sweep())?;
        self.releasing(|| {
            let scene = StagedScene::new(self, job)?;
            pipeline::encoded(self, &scene.bands(job), encoding, control, sink, scene.phases)
        })
    }

    fn spline(&mut self, job: &SplineJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases> {
        self.releasing(|| {
            let surface = StagedSurface::new(self, job)?;
            pipeline::windows(self, &surface.painter(job), control, sink, surface.phases)
        })
    }

    fn spline_into(&mut self, job: &SplineJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases> {
        self.releasing(|| {
            let pixel = job.fill.dtype().size() * job.bands();
            let job = &SplineJob { window: self.shares(job.window, &job.grid, pixel), ..*job };
            let surface = StagedSurface::new(self, job)?;
            pipeline::whole(self, &surface.painter(job), control, pixels, surface.phases)
        })
    }

    fn point_sums<'a>(&'a mut self, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>> {
        B::point_sums(self, us, vs)
    }

    fn spline_encoded(
        &mut self,
        job: &SplineJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases> {
        pipeline::check_encoding(encoding, job.fill.dtype(), job.bands(), job.sweep())?;
        self.releasing(|| {
            let surface = StagedSurface::new(self, job)?;
            pipeline::encoded(self, &surface.painter(job), encoding, control, sink, surface.phases)
        })
    }

    fn encoded_window_bytes(&self, encoding: &Encoding, width: u32, height: u32) -> Result<usize> {
        encoding.check()?;
        let scratch = self.backend().scratch(Window { col: 0, row: 0, width, height });
        pipeline::EncodedLayout::new(self.backend(), encoding, width, height, scratch).map(|layout| layout.total())
    }

    fn compress(&mut self, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch> {
        if self.backend().caps().host_memory {
            image.check(encoding)?;
            self.backend().compress_host(encoding, image)
        } else {
            batch::compress(self, encoding, image)
        }
    }

    fn decompress(
        &mut self,
        decoding: &Decoding,
        tiles: StoredTiles<'_>,
        host: Option<HostDecoder<'_>>,
        pixels: &mut [u8],
    ) -> Result<Vec<Decoded>> {
        if self.backend().caps().host_memory {
            batch::decompress_in_place(self, decoding, tiles, host, pixels)
        } else {
            batch::decompress(self, decoding, tiles, host, pixels)
        }
    }
}

/// Bytes of a window, about, of a raster that comes from a device into memory: the next window computes and comes down
/// while one is copied to its place.
pub(crate) const SHARE: usize = 32 << 20;

impl<B: Backend> Session<B> {
    /// The windows of a raster of so many bytes a pixel that goes into memory: as the job says, but that a device with
    /// memory of its own hands rows over in shares.
    fn shares(&self, (width, height): (u32, u32), grid: &Grid, pixel: usize) -> (u32, u32) {
        if self.backend().caps().host_memory {
            return (width, height);
        }
        let row = (width.min(grid.width) as usize * pixel).max(1);
        (width, height.min((SHARE / row).clamp(1, u32::MAX as usize) as u32))
    }

    /// Runs a job. One that lacks memory leaves none in the pool, where another of smaller windows has no use for it.
    fn releasing<T>(&self, job: impl FnOnce() -> Result<T>) -> Result<T> {
        let result = job();
        if matches!(result, Err(Error::OutOfMemory { .. })) {
            let _ = self.trim(0); // the job's own error says more
        }
        result
    }
}

/// What a burn needs on the device, made once per job; it outlives every launch.
struct StagedScene<B: Rasterize> {
    geometry: StagedGeometry<B>,
    values: Vec<Staged<B, u8>>,
    properties: Vec<Staged<B, u8>>,
    scene: B::Scene,
    phases: Phases,
}

impl<B: Rasterize> StagedScene<B> {
    fn new(session: &Session<B>, job: &RasterizeJob<'_>) -> Result<Self> {
        job.check()?;
        let start = Instant::now();
        let geometry = StagedGeometry::new(session, job.geometry)?;
        let stage =
            |tables: &[ValueTable]| tables.iter().map(|table| session.stage(table.bytes())).collect::<Result<_>>();
        let (values, properties) = (stage(job.values)?, stage(job.properties)?);
        let staged = start.elapsed();
        let scene = B::scene(session, &geometry, &job.grid, &job.rule)?;
        let phases = Phases { stage: staged, prepare: start.elapsed() - staged, ..Phases::default() };
        Ok(Self { geometry, values, properties, scene, phases })
    }

    fn bands<'a>(&'a self, job: &RasterizeJob<'a>) -> Bands<'a, B> {
        let Self { geometry, properties, scene, .. } = self;
        let burn = |values| Burn { geometry, values, properties, scene, grid: job.grid, rule: job.rule };
        Bands::new(self.values.iter().map(burn).collect(), job)
    }
}

/// Runs `work`, adding its time to `phase`.
pub(crate) fn timed<T>(phase: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *phase += start.elapsed();
    result
}
