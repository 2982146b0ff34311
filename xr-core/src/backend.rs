//! What a device must be able to do: allocate, copy in, gather, copy out, and say what it did.
//!
//! **Ordering.** A stream is in-order; two streams have no order. The [`Session`](crate::Session) owns every rule that
//! follows from this, so a backend needs no events beyond the one inside [`Transfer`].
//!
//! **Memory.** Core forbids `unsafe`, so soundness is by ownership: the source of an upload may be reused when the call
//! returns; the target of a download is *moved* into the transfer, so that safe code cannot read half of it; dropping a
//! buffer must not disturb work already enqueued.
//!
//! **Counting.** Implementations count every driver call in a [`Meter`](crate::Meter) at the one place that makes it.
//! The session counts what it asked for; the conformance case `books_balance` demands that both agree.

use crate::{Codec, Purpose, Result, Span, Traffic};
use std::sync::Arc;

/// One device allocation. Shared handle: kernels write through `&Buffer`.
///
/// **Drop** must not disturb work already enqueued on any stream (stream-ordered free or block).
/// Core does not lean on it: pools keep every buffer until its lane is drained.
pub trait DeviceBuffer: Send + Sync + 'static {
    /// Usable bytes.
    fn size(&self) -> usize;
}

/// Bytes of the host that nobody writes any more.
pub type SharedTable = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One page-locked host block, the target of downloads; at least 8-byte aligned.
/// On CUDA allocate with flags 0: write-combined pages are for uploads, host reads crawl on them.
pub trait HostBuffer: AsRef<[u8]> + AsMut<[u8]> + Send + 'static {}

/// A device→host copy under way. Owns the host block, so safe code cannot look at half of it.
/// Dropping one must block or leak, never free the block under the copy.
pub trait Transfer: Send {
    /// The block this transfer fills.
    type Host: HostBuffer;
    /// Whether [`wait`](Self::wait) would return at once.
    fn is_done(&self) -> bool;
    /// Blocks until the bytes are there.
    ///
    /// # Errors
    /// Any fault of earlier work on the stream.
    fn wait(self) -> Result<Self::Host>;
}

/// Facts about an opened device.
#[derive(Clone, Debug)]
pub struct Caps {
    /// Stable short name: `cpu`, `opencl`, `cuda`.
    pub backend: &'static str,
    /// Human-readable device name.
    pub device: String,
    /// Largest single allocation in bytes.
    pub max_alloc: usize,
    /// Codecs that it encodes.
    pub codecs: &'static [Codec],
    /// Codecs that it decodes.
    pub decoders: &'static [Codec],
    /// Whether [`Interpolate`](crate::Interpolate) runs on the device itself.
    pub splines: bool,
    /// Whether kernels can write straight into a caller's memory
    /// ([`Rasterize::rasterize_host`](crate::Rasterize::rasterize_host)) and read tables where they lie
    /// ([`Backend::adopt`]).
    pub host_memory: bool,
}

/// One device, opened. A [`Session`](crate::Session) drives exactly one; several devices are several sessions.
pub trait Backend: Send + Sync + Sized + 'static {
    /// Device memory.
    type Buffer: DeviceBuffer;
    /// In-order command queue.
    type Stream: Send + Sync;
    /// Page-locked host memory.
    type Host: HostBuffer;
    /// Download under way: the only thing core ever waits on.
    type Transfer: Transfer<Host = Self::Host>;

    /// Facts about the device.
    fn caps(&self) -> &Caps;
    /// Opens a queue.
    ///
    /// # Errors
    /// Those of the driver; so for all methods below.
    fn stream(&self) -> Result<Self::Stream>;
    /// One driver allocation, contents undefined.
    fn alloc(&self, bytes: usize) -> Result<Self::Buffer>;
    /// One page-locked block of at least `bytes`.
    fn host(&self, bytes: usize) -> Result<Self::Host>;
    /// One host→device copy. On return `src` may be reused; the data is in order on `on`.
    fn upload(&self, on: &Self::Stream, src: &[u8], dst: &Self::Buffer, at: usize) -> Result<()>;
    /// A table of the host as device memory, without a copy. Asked of devices with [`Caps::host_memory`] only, and counted
    /// as one upload of all its bytes: what a job costs is counted alike wherever it runs.
    fn adopt(&self, table: SharedTable) -> Result<Self::Buffer>;
    /// Device-side concatenation of `spans` to the front of `dst`. One launch, no host traffic.
    fn gather(&self, on: &Self::Stream, src: &Self::Buffer, spans: &[Span], dst: &Self::Buffer) -> Result<()>;
    /// Starts ONE device→host copy of `span` to the front of `dst` and returns at once. The pages of a span that
    /// begins the buffer are undefined afterwards: a device whose memory is the host's hands them over instead of copying.
    fn download(
        &self,
        on: &Self::Stream,
        src: &Self::Buffer,
        span: Span,
        dst: Self::Host,
        why: Purpose,
    ) -> Result<Self::Transfer>;
    /// Blocks until everything enqueued on `on` is done.
    fn sync(&self, on: &Self::Stream) -> Result<()>;
    /// Everything the driver was asked for since opening.
    fn traffic(&self) -> Traffic;
}
