//! Contract between jobs and hardware. No backend, no I/O, no `unsafe`.
//!
//! The one idea: **an operation's launch method only ever sees device handles.** Host tables go in through
//! [`Session::stage`] once; a backend cannot upload them again per window, because nothing in a launch signature carries
//! them. Many spans come back through [`Session::read`] in one copy. What types cannot forbid is caught by double-entry
//! bookkeeping ([`Traffic`]).
//!
//! | module | holds |
//! |---|---|
//! | [`backend`], [`ops`] | what a device must do, what it computes |
//! | [`session`], [`stage`], [`pool`], [`readback`], [`traffic`] | lanes, upload-once handles, slabs, downloads, counters |
//! | [`job`], [`engine`], [`pipeline`](crate), [`batch`] | jobs, the object-safe face, the window loop, batch encode and decode |
//! | [`sweep`], [`several`] | which windows there are, and whose turn they are |
//! | [`geometry`], [`values`], [`grid`], [`dtype`] | tables to stage, pixels and their types |
//! | [`spline`] | thin-plate splines: their fit, their tables, what they are at a place |
//! | [`merge`], [`crossing`] | what a pixel gets, and where an edge crosses a row |
//! | [`kernels`] | source of device kernels |
//! | [`encoding`], [`decoding`] | codecs and predictors, either way |
//! | [`expr`], [`value`] | the expression language over attributes |
#![forbid(unsafe_code)]

pub mod backend;
pub mod batch;
pub mod crossing;
pub mod decoding;
pub mod dtype;
pub mod encoding;
pub mod engine;
pub mod error;
pub mod expr;
pub mod geometry;
pub mod grid;
pub mod job;
pub mod kernels;
pub mod merge;
pub mod ops;
mod pipeline;
pub mod pool;
pub mod readback;
pub mod session;
pub mod several;
pub mod spline;
pub mod stage;
pub mod sweep;
pub mod traffic;
pub mod value;
pub mod values;

pub use backend::{Backend, Caps, DeviceBuffer, HostBuffer, SharedTable, Transfer};
pub use batch::EncodedBatch;
pub use decoding::{ByteOrder, Decoding};
pub use dtype::{DataType, Number, NumberRange, Pixel, Sum};
pub use encoding::{Codec, Encoding, Predictor};
pub use engine::Engine;
pub use error::{Error, Result};
pub use geometry::{
    Accepted, Bounds, FeatureView, GeometryBuilder, GeometryTables, GeometryView, Kind, Skip, StagedGeometry,
};
pub use grid::{Grid, Window};
pub use job::{
    Control, Decoded, EncodedTiles, HostDecoder, Image, InitialPixels, Phases, RasterizeJob, SplineJob, StoredTiles,
    TileSink, WindowSink,
};
pub use merge::{Base, Coverage, Merge, Rule, Scalar};
pub use ops::{
    BatchIo, Burn, Compress, DecodeIo, Decompress, FAILED, Interpolate, Interpolation, Plan, Quantity, Rasterize,
    STATUS_OVERFLOW, Surface, WindowOutput,
};
pub use pool::{LaneId, LanePool, Layout, Pool, Slab, Span};
pub use readback::{Download, HostView};
pub use session::{Lane, Session};
pub use several::Several;
pub use stage::Staged;
pub use sweep::{Blocks, Sweep, Turns};
pub use traffic::{Meter, Purpose, Traffic};
pub use value::Value;
pub use values::ValueTable;
