//! What crosses the bus.

use crate::{
    Verdict,
    run::{Full, balanced, codec, raster, session, tiles, traffic},
    scene::{Scene, polygon, rectangle},
    verdict::expect,
};
use xr_core::{
    DataType, Encoding, Image, Layout, Merge, Predictor, Purpose, Result, Scalar, Span, StagedGeometry, ValueTable, batch,
};

fn shapes() -> Verdict<Scene> {
    let triangle = polygon(&[[12.3, 2.1], [48.6, 17.4], [22.2, 35.3]]);
    Scene::in_pixels(50, 37, &[rectangle([3.3, 4.2], [31.7, 30.9]), triangle, rectangle([15.2, 11.2], [49.7, 36.7])])
}

/// Tables go up once a job, at any number of windows and with either touch rule.
pub fn tables_staged_once<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (mut session, scene) = (session(open)?, shapes()?);
    let values = ValueTable::from_pixels(&[2.0, 7.0, 0.1]);
    let bytes = (scene.tables.bytes() + values.bytes().len()) as u64;
    for (window, all_touched) in [(999, false), (999, true), (16, false), (16, true), (5, true)] {
        let mut job = scene.job(&values, Merge::Last, all_touched, Scalar::of(0.0));
        job.window = (window, window);
        let before = traffic(&session);
        raster(&mut session, &job)?;
        let moved = traffic(&session) - before;
        let what = || format!("windows of {window}, all touched {all_touched}: {moved:?}");
        expect(moved.uploads == StagedGeometry::<B>::UPLOADS + 1, || format!("uploads, {}", what()))?;
        expect(moved.uploaded_bytes == bytes, || format!("{bytes} bytes are to go up, {}", what()))?;
        let windows = job.grid.windows(window, window).len() as u64;
        expect(moved.downloads == windows && moved.gathers == 0, || format!("one readback a window, {}", what()))?;
        expect(moved.probes <= 2, || format!("two probes a job at most, {}", what()))?;
    }
    Ok(())
}

/// Spans come back in the order asked for and in one transfer: as they lie if they adjoin, else after one gather.
pub fn spans_are_one_readback<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let session = session(open)?;
    let lane = session.lane(1);
    let mut layout = Layout::default();
    let spans = [layout.add(256)?, layout.add(8)?, layout.add(1000)?, layout.add(5)?];
    let [a, b, c, d] = spans;
    for (order, gathers) in [([a, b].as_slice(), 0), (&[a, c], 1), (&[d, a, c], 1), (&[b], 0), (&[], 0)] {
        let slab = session.slab(lane, &layout)?;
        for (span, byte) in spans.iter().zip(1..) {
            session.put(lane, &vec![byte; span.len], &slab, *span)?;
        }
        let before = traffic(&session);
        let view = session.read(lane, &slab, order, Purpose::Payload)?.wait()?;
        let moved = traffic(&session) - before;
        let downloads = u64::from(!order.is_empty());
        expect((moved.gathers, moved.downloads) == (gathers, downloads), || format!("{order:?}: {moved:?}"))?;
        for (n, span) in order.iter().enumerate() {
            let byte = spans.iter().zip(1..).find(|(other, _)| *other == span).map_or(0, |(_, byte)| byte);
            expect(view.part(n) == vec![byte; span.len], || format!("part {n} of {order:?} has other bytes"))?;
        }
        expect(view.parts() == order.len(), || format!("{} parts of {order:?}", view.parts()))?;
    }

    let content: Vec<u8> = (0..20_000u32).map(|n| (n * n / 7) as u8).collect();
    let mut layout = Layout::default();
    let all = layout.add(content.len())?;
    let slab = session.slab(lane, &layout)?;
    session.put(lane, &content, &slab, all)?;
    let spans: Vec<Span> = (0..100).map(|n| Span { at: n * 193 % 19_000, len: n * 37 % 800 }).collect();
    let view = session.read(lane, &slab, &spans, Purpose::Payload)?.wait()?;
    for (n, span) in spans.iter().enumerate() {
        expect(view.part(n) == &content[span.range()], || format!("{span:?} of many has other bytes"))?;
    }
    balanced(&session, "readbacks")
}

/// The driver did what the session asked for, nothing else.
pub fn books_balance<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (mut session, scene) = (session(open)?, shapes()?);
    let values = ValueTable::from_pixels(&[2.0f32, 7.0, 0.1]);
    let job = scene.job(&values, Merge::Mean, true, Scalar::of(0.0f32));
    raster(&mut session, &job)?;
    balanced(&session, "a job")
}

/// The same of encoding.
pub fn encoding_books_balance<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (mut session, scene) = (session(open)?, shapes()?);
    let values = ValueTable::from_pixels(&[2.0f32, 7.0, 0.1]);
    let job = scene.job(&values, Merge::Mean, true, Scalar::of(0.0f32));
    let encoding = Encoding {
        codec: codec(&session),
        level: 1,
        predictor: Predictor::None,
        dtype: DataType::F32,
        samples: 1,
        tile_width: 16,
        tile_height: 16,
        sparse: None,
    };
    tiles(&mut session, &job, &encoding)?;
    balanced(&session, "a fused job")?;
    batch::compress(&session, &encoding, Image { pixels: &[7; 40 * 20 * 4], width: 40, height: 20 })?;
    balanced(&session, "a batch")
}
