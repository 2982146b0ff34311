//! Surfaces in kernels: direct sums over all points.

mod window;

use crate::{OpenCl, Stream, unsupported};
use xr_core::{
    Grid, Interpolate, Interpolation, Result, Session, Window, WindowOutput,
    spline::{Method, StagedSpline},
};

/// What a method needs beside the staged tables.
pub enum Field {
    /// Nothing.
    Direct,
}

impl Interpolate for OpenCl {
    type Field = Field;

    fn field(_: &Session<Self>, _: &StagedSpline<Self>, _: &Grid, method: Method) -> Result<Field> {
        match method {
            Method::Direct => Ok(Field::Direct),
            Method::Fast(_) => unsupported("fast sums of splines"),
        }
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
