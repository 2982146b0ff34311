//! Surfaces in kernels: direct sums over all points, or fast ones by a tree.

mod deriving;
mod field;
mod source;
mod sums;
mod tables;
mod window;

pub use field::{Fast, Field};
pub use source::{COLUMNS_AT_ONCE, Nodes, Shown, direct_source, fast_source, places_source, tree_source};

use super::launch::{Kernels, not_on_host};
use crate::{
    Grid, Interpolate, Interpolation, Result, Session, Window, WindowOutput,
    spline::{self, Method, SplineTables, StagedSpline},
};
use sums::PointSums;

impl<B: Kernels> Interpolate for B {
    type Field = Field<B>;

    fn field(
        session: &Session<B>,
        tables: &SplineTables,
        spline: &StagedSpline<B>,
        grid: &Grid,
        method: Method,
    ) -> Result<Field<B>> {
        match method {
            Method::Fast(precision) if tables.points() > 0 => {
                Ok(Field::Fast(Box::new(Fast::new(session, tables, spline, grid, precision)?)))
            }
            _ => Ok(Field::Direct),
        }
    }

    fn point_sums<'a>(
        session: &'a Session<B>,
        us: &'a [f64],
        vs: &'a [f64],
    ) -> Result<Box<dyn spline::PointSums + 'a>> {
        Ok(Box::new(PointSums::new(session, us, vs)?))
    }

    fn interpolate(
        &self,
        on: &B::Stream,
        task: &Interpolation<'_, B>,
        window: Window,
        out: &WindowOutput<'_, B>,
    ) -> Result<()> {
        window::interpolate(self, on, task, window, out)
    }

    fn interpolate_host(&self, _: &Interpolation<'_, B>, _: Window, _: &mut [&mut [u8]]) -> Result<u64> {
        Err(not_on_host(self, "a surface in the host's memory"))
    }
}
