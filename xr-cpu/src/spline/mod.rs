//! Thin-plate splines: tiles of a window in parallel, places of a tile in vectors, points in order.

mod direct;
mod errors;
mod field;
mod fmm;
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod octaves;
mod places;
mod sums;
mod width;
mod window;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests;

pub use errors::errors_at;
pub use field::Field;
pub use fmm::{FarField, Fmm};
pub use places::{DirectSums, values_at};
pub use sums::FastSums;
pub use window::interpolate;

use crate::{Cpu, memory::prefix};
use xr_core::{
    Grid, Interpolate, Interpolation, Result, Session, Window, WindowOutput,
    spline::{Method, PointSums, SplineTables, SplineView, StagedSpline},
};

impl Interpolate for Cpu {
    type Field = Field;

    fn field(
        session: &Session<Self>,
        _: &SplineTables,
        spline: &StagedSpline<Self>,
        grid: &Grid,
        method: Method,
    ) -> Result<Field> {
        with_view(spline, |view| session.backend().launch(|| Ok(Field::new(view, grid, method))))
    }

    fn point_sums<'a>(session: &'a Session<Self>, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>> {
        Ok(Box::new(OnThreads { cpu: session.backend(), sums: FastSums::new(us, vs) }))
    }

    fn interpolate(
        &self,
        (): &(),
        task: &Interpolation<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()> {
        let mut memory = out.slab.buffer().write();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
        let plane = out.pixels.len / task.bands().max(1);
        let mut bands: Vec<&mut [u8]> = bytes[out.pixels.range()].chunks_exact_mut(plane.max(1)).collect();
        let status = self.interpolate_host(task, window, &mut bands)?;
        bytes[out.status.range()].copy_from_slice(&status.to_ne_bytes());
        Ok(())
    }

    fn interpolate_host(&self, task: &Interpolation<'_, Self>, window: Window, bands: &mut [&mut [u8]]) -> Result<u64> {
        with_view(task.spline, |view| {
            self.launch(|| interpolate(view, task.field, &task.grid, &task.surface, window, bands))
        })
    }
}

/// Sums on the backend's threads.
struct OnThreads<'a> {
    cpu: &'a Cpu,
    sums: FastSums<'a>,
}

impl PointSums for OnThreads<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        self.cpu.launch(|| self.sums.all(weights, sums))
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        self.cpu.launch(|| self.sums.direct(weights, points, sums))
    }
}

/// Calls `f` with the tables where they lie.
fn with_view<T>(spline: &StagedSpline<Cpu>, f: impl FnOnce(SplineView<'_>) -> Result<T>) -> Result<T> {
    let StagedSpline { frame, points, halves, columns } = spline;
    let guards = (points.buffer().read(), halves.buffer().read(), columns.buffer().read());
    f(SplineView {
        frame: *frame,
        points: prefix(&guards.0, points)?,
        halves: prefix(&guards.1, halves)?,
        columns: prefix(&guards.2, columns)?,
    })
}
