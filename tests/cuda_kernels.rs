//! All kernels compiled by NVRTC, which needs no GPU, with what they take of a multiprocessor. A machine without the library
//! shows these tests as ignored, unless `XR_REQUIRE_NVRTC` is set.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

use libtest_mimic::{Arguments, Failed, Trial};
use std::{
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};
use xr_core::{
    Base, Coverage, DataType, Merge, Number, Predictor, Quantity, Rule, Scalar,
    expr::{MergeExpr, UserMerge},
    kernels::{
        CUDA_PRELUDE, Nodes, Shown, Source, burn_source,
        codec::{framing_source, prepare_source, restore_source},
        direct_source, fast_source, gather_source, places_source, scene_source, tree_source,
    },
};

const PIXELS: Base = Base::Pixels { fill_is_empty: true };
const ARCHITECTURES: [&str; 2] = ["sm_80", "sm_90"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let absent = xr_cuda::compiler().err().filter(|_| std::env::var_os("XR_REQUIRE_NVRTC").is_none());
    if let Some(reason) = &absent {
        eprintln!("ignored: {reason}");
    }
    let report = Arc::new(Mutex::new(Vec::new()));
    let trial = |((name, source), architecture): ((String, Source), &'static str)| {
        let (report, title) = (report.clone(), format!("{architecture} {name}"));
        let test = title.clone();
        let run = move || {
            let text = source.text(CUDA_PRELUDE);
            let compiled = xr_cuda::compile(&text, architecture, &["--ptxas-options=-v"]).map_err(|e| e.to_string())?;
            let rows = usages(&compiled.log)?.into_iter().map(|usage| usage.row(&title));
            report.lock().unwrap_or_else(PoisonError::into_inner).extend(rows);
            Ok(())
        };
        Trial::test(test, run).with_ignored_flag(absent.is_some())
    };
    let both =
        sources().into_iter().flat_map(|source| ARCHITECTURES.map(|architecture| (source.clone(), architecture)));
    let conclusion = libtest_mimic::run(&arguments, both.map(trial).collect());
    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
    report.sort();
    if !report.is_empty() {
        println!("{}", Usage::header());
    }
    report.iter().for_each(|line| println!("{line}"));
    conclusion.exit_code()
}

/// What a kernel takes, in bytes but for the registers; what is spilled also by the functions that it calls.
#[derive(Default)]
struct Usage {
    kernel: String,
    registers: u32,
    stack: u32,
    spilled: u32,
    shared: u32,
}

impl Usage {
    fn header() -> String {
        format!("{:60} {:>10} {:>6} {:>8} {:>7}", "", "registers", "stack", "spilled", "shared")
    }

    fn row(&self, name: &str) -> String {
        let Self { kernel, registers, stack, spilled, shared } = self;
        format!("{:60} {registers:>10} {stack:>6} {spilled:>8} {shared:>7}", format!("{name}: {kernel}"))
    }
}

/// What the assembler says that kernels take, in its words: `48 bytes stack frame, 76 bytes spill stores, 100 bytes spill
/// loads`, `Used 48 registers, used 1 barriers, 7192 bytes smem`.
fn usages(log: &str) -> Result<Vec<Usage>, Failed> {
    let mut usages: Vec<Usage> = Vec::new();
    for line in log.lines() {
        if let Some((_, kernel)) = line.split_once("Compiling entry function '") {
            let kernel = kernel.split('\'').next().unwrap_or_default().to_owned();
            usages.push(Usage { kernel, ..Usage::default() });
            continue;
        }
        let Some(usage) = usages.last_mut() else { continue };
        let number = |unit: &str| {
            let before = line.split_once(unit).and_then(|(before, _)| before.split_whitespace().last());
            before.and_then(|number| number.parse::<u32>().ok()).unwrap_or(0)
        };
        usage.registers += number(" registers");
        usage.stack = usage.stack.max(number(" bytes cumulative stack"));
        usage.spilled += number(" bytes spill stores") + number(" bytes spill loads");
        usage.shared += number(" bytes smem");
    }
    if usages.is_empty() || usages.iter().any(|usage| usage.registers == 0) {
        return Err(format!("what kernels take is not in the log: {log}").into());
    }
    Ok(usages)
}

fn sources() -> Vec<(String, Source)> {
    let mut sources = vec![
        ("scene".to_owned(), scene_source()),
        ("places".to_owned(), places_source()),
        ("gather".to_owned(), gather_source()),
    ];
    sources.extend(burns());
    sources.extend(splines());
    sources.extend(codecs());
    sources
}

fn codecs() -> Vec<(String, Source)> {
    let mut codecs = vec![("framing".into(), framing_source()), ("nvcomp".into(), xr_cuda::nvcomp_source())];
    for size in [1, 2, 4, 8] {
        let predictors = [Predictor::None, Predictor::Horizontal, Predictor::Float];
        for &predictor in &predictors[..if size < 4 { 2 } else { 3 }] {
            let name = format!("prepare {size} {predictor:?}").to_lowercase();
            codecs.push((name, prepare_source(size, predictor)));
        }
        codecs.push((format!("restore {size}"), restore_source(size, size > 1)));
    }
    codecs
}

fn fill(dtype: DataType) -> Scalar {
    Scalar::new(dtype, Number::Int(0)).unwrap()
}

fn burns() -> Vec<(String, Source)> {
    let mut burns = Vec::new();
    let mut add = |rule: Rule<'_>, exact: bool, what: &str| {
        let name = match rule.merge {
            Merge::User(_) => format!("burn user {} {what}", rule.fill.dtype()),
            merge => format!("burn {merge} {} {what}", rule.fill.dtype()),
        };
        let name = name.trim_end().to_owned();
        burns.push((name, burn_source(&rule, exact)));
    };
    for merge in Merge::ALL {
        add(Rule::new(merge, fill(DataType::U8)), false, "");
        add(Rule { all_touched: true, ..Rule::new(merge, fill(DataType::F64)) }, false, "touched");
        add(Rule { all_touched: true, ..Rule::new(merge, fill(DataType::I64)) }, true, "touched exact");
    }
    for dtype in DataType::ALL {
        add(Rule { base: PIXELS, ..Rule::new(Merge::Sum, fill(dtype)) }, false, "onto");
    }
    for dtype in [DataType::F32, DataType::F64] {
        let rule = Rule::new(Merge::Mean, fill(dtype));
        add(Rule { coverage: Some(Coverage::Weight), ..rule }, false, "weight");
        add(Rule { coverage: Some(Coverage::Fraction), merge: Merge::Max, ..rule }, false, "fraction");
    }
    for (text, dtype, properties) in [
        ("if(acc % value IS NULL, round(p), sqrt(abs(acc)) + floor(value) * ceil(p) - count)", DataType::F64, "f64"),
        ("acc * value - p + abs(-acc) % value", DataType::I64, "i64"),
        ("acc * value + p % value - 1", DataType::U64, "u64"),
        ("min(acc, value) * 2 - max(p, 3) + count", DataType::U8, "i64"),
        ("acc * 0.7 + value", DataType::F32, ""),
    ] {
        let properties: Vec<DataType> =
            DataType::ALL.into_iter().filter(|dtype| dtype.to_string() == properties).collect();
        let user: UserMerge = MergeExpr::parse(text).unwrap().check(dtype, &properties).unwrap();
        add(Rule::new(Merge::User(&user), fill(dtype)), false, "");
        let user = user.with_init(fill(dtype)).unwrap();
        add(Rule::new(Merge::User(&user), fill(dtype)), true, "from 0 exact");
    }
    burns
}

fn splines() -> Vec<(String, Source)> {
    let mut splines = Vec::new();
    let nodes = [Nodes { rank: 64, leaf_side: 8 }, Nodes { rank: 80, leaf_side: 16 }];
    for nodes in nodes {
        splines.push((format!("tree {}", nodes.leaf_side), tree_source(nodes)));
    }
    for dtype in [DataType::F32, DataType::F64] {
        let value = |columns| Shown { quantity: Quantity::Value, columns, dtype };
        for shown in [value(1), value(2), value(4), Shown { quantity: Quantity::Gradient, ..value(1) }] {
            let name = format!("{:?} of {} {dtype}", shown.quantity, shown.columns).to_lowercase();
            splines.push((format!("direct {name}"), direct_source(shown)));
            for nodes in nodes {
                splines.push((format!("fast {name} {}", nodes.leaf_side), fast_source(shown, nodes, 160)));
            }
        }
    }
    splines
}
