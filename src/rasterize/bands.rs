//! Bands burned one after the other ↔ samples side by side.

/// The samples of pixels, as bytes.
#[derive(Clone, Copy)]
pub struct Samples {
    /// Samples of a pixel.
    pub count: usize,
    /// Bytes of a sample: 1, 2, 4 or 8.
    pub size: usize,
}

impl Samples {
    /// Copies a band into a plane of its own.
    pub fn take(self, pixels: &[u8], band: usize, plane: &mut [u8]) {
        match self.size {
            1 => take::<1>(pixels, band, self.count, plane),
            2 => take::<2>(pixels, band, self.count, plane),
            4 => take::<4>(pixels, band, self.count, plane),
            _ => take::<8>(pixels, band, self.count, plane),
        }
    }

    /// Copies a plane into a band.
    pub fn put(self, pixels: &mut [u8], band: usize, plane: &[u8]) {
        match self.size {
            1 => put::<1>(pixels, band, self.count, plane),
            2 => put::<2>(pixels, band, self.count, plane),
            4 => put::<4>(pixels, band, self.count, plane),
            _ => put::<8>(pixels, band, self.count, plane),
        }
    }

    /// Puts a value of one sample into a band where the plane is not 0.
    pub fn put_where(self, pixels: &mut [u8], band: usize, value: &[u8], plane: &[u8]) {
        let samples = pixels.chunks_exact_mut(self.size).skip(band).step_by(self.count);
        for (sample, _) in samples.zip(plane.chunks_exact(self.size)).filter(|(_, pixel)| is_set(pixel)) {
            sample.copy_from_slice(value);
        }
    }
}

/// Whether a pixel is not 0.
pub fn is_set(pixel: &[u8]) -> bool {
    pixel.iter().any(|&byte| byte != 0)
}

fn take<const N: usize>(pixels: &[u8], band: usize, count: usize, plane: &mut [u8]) {
    let (pixels, plane) = (pixels.as_chunks::<N>().0, plane.as_chunks_mut::<N>().0);
    plane.iter_mut().zip(pixels.iter().skip(band).step_by(count)).for_each(|(to, from)| *to = *from);
}

fn put<const N: usize>(pixels: &mut [u8], band: usize, count: usize, plane: &[u8]) {
    let (pixels, plane) = (pixels.as_chunks_mut::<N>().0, plane.as_chunks::<N>().0);
    pixels.iter_mut().skip(band).step_by(count).zip(plane).for_each(|(to, from)| *to = *from);
}
