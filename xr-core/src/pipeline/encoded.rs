//! Windows painted and encoded without leaving the device.

use super::{Paint, STATUS, run};
use crate::{
    BatchIo, Compress, Control, DataType, Download, EncodedTiles, Encoding, Error, Lane, Layout, Phases, Purpose,
    Result, Session, Slab, Span, Sweep, TileSink, Window, WindowOutput,
    batch::{read_sizes, refuse_failed},
    engine::timed,
    traffic::PROBE_LIMIT,
};
use std::sync::Arc;

/// Refuses windows that are not whole tiles, and pixels that are not the encoding's, before anything is staged.
pub(crate) fn check_encoding(
    encoding: &Encoding,
    dtype: DataType,
    bands: usize,
    Sweep { grid, window, rows: [first, end], blocks, .. }: Sweep,
) -> Result<()> {
    encoding.check()?;
    let rows = end.saturating_sub(first);
    let whole = |window: u32, tile: u32, side: u32| window > 0 && (window.is_multiple_of(tile) || window >= side);
    if encoding.dtype != dtype {
        Err(Error::Misuse { what: "the encoding has the raster's type" })
    } else if encoding.samples != 1 || bands != 1 {
        Err(Error::Misuse { what: "a painted pixel has one sample" })
    } else if !whole(window.0, encoding.tile_width, grid.width) || !whole(window.1, encoding.tile_height, grid.height) {
        Err(Error::Misuse { what: "windows of an encoded job are whole tiles" })
    } else if blocks.is_some()
        || !first.is_multiple_of(encoding.tile_height)
        || !whole(rows, encoding.tile_height, grid.height - first.min(grid.height))
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
    /// Scratch of what paints.
    paint: Span,
}

impl EncodedLayout {
    pub(crate) fn new<B: Compress>(
        backend: &B,
        encoding: &Encoding,
        width: u32,
        height: u32,
        paint: usize,
    ) -> Result<Self> {
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
        let paint = layout.add(paint)?;
        Ok(Self { layout, pixels, probe, output, scratch, paint })
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

/// Painted and encoded in one slab: per window one probe (status and sizes) and one readback of packed tiles.
pub(crate) fn encoded<B: Compress>(
    session: &Session<B>,
    painter: &impl Paint<B>,
    encoding: &Encoding,
    control: Control<'_>,
    sink: &mut dyn TileSink,
    mut phases: Phases,
) -> Result<Phases> {
    let full = painter.sweep().largest();
    let place =
        EncodedLayout::new(session.backend(), encoding, full.width, full.height, painter.scratch(session.backend()))?;
    let sizes_of = |window: Window| {
        let (across, down) = encoding.tiles(window.width, window.height);
        place.sizes(across * down)
    };
    type Flight<B> = (Arc<Slab<B>>, Download<B>);
    let launch = |lane: &Lane<B>, window: Window, phases: &mut Phases| -> Result<Flight<B>> {
        let slab = session.slab(lane, &place.layout)?;
        let pixels = Span { at: place.pixels.at, len: painter.plane(window) };
        let out = WindowOutput { slab: &slab, pixels, status: place.status(), scratch: place.paint };
        painter.paint(session, lane, window, &out, phases)?;
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
        painter.check_status(window, bytemuck::pod_read_unaligned(probe.part(0)))?;
        let sizes = read_sizes(probe.part(1));
        let span = Span { at: place.output.at, len: refuse_failed(&sizes, place.output.len)? };
        let payload = session.read(lane, &slab, &[span], Purpose::Payload)?;
        let payload = timed(&mut phases.readback, || payload.wait())?;
        timed(&mut phases.sink, || sink.tiles(window, EncodedTiles { bytes: payload.part(0), sizes: &sizes }))
    };
    run(session, painter.sweep().windows(), control, &mut phases, launch, retire)?;
    Ok(phases)
}
