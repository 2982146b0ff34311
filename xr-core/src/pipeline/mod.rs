//! The window loop: double-buffered over lanes, in window order, with backpressure from the consumer.
//!
//! At most `depth` windows are in flight. Before window *n* is launched the oldest is retired, which frees exactly lane
//! `n % depth`: window *n* computes while *n − 1* comes down and *n − 2* is consumed. Early returns drop what is in
//! flight, and dropping a [`Download`] waits: nothing is freed under a copy.

mod burn;
mod encoded;
mod spline;
mod whole;
mod windows;

pub(crate) use burn::Bands;
pub(crate) use encoded::{EncodedLayout, check_encoding, encoded};
pub(crate) use spline::StagedSurface;
pub(crate) use whole::{check_target, copy, whole};
pub(crate) use windows::windows;

use crate::{Backend, Control, DataType, Error, Lane, Phases, Result, Session, Sweep, Window, WindowOutput};
use std::{collections::VecDeque, sync::atomic::Ordering::Relaxed};

/// Bytes of a status word.
const STATUS: usize = size_of::<u64>();

/// What paints the windows of a job.
pub(crate) trait Paint<B: Backend> {
    fn sweep(&self) -> Sweep;
    fn dtype(&self) -> DataType;
    fn bands(&self) -> usize;
    /// Status words that a window has.
    fn statuses(&self) -> usize;

    /// Bytes of scratch that no window exceeds.
    fn scratch(&self, backend: &B) -> usize;

    /// Enqueues a window: its bands one after another, and its status words.
    fn paint(
        &self,
        session: &Session<B>,
        lane: &Lane<B>,
        window: Window,
        out: &WindowOutput<'_, B>,
        phases: &mut Phases,
    ) -> Result<()>;

    /// Paints a window straight into the caller's memory, a slice for each band, and checks its status.
    fn paint_host(
        &self,
        session: &Session<B>,
        window: Window,
        bands: &mut [&mut [u8]],
        phases: &mut Phases,
    ) -> Result<()>;

    /// Makes an error of a status word that says so.
    fn check_status(&self, window: Window, status: u64) -> Result<()>;

    /// Bytes of one band of a window.
    fn plane(&self, window: Window) -> usize {
        window.pixels() * self.dtype().size()
    }
}

fn run<B: Backend, F>(
    session: &Session<B>,
    (total, windows): (usize, impl Iterator<Item = Window>),
    control: Control<'_>,
    phases: &mut Phases,
    launch: impl Fn(&Lane<B>, Window, &mut Phases) -> Result<F>,
    mut retire: impl FnMut(&Lane<B>, Window, F, &mut Phases) -> Result<()>,
) -> Result<()> {
    let mut flight: VecDeque<(usize, Window, F)> = VecDeque::with_capacity(session.depth());
    let mut finish = |flight: &mut VecDeque<(usize, Window, F)>, phases: &mut Phases| -> Result<()> {
        if let Some((n, window, result)) = flight.pop_front() {
            retire(session.lane(n), window, result, phases)?;
            if let Some(progress) = control.progress {
                progress(n + 1, total);
            }
        }
        Ok(())
    };
    for (n, window) in windows.enumerate() {
        if control.cancel.is_some_and(|cancel| cancel.load(Relaxed)) {
            return Err(Error::Cancelled { done: n - flight.len(), total });
        }
        if flight.len() == session.depth() {
            finish(&mut flight, phases)?;
        }
        let launched = launch(session.lane(n), window, phases)?;
        flight.push_back((n, window, launched));
    }
    while !flight.is_empty() {
        finish(&mut flight, phases)?;
    }
    Ok(())
}
