//! Upload once, share by reference.

use crate::{Backend, Slab};
use std::marker::PhantomData;

/// Invariant data on the device, uploaded exactly once, by [`Session::stage`](crate::Session::stage) or
/// [`Session::stage_shared`](crate::Session::stage_shared).
///
/// Not `Clone`: sharing across launches, windows and lanes is `&Staged`. Complete before the handle exists, so any lane
/// may read it without an event. Never written by kernels.
///
/// ```compile_fail,E0308
/// fn again<B: xr_core::Backend>(s: &xr_core::Staged<B, f64>) -> xr_core::Staged<B, f64> {
///     s.clone() // there is no second upload
/// }
/// ```
pub struct Staged<B: Backend, T> {
    pub(crate) slab: Slab<B>,
    pub(crate) len: usize,
    pub(crate) of: PhantomData<fn() -> T>,
}

impl<B: Backend, T> Staged<B, T> {
    /// Device memory, for kernel arguments.
    pub fn buffer(&self) -> &B::Buffer {
        self.slab.buffer()
    }
    /// Elements of `T`.
    pub fn len(&self) -> usize {
        self.len
    }
    /// No elements (the allocation still exists: null kernel arguments are not a thing).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
