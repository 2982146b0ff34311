//! Windows of a spline's surface.

use super::Paint;
use crate::{
    Burn, DataType, Error, Interpolate, Interpolation, Lane, Merge, Phases, Rasterize, Result, Rule, STATUS_OVERFLOW,
    Scalar, Session, Span, SplineJob, Staged, StagedGeometry, Surface, Sweep, ValueTable, Window, WindowOutput,
    engine::timed, spline::StagedSpline, with_pixel,
};
use std::time::Instant;

/// What a surface needs on the device, made once per job; it outlives every launch.
pub(crate) struct StagedSurface<B: Rasterize + Interpolate> {
    spline: StagedSpline<B>,
    field: B::Field,
    mask: Option<StagedMask<B>>,
    pub(crate) phases: Phases,
}

struct StagedMask<B: Rasterize> {
    geometry: StagedGeometry<B>,
    values: Staged<B, u8>,
    scene: B::Scene,
}

impl<B: Rasterize + Interpolate> StagedSurface<B> {
    pub(crate) fn new(session: &Session<B>, job: &SplineJob<'_>) -> Result<Self> {
        job.check()?;
        let start = Instant::now();
        let spline = StagedSpline::new(session, job.tables)?;
        let mask = job.mask.map(|tables| {
            let geometry = StagedGeometry::new(session, tables)?;
            let values = session.stage(ValueTable::uniform_scalar(inside(job.fill)?, tables.features())?.bytes())?;
            let scene = B::scene(session, &geometry, &job.grid, &mask_rule(job.fill))?;
            Ok(StagedMask { geometry, values, scene })
        });
        let mask = mask.transpose()?;
        let staged = start.elapsed();
        let field = B::field(session, job.tables, &spline, &job.grid, job.method)?;
        let phases = Phases { stage: staged, prepare: start.elapsed() - staged, ..Phases::default() };
        Ok(Self { spline, field, mask, phases })
    }

    pub(crate) fn painter(&self, job: &SplineJob<'_>) -> SurfacePainter<'_, B> {
        let surface = Surface { quantity: job.quantity, fill: job.fill, masked: self.mask.is_some() };
        let task = Interpolation { spline: &self.spline, field: &self.field, grid: job.grid, surface };
        let mask = self.mask.as_ref().map(|mask| Burn {
            geometry: &mask.geometry,
            values: &mask.values,
            properties: &[],
            scene: &mask.scene,
            grid: job.grid,
            rule: mask_rule(job.fill),
        });
        SurfacePainter { task, mask, sweep: job.sweep() }
    }
}

const fn mask_rule(fill: Scalar) -> Rule<'static> {
    Rule::new(Merge::Last, fill)
}

/// What a mask burns: a value that is not the fill.
fn inside(fill: Scalar) -> Result<Scalar> {
    with_pixel!(fill.dtype(), T => {
        let zero = Scalar::of(T::default());
        Ok(if fill == zero { Scalar::new(fill.dtype(), crate::Number::Int(1))? } else { zero })
    })
}

/// The mask, if there is one, burned into the first band; then the surface where the fill is not.
pub(crate) struct SurfacePainter<'a, B: Rasterize + Interpolate> {
    task: Interpolation<'a, B>,
    mask: Option<Burn<'a, B>>,
    sweep: Sweep,
}

impl<B: Rasterize + Interpolate> Paint<B> for SurfacePainter<'_, B> {
    fn sweep(&self) -> Sweep {
        self.sweep
    }

    fn dtype(&self) -> DataType {
        self.task.surface.fill.dtype()
    }

    fn bands(&self) -> usize {
        self.task.bands()
    }

    fn statuses(&self) -> usize {
        1
    }

    fn scratch(&self, backend: &B) -> usize {
        if self.mask.is_some() { backend.scratch(self.sweep.largest()) } else { 0 }
    }

    fn paint(
        &self,
        session: &Session<B>,
        lane: &Lane<B>,
        window: Window,
        out: &WindowOutput<'_, B>,
        phases: &mut Phases,
    ) -> Result<()> {
        if let Some(burn) = &self.mask {
            let pixels = Span { at: out.pixels.at, len: self.plane(window) };
            let out = WindowOutput { slab: out.slab, pixels, status: out.status, scratch: out.scratch };
            timed(&mut phases.rasterize, || session.backend().rasterize(&lane.stream, burn, window, &out))?;
        }
        timed(&mut phases.evaluate, || session.backend().interpolate(&lane.stream, &self.task, window, out))
    }

    fn paint_host(
        &self,
        session: &Session<B>,
        window: Window,
        bands: &mut [&mut [u8]],
        phases: &mut Phases,
    ) -> Result<()> {
        if let (Some(burn), [first, ..]) = (&self.mask, &mut *bands) {
            timed(&mut phases.rasterize, || session.backend().rasterize_host(burn, window, first))?;
        }
        let status = timed(&mut phases.evaluate, || session.backend().interpolate_host(&self.task, window, bands))?;
        self.check_status(window, status)
    }

    fn check_status(&self, window: Window, status: u64) -> Result<()> {
        if status & STATUS_OVERFLOW == 0 {
            return Ok(());
        }
        Err(Error::Overflow { merge: "spline", dtype: self.dtype(), window })
    }
}
