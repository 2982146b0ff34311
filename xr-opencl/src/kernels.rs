//! The shared kernels in OpenCL C.

use crate::{Buffer, OpenCl, Program, Stream};
use xr_core::{
    Result, Span,
    kernels::{Argument, Kernels, Source},
};

impl Kernels for OpenCl {
    type Program = Program;

    fn program(&self, source: &Source) -> Result<Program> {
        self.device.program(source)
    }

    fn launch(
        &self,
        on: &Stream,
        program: &Program,
        name: &'static str,
        arguments: &[Argument<'_, Self>],
        groups: usize,
        items: usize,
    ) -> Result<()> {
        on.launch(&self.device, program, name, arguments, groups, items)
    }

    fn fill(&self, on: &Stream, buffer: &Buffer, span: Span, byte: u8) -> Result<()> {
        self.device.fill(&on.queue, buffer, span, byte)
    }
}
