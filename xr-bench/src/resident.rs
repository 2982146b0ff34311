//! A burn that leaves its raster on the device: tables up, kernels, a status word back.

use crate::{
    Failure,
    device::{Full, OnDevice},
    times::Times,
};
use std::time::Instant;
use xr::{
    Burn, GeometryView, Layout, Purpose, Rasterize, RasterizeJob, Result, Session, StagedGeometry, Traffic,
    WindowOutput,
};

/// Times of the whole grid as one window.
pub struct Resident<'a> {
    pub job: &'a RasterizeJob<'a>,
    pub repeat: usize,
}

/// What took how long, and what the last run moved.
#[derive(Clone, Copy)]
pub struct Stay {
    /// With tables in memory as any allocator gives it.
    pub pageable: Times,
    /// With tables in page-locked memory.
    pub pinned: Times,
    pub moved: Traffic,
}

impl OnDevice for Resident<'_> {
    type Output = Stay;

    fn run<B: Full>(self, session: &Session<B>) -> std::result::Result<Stay, Failure> {
        let view = self.job.geometry.view();
        let values = self.job.values[0].bytes();
        let (pageable, moved) = self.time(session, view, values)?;
        let locked = |bytes: &[u8]| -> Result<B::Host> {
            let mut block = session.backend().host(bytes.len())?;
            block.as_mut()[..bytes.len()].copy_from_slice(bytes);
            Ok(block)
        };
        let [vertices, paths, parts] = [
            locked(bytemuck::cast_slice(view.vertices))?,
            locked(bytemuck::cast_slice(view.paths))?,
            locked(bytemuck::cast_slice(view.parts))?,
        ];
        let locked_values = locked(values)?;
        let locked_view = GeometryView {
            vertices: bytemuck::cast_slice(&vertices.as_ref()[..size_of_val(view.vertices)]),
            paths: bytemuck::cast_slice(&paths.as_ref()[..size_of_val(view.paths)]),
            parts: bytemuck::cast_slice(&parts.as_ref()[..size_of_val(view.parts)]),
        };
        let (pinned, _) = self.time(session, locked_view, &locked_values.as_ref()[..values.len()])?;
        Ok(Stay { pageable, pinned, moved })
    }
}

impl Resident<'_> {
    fn time<B: Rasterize>(
        &self,
        session: &Session<B>,
        view: GeometryView<'_>,
        values: &[u8],
    ) -> std::result::Result<(Times, Traffic), Failure> {
        let job = self.job;
        let (window, lane, backend) = (job.grid.window(), session.lane(0), session.backend());
        let (mut times, mut moved) = (Vec::new(), Traffic::default());
        for _ in 0..self.repeat + 2 {
            let before = session.books().1;
            let start = Instant::now();
            let geometry = StagedGeometry::of_view(session, view)?;
            let values = session.stage(values)?;
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
        Ok((Times::of(&times[2..]), moved)) // the first two compile and allocate
    }
}
