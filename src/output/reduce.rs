//! Overviews of any pixel type, with or without a mask.

use crate::failure::Failure;
use xr::{DataType, Pixel, Scalar, with_pixel};
use xr_geotiff::{Masked, PixelWindow, Pyramid, Resampling, Sample};

/// PixelRows of samples, and of the mask beside them: a byte for each pixel, 0 where it is invalid.
#[derive(Clone, Copy)]
pub struct PixelRows<'a> {
    pub pixels: &'a [u8],
    pub mask: Option<&'a [u8]>,
}

impl<'a> PixelRows<'a> {
    /// The pixels as what they are.
    pub fn samples<T: Pixel>(self) -> Result<&'a [T], xr::Error> {
        let misuse = |_| xr::Error::Misuse { what: "pixels are aligned to their type" };
        bytemuck::try_cast_slice(self.pixels).map_err(misuse)
    }
}

/// Takes rows and hands over what they complete: level, counted from 1, first of the rows, and the rows.
pub trait Reduce {
    /// The pixels whose rows are taken, and those of each level that are handed over.
    fn areas(&self) -> &[PixelWindow];

    fn push(
        &mut self,
        rows: PixelRows<'_>,
        completed: &mut dyn FnMut(usize, u32, PixelRows<'_>),
    ) -> Result<(), Failure>;
}

/// How overviews are made.
#[derive(Clone, Copy)]
pub struct Reduction {
    pub size: (u32, u32),
    pub dtype: DataType,
    pub samples: u16,
    pub nodata: Option<Scalar>,
    pub resampling: Resampling,
    pub halvings: usize,
}

impl Reduction {
    /// Overviews that treat nodata, or pixels that the mask has invalid, as not there. As in GDAL a mask comes before
    /// nodata.
    pub fn start(self, mask: bool) -> Result<Box<dyn Reduce>, Failure> {
        let (width, height) = self.size;
        self.part(PixelWindow { column: 0, row: 0, width, height }, mask)
    }

    /// What the overviews have of a part.
    pub fn part(self, part: PixelWindow, mask: bool) -> Result<Box<dyn Reduce>, Failure> {
        let Self { size, samples, resampling, halvings, .. } = self;
        with_pixel!(self.dtype, T => {
            let nodata = self.nodata.map(|scalar| scalar.get::<T>()).transpose()?;
            if mask {
                let invalid = Masked::invalid(nodata.unwrap_or(T::default()));
                let pyramid = Pyramid::of_part(size, samples, Some(invalid), resampling, halvings, part)?;
                Ok(Box::new(WithMask { pyramid, samples: usize::from(samples) }))
            } else {
                Ok(Box::new(Pyramid::<T>::of_part(size, samples, nodata, resampling, halvings, part)?))
            }
        })
    }
}

impl<T: Sample + Pixel> Reduce for Pyramid<T> {
    fn areas(&self) -> &[PixelWindow] {
        Pyramid::areas(self)
    }

    fn push(
        &mut self,
        rows: PixelRows<'_>,
        completed: &mut dyn FnMut(usize, u32, PixelRows<'_>),
    ) -> Result<(), Failure> {
        let mut completed = |level, first, rows: &[T]| {
            completed(level, first, PixelRows { pixels: bytemuck::cast_slice(rows), mask: None })
        };
        Ok(Pyramid::push(self, rows.samples()?, &mut completed)?)
    }
}

struct WithMask<T> {
    pyramid: Pyramid<Masked<T>>,
    samples: usize,
}

impl<T: Sample + Pixel> Reduce for WithMask<T> {
    fn areas(&self) -> &[PixelWindow] {
        self.pyramid.areas()
    }

    fn push(
        &mut self,
        rows: PixelRows<'_>,
        completed: &mut dyn FnMut(usize, u32, PixelRows<'_>),
    ) -> Result<(), Failure> {
        /// PixelRows that are held as pairs of value and validity at a time.
        const ROWS: usize = 128;
        let Self { pyramid, samples: bands } = self;
        let width = pyramid.areas()[0].width as usize;
        let pixels: &[T] = rows.samples()?;
        let Some(mask) = rows.mask else {
            return Err(xr::Error::Misuse { what: "rows of a masked image come with their mask" }.into());
        };
        let mut masked = Vec::new();
        for (pixels, mask) in pixels.chunks(ROWS * width * *bands).zip(mask.chunks(ROWS * width)) {
            masked.clear();
            let pairs = pixels.chunks(*bands).zip(mask);
            masked
                .extend(pairs.flat_map(|(pixel, &m)| pixel.iter().map(move |&value| Masked { value, valid: m != 0 })));
            pyramid.push(&masked, |level, first, rows| {
                let values: Vec<T> = rows.iter().map(|sample| sample.value).collect();
                let mask: Vec<u8> = rows.iter().step_by(*bands).map(|sample| u8::from(sample.valid)).collect();
                completed(level, first, PixelRows { pixels: bytemuck::cast_slice(&values), mask: Some(&mask) });
            })?;
        }
        Ok(())
    }
}
