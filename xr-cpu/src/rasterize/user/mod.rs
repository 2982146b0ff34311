//! User merges: a typed tree becomes a program of steps on chunks of lanes, so that no tree is walked for a pixel.

mod lanes;
mod program;
mod registers;

use super::fold::{Fold, set_bits};
use lanes::UserPixel;
use program::Program;
use registers::{LANES, Load, Registers, Step};
use std::ops::Range;
use xr_core::{Base, Error, Pixel, Result, STATUS_OVERFLOW, expr::UserMerge};

/// A user merge made ready for a window; every thread has a [`User`] of its own.
pub(super) struct Plan<'a, T> {
    program: Program,
    /// The words of each table, one per feature.
    properties: Vec<&'a [u64]>,
    init: Option<T>,
}

impl<'a, T: UserPixel> Plan<'a, T> {
    pub(super) fn new(merge: &'a UserMerge, properties: &[&'a [u8]]) -> Result<Self> {
        let misaligned = |_| Error::Misuse { what: "property tables are aligned to their type" };
        let words = |table: &&'a [u8]| bytemuck::try_cast_slice(table).map_err(misaligned);
        let properties: Result<_> = properties.iter().map(words).collect();
        let properties: Vec<&[u64]> = properties?;
        if properties.len() != merge.properties().len() || merge.pixels() != T::DATA_TYPE {
            return Err(Error::Misuse { what: "a user merge has its properties and its type of pixels" });
        }
        let init = merge.init().map(|init| init.get::<T>()).transpose()?;
        Ok(Self { program: Program::new(merge.body()), properties, init })
    }

    pub(super) fn fold(&self) -> User<'_, T> {
        User {
            kernel: T::kernel(self),
            init: self.init,
            value: T::default(),
            width: 0,
            words: 0,
            touched: Vec::new(),
            counts: Vec::new(),
            counting: self.program.count.is_some(),
        }
    }
}

/// A program with its registers.
pub(super) trait Kernel<T>: Send {
    /// Computes what is the same for all pixels of a feature.
    fn feature(&mut self, feature: usize, value: T);
    /// Merges the feature into pixels.
    fn merge(&mut self, pixels: &mut [T], counts: &[u32]);
    /// Whether merging any pixels could fail.
    fn can_fail(&self) -> bool;
    /// Whether anything failed since the last time it was asked.
    fn failed(&mut self) -> bool;
}

/// Folds straight into the raster, with a bit for each pixel that was touched.
pub(super) struct User<'a, T> {
    kernel: Box<dyn Kernel<T> + 'a>,
    init: Option<T>,
    value: T,
    width: usize,
    words: usize,
    touched: Vec<u64>,
    /// Features at each pixel of the band, if the program asks.
    counts: Vec<u32>,
    counting: bool,
}

impl<T: Pixel> Fold<T> for User<'_, T> {
    const IGNORES_NAN: bool = true;

    fn start(&mut self, width: usize, fill: T, _: Base, pixels: &mut [T]) {
        pixels.fill(fill);
        self.width = width;
        self.words = width.div_ceil(64);
        self.touched.clear();
        self.touched.resize(pixels.len() / width * self.words, 0);
        self.counts.clear();
        self.counts.resize(if self.counting { pixels.len() } else { 0 }, 0);
    }

    fn feature(&mut self, feature: u32, value: T) {
        self.value = value;
        self.kernel.feature(feature as usize, value);
    }

    fn add(&mut self, row: usize, columns: Range<usize>, _: T, pixels: &mut [T]) {
        let touched = &mut self.touched[row * self.words..][..self.words];
        let range = row * self.width + columns.start..row * self.width + columns.end;
        let pixels = &mut pixels[range.clone()];
        let counts: &mut [u32] = if self.counting { &mut self.counts[range] } else { &mut [] };
        counts.iter_mut().for_each(|count| *count += 1); // features have 32-bit indices
        let (value, init) = (self.value, self.init);
        match (init, run(touched, columns.clone())) {
            (None, (false, end)) if end == columns.end => pixels.fill(value),
            (_, (true, end)) if end == columns.end => return self.kernel.merge(pixels, counts),
            (Some(init), _) => {
                fresh(touched, &columns, |run| pixels[run].fill(init));
                self.kernel.merge(pixels, counts);
            }
            // One long chunk is worth more than what is done in vain.
            (None, _) if !self.kernel.can_fail() => {
                self.kernel.merge(pixels, counts);
                fresh(touched, &columns, |run| pixels[run].fill(value));
            }
            (None, _) => {
                let mut from = 0;
                let mut merge = |run: Range<usize>| {
                    let counts = if counts.is_empty() { &[][..] } else { &counts[run.clone()] };
                    self.kernel.merge(&mut pixels[run], counts);
                };
                fresh(touched, &columns, |run| {
                    merge(from..run.start);
                    from = run.end;
                });
                merge(from..columns.len());
                fresh(touched, &columns, |run| pixels[run].fill(value));
            }
        }
        set_bits(touched, columns);
    }

    fn finish(&mut self, _: T, _: &mut [T]) -> u64 {
        if self.kernel.failed() { STATUS_OVERFLOW } else { 0 }
    }
}

/// Calls `each` with the runs of clear bits in a range, counted from its start.
fn fresh(words: &[u64], range: &Range<usize>, mut each: impl FnMut(Range<usize>)) {
    let mut from = range.start;
    while from < range.end {
        let (set, end) = run(words, from..range.end);
        if !set {
            each(from - range.start..end - range.start);
        }
        from = end;
    }
}

/// The first bit of a range, and where the run of its likes ends.
fn run(words: &[u64], range: Range<usize>) -> (bool, usize) {
    let set = words[range.start / 64] >> (range.start % 64) & 1 == 1;
    let mut at = range.start;
    while at < range.end {
        let unlike = (if set { !words[at / 64] } else { words[at / 64] }) >> (at % 64);
        if unlike != 0 {
            return (set, (at + unlike.trailing_zeros() as usize).min(range.end));
        }
        at = (at / 64 + 1) * 64;
    }
    (set, range.end)
}

/// [`Kernel`] with lanes of given types.
struct Machine<'a, I, F> {
    program: &'a Program,
    properties: &'a [&'a [u64]],
    registers: Registers<I, F>,
}

impl<'a, I: lanes::Integer, F: lanes::Float> Machine<'a, I, F> {
    fn new<T>(plan: &'a Plan<'_, T>) -> Self {
        let program = &plan.program;
        let mut registers = Registers::new(program.registers);
        registers.run(&program.once, LANES);
        Self { program, properties: &plan.properties, registers }
    }

    fn steps(&mut self, steps: &[Step], lanes: usize) {
        self.registers.run(steps, lanes);
    }
}

impl<T: Pixel, I: lanes::Integer, F: lanes::Float> Kernel<T> for Machine<'_, I, F>
where
    Registers<I, F>: Load<T>,
{
    fn feature(&mut self, feature: usize, value: T) {
        let program = self.program;
        if let Some(to) = program.value {
            self.registers.load(to, &[value]);
        }
        for &(table, to) in &program.properties {
            self.registers.set_word(to, self.properties[table][feature]);
        }
        self.steps(&program.feature, 1);
        self.registers.splat(&program.splats);
    }

    fn merge(&mut self, pixels: &mut [T], counts: &[u32]) {
        let program = self.program;
        let mut counts = counts.chunks(LANES);
        for pixels in pixels.chunks_mut(LANES) {
            if let (Some(acc), None, [step]) = (program.acc, program.count, &program.pixels[..])
                && step.to == program.result
                && self.registers.merge_in_place(step, acc, pixels)
            {
                continue;
            }
            if let Some(to) = program.acc {
                self.registers.load(to, pixels);
            }
            if let (Some(to), Some(counts)) = (program.count, counts.next()) {
                self.registers.set_counts(to, counts);
            }
            self.steps(&program.pixels, pixels.len());
            self.registers.store(program.result, pixels);
        }
    }

    fn can_fail(&self) -> bool {
        self.program.can_fail || !Registers::<I, F>::always_fits(self.program.result)
    }

    fn failed(&mut self) -> bool {
        std::mem::take(&mut self.registers.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn runs_end_where_bits_change() {
        let words = [0b0110, u64::MAX, 1, 0];
        for (range, expected) in [
            (0..256, (false, 1)),
            (1..256, (true, 3)),
            (1..2, (true, 2)),
            (3..256, (false, 64)),
            (64..256, (true, 129)),
            (100..128, (true, 128)),
            (129..256, (false, 256)),
            (255..256, (false, 256)),
        ] {
            assert_eq!(run(&words, range.clone()), expected, "{range:?}");
        }
    }
}
