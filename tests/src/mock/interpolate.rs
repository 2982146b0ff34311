//! Splines, by `xr_cpu`'s plain function on the mock's memory.

use super::{
    Fault, Mock, Stream,
    memory::{Allocations, Table},
    rasterize::local,
    words::Words,
};
use xr_core::{
    Grid, Interpolate, Interpolation, Result, STATUS_OVERFLOW, Session, Span, Surface, Window, WindowOutput,
    spline::{Column, Frame, Method, PointSums, SplineTables, SplineView, StagedSpline},
};

impl Interpolate for Mock {
    /// Each window derives what the method needs.
    type Field = Method;

    fn field(
        session: &Session<Self>,
        _: &SplineTables,
        _: &StagedSpline<Self>,
        _: &Grid,
        method: Method,
    ) -> Result<Method> {
        let mock = session.backend();
        if mock.has(Fault::HidesReadback) {
            mock.heap.meter.download(8, xr_core::Purpose::Probe);
        }
        Ok(method)
    }

    fn point_sums<'a>(session: &'a Session<Self>, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>> {
        let rounds = session.backend().has(Fault::SinglePrecision);
        Ok(Box::new(MockSums { sums: xr_cpu::FastSums::new(us, vs), rounds }))
    }

    fn interpolate(
        &self,
        on: &Stream,
        task: &Interpolation<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()> {
        self.heap.meter.launch();
        if self.has(Fault::UploadsTablesPerWindow) {
            self.heap.meter.upload(task.spline.points.len());
        }
        let kernel = Kernel {
            frame: task.spline.frame,
            points: Table::new(&task.spline.points),
            halves: Table::new(&task.spline.halves),
            columns: Table::new(&task.spline.columns),
            method: *task.field,
            grid: task.grid,
            surface: task.surface,
            bands: task.bands(),
            fault: self.fault,
        };
        let (slab, pixels, status) = (out.slab.buffer().id, out.pixels, out.status);
        on.push(move |heap| {
            heap.run("interpolate", |memory| match kernel.surface(memory, window, (slab, pixels))? {
                Ok((surface, bits)) => {
                    memory.write(slab, pixels.at, &surface)?;
                    memory.write(slab, status.at, &bits.to_ne_bytes())
                }
                Err(error) => {
                    heap.fail(error.to_string());
                    Some(())
                }
            });
        });
        Ok(())
    }

    fn interpolate_host(&self, _: &Interpolation<'_, Self>, _: Window, _: &mut [&mut [u8]]) -> Result<u64> {
        if self.has(Fault::ClaimsHostMemory) {
            return Ok(0);
        }
        Err(Self::unsupported("kernels that write to the host's memory".into()))
    }
}

/// A launch.
struct Kernel {
    frame: Frame,
    points: Table,
    halves: Table,
    columns: Table,
    method: Method,
    grid: Grid,
    surface: Surface,
    bands: usize,
    fault: Option<Fault>,
}

impl Kernel {
    /// Pixels and status of a window; `None` for memory that is gone.
    fn surface(&self, memory: &Allocations, window: Window, pixels: (u64, Span)) -> Option<Result<(Words, u64)>> {
        let mut points = memory.table::<f64>(self.points)?.to_vec();
        let mut halves = memory.table::<f64>(self.halves)?.to_vec();
        let mut columns = memory.table::<Column>(self.columns)?.to_vec();
        let (mut surface, mut grid, mut place) = (self.surface, self.grid, window);
        match self.fault {
            Some(Fault::SinglePrecision) => points.iter_mut().for_each(|c| *c = f64::from(*c as f32)),
            Some(Fault::SumsBackwards) if !points.is_empty() => {
                let count = points.len() / 2;
                points.chunks_exact_mut(count).chain(halves.chunks_exact_mut(count)).for_each(<[f64]>::reverse);
            }
            Some(Fault::IgnoresMasks) => surface.masked = false,
            Some(Fault::IgnoresRanges) => {
                columns.iter_mut().for_each(|column| column.range = [f64::NEG_INFINITY, f64::INFINITY]);
            }
            Some(Fault::LocalCoordinates) => {
                (grid, place) = (local(&grid, window), Window { col: 0, row: 0, ..window })
            }
            _ => {}
        }
        let view = SplineView { frame: self.frame, points: &points, halves: &halves, columns: &columns };
        let mut out = Words::of(memory.span(pixels.0, pixels.1)?);
        let plane = pixels.1.len / self.bands;
        let mut bands: Vec<&mut [u8]> = out.chunks_exact_mut(plane).collect();
        let field = xr_cpu::Field::new(view, &grid, self.method);
        let status = xr_cpu::interpolate(view, &field, &grid, &surface, place, &mut bands);
        let cleared = if self.fault == Some(Fault::LosesOverflow) { STATUS_OVERFLOW } else { 0 };
        Some(status.map(|status| (out, status & !cleared)))
    }
}

/// The host's sums, or what single precision leaves of them.
struct MockSums<'a> {
    sums: xr_cpu::FastSums<'a>,
    rounds: bool,
}

impl MockSums<'_> {
    fn round(&self, sums: &mut [f64]) {
        if self.rounds {
            sums.iter_mut().for_each(|sum| *sum = f64::from(*sum as f32));
        }
    }
}

impl PointSums for MockSums<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        self.sums.all(weights, sums)?;
        self.round(sums);
        Ok(())
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        self.sums.direct(weights, points, sums)?;
        self.round(sums);
        Ok(())
    }
}
