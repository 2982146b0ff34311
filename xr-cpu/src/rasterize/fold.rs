//! Span writers, one per merge and pixel type: no branch on the merge is taken per pixel.

use std::ops::Range;
use xr_core::{Base, Merge, Pixel, STATUS_OVERFLOW, Sum as _};

/// Folds spans of features, in order, into a band of pixels of type `T`; `V` is what a feature contributes.
pub(super) trait Fold<T, V = T>: Send {
    /// Whether features with a NaN value are passed over.
    const IGNORES_NAN: bool;

    /// Begins a band of rows of `width` pixels, which hold what `base` says or nothing yet.
    fn start(&mut self, width: usize, fill: T, base: Base, pixels: &mut [T]);
    /// Begins a feature of a band.
    fn feature(&mut self, _feature: u32, _value: T) {}
    /// Merges `value` into the columns of a row.
    fn add(&mut self, row: usize, columns: Range<usize>, value: V, pixels: &mut [T]);
    /// Writes what is not yet in `pixels`; returns a status word.
    fn finish(&mut self, fill: T, pixels: &mut [T]) -> u64;
}

/// Each pixel once, by the first feature that comes to it: later features find it painted.
pub(super) struct Paint {
    width: usize,
    words: usize,
    /// A bit for each pixel that is done with.
    painted: Vec<u64>,
    /// Whether pixels that are there before the first feature come before it.
    resumes: bool,
}

impl Paint {
    pub(super) fn new(merge: Merge<'_>) -> Self {
        Self { width: 0, words: 0, painted: Vec::new(), resumes: merge == Merge::First }
    }
}

impl<T: Pixel> Fold<T> for Paint {
    const IGNORES_NAN: bool = false;

    fn start(&mut self, width: usize, fill: T, base: Base, pixels: &mut [T]) {
        self.width = width;
        self.words = width.div_ceil(64);
        self.painted.clear();
        self.painted.resize(pixels.len() / width * self.words, 0);
        if base == Base::Fill {
            // All of it in order, though most will be painted over: memory likes that better than the holes that are left.
            pixels.fill(fill);
        } else if self.resumes {
            for (row, painted) in pixels.chunks_exact(width).zip(self.painted.chunks_exact_mut(self.words)) {
                for (row, word) in row.chunks(64).zip(painted) {
                    let there = |&pixel: &T| u64::from(!base.is_empty(pixel, fill));
                    *word = row.iter().rev().fold(0, |bits, pixel| bits << 1 | there(pixel));
                }
            }
        }
    }

    #[inline]
    fn add(&mut self, row: usize, columns: Range<usize>, value: T, pixels: &mut [T]) {
        let row_pixels = &mut pixels[row * self.width..][..self.width];
        let painted = &mut self.painted[row * self.words..][..self.words];
        let (first, last) = (columns.start / 64, (columns.end - 1) / 64);
        let (from, to) = (u64::MAX << (columns.start % 64), u64::MAX >> (63 - (columns.end - 1) % 64));
        let mut paint = |at: usize, bits: u64| {
            let new = bits & !painted[at];
            painted[at] |= new;
            runs(new, |run| set(&mut row_pixels[at * 64..][run], value));
        };
        if first == last {
            return paint(first, from & to);
        }
        paint(first, from);
        (first + 1..last).for_each(|at| paint(at, u64::MAX));
        paint(last, to);
    }

    fn finish(&mut self, _: T, _: &mut [T]) -> u64 {
        0
    }
}

/// Fills pixels. Short spans have any length: the last few pixels are written once more rather than one by one.
#[inline]
fn set<T: Pixel>(pixels: &mut [T], value: T) {
    const FEW: usize = 8;
    if let Ok(word) = <&mut [T; 64]>::try_from(&mut *pixels) {
        *word = [value; 64];
    } else if let Some(last) = pixels.last_chunk_mut::<FEW>() {
        *last = [value; FEW];
        pixels.as_chunks_mut::<FEW>().0.fill([value; FEW]);
    } else {
        pixels.iter_mut().for_each(|pixel| *pixel = value);
    }
}

/// Calls `each` with every run of set bits.
#[inline]
fn runs(mut bits: u64, mut each: impl FnMut(Range<usize>)) {
    while bits != 0 {
        let start = bits.trailing_zeros();
        let len = (!(bits >> start)).trailing_zeros();
        each(start as usize..(start + len) as usize);
        bits &= u64::MAX.checked_shl(start + len).unwrap_or(0);
    }
}

/// A merge that accumulates contributions of type `V`.
pub(super) trait Operation<T, V: From<T> = T>: Send {
    const IGNORES_NAN: bool;
    type Accumulator: Copy + Send;
    /// What the first value is folded into.
    const IDENTITY: Self::Accumulator;
    /// One more value, and whether the accumulator wrapped.
    fn step(acc: Self::Accumulator, value: V) -> (Self::Accumulator, bool);
    /// Whether all contributions together are nothing, so that the pixel is filled.
    fn is_void(_: Self::Accumulator) -> bool {
        false
    }
    /// The pixel; `None` if it does not fit.
    fn done(acc: Self::Accumulator) -> Option<T>;
    /// What a pixel of the raster that is burned into starts from.
    fn resume(pixel: T) -> Self::Accumulator {
        Self::step(Self::IDENTITY, pixel.into()).0
    }
}

/// Accumulators of a band, and a bit for each pixel that was touched.
pub(super) struct Accumulate<T: Pixel, O: Operation<T, V>, V: From<T> = T> {
    width: usize,
    words: usize,
    touched: Vec<u64>,
    accumulators: Vec<O::Accumulator>,
    base: Base,
    wrapped: bool,
}

impl<T: Pixel, V: Copy + From<T>, O: Operation<T, V>> Accumulate<T, O, V> {
    pub(super) fn new() -> Self {
        Self { width: 0, words: 0, touched: Vec::new(), accumulators: Vec::new(), base: Base::Fill, wrapped: false }
    }
}

impl<T: Pixel, V: Copy + From<T>, O: Operation<T, V>> Fold<T, V> for Accumulate<T, O, V> {
    const IGNORES_NAN: bool = O::IGNORES_NAN;

    fn start(&mut self, width: usize, fill: T, base: Base, pixels: &mut [T]) {
        self.width = width;
        self.base = base;
        self.words = width.div_ceil(64);
        self.wrapped = false;
        self.touched.clear();
        self.touched.resize(pixels.len() / width * self.words, 0);
        self.accumulators.clear();
        if base == Base::Fill {
            self.accumulators.resize(pixels.len(), O::IDENTITY);
            return;
        }
        let is_empty = |pixel: T| pixel.is_nan() || base.is_empty(pixel, fill);
        let resume = |&pixel: &T| if is_empty(pixel) { O::IDENTITY } else { O::resume(pixel) };
        self.accumulators.extend(pixels.iter().map(resume));
    }

    fn add(&mut self, row: usize, columns: Range<usize>, value: V, _: &mut [T]) {
        set_bits(&mut self.touched[row * self.words..][..self.words], columns.clone());
        let mut wrapped = false;
        for acc in &mut self.accumulators[row * self.width..][columns] {
            let (next, over) = O::step(*acc, value);
            *acc = next;
            wrapped |= over;
        }
        self.wrapped |= wrapped;
    }

    fn finish(&mut self, fill: T, pixels: &mut [T]) -> u64 {
        let (mut fits, keeps) = (!self.wrapped, self.base != Base::Fill);
        let mut done = |acc: O::Accumulator| {
            if O::is_void(acc) {
                return fill;
            }
            O::done(acc).unwrap_or_else(|| {
                fits = false;
                fill
            })
        };
        let rows = pixels.chunks_exact_mut(self.width).zip(self.accumulators.chunks_exact(self.width));
        for ((row, accumulators), touched) in rows.zip(self.touched.chunks_exact(self.words)) {
            for ((row, accumulators), &bits) in row.chunks_mut(64).zip(accumulators.chunks(64)).zip(touched) {
                match bits {
                    0 if keeps => {}
                    0 => row.fill(fill),
                    u64::MAX => row.iter_mut().zip(accumulators).for_each(|(pixel, &acc)| *pixel = done(acc)),
                    _ => {
                        for (n, (pixel, &acc)) in row.iter_mut().zip(accumulators).enumerate() {
                            let untouched = if keeps { *pixel } else { fill };
                            *pixel = if bits >> n & 1 == 1 { done(acc) } else { untouched };
                        }
                    }
                }
            }
        }
        if fits { 0 } else { STATUS_OVERFLOW }
    }
}

/// Sets the bits of a range that is not empty.
pub(super) fn set_bits(words: &mut [u64], range: Range<usize>) {
    let (first, last) = (range.start / 64, (range.end - 1) / 64);
    let from = u64::MAX << (range.start % 64);
    let to = u64::MAX >> (63 - (range.end - 1) % 64);
    if first == last {
        words[first] |= from & to;
    } else {
        words[first] |= from;
        words[first + 1..last].fill(u64::MAX);
        words[last] |= to;
    }
}

pub(super) struct Min;
impl<T: Pixel> Operation<T> for Min {
    const IGNORES_NAN: bool = true;
    type Accumulator = T;
    const IDENTITY: T = T::HIGHEST;

    fn step(acc: T, value: T) -> (T, bool) {
        (if value < acc { value } else { acc }, false)
    }
    fn done(acc: T) -> Option<T> {
        Some(acc)
    }
}

pub(super) struct Max;
impl<T: Pixel> Operation<T> for Max {
    const IGNORES_NAN: bool = true;
    type Accumulator = T;
    const IDENTITY: T = T::LOWEST;

    fn step(acc: T, value: T) -> (T, bool) {
        (if value > acc { value } else { acc }, false)
    }
    fn done(acc: T) -> Option<T> {
        Some(acc)
    }
}

pub(super) struct Sum;
impl<T: Pixel> Operation<T> for Sum {
    const IGNORES_NAN: bool = true;
    type Accumulator = T::Sum;
    const IDENTITY: T::Sum = T::Sum::ZERO;

    fn step(acc: T::Sum, value: T) -> (T::Sum, bool) {
        acc.add(value.widen())
    }
    fn done(acc: T::Sum) -> Option<T> {
        T::narrow(acc)
    }
}

pub(super) struct Count;
impl<T: Pixel> Operation<T> for Count {
    const IGNORES_NAN: bool = false;
    type Accumulator = u32;
    const IDENTITY: u32 = 0;

    fn step(acc: u32, _: T) -> (u32, bool) {
        (acc + 1, false) // features have 32-bit indices
    }
    fn done(acc: u32) -> Option<T> {
        T::from_integer(acc.into())
    }
}

/// Counts on from pixels that are counts.
pub(super) struct CountOn;
impl<T: Pixel> Operation<T> for CountOn {
    const IGNORES_NAN: bool = false;
    type Accumulator = T::Sum;
    const IDENTITY: T::Sum = T::Sum::ZERO;

    fn step(acc: T::Sum, _: T) -> (T::Sum, bool) {
        T::from_integer(1).map_or((acc, false), |one| acc.add(one.widen()))
    }
    fn done(acc: T::Sum) -> Option<T> {
        T::narrow(acc)
    }
    fn resume(pixel: T) -> T::Sum {
        pixel.widen()
    }
}

pub(super) struct Mean;
impl<T: Pixel> Operation<T> for Mean {
    const IGNORES_NAN: bool = true;
    type Accumulator = (T::Sum, u32);
    const IDENTITY: (T::Sum, u32) = (T::Sum::ZERO, 0);

    fn step((sum, n): (T::Sum, u32), value: T) -> ((T::Sum, u32), bool) {
        let (sum, wrapped) = sum.add(value.widen());
        ((sum, n + 1), wrapped)
    }
    fn done((sum, n): (T::Sum, u32)) -> Option<T> {
        Some(T::mean(sum, n))
    }
}

#[cfg(test)]
mod tests {
    use super::{runs, set_bits};

    #[test]
    fn runs_of_bits_are_found_to_the_end_of_a_word() {
        let found = |bits| {
            let mut found = Vec::new();
            runs(bits, |run| found.push((run.start, run.end)));
            found
        };
        assert_eq!(found(0), []);
        assert_eq!(found(u64::MAX), [(0, 64)]);
        assert_eq!(found(0b1011 | 1 << 63), [(0, 2), (3, 4), (63, 64)]);
    }

    #[test]
    fn bits_are_set_across_words() {
        let mut words = [0; 4];
        set_bits(&mut words, 62..194);
        assert_eq!(words, [3 << 62, u64::MAX, u64::MAX, 3]);
        set_bits(&mut words, 0..1);
        assert_eq!(words[0], 3 << 62 | 1);
    }
}
