//! One error type for the contract. Backends map driver codes into it; nothing panics.

use crate::{DataType, Window};

/// Result of every fallible call of the contract.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, and *where*: feature, window, tile, or the limit that was hit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such hardware, driver or library here. Tests turn this into a skip; nothing else does.
    #[error("backend `{backend}` is not available: {reason}")]
    Unavailable {
        /// Short name of the backend.
        backend: &'static str,
        /// What is missing.
        reason: String,
    },
    /// A backend that this build does not have.
    #[error("the backend `{name}` is not compiled in; this build has: {compiled}")]
    NotCompiledIn {
        /// The name asked for.
        name: String,
        /// Names of the backends there are.
        compiled: String,
    },
    /// The backend exists but cannot do this. Never answered by a silent detour through the host.
    #[error("backend `{backend}` does not support {what}")]
    Unsupported {
        /// Short name of the backend.
        backend: &'static str,
        /// What it was asked for.
        what: String,
    },
    /// An allocation failed.
    #[error("{backend}: out of memory: asked for {asked} bytes")]
    OutOfMemory {
        /// Short name of the backend.
        backend: &'static str,
        /// Size of the allocation in bytes.
        asked: usize,
    },
    /// The device or its driver failed.
    #[error("{backend}: device fault: {detail}")]
    Device {
        /// Short name of the backend.
        backend: &'static str,
        /// The driver's words.
        detail: String,
    },
    /// A grid that has no pixels, or more than can be addressed, or an unusable transform.
    #[error("unusable grid: {0}")]
    Grid(String),
    /// A value that the data type cannot hold.
    #[error("{value} does not fit {dtype}")]
    DoesNotFit {
        /// The value as text.
        value: String,
        /// The type it was to become.
        dtype: DataType,
    },
    /// A feature's value that the data type cannot hold.
    #[error("the value of feature {feature}, {value}, does not fit {dtype}")]
    FeatureValue {
        /// Index into the value table.
        feature: usize,
        /// The value as text.
        value: String,
        /// The type it was to become.
        dtype: DataType,
    },
    /// A sum, count or user merge that the output type cannot hold.
    #[error("the {merge} overflows {dtype} in rows {}..{}, columns {}..{}", .window.row, .window.row + .window.height, .window.col, .window.col + .window.width)]
    Overflow {
        /// Name of the merge.
        merge: &'static str,
        /// Type of the output.
        dtype: DataType,
        /// Where it happened.
        window: Window,
    },
    /// A tile that could not be encoded or decoded.
    #[error("tile {tile}: {detail}")]
    Tile {
        /// Row-major index within its batch.
        tile: usize,
        /// What is wrong with it.
        detail: String,
    },
    /// A size beyond what can be handled.
    #[error("{what} is {got}, the limit is {limit}")]
    Limit {
        /// The quantity.
        what: &'static str,
        /// Its value.
        got: u64,
        /// The largest accepted.
        limit: u64,
    },
    /// The job was told to stop.
    #[error("cancelled after {done} of {total} windows")]
    Cancelled {
        /// Windows handed to the consumer.
        done: usize,
        /// Windows of the job.
        total: usize,
    },
    /// A caller broke a rule of the session (lane, bounds). A bug, reported rather than raised.
    #[error("misuse: {what}")]
    Misuse {
        /// The rule.
        what: &'static str,
    },
    /// The consumer of windows or tiles failed.
    #[error("the consumer of tiles failed: {0}")]
    Sink(#[source] Box<dyn std::error::Error + Send + Sync>),
}
