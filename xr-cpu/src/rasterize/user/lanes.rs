//! The types that lanes have, and which of them a pixel type takes.

use super::registers::{Load, Op, Registers, Slot, Step};
use super::{Kernel, Machine, Plan};
use xr_core::{Pixel, expr::Type};

/// Lanes of integers.
pub(super) trait Integer: Copy + PartialOrd + Default + Send {
    /// A constant that fits.
    fn constant(value: i128) -> Self;
    /// The entry of a property table of this type, or a count.
    fn from_word(word: u64) -> Self;
    /// The nearest float.
    fn to_float(self) -> f64;
    /// The sum, and whether it wrapped.
    fn add(self, other: Self) -> (Self, bool);
    /// The difference, and whether it wrapped.
    fn subtract(self, other: Self) -> (Self, bool);
    /// The product, and whether it wrapped.
    fn multiply(self, other: Self) -> (Self, bool);
    /// The remainder, and whether `other` is 0.
    fn remainder(self, other: Self) -> (Self, bool);
    /// The absolute value, and whether it wrapped.
    fn absolute(self) -> (Self, bool);
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl Integer for $t {
            fn constant(value: i128) -> Self {
                value as $t
            }
            fn from_word(word: u64) -> Self {
                word as $t
            }
            fn to_float(self) -> f64 {
                self as f64
            }
            fn add(self, other: Self) -> (Self, bool) {
                self.overflowing_add(other)
            }
            fn subtract(self, other: Self) -> (Self, bool) {
                self.overflowing_sub(other)
            }
            fn multiply(self, other: Self) -> (Self, bool) {
                self.overflowing_mul(other)
            }
            fn remainder(self, other: Self) -> (Self, bool) {
                if other == 0 { (0, true) } else { (self.wrapping_rem(other), false) }
            }
            #[allow(unused_comparisons, reason = "the macro is for unsigned types too")]
            fn absolute(self) -> (Self, bool) {
                if self < 0 { <$t>::overflowing_sub(0, self) } else { (self, false) }
            }
        }
    )*};
}
integers! { u8 i8 u16 i16 u32 i32 u64 i64 }

/// Lanes of floats.
pub(super) trait Float: Copy + PartialOrd + Default + Send {
    /// Rounds to this type.
    fn of(value: f64) -> Self;
    /// Exact.
    fn get(self) -> f64;
}

impl Float for f64 {
    fn of(value: f64) -> Self {
        value
    }
    fn get(self) -> f64 {
        self
    }
}

impl Float for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }
    fn get(self) -> f64 {
        self.into()
    }
}

/// A pixel type with its machines.
pub(in crate::rasterize) trait UserPixel: Pixel {
    /// The machine for a plan: with lanes of the pixel's own type where that computes the same.
    fn kernel<'a>(plan: &'a Plan<'_, Self>) -> Box<dyn Kernel<Self> + 'a>;
}

macro_rules! integer_pixels {
    ($($pixel:ty, $wide:ty;)*) => {$(
        impl UserPixel for $pixel {
            fn kernel<'a>(plan: &'a Plan<'_, Self>) -> Box<dyn Kernel<Self> + 'a> {
                let holds = |op: &Op| matches!(op, Op::Integer(value) if <$pixel>::try_from(*value).is_ok());
                if plan.program.only_chooses(holds) {
                    Box::new(Machine::<$pixel, f64>::new(plan))
                } else {
                    Box::new(Machine::<$wide, f64>::new(plan))
                }
            }
        }
    )*};
}
integer_pixels! { u8, i64; i8, i64; u16, i64; i16, i64; u32, i64; i32, i64; u64, u64; i64, i64; }

impl UserPixel for f32 {
    fn kernel<'a>(plan: &'a Plan<'_, Self>) -> Box<dyn Kernel<Self> + 'a> {
        let holds = |op: &Op| matches!(op, Op::Float(value) if f64::from(*value as f32) == *value);
        if plan.program.only_chooses(holds) {
            Box::new(Machine::<i64, f32>::new(plan))
        } else {
            Box::new(Machine::<i64, f64>::new(plan))
        }
    }
}

impl UserPixel for f64 {
    fn kernel<'a>(plan: &'a Plan<'_, Self>) -> Box<dyn Kernel<Self> + 'a> {
        Box::new(Machine::<i64, f64>::new(plan))
    }
}

macro_rules! load_integers {
    ($($pixel:ty, $lane:ty;)*) => {$(
        impl Load<$pixel> for Registers<$lane, f64> {
            fn load(&mut self, to: Slot, pixels: &[$pixel]) {
                let lanes = self.integers[to.at as usize].iter_mut();
                lanes.zip(pixels).for_each(|(lane, &pixel)| *lane = pixel.into());
            }

            fn always_fits(from: Slot) -> bool {
                from.of == Type::Integer && size_of::<$pixel>() == size_of::<$lane>()
            }

            fn merge_in_place(&self, step: &Step, acc: Slot, pixels: &mut [$pixel]) -> bool {
                <Self as Load<$pixel>>::always_fits(step.to)
                    && self.merge_integers(step, acc.at, bytemuck::cast_slice_mut(pixels))
            }

            fn store(&mut self, from: Slot, pixels: &mut [$pixel]) {
                let mut fits = true;
                if from.of == Type::Integer {
                    for (pixel, &lane) in pixels.iter_mut().zip(&self.integers[from.at as usize]) {
                        *pixel = lane as $pixel;
                        fits &= <$lane>::from(*pixel) == lane;
                    }
                } else {
                    for (pixel, &lane) in pixels.iter_mut().zip(&self.floats[from.at as usize]) {
                        *pixel = lane as $pixel;
                        fits &= <$pixel>::from_float(lane).is_some();
                    }
                }
                self.failed |= !fits;
            }
        }
    )*};
}
load_integers! {
    u8, i64; i8, i64; u16, i64; i16, i64; u32, i64; i32, i64; u64, u64; i64, i64;
    u8, u8; i8, i8; u16, u16; i16, i16; u32, u32; i32, i32;
}

macro_rules! load_floats {
    ($($pixel:ty, $lane:ty;)*) => {$(
        impl Load<$pixel> for Registers<i64, $lane> {
            fn load(&mut self, to: Slot, pixels: &[$pixel]) {
                let lanes = self.floats[to.at as usize].iter_mut();
                lanes.zip(pixels).for_each(|(lane, &pixel)| *lane = pixel.into());
            }

            fn always_fits(_: Slot) -> bool {
                size_of::<$pixel>() == size_of::<$lane>()
            }

            fn merge_in_place(&self, step: &Step, acc: Slot, pixels: &mut [$pixel]) -> bool {
                <Self as Load<$pixel>>::always_fits(step.to)
                    && self.merge_floats(step, acc.at, bytemuck::cast_slice_mut(pixels))
            }

            fn store(&mut self, from: Slot, pixels: &mut [$pixel]) {
                let mut fits = true;
                for (pixel, &lane) in pixels.iter_mut().zip(&self.floats[from.at as usize]) {
                    *pixel = lane as $pixel;
                    fits &= <Self as Load<$pixel>>::always_fits(from) || pixel.is_finite() || !lane.is_finite();
                }
                self.failed |= !fits;
            }
        }
    )*};
}
load_floats! { f32, f64; f64, f64; f32, f32; }
