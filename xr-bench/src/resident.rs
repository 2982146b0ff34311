//! A burn that leaves its raster on the device: tables up, kernels, a status word back.

use crate::{Failure, times::Times};
use std::time::Instant;
use xr::{Burn, Layout, Purpose, Rasterize, RasterizeJob, Session, StagedGeometry, Traffic, WindowOutput};

/// Times of the whole grid as one window, and what the last run moved.
pub fn time<B: Rasterize>(
    session: &Session<B>,
    job: &RasterizeJob<'_>,
    repeat: usize,
) -> Result<(Times, Traffic), Failure> {
    let (window, lane, backend) = (job.grid.window(), session.lane(0), session.backend());
    let (mut times, mut moved) = (Vec::new(), Traffic::default());
    for _ in 0..=repeat {
        let before = session.books().1;
        let start = Instant::now();
        let geometry = StagedGeometry::new(session, job.geometry)?;
        let values = session.stage(job.values[0].bytes())?;
        let scene = B::scene(session, &geometry, &job.grid, &job.rule)?;
        let mut layout = Layout::default();
        let pixels = layout.add(window.pixels() * job.rule.fill.dtype().size())?;
        let status = layout.add(8)?;
        let scratch = layout.add(backend.scratch(window))?;
        let slab = session.slab(lane, &layout)?;
        let burn = Burn {
            geometry: &geometry,
            values: &values,
            properties: &[],
            scene: &scene,
            grid: job.grid,
            rule: job.rule,
        };
        let out = WindowOutput { slab: &slab, pixels, status, scratch };
        backend.rasterize(&lane.stream, &burn, window, &out)?;
        session.read(lane, &slab, &[status], Purpose::Probe)?.wait()?;
        times.push(start.elapsed().as_secs_f64());
        moved = session.books().1 - before;
    }
    Ok((Times::of(&times[1..]), moved))
}
