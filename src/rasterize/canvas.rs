//! What burned bands go into: the pixels of an existing raster, or new ones.

use super::{
    bands::{Samples, is_set},
    update::Update,
};
use crate::{failure::Failure, rows::WindowRows};
use std::sync::{Mutex, MutexGuard, PoisonError};
use xr::{DataType, Engine, Error, Scalar, Window};
use xr_geotiff::PixelWindow;

pub struct Canvas<'a> {
    /// Those of the image.
    samples: Samples,
    /// Those that are burned, in the order of their planes.
    bands: Vec<usize>,
    /// The value that goes where the only plane is not 0.
    selected: Option<Scalar>,
    source: Option<Source<'a>>,
}

struct Source<'a> {
    update: &'a Update,
    memory: u64,
    decoder: Mutex<&'a mut dyn Engine>,
    /// Windows that were read, and not yet burned.
    waiting: Mutex<Vec<(Window, WindowRows)>>,
}

impl<'a> Canvas<'a> {
    /// Of new pixels of as many bands as are burned.
    pub fn blank(bands: usize, dtype: DataType) -> Self {
        let samples = Samples { count: bands, size: dtype.size() };
        Self { samples, bands: (0..bands).collect(), selected: None, source: None }
    }

    /// Of the pixels of a raster, whose tiles take `memory` bytes while they are read.
    pub fn of(update: &'a Update, memory: u64, decoder: &'a mut dyn Engine, selected: Option<Scalar>) -> Self {
        let source = Source { update, memory, decoder: Mutex::new(decoder), waiting: Mutex::default() };
        let samples = Samples { count: update.samples.into(), size: update.dtype.size() };
        Self { samples, bands: update.bands.clone(), selected, source: Some(source) }
    }

    /// Whether a window's only plane is all there is to its pixels.
    pub fn is_plain(&self) -> bool {
        let has_mask = self.source.as_ref().is_some_and(|source| source.update.has_mask());
        self.samples.count == 1 && !has_mask && self.selected.is_none()
    }

    /// The planes of a window as they are before the burn; that of the mask, the last, is 0.
    pub fn initial(&self, window: Window, planes: &mut [u8]) -> xr::Result<()> {
        let Some(source) = &self.source else { return Ok(()) };
        let rows = source.read(window).map_err(|failure| Error::Sink(Box::new(failure)))?;
        if self.is_plain() {
            planes.copy_from_slice(&rows.pixels);
            return Ok(());
        }
        let plane = window.pixels() * self.samples.size;
        planes.fill(0);
        for (&band, plane) in self.bands.iter().zip(planes.chunks_exact_mut(plane)) {
            self.samples.take(&rows.pixels, band, plane);
        }
        source.waiting().push((window, rows));
        Ok(())
    }

    /// Forgets windows that were read and will not be burned, for a job that starts again.
    pub fn restart(&self) {
        if let Some(source) = &self.source {
            source.waiting().clear();
        }
    }

    /// The rows of a window whose planes are burned; `None` if the planes are those.
    pub fn finish(&self, window: Window, planes: &[u8]) -> Result<Option<WindowRows>, Failure> {
        if self.is_plain() {
            return Ok(None);
        }
        self.rows(window, planes).map(Some)
    }

    fn rows(&self, window: Window, planes: &[u8]) -> Result<WindowRows, Failure> {
        let plane = window.pixels() * self.samples.size;
        let mut rows = match &self.source {
            None => WindowRows { pixels: vec![0; plane * self.samples.count], mask: None },
            Some(source) => {
                let mut waiting = source.waiting();
                let read = waiting.iter().position(|(of, _)| *of == window).map(|n| waiting.swap_remove(n).1);
                drop(waiting);
                read.map_or_else(|| source.read(window), Ok)?
            }
        };
        let Some(value) = &self.selected else {
            for (&band, plane) in self.bands.iter().zip(planes.chunks_exact(plane)) {
                self.samples.put(&mut rows.pixels, band, plane);
            }
            if let Some(mask) = &mut rows.mask {
                self.validate(mask, &planes[self.bands.len() * plane..]);
            }
            return Ok(rows);
        };
        for &band in &self.bands {
            self.samples.put_where(&mut rows.pixels, band, value.bytes(), planes);
        }
        if let Some(mask) = &mut rows.mask {
            self.validate(mask, planes);
        }
        Ok(rows)
    }

    /// Has pixels valid where the plane is not 0.
    fn validate(&self, mask: &mut [u8], plane: &[u8]) {
        mask.iter_mut()
            .zip(plane.chunks_exact(self.samples.size))
            .for_each(|(valid, pixel)| *valid |= u8::from(is_set(pixel)));
    }
}

impl Source<'_> {
    fn waiting(&self) -> MutexGuard<'_, Vec<(Window, WindowRows)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, window: Window) -> Result<WindowRows, Failure> {
        let Window { col: column, row, width, height } = window;
        let rows = self.update.rows(self.memory);
        rows.read(
            PixelWindow { column, row, width, height },
            &mut **self.decoder.lock().unwrap_or_else(PoisonError::into_inner),
        )
    }
}
