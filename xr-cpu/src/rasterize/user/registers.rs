//! Registers of lanes, and the steps that run on them.

use super::lanes::{Float, Integer};
use xr_core::expr::{Arithmetic, Comparison, Type};

/// Pixels at a time: enough to make a step's dispatch cheap, few enough that a program's registers stay in the cache.
pub(super) const LANES: usize = 128;

/// Index of a register among those of its type. A step writes to a higher one than it reads.
pub(super) type Reg = u16;

/// The truth value that is true in all lanes.
pub(super) const TRUE: Reg = 0;

/// A register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub of: Type,
    pub at: Reg,
}

/// Numbers of registers.
#[derive(Clone, Copy)]
pub(super) struct Banks {
    pub integers: Reg,
    pub floats: Reg,
    pub bools: Reg,
}

/// An operation and where its result goes.
pub(super) struct Step {
    pub op: Op,
    pub to: Slot,
}

/// Operations; operands are registers of the result's type unless said otherwise.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Op {
    Integer(i128),
    Float(f64),
    Bool(bool),
    /// Of an integer.
    ToFloat(Reg),
    Negate(Reg),
    Abs(Reg),
    Sqrt(Reg),
    Floor(Reg),
    Ceil(Reg),
    Round(Reg),
    Floats {
        op: Arithmetic,
        a: Reg,
        b: Reg,
    },
    /// Fails only in lanes in which the truth value `mask` is true.
    Integers {
        op: IntegerOp,
        a: Reg,
        b: Reg,
        mask: Reg,
    },
    /// Of floats, any of which may be NaN.
    Min(Reg, Reg),
    Max(Reg, Reg),
    /// The same where the second is no NaN, which takes fewer instructions.
    Least(Reg, Reg),
    Greatest(Reg, Reg),
    /// Of two numbers of a type.
    Compare(Comparison, Type, Reg, Reg),
    /// Of a float.
    IsNan(Reg),
    Not(Reg),
    And(Reg, Reg),
    Or(Reg, Reg),
    /// By a truth value.
    Select {
        condition: Reg,
        then: Reg,
        otherwise: Reg,
    },
}

/// Operations on integers that can fail.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum IntegerOp {
    Add,
    Subtract,
    Multiply,
    Remainder,
    /// Of both operands, which are the same.
    Abs,
}

impl Op {
    /// The registers it reads, for a result of type `of`.
    pub(super) fn operands(&self, of: Type) -> Vec<Slot> {
        let slot = |of, at| Slot { of, at };
        match *self {
            Self::Integer(_) | Self::Float(_) | Self::Bool(_) => Vec::new(),
            Self::ToFloat(a) => vec![slot(Type::Integer, a)],
            Self::Negate(a) | Self::Abs(a) | Self::Sqrt(a) | Self::Floor(a) | Self::Ceil(a) | Self::Round(a) => {
                vec![slot(of, a)]
            }
            Self::Floats { a, b, .. } => vec![slot(of, a), slot(of, b)],
            Self::Min(a, b) | Self::Max(a, b) | Self::Least(a, b) | Self::Greatest(a, b) => {
                vec![slot(of, a), slot(of, b)]
            }
            Self::Integers { a, b, mask, .. } => vec![slot(of, a), slot(of, b), slot(Type::Bool, mask)],
            Self::Compare(_, of, a, b) => vec![slot(of, a), slot(of, b)],
            Self::IsNan(a) => vec![slot(Type::Float, a)],
            Self::Not(a) => vec![slot(of, a)],
            Self::And(a, b) | Self::Or(a, b) => vec![slot(of, a), slot(of, b)],
            Self::Select { condition, then, otherwise } => {
                vec![slot(Type::Bool, condition), slot(of, then), slot(of, otherwise)]
            }
        }
    }
}

/// Pixels into lanes and back.
pub(super) trait Load<T> {
    /// Fills the first lanes.
    fn load(&mut self, to: Slot, pixels: &[T]);
    /// Whether every lane is a pixel.
    fn always_fits(from: Slot) -> bool;
    /// Runs the only step of a program on the pixels themselves, if they are lanes and it is of a kind for that.
    fn merge_in_place(&self, step: &Step, acc: Slot, pixels: &mut [T]) -> bool;
    /// Takes as many lanes as there are pixels, noting failure if one does not fit.
    fn store(&mut self, from: Slot, pixels: &mut [T]);
}

/// The registers of one thread.
pub(super) struct Registers<I, F> {
    pub integers: Vec<[I; LANES]>,
    pub floats: Vec<[F; LANES]>,
    pub bools: Vec<[bool; LANES]>,
    /// Whether an integer operation left its range, or a result its type.
    pub failed: bool,
}

impl<I: Integer, F: Float> Registers<I, F> {
    pub(super) fn new(banks: Banks) -> Self {
        Self {
            integers: vec![[I::default(); LANES]; banks.integers.into()],
            floats: vec![[F::default(); LANES]; banks.floats.into()],
            bools: vec![[true; LANES]; banks.bools.into()],
            failed: false,
        }
    }

    /// The first lane of a number, from an entry of a property table.
    pub(super) fn set_word(&mut self, to: Slot, word: u64) {
        match to.of {
            Type::Integer => self.integers[usize::from(to.at)][0] = I::from_word(word),
            _ => self.floats[usize::from(to.at)][0] = F::of(f64::from_bits(word)),
        }
    }

    /// The first lanes of a number, from counts.
    pub(super) fn set_counts(&mut self, to: Slot, counts: &[u32]) {
        let at = usize::from(to.at);
        match to.of {
            Type::Integer => fill(&mut self.integers[at], counts, |count| I::from_word(count.into())),
            _ => fill(&mut self.floats[at], counts, |count| F::of(count.into())),
        }
    }

    /// The first lane to all.
    pub(super) fn splat(&mut self, slots: &[Slot]) {
        for slot in slots {
            let at = usize::from(slot.at);
            match slot.of {
                Type::Integer => self.integers[at] = [self.integers[at][0]; LANES],
                Type::Float => self.floats[at] = [self.floats[at][0]; LANES],
                Type::Bool => self.bools[at] = [self.bools[at][0]; LANES],
            }
        }
    }

    /// Runs steps on the first `n` lanes.
    pub(super) fn run(&mut self, steps: &[Step], n: usize) {
        for step in steps {
            match step.to.of {
                Type::Integer => self.run_integers(step, n),
                Type::Float => self.run_floats(step, n),
                Type::Bool => self.run_bools(step, n),
            }
        }
    }

    /// Runs the only step of a program on pixels that are integer lanes themselves, if it is of a kind for that.
    pub(super) fn merge_integers(&self, step: &Step, acc: Reg, pixels: &mut [I]) -> bool {
        match step.op {
            Op::Least(a, b) | Op::Greatest(a, b) if a == acc && b != acc => {
                pair_integers(step.op, InPlace { pixels, b: &self.integers[usize::from(b)] });
                true
            }
            _ => false,
        }
    }

    /// The same for float lanes.
    pub(super) fn merge_floats(&self, step: &Step, acc: Reg, pixels: &mut [F]) -> bool {
        match step.op {
            Op::Floats { a, b, .. } | Op::Min(a, b) | Op::Max(a, b) | Op::Least(a, b) | Op::Greatest(a, b)
                if a == acc && b != acc =>
            {
                pair_floats(step.op, InPlace { pixels, b: &self.floats[usize::from(b)] });
                true
            }
            _ => false,
        }
    }

    fn run_integers(&mut self, step: &Step, n: usize) {
        let (before, rest) = self.integers.split_at_mut(step.to.at.into());
        let out = &mut rest[0][..n];
        let get = |reg: Reg| &before[usize::from(reg)][..n];
        match step.op {
            Op::Integer(value) => out.fill(I::constant(value)),
            Op::Integers { op, a, b, mask } => {
                let mask = &self.bools[usize::from(mask)][..n];
                self.failed |= match op {
                    IntegerOp::Add => fallible(get(a), get(b), mask, out, I::add),
                    IntegerOp::Subtract => fallible(get(a), get(b), mask, out, I::subtract),
                    IntegerOp::Multiply => fallible(get(a), get(b), mask, out, I::multiply),
                    IntegerOp::Remainder => fallible(get(a), get(b), mask, out, I::remainder),
                    IntegerOp::Abs => fallible(get(a), get(b), mask, out, |a, _| a.absolute()),
                };
            }
            Op::Least(a, b) | Op::Greatest(a, b) => pair_integers(step.op, Apart { a: get(a), b: get(b), out }),
            Op::Select { condition, then, otherwise } => {
                select(&self.bools[usize::from(condition)][..n], get(then), get(otherwise), out);
            }
            _ => {} // has no integer result
        }
    }

    fn run_floats(&mut self, step: &Step, n: usize) {
        let (before, rest) = self.floats.split_at_mut(step.to.at.into());
        let out = &mut rest[0][..n];
        let get = |reg: Reg| &before[usize::from(reg)][..n];
        let number = |of: fn(f64) -> f64| move |a: F| F::of(of(a.get()));
        match step.op {
            Op::Float(value) => out.fill(F::of(value)),
            Op::ToFloat(a) => fill(out, &self.integers[usize::from(a)][..n], |a| F::of(a.to_float())),
            Op::Negate(a) => fill(out, get(a), |a| F::of(-a.get())),
            Op::Abs(a) => fill(out, get(a), |a| F::of(a.get().abs())),
            Op::Sqrt(a) => fill(out, get(a), |a| F::of(a.get().sqrt())),
            Op::Floor(a) => fill(out, get(a), number(f64::floor)),
            Op::Ceil(a) => fill(out, get(a), number(f64::ceil)),
            Op::Round(a) => fill(out, get(a), number(f64::round)),
            Op::Floats { a, b, .. } | Op::Min(a, b) | Op::Max(a, b) | Op::Least(a, b) | Op::Greatest(a, b) => {
                pair_floats(step.op, Apart { a: get(a), b: get(b), out });
            }
            Op::Select { condition, then, otherwise } => {
                select(&self.bools[usize::from(condition)][..n], get(then), get(otherwise), out);
            }
            _ => {} // has no float result
        }
    }

    fn run_bools(&mut self, step: &Step, n: usize) {
        let (before, rest) = self.bools.split_at_mut(step.to.at.into());
        let out = &mut rest[0][..n];
        let get = |reg: Reg| &before[usize::from(reg)][..n];
        match step.op {
            Op::Bool(value) => out.fill(value),
            Op::Compare(operator, of, a, b) => {
                let (a, b) = (usize::from(a), usize::from(b));
                match of {
                    Type::Integer => compare(operator, &self.integers[a][..n], &self.integers[b][..n], out),
                    _ => compare(operator, &self.floats[a][..n], &self.floats[b][..n], out),
                }
            }
            Op::IsNan(a) => fill(out, &self.floats[usize::from(a)][..n], is_nan),
            Op::Not(a) => fill(out, get(a), |a| !a),
            Op::And(a, b) => each(get(a), get(b), out, |a, b| a & b),
            Op::Or(a, b) => each(get(a), get(b), out, |a, b| a | b),
            Op::Select { condition, then, otherwise } => select(get(condition), get(then), get(otherwise), out),
            _ => {} // has no truth value
        }
    }
}

/// Lanes to combine two by two.
trait Pairs<A> {
    fn each(self, f: impl Fn(A, A) -> A);
}

/// Results into a register of their own.
struct Apart<'a, A> {
    a: &'a [A],
    b: &'a [A],
    out: &'a mut [A],
}

impl<A: Copy> Pairs<A> for Apart<'_, A> {
    fn each(self, f: impl Fn(A, A) -> A) {
        each(self.a, self.b, self.out, f);
    }
}

/// Results in the place of the left operands.
struct InPlace<'a, A> {
    pixels: &'a mut [A],
    b: &'a [A],
}

impl<A: Copy> Pairs<A> for InPlace<'_, A> {
    fn each(self, f: impl Fn(A, A) -> A) {
        self.pixels.iter_mut().zip(self.b).for_each(|(pixel, &b)| *pixel = f(*pixel, b));
    }
}

/// Operations of two integers that cannot fail.
fn pair_integers<I: Integer>(op: Op, pairs: impl Pairs<I>) {
    match op {
        Op::Least(..) => pairs.each(|a, b| if b < a { b } else { a }),
        Op::Greatest(..) => pairs.each(|a, b| if b > a { b } else { a }),
        _ => {} // not of two integers
    }
}

/// Operations of two floats.
fn pair_floats<F: Float>(op: Op, pairs: impl Pairs<F>) {
    match op {
        Op::Floats { op: Arithmetic::Add, .. } => pairs.each(|a, b| F::of(a.get() + b.get())),
        Op::Floats { op: Arithmetic::Subtract, .. } => pairs.each(|a, b| F::of(a.get() - b.get())),
        Op::Floats { op: Arithmetic::Multiply, .. } => pairs.each(|a, b| F::of(a.get() * b.get())),
        Op::Floats { op: Arithmetic::Divide, .. } => pairs.each(|a, b| F::of(a.get() / b.get())),
        Op::Floats { op: Arithmetic::Remainder, .. } => pairs.each(|a, b| F::of(a.get() % b.get())),
        Op::Min(..) => pairs.each(|a, b| if b < a || is_nan(b) { b } else { a }),
        Op::Max(..) => pairs.each(|a, b| if b > a || is_nan(b) { b } else { a }),
        Op::Least(..) => pairs.each(|a, b| if b < a { b } else { a }),
        Op::Greatest(..) => pairs.each(|a, b| if b > a { b } else { a }),
        _ => {} // not of two floats
    }
}

#[allow(clippy::eq_op, reason = "only a NaN is not equal to itself")]
fn is_nan<F: Float>(a: F) -> bool {
    a != a
}

fn fill<A: Copy, R>(out: &mut [R], a: &[A], f: impl Fn(A) -> R) {
    out.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a));
}

fn each<A: Copy, R>(a: &[A], b: &[A], out: &mut [R], f: impl Fn(A, A) -> R) {
    out.iter_mut().zip(a).zip(b).for_each(|((out, &a), &b)| *out = f(a, b));
}

/// Whether `f` failed in a lane of the mask.
fn fallible<I: Copy>(a: &[I], b: &[I], mask: &[bool], out: &mut [I], f: impl Fn(I, I) -> (I, bool)) -> bool {
    let mut failed = false;
    for (((out, &a), &b), &mask) in out.iter_mut().zip(a).zip(b).zip(mask) {
        let (result, wrong) = f(a, b);
        *out = result;
        failed |= wrong & mask;
    }
    failed
}

fn compare<A: Copy + PartialOrd>(operator: Comparison, a: &[A], b: &[A], out: &mut [bool]) {
    match operator {
        Comparison::Equal => each(a, b, out, |a, b| a == b),
        Comparison::NotEqual => each(a, b, out, |a, b| a != b),
        Comparison::Less => each(a, b, out, |a, b| a < b),
        Comparison::LessOrEqual => each(a, b, out, |a, b| a <= b),
        Comparison::Greater => each(a, b, out, |a, b| a > b),
        Comparison::GreaterOrEqual => each(a, b, out, |a, b| a >= b),
    }
}

fn select<A: Copy>(condition: &[bool], then: &[A], otherwise: &[A], out: &mut [A]) {
    for (((out, &condition), &then), &otherwise) in out.iter_mut().zip(condition).zip(then).zip(otherwise) {
        *out = if condition { then } else { otherwise };
    }
}
