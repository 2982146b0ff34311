//! User merges: expressions against the same written by hand.

use crate::{
    Failure, Verdict,
    oracle::{
        Meeting, Number, Random, Type, fold,
        scenes::{Size, scenes, small_values, values},
    },
    run::{Full, balanced, raster, raster_in_place, session, traffic},
    scene::{Scene, kind, polygon, rectangle, table, value},
    verdict::{expect, same_pixels},
};
use xr_core::{
    DataType, Engine, Error, Merge, Result, Scalar, StagedGeometry, ValueTable,
    expr::{ExprError, MergeExpr},
};

/// A fill that every type holds.
const FILL: Number = Number::Int(3);

/// An expression, and what it means; the properties are `rank` and `weight`.
struct Law {
    text: &'static str,
    init: Option<i64>,
    /// For integer pixels; `None` for what fails.
    whole: fn(&Seen<i128>, Keep<'_>) -> Option<i128>,
    /// For float pixels.
    float: fn(&Seen<f64>) -> f64,
}

/// The number if it fits the type of the arithmetic.
type Keep<'a> = &'a dyn Fn(i128) -> Option<i128>;

/// What an expression sees, in one kind of number.
struct Seen<T> {
    acc: T,
    value: T,
    count: T,
    rank: T,
    weight: f64,
}

const LAWS: &[Law] = &[
    Law {
        text: "acc + value",
        init: None,
        whole: |s, keep| keep(s.acc + s.value),
        float: |s| s.acc + s.value,
    },
    Law {
        text: "acc - value * 2",
        init: Some(100),
        whole: |s, keep| keep(s.acc - keep(s.value * 2)?),
        float: |s| s.acc - s.value * 2.0,
    },
    Law {
        // Contracted to a fused multiply and add, the last bit would differ.
        text: "acc * 0.7 + value * 0.3",
        init: None,
        whole: |_, _| None,
        float: |s| s.acc * 0.7 + s.value * 0.3,
    },
    Law {
        text: "round(acc + (value - acc) / count)",
        init: None,
        whole: |s, keep| nearest(s.acc as f64 + keep(s.value - s.acc)? as f64 / s.count as f64),
        float: |s| (s.acc + (s.value - s.acc) / s.count).round(),
    },
    Law {
        text: "if(props[\"rank\"] > count AND NOT props[\"weight\"] <= 0.5, value, acc)",
        init: None,
        whole: |s, _| Some(if s.rank > s.count && s.weight > 0.5 { s.value } else { s.acc }),
        float: |s| if s.rank > s.count && s.weight > 0.5 { s.value } else { s.acc },
    },
    Law {
        text: "if(value <> 0 AND acc % value < 3, acc % value, floor(props[\"weight\"] * 10))",
        init: Some(7),
        whole: |s, _| match s.value {
            0 => Some((s.weight * 10.0).floor() as i128),
            value if s.acc % value < 3 => Some(s.acc % value),
            _ => Some((s.weight * 10.0).floor() as i128),
        },
        float: |s| {
            let rest = s.acc % s.value;
            if s.value != 0.0 && rest < 3.0 { rest } else { (s.weight * 10.0).floor() }
        },
    },
    Law {
        text: "acc % value",
        init: Some(90),
        whole: |s, _| s.acc.checked_rem(s.value),
        float: |s| s.acc % s.value,
    },
    Law {
        text: "if(value IN (1, 2, props[\"rank\"]) OR value BETWEEN 4 AND 9, acc, min(value, 5, props[\"rank\"]))",
        init: None,
        whole: |s, _| Some(if in_list(s.value, s.rank) { s.acc } else { s.value.min(5).min(s.rank) }),
        float: |s| {
            let listed = [1.0, 2.0, s.rank].contains(&s.value) || (4.0..=9.0).contains(&s.value);
            let least = if 5.0 < s.value { 5.0 } else { s.value };
            if listed {
                s.acc
            } else if s.rank < least {
                s.rank
            } else {
                least
            }
        },
    },
    Law {
        text: "floor(sqrt(acc * acc + value * value)) - ceil(acc / 2)",
        init: None,
        whole: |s, keep| {
            let squares = keep(keep(s.acc * s.acc)? + keep(s.value * s.value)?)?;
            nearest((squares as f64).sqrt().floor() - (s.acc as f64 / 2.0).ceil())
        },
        float: |s| (s.acc * s.acc + s.value * s.value).sqrt().floor() - (s.acc / 2.0).ceil(),
    },
    Law {
        text: "if(acc IS NULL OR acc > 1e300, value, abs(acc) + count)",
        init: None,
        whole: |s, keep| keep(keep(s.acc.abs())? + s.count),
        float: |s| if s.acc.is_nan() || s.acc > 1e300 { s.value } else { s.acc.abs() + s.count },
    },
    Law {
        // Nothing but choices, between constants too: lanes of the pixel's own type.
        text: "if(value > 5, value, if(acc < 4, 4, acc))",
        init: None,
        whole: |s, _| Some(if s.value > 5 { s.value } else { s.acc.max(4) }),
        float: |s| match (s.value > 5.0, s.acc < 4.0) {
            (true, _) => s.value,
            (false, true) => 4.0,
            (false, false) => s.acc,
        },
    },
    Law {
        text: "acc + acc",
        init: None,
        whole: |s, keep| keep(s.acc + s.acc),
        float: |s| s.acc + s.acc,
    },
    Law {
        text: "min(count, value)",
        init: None,
        whole: |s, _| Some(s.count.min(s.value)),
        float: |s| if s.value < s.count { s.value } else { s.count },
    },
    Law {
        // Would leave 64 bits where the branch is not reached.
        text: "if(value > 5000, acc * 4000000000000000000, acc)",
        init: None,
        whole: |s, keep| if s.value > 5000 { keep(s.acc * 4_000_000_000_000_000_000) } else { Some(s.acc) },
        float: |s| if s.value > 5000.0 { s.acc * 4e18 } else { s.acc },
    },
    Law {
        text: "if(value > 3, (acc * 4000000000000000000 + value) % 100, acc)",
        init: None,
        whole: |s, keep| match s.value > 3 {
            true => Some(keep(keep(s.acc * 4_000_000_000_000_000_000)? + s.value)? % 100),
            false => Some(s.acc),
        },
        float: |s| if s.value > 3.0 { (s.acc * 4e18 + s.value) % 100.0 } else { s.acc },
    },
    Law {
        // Leaves the narrow types without any arithmetic.
        text: "if(count > 1, 300, value)",
        init: None,
        whole: |s, _| Some(if s.count > 1 { 300 } else { s.value }),
        float: |s| if s.count > 1.0 { 300.0 } else { s.value },
    },
];

fn in_list(value: i128, rank: i128) -> bool {
    value == 1 || value == 2 || value == rank || (4..=9).contains(&value)
}

fn nearest(value: f64) -> Option<i128> {
    value.is_finite().then(|| value.round() as i128)
}

fn float(number: Number) -> f64 {
    match number {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
    }
}

fn integer(number: Number) -> i128 {
    match number {
        Number::Int(value) => value,
        Number::Float(value) => value as i128,
    }
}

impl Law {
    fn apply(&self, meeting: Meeting<'_>, ty: Type, uses: &[&str]) -> Option<Number> {
        let Meeting { acc, value, count, properties } = meeting;
        let of = |name: &str| uses.iter().position(|used| *used == name).map_or(Number::Int(0), |at| properties[at]);
        let (rank, weight) = (of("rank"), float(of("weight")));
        match ty.limits() {
            None => {
                let count = f64::from(count);
                let seen = Seen { acc: float(acc), value: float(value), count, rank: float(rank), weight };
                Some(Number::Float((self.float)(&seen)))
            }
            Some(_) => {
                let arithmetic = if ty == Type::U64 { Type::U64 } else { Type::I64 };
                let keep = |value: i128| arithmetic.hold(Number::Int(value)).map(integer);
                let (acc, value, rank) = (integer(acc), integer(value), integer(rank));
                (self.whole)(&Seen { acc, value, count: count.into(), rank, weight }, &keep).map(Number::Int)
            }
        }
    }
}

fn refused(error: &ExprError) -> Failure {
    Failure::Wrong(error.to_string())
}

/// The type of the table of `rank`.
fn ranks(dtype: DataType) -> DataType {
    match dtype {
        DataType::F32 | DataType::F64 => DataType::F64,
        DataType::U64 => DataType::U64,
        _ => DataType::I64,
    }
}

/// Every expression in every type, folds and reductions, in windows and in place; where a result does not fit, the job
/// says so. Where compiling a kernel for each takes too long, `XR_SUITE_PART` has each expression tried in a third of the
/// types, every time others.
pub fn user_merges_agree<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(7);
    for source in scenes(40, Size { width: 70, height: 40, features: 15 }).iter().filter(|s| s.name == "stars") {
        let scene = Scene::of(source)?;
        let masks = scene.masks(true);
        let all = LAWS.iter().enumerate().flat_map(|(n, law)| DataType::ALL.into_iter().zip(n..).map(move |of| (law, of)));
        let step = if std::env::var_os("XR_SUITE_PART").is_some() { 3 } else { 1 };
        for (law, dtype) in all.filter(|(_, (_, n))| n % step == 0).map(|(law, (dtype, _))| (law, dtype)) {
            if !dtype.is_float() && law.text.contains("0.7") {
                continue; // makes fractions
            }
            let what = || format!("`{}` of {dtype}", law.text);
            let expr = MergeExpr::parse(law.text).map_err(|e| refused(&e))?;
            let uses = expr.properties();
            let types: Vec<DataType> =
                uses.iter().map(|name| if *name == "rank" { ranks(dtype) } else { DataType::F64 }).collect();
            let mut user = expr.check(dtype, &types).map_err(|e| refused(&e))?;
            let init = law.init.map(|init| Number::Int(init.into()));
            if let Some(init) = init {
                user = user.with_init(Scalar::new(dtype, value(init))?)?;
            }
            let numbers = small_values(&mut random, kind(dtype), masks.len());
            let property = |name: &str, random: &mut Random| -> Vec<Number> {
                let rank = |random: &mut Random| match ranks(dtype) {
                    DataType::F64 => Number::Float(random.integer(0, 9) as f64),
                    _ => Number::Int(random.integer(0, 9).into()),
                };
                let weight = |random: &mut Random| Number::Float(random.uniform(0.0, 1.0));
                masks.iter().map(|_| if name == "rank" { rank(random) } else { weight(random) }).collect()
            };
            let columns: Vec<Vec<Number>> = uses.iter().map(|name| property(name, &mut random)).collect();
            let row = |feature: usize| columns.iter().map(|column| column[feature]).collect();
            let features: Vec<_> =
                masks.iter().enumerate().map(|(n, mask)| (mask.clone(), numbers[n], row(n))).collect();
            let init = init.and_then(|init| kind(dtype).hold(init));
            let pixels = scene.grid.pixels() as usize;
            let Some(fill) = kind(dtype).hold(FILL) else { return Err(Failure::Wrong("the fill does not fit".into())) };
            let want = fold(&features, pixels, kind(dtype), (fill, init), |m| law.apply(m, kind(dtype), &uses));
            let want = want.map(|pixels| kind(dtype).bytes(&pixels));

            let tables: Vec<ValueTable> =
                types.iter().zip(&columns).map(|(&of, column)| table(of, column)).collect::<Verdict<_>>()?;
            let values = table(dtype, &numbers)?;
            let mut job = scene.job(&values, Merge::User(&user), true, Scalar::new(dtype, value(FILL))?);
            job.properties = &tables;
            let results = [raster(&mut session, &job), raster_in_place(&mut session, &job)];
            for got in results {
                match (got, &want) {
                    (Ok(got), Some(want)) => same_pixels(&got, want, dtype, scene.grid.width, what)?,
                    (Err(Error::Overflow { merge: "merge expression", .. }), None) => {}
                    (Ok(_), None) => return Err(Failure::Wrong(format!("{}: a misfit was not noticed", what()))),
                    (Err(error @ Error::Overflow { .. }), Some(_)) => {
                        return Err(Failure::Wrong(format!("{}: {error}, but all fits", what())));
                    }
                    (Err(error), _) => return Err(error.into()),
                }
            }
        }
    }
    balanced(&session, "user merges")
}

/// `max(acc, value)` is `max`, and so for `min`, over the whole range of every type, NaN, zeros and infinities included.
pub fn user_extremes_are_built_in<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(8);
    for source in scenes(6, Size { width: 150, height: 30, features: 14 }).iter().filter(|s| s.name == "stars") {
        let scene = Scene::of(source)?;
        for dtype in DataType::ALL {
            let numbers = values(&mut random, kind(dtype), scene.features.len());
            let (table, fill) = (table(dtype, &numbers)?, Scalar::new(dtype, value(FILL))?);
            for (merge, text) in [(Merge::Max, "max(acc, value)"), (Merge::Min, "if(value < acc, value, acc)"), (Merge::Min, "min(acc, value * 1)")] {
                let user = MergeExpr::parse(text).and_then(|expr| expr.check(dtype, &[])).map_err(|e| refused(&e))?;
                let want = raster(&mut session, &scene.job(&table, merge, false, fill))?;
                let got = raster(&mut session, &scene.job(&table, Merge::User(&user), false, fill))?;
                same_pixels(&got, &want, dtype, scene.grid.width, || format!("`{text}` of {dtype}"))?;
            }
        }
    }
    Ok(())
}

/// Each property is one more table that goes up once a job, at any number of windows.
pub fn property_tables_staged_once<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = Scene::in_pixels(50, 37, &[rectangle([3.3, 4.2], [31.7, 30.9]), polygon(&[[12.0, 2.0], [48.0, 17.0], [22.0, 35.0]])])?;
    let (values, first, second) =
        (ValueTable::from_pixels(&[2i16, 7]), ValueTable::from_pixels(&[0.5, 2.5]), ValueTable::from_pixels(&[3i64, 4]));
    let expr = MergeExpr::parse("round(acc * props[\"a\"]) + props[\"b\"]").map_err(|e| refused(&e))?;
    let user = expr.check(DataType::I16, &[DataType::F64, DataType::I64]).map_err(|e| refused(&e))?;
    let tables = [first, second];
    let mut job = scene.job(&values, Merge::User(&user), false, Scalar::of(0i16));
    job.properties = &tables;
    let bytes = (scene.tables.bytes() + values.bytes().len() + 2 * tables[0].bytes().len()) as u64;
    for window in [999, 16] {
        job.window = (window, window);
        let before = traffic(&session);
        raster(&mut session, &job)?;
        let moved = traffic(&session) - before;
        let what = || format!("windows of {window}: {moved:?}");
        expect(moved.uploads == StagedGeometry::<B>::UPLOADS + 3, || format!("uploads, {}", what()))?;
        expect(moved.uploaded_bytes == bytes, || format!("{bytes} bytes are to go up, {}", what()))?;
    }
    // A table that is not there is refused before anything goes up.
    let before = traffic(&session);
    job.properties = &tables[..1];
    let engine: &mut dyn Engine = &mut session;
    let result = raster(engine, &job);
    expect(matches!(result, Err(Error::Misuse { .. })), || format!("without a property's table: {result:?}"))?;
    expect(traffic(&session) == before, || "a job that cannot be moved something".into())
}
