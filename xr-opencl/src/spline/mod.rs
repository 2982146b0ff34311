//! Surfaces in kernels: direct sums over all points, or fast ones by a tree.

mod deriving;
mod field;
mod sums;
mod tables;
mod window;

pub use field::{Fast, Field};
use sums::PointSums;

use crate::{OpenCl, Stream, unsupported};
use xr_core::{
    Grid, Interpolate, Interpolation, Result, Session, Window, WindowOutput,
    spline::{self, Method, SplineTables, StagedSpline},
};

impl Interpolate for OpenCl {
    type Field = Field;

    fn field(
        session: &Session<Self>,
        tables: &SplineTables,
        spline: &StagedSpline<Self>,
        grid: &Grid,
        method: Method,
    ) -> Result<Field> {
        match method {
            Method::Fast(precision) if tables.points() > 0 => {
                Ok(Field::Fast(Box::new(Fast::new(session, tables, spline, grid, precision)?)))
            }
            _ => Ok(Field::Direct),
        }
    }

    fn point_sums<'a>(
        session: &'a Session<Self>,
        us: &'a [f64],
        vs: &'a [f64],
    ) -> Result<Box<dyn spline::PointSums + 'a>> {
        Ok(Box::new(PointSums::new(session, us, vs)?))
    }

    fn interpolate(
        &self,
        on: &Stream,
        task: &Interpolation<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()> {
        window::interpolate(self, on, task, window, out)
    }

    fn interpolate_host(&self, _: &Interpolation<'_, Self>, _: Window, _: &mut [&mut [u8]]) -> Result<u64> {
        unsupported("a surface in the host's memory")
    }
}
