//! No spline runs on the device yet: whoever asks takes another backend.

use crate::{OpenCl, Stream, unsupported};
use xr_core::{Grid, Interpolate, Interpolation, Result, Session, Window, WindowOutput, spline::{Method, StagedSpline}};

const SPLINES: &str = "splines";

impl Interpolate for OpenCl {
    type Field = ();

    fn field(_: &Session<Self>, _: &StagedSpline<Self>, _: &Grid, _: Method) -> Result<()> {
        unsupported(SPLINES)
    }

    fn interpolate(
        &self,
        _: &Stream,
        _: &Interpolation<'_, Self>,
        _: Window,
        _: &WindowOutput<'_, Self>,
    ) -> Result<()> {
        unsupported(SPLINES)
    }

    fn interpolate_host(&self, _: &Interpolation<'_, Self>, _: Window, _: &mut [&mut [u8]]) -> Result<u64> {
        unsupported(SPLINES)
    }
}
