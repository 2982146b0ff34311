//! The whole raster into the caller's memory.

use super::{Paint, windows};
use crate::{Backend, Control, Error, Phases, Result, Session, Sweep, Window};
use std::{num::NonZero, sync::atomic::Ordering::Relaxed, thread};

/// Refuses blocks, and a target that is not the raster's, of so many bytes a pixel.
pub(crate) fn check_target(sweep: &Sweep, pixel: usize, target: &[u8]) -> Result<()> {
    if sweep.blocks.is_some() {
        return Err(Error::Misuse { what: "a raster in memory is not made in blocks" });
    }
    if target.len() as u64 != sweep.grid.pixels() * pixel as u64 {
        return Err(Error::Misuse { what: "the target holds the grid's pixels" });
    }
    Ok(())
}

/// The rows of the sweep into their place in the memory of the whole raster: in place where the device can, else window by window.
pub(crate) fn whole<B: Backend>(
    session: &Session<B>,
    painter: &impl Paint<B>,
    control: Control<'_>,
    pixels: &mut [u8],
    mut phases: Phases,
) -> Result<Phases> {
    let sweep = painter.sweep();
    let (grid, element, bands) = (sweep.grid, painter.dtype().size(), painter.bands());
    let whole = painter.plane(grid.window());
    check_target(&sweep, element * bands, pixels)?;
    let at = |window: Window, row: usize| {
        ((window.row as usize + row) * grid.width as usize + window.col as usize) * element
    };
    if !session.backend().caps().host_memory {
        let mut place = |window: Window, bytes: &[u8]| {
            let row_bytes = window.width as usize * element;
            if window.width == grid.width {
                let planes = pixels.chunks_exact_mut(whole).zip(bytes.chunks_exact(painter.plane(window)));
                planes.for_each(|(plane, painted)| copy(painted, &mut plane[at(window, 0)..][..painted.len()]));
                return Ok(());
            }
            for (plane, painted) in pixels.chunks_exact_mut(whole).zip(bytes.chunks_exact(painter.plane(window))) {
                for (row, line) in painted.chunks_exact(row_bytes).enumerate() {
                    plane[at(window, row)..][..row_bytes].copy_from_slice(line);
                }
            }
            Ok(())
        };
        return windows(session, painter, control, &mut place, phases);
    }
    let (total, windows) = Sweep { window: (grid.width, sweep.window.1), ..sweep }.windows();
    for (done, window) in windows.enumerate() {
        if control.cancel.is_some_and(|cancel| cancel.load(Relaxed)) {
            return Err(Error::Cancelled { done, total });
        }
        let rows = at(window, 0)..at(window, 0) + painter.plane(window);
        let mut planes: Vec<&mut [u8]> = pixels.chunks_exact_mut(whole).map(|plane| &mut plane[rows.clone()]).collect();
        painter.paint_host(session, window, &mut planes, &mut phases)?;
        if let Some(progress) = control.progress {
            progress(done + 1, total);
        }
    }
    Ok(phases)
}

/// Bytes that are worth a thread.
const WORTH_A_THREAD: usize = 4 << 20;

/// Copies bytes, many of them by several threads: one does not use all of memory's bandwidth.
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(from.len() / WORTH_A_THREAD);
    if threads < 2 {
        return to.copy_from_slice(from);
    }
    let share = from.len().div_ceil(threads);
    thread::scope(|scope| {
        for (from, to) in from.chunks(share).zip(to.chunks_mut(share)) {
            scope.spawn(move || to.copy_from_slice(from));
        }
    });
}
