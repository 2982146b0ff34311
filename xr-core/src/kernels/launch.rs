//! What a device does beside moving memory so that the kernels of this module run on it.

use crate::{Backend, DeviceBuffer, Error, Result, Slab, Span, Staged};
use std::{
    hash::{Hash, Hasher},
    iter,
};

/// A backend that compiles and launches the kernels: by them it rasterizes, interpolates and prepares tiles.
pub trait Kernels: Backend {
    /// A compiled source, kept by the device.
    type Program: Clone + Send + Sync;

    /// Compiles a source, or hands out what was compiled of it before.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) with the compiler's words.
    fn program(&self, source: &Source) -> Result<Self::Program>;

    /// Enqueues the kernel `name` over `groups` work-groups of `items` work-items; over none it does nothing.
    ///
    /// # Errors
    /// Those of the driver.
    fn launch(
        &self,
        on: &Self::Stream,
        program: &Self::Program,
        name: &'static str,
        arguments: &[Argument<'_, Self>],
        groups: usize,
        items: usize,
    ) -> Result<()>;

    /// Enqueues that the bytes of a span become `byte`. Spans begin at multiples of four.
    ///
    /// # Errors
    /// Those of the driver.
    fn fill(&self, on: &Self::Stream, buffer: &Self::Buffer, span: Span, byte: u8) -> Result<()>;
}

/// What a kernel is given.
pub enum Argument<'a, B: Backend> {
    /// Device memory.
    Buffer(&'a B::Buffer),
    /// A number, or several as the kernel's struct has them.
    Value(&'a [u8]),
}

impl<B: Backend> Clone for Argument<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B: Backend> Copy for Argument<'_, B> {}

/// A number or a struct as an argument.
pub(crate) fn value<B: Backend, T: bytemuck::Pod>(value: &T) -> Argument<'_, B> {
    Argument::Value(bytemuck::bytes_of(value))
}

/// A slab as an argument.
pub(crate) fn slab<B: Backend>(slab: &Slab<B>) -> Argument<'_, B> {
    Argument::Buffer(slab.buffer())
}

/// A staged table as an argument.
pub(crate) fn staged<B: Backend, T>(table: &Staged<B, T>) -> Argument<'_, B> {
    Argument::Buffer(table.buffer())
}

/// What no device of kernels does: it has memory of its own.
pub(crate) fn not_on_host<B: Backend>(backend: &B, what: &str) -> Error {
    Error::Unsupported { backend: backend.caps().backend, what: what.into() }
}

/// All bytes of a slab.
pub(crate) fn whole<B: Backend>(slab: &Slab<B>) -> Span {
    Span { at: 0, len: slab.buffer().size() }
}

/// Kernel source without the language's prelude: definitions made for the job, and the bodies that look at them.
///
/// As a key it is cheap: bodies are compared by where they are.
#[derive(Clone, Debug)]
pub struct Source {
    definitions: String,
    bodies: Vec<&'static str>,
}

impl Source {
    /// Definitions, then bodies.
    pub fn new(definitions: String, bodies: Vec<&'static str>) -> Self {
        Self { definitions, bodies }
    }

    /// Text for a compiler, behind a prelude.
    pub fn text(&self, prelude: &str) -> String {
        let parts: Vec<&str> =
            iter::once(prelude).chain(iter::once(&*self.definitions)).chain(self.bodies.iter().copied()).collect();
        parts.join("\n")
    }

    fn places(&self) -> impl Iterator<Item = (*const u8, usize)> {
        self.bodies.iter().map(|body| (body.as_ptr(), body.len()))
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.definitions == other.definitions && self.places().eq(other.places())
    }
}

impl Eq for Source {}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definitions.hash(state);
        self.places().for_each(|place| place.hash(state));
    }
}
