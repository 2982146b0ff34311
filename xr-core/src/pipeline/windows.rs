//! Windows of pixels to a sink.

use super::{Paint, STATUS, run};
use crate::{
    Backend, Control, Download, Lane, Layout, Phases, Purpose, Result, Session, Span, Window, WindowOutput, WindowSink,
    engine::timed,
};

/// One slab and one readback for each window.
pub(crate) fn windows<B: Backend>(
    session: &Session<B>,
    painter: &impl Paint<B>,
    control: Control<'_>,
    sink: &mut dyn WindowSink,
    mut phases: Phases,
) -> Result<Phases> {
    let (bands, statuses) = (painter.bands(), painter.statuses());
    let padded = |window: Window| (painter.plane(window) * bands).next_multiple_of(STATUS);
    let capacity = padded(painter.sweep().largest()) + STATUS * statuses;
    let scratch = painter.scratch(session.backend());
    let launch = |lane: &Lane<B>, window: Window, phases: &mut Phases| {
        let mut layout = Layout::default();
        layout.add(capacity)?;
        let scratch = layout.add(scratch)?;
        let slab = session.slab(lane, &layout)?;
        let pixels = Span { at: 0, len: painter.plane(window) * bands };
        let status = Span { at: padded(window), len: STATUS * statuses };
        painter.paint(session, lane, window, &WindowOutput { slab: &slab, pixels, status, scratch }, phases)?;
        session.read(lane, &slab, &[Span { at: 0, len: status.at + status.len }], Purpose::Payload)
    };
    let retire = |_: &Lane<B>, window: Window, download: Download<B>, phases: &mut Phases| {
        let view = timed(&mut phases.readback, || download.wait())?;
        let (pixels, status) = view.part(0).split_at(padded(window));
        let mut words = status.chunks_exact(STATUS);
        words.try_for_each(|word| painter.check_status(window, bytemuck::pod_read_unaligned(word)))?;
        timed(&mut phases.sink, || sink.window(window, &pixels[..painter.plane(window) * bands]))
    };
    run(session, painter.sweep().windows(), control, &mut phases, launch, retire)?;
    Ok(phases)
}
