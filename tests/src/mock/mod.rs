//! A device that exists to be nasty, so that what holds here holds on real ones.
//!
//! One worker thread per stream, and every command is late. Memory is freed the instant its handle drops, and work in
//! flight then faults. Fresh memory is poisoned, so is what was downloaded, and a host block is garbage until its
//! transfer is done. Kernels see staged memory only, and write no memory of the host. It computes with `xr_cpu`'s plain
//! functions on memory that it holds. [`Fault`]s make it wrong on purpose.

mod backend;
mod compress;
mod decompress;
mod fault;
mod interpolate;
mod memory;
mod rasterize;
mod sabotage;
mod stream;
mod words;

pub use fault::Fault;
pub use memory::{Block, Buffer};
pub use rasterize::MockScene;
pub use stream::{Reply, Stream};

use memory::Heap;
use std::sync::{Arc, Mutex};
use xr_core::{Caps, Codec, Error};

/// The device.
pub struct Mock {
    caps: Caps,
    heap: Arc<Heap>,
    fault: Option<Fault>,
    /// Under [`Fault::ClearsSceneAtLastWindow`]: what the last job left behind.
    left_behind: Mutex<Option<MockScene>>,
    /// Asked for what codecs need, and for nothing else.
    planner: xr_cpu::Cpu,
}

impl Mock {
    /// Opens it, sound or with a fault.
    pub fn open(fault: Option<Fault>) -> Self {
        let caps = Caps {
            backend: "mock",
            device: "a device that misbehaves on purpose".into(),
            max_alloc: 1 << 30,
            codecs: &[Codec::None, Codec::Deflate],
            decoders: &[Codec::None, Codec::Deflate],
            splines: true,
            host_memory: fault == Some(Fault::ClaimsHostMemory),
        };
        Self { caps, heap: Arc::default(), fault, left_behind: Mutex::default(), planner: xr_cpu::Cpu::open() }
    }

    /// One that says it computes pixels of features and nothing else.
    pub fn without_codecs_and_splines() -> Self {
        let mut mock = Self::open(None);
        (mock.caps.codecs, mock.caps.decoders, mock.caps.splines) = (&[], &[], false);
        mock
    }

    /// Breaks the device for good when it is called, from anywhere and at any time.
    pub fn breaker(&self) -> impl Fn() + Send + use<> {
        let heap = self.heap.clone();
        move || heap.fail("the device was lost".into())
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn unsupported(what: String) -> Error {
        Error::Unsupported { backend: "mock", what }
    }
}
