//! Many spans of a buffer one after the other in another: a few launches, where copies would be as many as spans.

use super::launch::value;
use crate::{
    DeviceBuffer, Error, Result, Span,
    expr::SUPPORT,
    kernels::{Argument, Kernels, Source},
};

/// Spans of a launch. OpenCL devices take arguments of 1,024 bytes at least.
const SPANS: usize = 40;
/// Work-items of a group.
const ITEMS: usize = 256;
/// Bytes for which a span has another work-group, up to [`MOST_SHARING`] of them.
const SHARE: usize = 16 << 10;
/// Work-groups that share a span, at most.
const MOST_SHARING: usize = 1024;

/// The kernel `gather`.
pub fn gather_source() -> Source {
    let definitions = format!("#define ITEMS {ITEMS}u\n#define SPANS {SPANS}\n");
    Source::new(definitions, vec![SUPPORT, include_str!("c/gather.c")])
}

/// As the kernel's struct has it.
#[repr(C)]
#[derive(Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
struct Moved {
    from: u64,
    to: u64,
    length: u64,
}

/// What [`Backend::gather`](crate::Backend::gather) does.
///
/// # Errors
/// Those of the device; [`Error::Misuse`] for spans beyond a buffer.
pub fn gather<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    source: &B::Buffer,
    spans: &[Span],
    target: &B::Buffer,
) -> Result<()> {
    let mut to = 0_usize;
    let mut moved = Vec::with_capacity(spans.len());
    for span in spans.iter().filter(|span| span.len > 0) {
        let ends = [span.at.checked_add(span.len), to.checked_add(span.len)];
        if ends[0].is_none_or(|end| end > source.size()) || ends[1].is_none_or(|end| end > target.size()) {
            return Err(Error::Misuse { what: "spans lie within their buffers" });
        }
        moved.push(Moved { from: span.at as u64, to: to as u64, length: span.len as u64 });
        to += span.len;
    }
    if moved.is_empty() {
        return Ok(());
    }
    let program = backend.program(&gather_source())?;
    for moved in moved.chunks(SPANS) {
        let mut all = [Moved::default(); SPANS];
        all[..moved.len()].copy_from_slice(moved);
        let longest = moved.iter().map(|moved| moved.length).max().unwrap_or_default() as usize;
        let sharing = longest.div_ceil(SHARE).clamp(1, MOST_SHARING) as u32;
        let arguments = [
            Argument::Value(bytemuck::cast_slice(&all)),
            value(&sharing),
            Argument::Buffer(source),
            Argument::Buffer(target),
        ];
        backend.launch(on, &program, "gather", &arguments, moved.len() * sharing as usize, ITEMS)?;
    }
    Ok(())
}
