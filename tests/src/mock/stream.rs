//! A queue whose worker is never in a hurry.

use super::memory::{Block, Heap, device_fault};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use xr_core::{Result, Transfer};

/// How late a command is.
const DELAY: Duration = Duration::from_micros(100);

type Command = Box<dyn FnOnce(&Heap) + Send>;

/// An in-order queue with a thread of its own.
pub struct Stream(Mutex<mpsc::Sender<Command>>);

impl Stream {
    pub(super) fn new(heap: Arc<Heap>) -> Self {
        let (sender, commands) = mpsc::channel::<Command>();
        std::thread::spawn(move || {
            for command in commands {
                std::thread::sleep(DELAY);
                command(&heap);
            }
        });
        Self(Mutex::new(sender))
    }

    /// Enqueues a command.
    pub(super) fn push(&self, command: impl FnOnce(&Heap) + Send + 'static) {
        // If the worker is gone, whoever waits for a reply hears of it.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send(Box::new(command));
    }

    /// Enqueues a command and waits for its result.
    pub(super) fn call<T: Send + 'static>(
        &self,
        command: impl FnOnce(&Heap) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, result) = mpsc::channel();
        self.push(move |heap| {
            let _ = sender.send(command(heap).and_then(|value| heap.check().map(|()| value)));
        });
        result.recv().unwrap_or_else(|_| Err(worker_gone()))
    }
}

fn worker_gone() -> xr_core::Error {
    device_fault("the worker of a stream is gone")
}

/// A host block under way.
pub struct Reply {
    pub(super) block: mpsc::Receiver<Result<Block>>,
    pub(super) done: Arc<AtomicBool>,
}

impl Transfer for Reply {
    type Host = Block;

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    fn wait(self) -> Result<Block> {
        self.block.recv().unwrap_or_else(|_| Err(worker_gone()))
    }
}
