//! Windows of a burn.

use super::{Paint, STATUS};
use crate::{
    Burn, DataType, Error, InitialPixels, Lane, Phases, Rasterize, RasterizeJob, Result, STATUS_OVERFLOW, Session,
    Span, Sweep, Window, WindowOutput, engine::timed,
};
use std::cell::RefCell;

/// The burns of a job, one for each band, which differ in their values only.
pub(crate) struct Bands<'a, B: Rasterize> {
    burns: Vec<Burn<'a, B>>,
    initial: Option<&'a dyn InitialPixels>,
    sweep: Sweep,
    /// Initial pixels of a window on their way, kept for the next.
    host: RefCell<Vec<u8>>,
}

impl<'a, B: Rasterize> Bands<'a, B> {
    /// At least one burn.
    pub(crate) fn new(burns: Vec<Burn<'a, B>>, job: &RasterizeJob<'a>) -> Self {
        Self { burns, initial: job.initial, sweep: job.sweep(), host: RefCell::default() }
    }

    /// Reads a window's initial pixels, if there are any, and gives them away.
    fn with_initial(&self, window: Window, take: impl FnOnce(&[u8]) -> Result<()>) -> Result<()> {
        let Some(initial) = self.initial else { return Ok(()) };
        let mut host = self.host.borrow_mut();
        host.resize(self.plane(window) * self.burns.len(), 0);
        initial.window(window, &mut host)?;
        take(&host)
    }
}

impl<B: Rasterize> Paint<B> for Bands<'_, B> {
    fn sweep(&self) -> Sweep {
        self.sweep
    }

    fn dtype(&self) -> DataType {
        self.burns[0].dtype()
    }

    fn bands(&self) -> usize {
        self.burns.len()
    }

    fn statuses(&self) -> usize {
        self.burns.len()
    }

    fn scratch(&self, backend: &B) -> usize {
        backend.scratch(self.sweep.largest())
    }

    fn paint(
        &self,
        session: &Session<B>,
        lane: &Lane<B>,
        window: Window,
        out: &WindowOutput<'_, B>,
        phases: &mut Phases,
    ) -> Result<()> {
        self.with_initial(window, |pixels| session.put(lane, pixels, out.slab, out.pixels))?;
        let plane = self.plane(window);
        for (band, burn) in self.burns.iter().enumerate() {
            let pixels = Span { at: out.pixels.at + plane * band, len: plane };
            let status = Span { at: out.status.at + STATUS * band, len: STATUS };
            let out = WindowOutput { slab: out.slab, pixels, status, scratch: out.scratch };
            timed(&mut phases.rasterize, || session.backend().rasterize(&lane.stream, burn, window, &out))?;
        }
        Ok(())
    }

    fn paint_host(
        &self,
        session: &Session<B>,
        window: Window,
        bands: &mut [&mut [u8]],
        phases: &mut Phases,
    ) -> Result<()> {
        self.with_initial(window, |pixels| {
            let planes = pixels.chunks_exact(self.plane(window));
            planes.zip(&mut *bands).for_each(|(initial, band)| band.copy_from_slice(initial));
            Ok(())
        })?;
        for (band, burn) in bands.iter_mut().zip(&self.burns) {
            let status = timed(&mut phases.rasterize, || session.backend().rasterize_host(burn, window, band))?;
            self.check_status(window, status)?;
        }
        Ok(())
    }

    fn check_status(&self, window: Window, status: u64) -> Result<()> {
        if status & STATUS_OVERFLOW == 0 {
            return Ok(());
        }
        Err(Error::Overflow { merge: self.burns[0].rule.merge.name(), dtype: self.dtype(), window })
    }
}
