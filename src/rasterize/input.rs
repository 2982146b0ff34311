//! Vector files → tables of geometry and numbers, with what was left out.

use super::{
    coverage::has_no_area,
    features::{Facts, Features},
    options::Rasterize,
    strips::{Overflow, Strips},
    z::Z,
};
use crate::{crs, failure::Failure, interrupt, memory, skipped::Skipped};
use geo_traits::GeometryTrait;
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering::Relaxed,
};
use xr::{
    GeometryBuilder, Number, NumberRange, Skip, Value,
    expr::{Bound, Expr, MergeExpr},
};
use xr_vector::{Source, Visitor};

/// Everything that was read.
pub struct Input<'a> {
    pub facts: Facts,
    pub store: Store<'a>,
}

/// Where the features are.
pub enum Store<'a> {
    Memory(Features),
    /// Read again by rows.
    Strips(Box<Strips<'a>>),
}

/// Which columns of the inputs are read, and what for.
pub struct Wanted<'a> {
    options: &'a Rasterize,
    filter: Option<Bound>,
    /// The names of all.
    columns: Vec<&'a str>,
    /// Positions of the burned columns among them.
    burned: Vec<usize>,
    /// Positions and names of the columns that the merge expression reads.
    properties: Vec<(usize, &'a str)>,
}

/// Reads all inputs, in order, with the columns that a merge expression names. Features that need more than `limit` bytes
/// go to disk beside `output`, unless they can be read again by rows.
pub fn read<'a>(
    options: &'a Rasterize,
    merge: Option<&'a MergeExpr>,
    filter: Option<&'a Expr>,
    limit: Option<u64>,
    output: &'a Path,
) -> Result<Input<'a>, Failure> {
    let sources = open(options)?;
    let crs = crs::common(&sources)?;
    for (path, source) in &sources {
        tracing::info!("reading {}", path.display());
        warn_of(path, source, options);
        if let (Some(merge), Some(columns)) = (merge, source.columns()) {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            merge.look_up(&names).map_err(|error| {
                Failure::data(format!("{}: --merge-expr: {error}", path.display()), "name columns of the file")
            })?;
        }
    }
    let wanted = Wanted::new(options, merge, filter)?;
    let is_indexed = sources.iter().all(|(_, source)| source.has_index());
    let mut reading = Reading::new(&wanted, limit.map(|limit| Overflow::new(limit, is_indexed, output)));
    let read = reading.all(sources, |source, columns, reading| source.read(columns, reading))?;
    let Reading { features, overflow, mut facts, .. } = reading;
    facts.read = read;
    facts.crs = crs;
    let store = match overflow {
        Some(mut overflow) if overflow.happened() => {
            let rest = features.finish();
            facts.include(&rest);
            overflow.take(&rest)?;
            Store::Strips(Box::new(Strips::new(wanted, overflow)?))
        }
        _ => {
            let features = features.finish();
            facts.include(&features);
            Store::Memory(features)
        }
    };
    if options.z && facts.burned == 0 && facts.skipped.count_of(NO_Z) > 0 {
        return Err(Failure::data("no geometry of the inputs has a Z", "burn a column with --column"));
    }
    Ok(Input { facts, store })
}

/// The expression of `--where`.
pub fn filter(options: &Rasterize) -> Result<Option<Expr>, Failure> {
    let filter = options.filter.as_deref().map(Expr::parse).transpose();
    filter.map_err(|e| Failure::usage(format!("--where: {e}"), "columns with blanks are written \"so\""))
}

fn open(options: &Rasterize) -> Result<Vec<(&PathBuf, Source)>, Failure> {
    let open =
        xr_vector::OpenOptions { layer: options.layer.clone(), x: options.x.clone(), y: options.y.clone(), wkt: None };
    let opened = options.inputs.iter().map(|path| xr_vector::open(path, &open).map(|source| (path, source)));
    Ok(opened.collect::<Result<_, _>>()?)
}

impl<'a> Wanted<'a> {
    fn new(options: &'a Rasterize, merge: Option<&'a MergeExpr>, filter: Option<&'a Expr>) -> Result<Self, Failure> {
        let mut columns: Vec<&str> = filter.map(Expr::columns).unwrap_or_default();
        let filter = filter.map(|f| f.bind(&columns)).transpose();
        let filter = filter.map_err(|e| Failure::usage(format!("--where: {e}"), "check the expression's columns"))?;
        let mut position = |column| {
            columns.iter().position(|c| *c == column).unwrap_or_else(|| {
                columns.push(column);
                columns.len() - 1
            })
        };
        let burned = options.column.iter().map(|column| position(column.as_str())).collect();
        let named = merge.map(MergeExpr::properties).unwrap_or_default();
        let properties = named.into_iter().map(|name| (position(name), name)).collect();
        Ok(Self { options, filter, columns, burned, properties })
    }

    /// Reads, in order, the features that the inputs' indices place between two y.
    pub fn read_rows(&self, y: [f64; 2]) -> Result<Features, Failure> {
        let mut reading = Reading::new(self, None);
        reading.all(open(self.options)?, |source, columns, reading| source.read_rows(y, columns, reading))?;
        Ok(reading.features.finish())
    }

    /// No features, of no file yet.
    pub fn none(&self) -> Features {
        Features::none(self.burned.len() + usize::from(self.options.z), self.properties.len())
    }

    /// No features, of all inputs.
    pub fn none_of_inputs(&self) -> Features {
        let mut none = self.none();
        self.options.inputs.iter().for_each(|path| none.origins.begin(path));
        none
    }
}

fn warn_of(path: &Path, source: &Source, options: &Rasterize) {
    let path = path.display();
    if options.layer.is_none() && !source.other_layers().is_empty() {
        let (layer, others) = (source.layer().unwrap_or_default(), source.other_layers().join(", "));
        tracing::warn!("{path}: reading layer {layer}; choose another with --layer: {others}");
    }
    if let Some(problem) = source.crs_problem().filter(|_| options.crs.is_none()) {
        tracing::warn!("{path}: its coordinate reference system is not understood ({problem}); pass --crs");
    }
    let merge = xr::Merge::from(options.merge);
    if source.reordered() && (options.merge_expr.is_some() || merge.follows_order()) {
        let which = match options.merge_expr {
            Some(_) => "they are merged in the order of the file".to_owned(),
            None => format!("the {merge} feature is the file's"),
        };
        tracing::warn!(
            "{path}: its features are sorted in space, not in the order of the original data; where they overlap, {which}"
        );
    }
}

/// Why `--z` leaves a feature out.
const NO_Z: &str = "the geometry has no Z";

/// Features as they are read.
struct Gathered {
    builder: GeometryBuilder,
    /// All but the geometry.
    features: Features,
}

impl Gathered {
    fn finish(self) -> Features {
        Features { geometry: self.builder.finish(), ..self.features }
    }
}

struct Reading<'w, 'a> {
    wanted: &'w Wanted<'a>,
    features: Gathered,
    /// `None` if all features stay in memory.
    overflow: Option<Overflow<'a>>,
    facts: Facts,
    failure: Option<Failure>,
}

impl<'w, 'a> Reading<'w, 'a> {
    fn new(wanted: &'w Wanted<'a>, overflow: Option<Overflow<'a>>) -> Self {
        let facts = Facts {
            read: 0,
            burned: 0,
            skipped: Skipped::default(),
            crs: None,
            bounds: None,
            numbers: NumberRange::default(),
            properties: vec![NumberRange::default(); wanted.properties.len()],
        };
        let features = Gathered { builder: GeometryBuilder::default(), features: wanted.none() };
        Self { wanted, features, overflow, facts, failure: None }
    }

    /// Reads sources one after the other, and returns the number of their features.
    fn all(
        &mut self,
        sources: Vec<(&PathBuf, Source)>,
        read: impl Fn(Source, &[&str], &mut Self) -> Result<u64, xr_vector::VectorError>,
    ) -> Result<u64, Failure> {
        let mut count = 0;
        for (path, source) in sources {
            self.features.features.origins.begin(path);
            let result = read(source, &self.wanted.columns, self);
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            count += result?;
        }
        Ok(count)
    }

    /// Hands over what was gathered once it is too much.
    fn hand_over(&mut self) -> Result<(), Failure> {
        let Some(overflow) = &mut self.overflow else { return Ok(()) };
        let features = &self.features.features;
        let numbers = features.numbers.len() + features.properties.len();
        let bytes = memory::tables(self.features.builder.bytes(), self.features.builder.features(), numbers);
        if bytes < overflow.limit() {
            return Ok(());
        }
        let mut empty = Gathered { builder: GeometryBuilder::default(), features: self.wanted.none() };
        empty.features.origins = features.origins.of_same_files();
        let features = std::mem::replace(&mut self.features, empty).finish();
        self.facts.include(&features);
        overflow.take(&features)
    }

    fn fail(&mut self, failure: Failure) -> ControlFlow<()> {
        self.failure = Some(failure);
        ControlFlow::Break(())
    }

    fn place(&self, index: u64) -> String {
        format!("{}: feature {index}", self.features.features.origins.file())
    }

    fn skip(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.wanted.options.strict {
            return self.refuse(&place, reason);
        }
        self.facts.skipped.add(reason, place);
        ControlFlow::Continue(())
    }

    fn refuse_text(&mut self, index: u64, column: &str, text: &str, remedy: &str) -> ControlFlow<()> {
        let shown: String = text.chars().take(40).collect();
        let message = format!("{}: column \"{column}\" holds text ('{shown}')", self.place(index));
        self.fail(Failure::data(message, remedy))
    }

    fn refuse(&mut self, place: &str, reason: &str) -> ControlFlow<()> {
        self.fail(Failure::data(format!("{place}: {reason}"), "leave out --strict to skip such features"))
    }
}

impl Visitor for Reading<'_, '_> {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        index: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()> {
        if index.is_multiple_of(1024) && interrupt::flag().load(Relaxed) {
            return self.fail(Failure::Interrupted);
        }
        let wanted = self.wanted;
        match wanted.filter.as_ref().map(|filter| filter.matches(values)) {
            Some(Ok(false)) => return ControlFlow::Continue(()),
            Some(Err(error)) => {
                let message = format!("{}: --where: {error}", self.place(index));
                return self.fail(Failure::data(message, "compare text with text ('…') and numbers with numbers"));
            }
            Some(Ok(true)) | None => {}
        }
        let is_null = |&at: &usize| matches!(values.get(at), None | Some(Value::Null));
        if wanted.burned.iter().any(is_null) {
            return self.skip(index, "the value is null");
        }
        for (column, &at) in wanted.options.column.iter().zip(&wanted.burned) {
            if let Value::Text(text) = values[at] {
                let remedy = "name a column of numbers, or burn a constant with --value";
                return self.refuse_text(index, column, text, remedy);
            }
        }
        let mut row = Vec::with_capacity(wanted.properties.len());
        for &(at, name) in &wanted.properties {
            match values.get(at).copied().unwrap_or(Value::Null) {
                Value::Text(text) => {
                    return self.refuse_text(index, name, text, "let --merge-expr name columns of numbers");
                }
                value => match Number::from_value(value) {
                    Some(number) => row.push(number),
                    None => return self.skip(index, "a property of the merge expression is null"),
                },
            }
        }
        let Some(geometry) = geometry else { return self.skip(index, "the geometry is null") };
        if (wanted.options.coverage || wanted.options.weighted) && has_no_area(geometry) {
            return self.skip(index, "lines and points cover no area");
        }
        let z = match wanted.options.z.then(|| Z::of(geometry)) {
            None | Some(Z::None) => None,
            Some(Z::Flat(z)) => Some(Number::Float(z)),
            Some(Z::Missing) => return self.skip(index, NO_Z),
            Some(Z::Varying(a, b)) => {
                let message = format!("{}: --z burns one Z, and this geometry has {a} and {b}", self.place(index));
                let remedy = "burn a column with --column, or make each part of one Z a feature of its own \
                    (ogr2ogr -explodecollections)";
                return self.fail(Failure::data(message, remedy));
            }
        };
        match self.features.builder.push(geometry) {
            Err(Skip::TooMany) => {
                let message = format!("{}: {}", self.place(index), Skip::TooMany);
                self.fail(Failure::data(message, "burn parts of the data into rasters of their own"))
            }
            Err(reason) => self.skip(index, &reason.to_string()),
            Ok(accepted) => {
                let Features { numbers, properties, origins, .. } = &mut self.features.features;
                for (numbers, &at) in numbers.iter_mut().zip(&wanted.burned) {
                    numbers.extend(Number::from_value(values[at]));
                }
                if let Some(z) = z {
                    numbers.iter_mut().for_each(|numbers| numbers.push(z));
                }
                properties.iter_mut().zip(row).for_each(|(table, number)| table.push(number));
                origins.push(origins.files() - 1, index);
                if accepted.dropped_paths > 0
                    && let flow @ ControlFlow::Break(()) =
                        self.skip(index, "a ring has fewer than three distinct points and is left out")
                {
                    return flow;
                }
                match self.hand_over() {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(failure) => self.fail(failure),
                }
            }
        }
    }

    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.wanted.options.strict {
            return self.refuse(&place, reason);
        }
        // Under one heading: the reasons quote values and positions, and may be as many as the features.
        self.facts.skipped.add("the geometry cannot be read", format!("{place} ({reason})"));
        ControlFlow::Continue(())
    }
}
