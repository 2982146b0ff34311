//! Typed tree → steps. What does not depend on pixels is taken out of their loop.

use super::registers::{Banks, IntegerOp, Op, Reg, Slot, Step, TRUE};
use xr_core::expr::{Arithmetic, Type, Typed, TypedKind};

/// Steps in the order of their operands.
pub(super) struct Program {
    /// Run once: constants and what follows from them.
    pub once: Vec<Step>,
    /// Run once for a feature, on the first lane.
    pub feature: Vec<Step>,
    /// Results of those that the following read: the same for all lanes.
    pub splats: Vec<Slot>,
    /// Run for every chunk of pixels.
    pub pixels: Vec<Step>,
    /// Where the pixels are loaded to.
    pub acc: Option<Slot>,
    /// Where the numbers of features are loaded to.
    pub count: Option<Slot>,
    /// Where the feature's value is loaded to.
    pub value: Option<Slot>,
    /// Tables, and where the feature's entries are loaded to.
    pub properties: Vec<(usize, Slot)>,
    /// Whether a step can fail.
    pub can_fail: bool,
    /// What the pixels become.
    pub result: Slot,
    /// Registers of each type.
    pub registers: Banks,
}

/// How often a register changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    Once,
    Feature,
    Pixels,
}

struct Compiler {
    program: Program,
    /// Every step so far, and its pace.
    paces: Vec<(Slot, Pace)>,
}

impl Program {
    pub(super) fn new(body: &Typed) -> Self {
        let program = Self {
            once: Vec::new(),
            feature: Vec::new(),
            splats: Vec::new(),
            pixels: Vec::new(),
            acc: None,
            count: None,
            value: None,
            properties: Vec::new(),
            can_fail: false,
            result: Slot { of: body.of, at: 0 },
            registers: Banks { integers: 0, floats: 0, bools: TRUE + 1 },
        };
        let paces = vec![(Slot { of: Type::Bool, at: TRUE }, Pace::Once)];
        let mut compiler = Compiler { program, paces };
        compiler.program.result = compiler.node(body, TRUE);
        compiler.finish()
    }

    /// Whether lanes of the pixel's own type would compute the same: the program only compares and chooses, among the
    /// pixel, the value and constants for which `holds` says that the type has them.
    pub(super) fn only_chooses(&self, holds: impl Fn(&Op) -> bool) -> bool {
        let chooses = |step: &Step| match step.op {
            Op::Integer(_) | Op::Float(_) => holds(&step.op),
            Op::Bool(_) | Op::Compare(..) | Op::Select { .. } => true,
            Op::Min(..) | Op::Max(..) | Op::Least(..) | Op::Greatest(..) => true,
            Op::Not(_) | Op::And(..) | Op::Or(..) | Op::IsNan(_) => true,
            _ => false,
        };
        let all = self.once.iter().chain(&self.feature).chain(&self.pixels);
        self.count.is_none() && self.properties.is_empty() && all.into_iter().all(chooses)
    }
}

impl Compiler {
    /// A register for a result or input.
    fn slot(&mut self, of: Type, pace: Pace) -> Slot {
        let banks = &mut self.program.registers;
        let count = match of {
            Type::Integer => &mut banks.integers,
            Type::Float => &mut banks.floats,
            Type::Bool => &mut banks.bools,
        };
        let slot = Slot { of, at: *count };
        *count += 1;
        self.paces.push((slot, pace));
        slot
    }

    fn pace(&self, slot: Slot) -> Pace {
        self.paces.iter().find(|(other, _)| *other == slot).map_or(Pace::Pixels, |(_, pace)| *pace)
    }

    /// The register of an operation's result, that of an equal step before if there is one.
    fn step(&mut self, of: Type, op: Op) -> Slot {
        let Program { once, feature, pixels, .. } = &self.program;
        if let Some(before) = once.iter().chain(feature).chain(pixels).find(|step| step.op == op && step.to.of == of) {
            return before.to;
        }
        // What can fail is run for pixels only, as it fails where there are any.
        let pace = match op {
            Op::Integers { .. } => Pace::Pixels,
            _ => op.operands(of).into_iter().map(|slot| self.pace(slot)).max().unwrap_or(Pace::Once),
        };
        let to = self.slot(of, pace);
        let steps = match pace {
            Pace::Once => &mut self.program.once,
            Pace::Feature => &mut self.program.feature,
            Pace::Pixels => &mut self.program.pixels,
        };
        steps.push(Step { op, to });
        to
    }

    fn input(&mut self, of: Type, pace: Pace, known: impl Fn(&mut Program) -> &mut Option<Slot>) -> Slot {
        if let Some(slot) = *known(&mut self.program) {
            return slot;
        }
        let slot = self.slot(of, pace);
        *known(&mut self.program) = Some(slot);
        slot
    }

    fn property(&mut self, table: usize, of: Type) -> Slot {
        if let Some(&(_, slot)) = self.program.properties.iter().find(|(other, _)| *other == table) {
            return slot;
        }
        let slot = self.slot(of, Pace::Feature);
        self.program.properties.push((table, slot));
        slot
    }

    /// Compiles a node; `mask` is the register that says for which lanes it is looked at.
    fn node(&mut self, node: &Typed, mask: Reg) -> Slot {
        let of = node.of;
        let op = match &node.kind {
            TypedKind::Acc => return self.input(of, Pace::Pixels, |program| &mut program.acc),
            TypedKind::Value => return self.input(of, Pace::Feature, |program| &mut program.value),
            TypedKind::Count => return self.input(of, Pace::Pixels, |program| &mut program.count),
            TypedKind::Property(table) => return self.property(*table, of),
            TypedKind::Integer(value) => Op::Integer(*value),
            TypedKind::Float(value) => Op::Float(*value),
            TypedKind::Bool(value) => Op::Bool(*value),
            TypedKind::ToFloat(a) => Op::ToFloat(self.node(a, mask).at),
            TypedKind::Negate(a) if of == Type::Integer => {
                let (zero, a) = (self.step(of, Op::Integer(0)).at, self.node(a, mask).at);
                Op::Integers { op: IntegerOp::Subtract, a: zero, b: a, mask }
            }
            TypedKind::Negate(a) => Op::Negate(self.node(a, mask).at),
            TypedKind::Abs(a) if of == Type::Integer => {
                let a = self.node(a, mask).at;
                Op::Integers { op: IntegerOp::Abs, a, b: a, mask }
            }
            TypedKind::Abs(a) => Op::Abs(self.node(a, mask).at),
            TypedKind::Sqrt(a) => Op::Sqrt(self.node(a, mask).at),
            TypedKind::Floor(a) => Op::Floor(self.node(a, mask).at),
            TypedKind::Ceil(a) => Op::Ceil(self.node(a, mask).at),
            TypedKind::Round(a) => Op::Round(self.node(a, mask).at),
            TypedKind::Arithmetic { operator, left, right } => {
                let (a, b) = (self.node(left, mask).at, self.node(right, mask).at);
                match (of, operator) {
                    (Type::Float, operator) => Op::Floats { op: *operator, a, b },
                    (_, Arithmetic::Add) => Op::Integers { op: IntegerOp::Add, a, b, mask },
                    (_, Arithmetic::Subtract) => Op::Integers { op: IntegerOp::Subtract, a, b, mask },
                    (_, Arithmetic::Multiply) => Op::Integers { op: IntegerOp::Multiply, a, b, mask },
                    (_, Arithmetic::Divide | Arithmetic::Remainder) => {
                        Op::Integers { op: IntegerOp::Remainder, a, b, mask }
                    }
                }
            }
            TypedKind::Min(a, b) if is_ordered(b) => Op::Least(self.node(a, mask).at, self.node(b, mask).at),
            TypedKind::Max(a, b) if is_ordered(b) => Op::Greatest(self.node(a, mask).at, self.node(b, mask).at),
            TypedKind::Min(a, b) => Op::Min(self.node(a, mask).at, self.node(b, mask).at),
            TypedKind::Max(a, b) => Op::Max(self.node(a, mask).at, self.node(b, mask).at),
            TypedKind::Compare { operator, left, right } => {
                let (a, b) = (self.node(left, mask), self.node(right, mask));
                Op::Compare(*operator, a.of, a.at, b.at)
            }
            TypedKind::IsNan(a) => Op::IsNan(self.node(a, mask).at),
            TypedKind::Not(a) => Op::Not(self.node(a, mask).at),
            TypedKind::And(a, b) => {
                let a = self.node(a, mask).at;
                let inner = self.narrowed(mask, a, true, b);
                Op::And(a, self.node(b, inner).at)
            }
            TypedKind::Or(a, b) => {
                let a = self.node(a, mask).at;
                let inner = self.narrowed(mask, a, false, b);
                Op::Or(a, self.node(b, inner).at)
            }
            TypedKind::If { condition, then, otherwise } => {
                let condition = self.node(condition, mask).at;
                let inner = self.narrowed(mask, condition, true, then);
                let then = self.node(then, inner).at;
                let inner = self.narrowed(mask, condition, false, otherwise);
                let otherwise = self.node(otherwise, inner).at;
                Op::Select { condition, then, otherwise }
            }
        };
        self.step(of, op)
    }

    /// Those lanes of `mask` in which `condition` is `wanted`, if anything in `branch` can fail.
    fn narrowed(&mut self, mask: Reg, condition: Reg, wanted: bool, branch: &Typed) -> Reg {
        let fails = |node: &Typed| {
            let arithmetic =
                matches!(node.kind, TypedKind::Arithmetic { .. } | TypedKind::Negate(_) | TypedKind::Abs(_));
            node.of == Type::Integer && arithmetic
        };
        if !branch.any(&fails) {
            return mask;
        }
        let condition = if wanted { condition } else { self.step(Type::Bool, Op::Not(condition)).at };
        if mask == TRUE { condition } else { self.step(Type::Bool, Op::And(mask, condition)).at }
    }

    fn finish(mut self) -> Program {
        self.program.can_fail = self.program.pixels.iter().any(|step| matches!(step.op, Op::Integers { .. }));
        let mut read: Vec<Slot> = self.program.pixels.iter().flat_map(|step| step.op.operands(step.to.of)).collect();
        read.push(self.program.result);
        for (slot, pace) in std::mem::take(&mut self.paces) {
            if pace == Pace::Feature && read.contains(&slot) {
                self.program.splats.push(slot);
            }
        }
        self.program
    }
}

/// Whether a number is never NaN: features whose values are, are passed over.
fn is_ordered(node: &Typed) -> bool {
    node.of == Type::Integer || matches!(node.kind, TypedKind::Value | TypedKind::Float(_))
}
