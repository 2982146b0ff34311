//! The window loop: double-buffered over lanes, in window order, with backpressure from the consumer.
//!
//! At most `depth` windows are in flight. Before window *n* is launched the oldest is retired, which frees exactly lane
//! `n % depth`: window *n* computes while *n − 1* comes down and *n − 2* is consumed. Early returns drop what is in
//! flight, and dropping a [`Download`] waits: nothing is freed under a copy.

use crate::{
    Backend, BatchIo, Burn, BurnOutput, Compress, Control, Download, EncodedTiles, Encoding, Error, Lane, Layout,
    Phases, Purpose, Rasterize, RasterizeJob, Result, STATUS_OVERFLOW, Session, Slab, Span, TileSink, Window,
    WindowSink,
    batch::{read_sizes, refuse_failed},
    engine::timed,
    traffic::PROBE_LIMIT,
};
use std::{cell::RefCell, collections::VecDeque, sync::Arc, sync::atomic::Ordering::Relaxed};

/// Bytes of a status word.
const STATUS: usize = size_of::<u64>();

fn run<B: Backend, F>(
    session: &Session<B>,
    (total, windows): (usize, impl Iterator<Item = Window>),
    control: Control<'_>,
    phases: &mut Phases,
    launch: impl Fn(&Lane<B>, Window, &mut Phases) -> Result<F>,
    mut retire: impl FnMut(&Lane<B>, Window, F, &mut Phases) -> Result<()>,
) -> Result<()> {
    let mut flight: VecDeque<(usize, Window, F)> = VecDeque::with_capacity(session.depth());
    let mut finish = |flight: &mut VecDeque<(usize, Window, F)>, phases: &mut Phases| -> Result<()> {
        if let Some((n, window, result)) = flight.pop_front() {
            retire(session.lane(n), window, result, phases)?;
            if let Some(progress) = control.progress {
                progress(n + 1, total);
            }
        }
        Ok(())
    };
    for (n, window) in windows.enumerate() {
        if control.cancel.is_some_and(|cancel| cancel.load(Relaxed)) {
            return Err(Error::Cancelled { done: n - flight.len(), total });
        }
        if flight.len() == session.depth() {
            finish(&mut flight, phases)?;
        }
        let launched = launch(session.lane(n), window, phases)?;
        flight.push_back((n, window, launched));
    }
    while !flight.is_empty() {
        finish(&mut flight, phases)?;
    }
    Ok(())
}

/// The burns of a job, one for each band, which differ in their values only.
pub(crate) struct Bands<'a, B: Rasterize> {
    pub(crate) burns: Vec<Burn<'a, B>>,
    pub(crate) job: RasterizeJob<'a>,
}

impl<B: Rasterize> Bands<'_, B> {
    /// Bytes of one band of a window.
    fn plane(&self, window: Window) -> usize {
        window.pixels() * self.burns[0].dtype().size()
    }

    fn check_status(&self, window: Window, status: u64) -> Result<()> {
        if status & STATUS_OVERFLOW == 0 {
            return Ok(());
        }
        let burn = &self.burns[0];
        Err(Error::Overflow { merge: burn.rule.merge.name(), dtype: burn.dtype(), window })
    }

    /// Puts the window's initial pixels, if there are any, into `to`, by way of `host`, which is kept for the next.
    fn put_initial(
        &self,
        session: &Session<B>,
        lane: &Lane<B>,
        window: Window,
        host: &RefCell<Vec<u8>>,
        (slab, to): (&Slab<B>, Span),
    ) -> Result<()> {
        let Some(initial) = self.job.initial else { return Ok(()) };
        let mut host = host.borrow_mut();
        host.resize(to.len, 0);
        initial.window(window, &mut host)?;
        session.put(lane, &host, slab, to)
    }
}

/// Windows of pixels to a sink: one slab and one readback each.
pub(crate) fn windows<B: Rasterize>(
    session: &Session<B>,
    bands: &Bands<'_, B>,
    control: Control<'_>,
    sink: &mut dyn WindowSink,
    mut phases: Phases,
) -> Result<Phases> {
    let count = bands.burns.len();
    let padded = |window: Window| (bands.plane(window) * count).next_multiple_of(STATUS);
    let capacity = padded(bands.job.largest()) + STATUS * count;
    let host = RefCell::default();
    let launch = |lane: &Lane<B>, window: Window, phases: &mut Phases| {
        let mut layout = Layout::default();
        layout.add(capacity)?;
        let slab = session.slab(lane, &layout)?;
        let plane = bands.plane(window);
        bands.put_initial(session, lane, window, &host, (&slab, Span { at: 0, len: plane * count }))?;
        for (band, burn) in bands.burns.iter().enumerate() {
            let pixels = Span { at: plane * band, len: plane };
            let status = Span { at: padded(window) + STATUS * band, len: STATUS };
            let out = BurnOutput { slab: &slab, pixels, status };
            timed(&mut phases.rasterize, || session.backend().rasterize(&lane.stream, burn, window, &out))?;
        }
        session.read(lane, &slab, &[Span { at: 0, len: padded(window) + STATUS * count }], Purpose::Payload)
    };
    let retire = |_: &Lane<B>, window: Window, download: Download<B>, phases: &mut Phases| {
        let view = timed(&mut phases.readback, || download.wait())?;
        let (pixels, status) = view.part(0).split_at(padded(window));
        let mut words = status.chunks_exact(STATUS);
        words.try_for_each(|word| bands.check_status(window, bytemuck::pod_read_unaligned(word)))?;
        timed(&mut phases.sink, || sink.window(window, &pixels[..bands.plane(window) * count]))
    };
    run(session, bands.job.windows(), control, &mut phases, launch, retire)?;
    Ok(phases)
}

/// The rows to burn into their place in the caller's memory, which holds the whole raster: in place where the device can, else window by window.
pub(crate) fn whole<B: Rasterize>(
    session: &Session<B>,
    bands: &Bands<'_, B>,
    control: Control<'_>,
    pixels: &mut [u8],
    mut phases: Phases,
) -> Result<Phases> {
    let (grid, element, count) = (bands.job.grid, bands.burns[0].dtype().size(), bands.burns.len());
    let whole = bands.plane(grid.window());
    if bands.job.blocks.is_some() {
        return Err(Error::Misuse { what: "a raster in memory is not made in blocks" });
    }
    if pixels.len() as u64 != grid.pixels() * (element * count) as u64 {
        return Err(Error::Misuse { what: "the target holds the grid's pixels" });
    }
    let at = |window: Window, row: usize| {
        ((window.row as usize + row) * grid.width as usize + window.col as usize) * element
    };
    if !session.backend().caps().host_memory {
        let mut copy = |window: Window, bytes: &[u8]| {
            let row_bytes = window.width as usize * element;
            for (plane, burned) in pixels.chunks_exact_mut(whole).zip(bytes.chunks_exact(bands.plane(window))) {
                for (row, line) in burned.chunks_exact(row_bytes).enumerate() {
                    plane[at(window, row)..][..row_bytes].copy_from_slice(line);
                }
            }
            Ok(())
        };
        return windows(session, bands, control, &mut copy, phases);
    }
    let (total, windows) = RasterizeJob { window: (grid.width, bands.job.window.1), ..bands.job }.windows();
    let mut initial = Vec::new();
    for (done, window) in windows.enumerate() {
        if control.cancel.is_some_and(|cancel| cancel.load(Relaxed)) {
            return Err(Error::Cancelled { done, total });
        }
        let size = bands.plane(window);
        if let Some(source) = bands.job.initial {
            initial.resize(size * count, 0);
            source.window(window, &mut initial)?;
        }
        for (band, (plane, burn)) in pixels.chunks_exact_mut(whole).zip(&bands.burns).enumerate() {
            let target = &mut plane[at(window, 0)..][..size];
            if bands.job.initial.is_some() {
                target.copy_from_slice(&initial[band * size..][..size]);
            }
            let status = timed(&mut phases.rasterize, || session.backend().rasterize_host(burn, window, target))?;
            bands.check_status(window, status)?;
        }
        if let Some(progress) = control.progress {
            progress(done + 1, total);
        }
    }
    Ok(phases)
}

/// Refuses windows that are not whole tiles before anything is staged.
pub(crate) fn check_encoding(job: &RasterizeJob<'_>, encoding: &Encoding) -> Result<()> {
    encoding.check()?;
    let whole = |window: u32, tile: u32, side: u32| window > 0 && (window.is_multiple_of(tile) || window >= side);
    let [first, end] = job.rows;
    let rows = end.saturating_sub(first);
    if encoding.dtype != job.rule.fill.dtype() {
        Err(Error::Misuse { what: "the encoding has the raster's type" })
    } else if encoding.samples != 1 || job.values.len() != 1 {
        Err(Error::Misuse { what: "a burned pixel has one sample" })
    } else if !whole(job.window.0, encoding.tile_width, job.grid.width)
        || !whole(job.window.1, encoding.tile_height, job.grid.height)
    {
        Err(Error::Misuse { what: "windows of an encoded job are whole tiles" })
    } else if job.blocks.is_some()
        || !first.is_multiple_of(encoding.tile_height)
        || !whole(rows, encoding.tile_height, job.grid.height - first.min(job.grid.height))
    {
        Err(Error::Misuse { what: "rows of an encoded job are whole rows of tiles" })
    } else {
        Ok(())
    }
}

/// Where the parts of a fused window lie in its slab.
pub(crate) struct EncodedLayout {
    layout: Layout,
    pixels: Span,
    probe: Span,
    output: Span,
    scratch: Span,
}

impl EncodedLayout {
    pub(crate) fn new<B: Compress>(backend: &B, encoding: &Encoding, width: u32, height: u32) -> Result<Self> {
        let (across, down) = encoding.tiles(width, height);
        let tiles = across * down;
        let probe = STATUS + tiles * size_of::<u32>();
        if probe > PROBE_LIMIT {
            let limit = ((PROBE_LIMIT - STATUS) / size_of::<u32>()) as u64;
            return Err(Error::Limit { what: "tiles of a window", got: tiles as u64, limit });
        }
        let plan = backend.compress_plan(encoding, tiles)?;
        let mut layout = Layout::default();
        let pixels = layout.add(width as usize * height as usize * encoding.dtype.size())?;
        let (probe, output, scratch) = (layout.add(probe)?, layout.add(plan.output)?, layout.add(plan.scratch)?);
        Ok(Self { layout, pixels, probe, output, scratch })
    }

    pub(crate) fn total(&self) -> usize {
        self.layout.total()
    }

    fn status(&self) -> Span {
        Span { at: self.probe.at, len: STATUS }
    }

    fn sizes(&self, tiles: usize) -> Span {
        Span { at: self.probe.at + STATUS, len: tiles * size_of::<u32>() }
    }
}

/// Burned and encoded in one slab: per window one probe (status and sizes) and one readback of packed tiles.
pub(crate) fn encoded<B: Rasterize + Compress>(
    session: &Session<B>,
    bands: &Bands<'_, B>,
    encoding: &Encoding,
    control: Control<'_>,
    sink: &mut dyn TileSink,
    mut phases: Phases,
) -> Result<Phases> {
    let full = bands.job.largest();
    let (burn, host) = (&bands.burns[0], RefCell::default());
    let place = EncodedLayout::new(session.backend(), encoding, full.width, full.height)?;
    let sizes_of = |window: Window| {
        let (across, down) = encoding.tiles(window.width, window.height);
        place.sizes(across * down)
    };
    type Flight<B> = (Arc<Slab<B>>, Download<B>);
    let launch = |lane: &Lane<B>, window: Window, phases: &mut Phases| -> Result<Flight<B>> {
        let slab = session.slab(lane, &place.layout)?;
        let pixels = Span { at: place.pixels.at, len: bands.plane(window) };
        bands.put_initial(session, lane, window, &host, (&slab, pixels))?;
        let out = BurnOutput { slab: &slab, pixels, status: place.status() };
        timed(&mut phases.rasterize, || session.backend().rasterize(&lane.stream, burn, window, &out))?;
        let sizes = sizes_of(window);
        let io = BatchIo {
            slab: &slab,
            image: pixels,
            width: window.width,
            height: window.height,
            sizes,
            output: place.output,
            scratch: place.scratch,
        };
        timed(&mut phases.encode, || session.backend().compress(&lane.stream, encoding, &io))?;
        let probe = session.read(lane, &slab, &[place.status(), sizes], Purpose::Probe)?;
        Ok((slab, probe))
    };
    let retire = |lane: &Lane<B>, window: Window, (slab, probe): Flight<B>, phases: &mut Phases| {
        let probe = timed(&mut phases.readback, || probe.wait())?;
        bands.check_status(window, bytemuck::pod_read_unaligned(probe.part(0)))?;
        let sizes = read_sizes(probe.part(1));
        let span = Span { at: place.output.at, len: refuse_failed(&sizes, place.output.len)? };
        let payload = session.read(lane, &slab, &[span], Purpose::Payload)?;
        let payload = timed(&mut phases.readback, || payload.wait())?;
        timed(&mut phases.sink, || sink.tiles(window, EncodedTiles { bytes: payload.part(0), sizes: &sizes }))
    };
    run(session, bands.job.windows(), control, &mut phases, launch, retire)?;
    Ok(phases)
}
