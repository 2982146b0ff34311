//! An image of a file, some whole rows at a time, with its mask.

use crate::{failure::Failure, interrupt};
use std::sync::{atomic::Ordering::Relaxed, mpsc};
use xr::{DataType, Engine, EngineDecoder, Number, Scalar};
use xr_geotiff::{Directory, Interleave, PixelWindow, Reader, SampleType, WindowRequest};

/// A part of an image, cut into windows of whole rows.
#[derive(Clone, Copy)]
pub struct ImageRows<'a> {
    pub reader: &'a Reader,
    /// Number of the image's directory.
    pub image: usize,
    /// Number of its mask's directory.
    pub mask: Option<usize>,
    pub area: PixelWindow,
    /// Rows of a window.
    pub height: u32,
    /// Bytes that tiles may take while they are read.
    pub memory: u64,
}

/// Pixels of a window, bands side by side, and its mask, a byte for each pixel that is 0 where it is invalid.
pub struct WindowRows {
    pub pixels: Vec<u8>,
    pub mask: Option<Vec<u8>>,
}

impl ImageRows<'_> {
    /// The windows from top to bottom, in pixels of the image.
    pub fn windows(&self) -> impl ExactSizeIterator<Item = PixelWindow> + use<> {
        let (area, height) = (self.area, self.height);
        (0..area.height.div_ceil(height)).map(move |n| {
            let row = n * height;
            PixelWindow { row: area.row + row, height: height.min(area.height - row), ..area }
        })
    }

    pub fn read(&self, window: PixelWindow, engine: &mut dyn Engine) -> Result<WindowRows, Failure> {
        let mut decoder = EngineDecoder(engine);
        let mut read = |image| {
            let request =
                WindowRequest { image, window, bands: None, interleave: Interleave::Pixel, memory: self.memory };
            self.reader.read_window(&request, &mut decoder)
        };
        Ok(WindowRows {
            pixels: read(self.image)?.bytes,
            mask: self.mask.map(|mask| read(mask).map(|mask| mask.bytes)).transpose()?,
        })
    }
}

impl ImageRows<'_> {
    /// Hands all windows to `take` in turn; a thread of its own reads one ahead.
    pub fn each(
        &self,
        engine: &mut dyn Engine,
        mut take: impl FnMut(WindowRows) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        std::thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(0);
            scope.spawn(move || {
                for window in self.windows() {
                    let read = self.read(window, engine);
                    let failed = read.is_err();
                    // Nobody takes it when `take` has failed.
                    if sender.send(read).is_err() || failed {
                        return;
                    }
                }
            });
            receiver.into_iter().try_for_each(|read| {
                if interrupt::flag().load(Relaxed) {
                    return Err(Failure::Interrupted);
                }
                take(read?)
            })
        })
    }
}

/// Number of the mask of an image, if its pixels are bits or bytes.
pub fn mask_of(reader: &Reader, image: usize) -> Result<Option<usize>, Failure> {
    let Some(mask) = reader.mask(image) else { return Ok(None) };
    let is_byte = reader.directory(mask)?.pixel_type()? == SampleType::U8;
    Ok(is_byte.then_some(mask))
}

/// The nodata value as a pixel, if the type can hold it.
pub fn nodata(image: &Directory, dtype: DataType) -> Option<Scalar> {
    let number: Number = image.nodata()?.trim().parse().ok()?;
    Scalar::new(dtype, number).ok()
}
