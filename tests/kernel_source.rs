//! The kernel source of user merges, compiled by the C compiler, against the CPU backend.
#![expect(clippy::unwrap_used, clippy::panic, reason = "functions of tests")]

use std::{path::PathBuf, process::Command};
use xr_conformance::{
    oracle::{Number, Random, Shape, Type, scenes::values},
    run::raster,
    scene::{Scene, kind, table},
};
use xr_core::{DataType, Error, Merge, Scalar, Session, ValueTable, expr::MergeExpr};
use xr_cpu::Cpu;

const PIXELS: usize = 400;

/// Two features meet at each of a row of pixels: what the first and the second bring.
struct Meetings {
    acc: Vec<Number>,
    value: Vec<Number>,
    property: Vec<Number>,
}

impl Meetings {
    fn random(dtype: DataType, property: DataType) -> Self {
        let mut random = Random::new(9);
        let mut column = |of: Type| {
            let near = |random: &mut Random| match of.limits() {
                None => Number::Float(random.integer(-4, 12) as f64 / 2.0),
                Some((low, _)) => Number::Int(random.integer((low as i64).max(-4), 12).into()),
            };
            let wide = values(&mut random, of, PIXELS);
            let is_nan = |number: &Number| matches!(number, Number::Float(value) if value.is_nan());
            let mix = |number: Number, random: &mut Random| {
                if is_nan(&number) || random.chance(0.7) { near(random) } else { number }
            };
            wide.into_iter().map(|number| mix(number, &mut random)).collect()
        };
        Self { acc: column(kind(dtype)), value: column(kind(dtype)), property: column(kind(property)) }
    }

    fn keep(&self, which: &[bool]) -> Self {
        let kept = |column: &[Number]| {
            column.iter().zip(which).filter(|(_, keep)| **keep).map(|(number, _)| *number).collect::<Vec<_>>()
        };
        Self { acc: kept(&self.acc), value: kept(&self.value), property: kept(&self.property) }
    }
}

/// The CPU's pixels; `None` if something failed.
fn burned(text: &str, dtype: DataType, property: DataType, meetings: &Meetings) -> Option<Vec<u8>> {
    let pixels = meetings.acc.len();
    let points = (0..2 * pixels).map(|n| Shape::Points(vec![[(n % pixels) as f64 + 0.5, 0.5]]).into());
    let scene = Scene::in_pixels(pixels as u32, 1, &points.collect::<Vec<_>>()).unwrap();
    let values = table(dtype, &[meetings.acc.clone(), meetings.value.clone()].concat()).unwrap();
    let tables: [ValueTable; 1] =
        [table(property, &[meetings.property.clone(), meetings.property.clone()].concat()).unwrap()];
    let user = MergeExpr::parse(text).unwrap().check(dtype, &[property]).unwrap();
    let fill = Scalar::new(dtype, xr_core::Number::Int(0)).unwrap();
    let mut job = scene.job(&values, Merge::User(&user), false, fill);
    job.properties = &tables;
    match raster(&mut Session::open(Cpu::open(), 1).unwrap(), &job) {
        Ok(pixels) => Some(pixels),
        Err(Error::Overflow { .. }) => None,
        Err(error) => panic!("{text}: {error}"),
    }
}

fn literals(dtype: DataType, numbers: &[Number]) -> String {
    let one = |number: &Number| match *number {
        Number::Int(value) if value == i128::from(i64::MIN) => "-0x7fffffffffffffff - 1".to_owned(),
        Number::Int(value) => format!("{value}{}", if dtype == DataType::U64 { "u" } else { "" }),
        Number::Float(value) if value.is_infinite() => format!("{}INFINITY", if value < 0.0 { "-" } else { "" }),
        Number::Float(value) => format!("{value:?}"),
    };
    numbers.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The compiled source's pixels, and which of them did not fail.
fn compiled(name: &str, text: &str, dtype: DataType, property: DataType, meetings: &Meetings) -> (Vec<u8>, Vec<bool>) {
    let source = MergeExpr::parse(text).unwrap().check(dtype, &[property]).unwrap().kernel_source();
    let Meetings { acc, value, property: p } = meetings;
    let program = format!(
        "{source}\n#include <stdio.h>\n\
         static const xr_{dtype} a[] = {{{}}}, v[] = {{{}}};\nstatic const xr_{property} p[] = {{{}}};\n\
         int main(void) {{ for (int i = 0; i < {}; i++) {{ int failed = 0; xr_{dtype} r = xr_merge(a[i], v[i], 2, p[i], &failed);\n\
         fwrite(&r, sizeof r, 1, stdout); putchar(!failed); }} return 0; }}\n",
        literals(dtype, acc),
        literals(dtype, value),
        literals(property, p),
        acc.len()
    );
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (file, binary) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&file, program).unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let options = ["-std=c11", "-O1", "-ffp-contract=off", "-Wall", "-Wno-unused-function", "-Werror", "-o"];
    let built = Command::new(compiler).args(options).arg(&binary).arg(&file).arg("-lm").output().unwrap();
    assert!(built.status.success(), "{text}: {}", String::from_utf8_lossy(&built.stderr));
    let output = Command::new(&binary).output().unwrap().stdout;
    let (mut pixels, mut fits) = (Vec::new(), Vec::new());
    for record in output.chunks_exact(dtype.size() + 1) {
        pixels.extend_from_slice(&record[..dtype.size()]);
        fits.push(record[dtype.size()] == 1);
    }
    assert_eq!(fits.len(), acc.len(), "{text}");
    (pixels, fits)
}

#[test]
fn compiled_source_computes_the_same() {
    let (f, i, u) = (DataType::F64, DataType::I64, DataType::U64);
    let cases = [
        ("if(p > 1, max(acc, value), min(acc, value, p))", DataType::F64, f),
        ("acc * 0.7 + value * 0.3 - p / 3", DataType::F64, f),
        ("acc * value + p", DataType::F32, f),
        ("if(acc % value IS NULL, round(p), sqrt(abs(acc)) + floor(value) * ceil(p) - count)", DataType::F64, f),
        ("acc * value - p + abs(-acc) % value", DataType::I64, i),
        ("if(value <> 0 AND acc % value < 2 OR NOT p BETWEEN 0 AND 3, acc + value, -acc)", DataType::I32, i),
        ("min(acc, value) * 2 - max(p, 3) + count", DataType::U8, i),
        ("round(acc / value * p)", DataType::I16, f),
        ("acc * value + p % value - 1", DataType::U64, u),
        ("floor(acc * p)", DataType::U64, f),
    ];
    for (n, (text, dtype, property)) in cases.into_iter().enumerate() {
        let meetings = Meetings::random(dtype, property);
        let (all, fits) = compiled(&format!("merge{n}"), text, dtype, property, &meetings);
        let cpu = burned(text, dtype, property, &meetings);
        assert_eq!(cpu.is_some(), !fits.contains(&false), "{text}: failures");
        // The pixels that do fit are those of a job without the others.
        let cpu = burned(text, dtype, property, &meetings.keep(&fits)).unwrap_or_else(|| panic!("{text}: fails"));
        let kept: Vec<u8> = all
            .chunks_exact(dtype.size())
            .zip(&fits)
            .filter(|(_, fits)| **fits)
            .flat_map(|(p, _)| p.to_vec())
            .collect();
        let width = fits.iter().filter(|fits| **fits).count();
        assert!(width > PIXELS / 4, "{text}: {width} pixels do not fail");
        xr_conformance::verdict::same_pixels(&cpu, &kept, dtype, width as u32, || text.to_owned()).unwrap();
    }
}
