//! What features burn, in the raster's type.

use crate::{DataType, Error, Number, Pixel, Result, Scalar, with_pixel};

/// One value per feature, already of the output's type: 64-bit integers take no detour through f64.
#[derive(Clone, Debug)]
pub struct ValueTable {
    dtype: DataType,
    /// 64-bit words, so that a view of any pixel type is aligned.
    words: Vec<u64>,
    len: usize,
}

impl ValueTable {
    /// Converts numbers, one per feature.
    ///
    /// # Errors
    /// [`Error::FeatureValue`] names the first feature whose number does not fit.
    pub fn new(dtype: DataType, numbers: impl ExactSizeIterator<Item = Number>) -> Result<Self> {
        with_pixel!(dtype, T => {
            let mut table = Self::zeroed::<T>(numbers.len());
            for (feature, (slot, number)) in table.view_mut::<T>().iter_mut().zip(numbers).enumerate() {
                *slot = number.to().map_err(|_| Error::FeatureValue { feature, value: number.to_string(), dtype })?;
            }
            Ok(table)
        })
    }

    /// The same value for `len` features.
    pub fn uniform<T: Pixel>(value: T, len: usize) -> Self {
        let mut table = Self::zeroed::<T>(len);
        table.view_mut().fill(value);
        table
    }

    /// The same value for `len` features, of a type known at run time.
    pub fn uniform_scalar(value: Scalar, len: usize) -> Result<Self> {
        with_pixel!(value.dtype(), T => Ok(Self::uniform(value.get::<T>()?, len)))
    }

    /// Values as they are.
    pub fn from_pixels<T: Pixel>(pixels: &[T]) -> Self {
        let mut table = Self::zeroed::<T>(pixels.len());
        table.view_mut().copy_from_slice(pixels);
        table
    }

    fn zeroed<T: Pixel>(len: usize) -> Self {
        Self { dtype: T::DATA_TYPE, words: vec![0; (len * size_of::<T>()).div_ceil(8)], len }
    }

    fn view_mut<T: Pixel>(&mut self) -> &mut [T] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }

    /// Type of the values.
    pub fn dtype(&self) -> DataType {
        self.dtype
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no features.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All values in native byte order.
    pub fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len * self.dtype.size()]
    }
}
