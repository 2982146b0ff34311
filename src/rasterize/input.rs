//! Vector files → tables of geometry and numbers, with what was left out.

use super::{coverage::has_no_area, options::Rasterize, z::Z};
use crate::{crs, failure::Failure, interrupt, origins::Origins, skipped::Skipped};
use geo_traits::GeometryTrait;
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering::Relaxed,
};
use xr::{
    GeometryBuilder, GeometryTables, Number, Skip, Value,
    expr::{Bound, Expr, MergeExpr},
};
use xr_crs::Crs;
use xr_vector::{Source, Visitor};

/// Everything that was read.
pub struct Features {
    pub geometry: GeometryTables,
    /// For each burned column, or for Z, one number per feature of `geometry`.
    pub numbers: Vec<Vec<Number>>,
    /// For each property of the merge expression, one number per feature.
    pub properties: Vec<Vec<Number>>,
    /// Features of all files, skipped and filtered ones included.
    pub read: u64,
    pub skipped: Skipped,
    pub crs: Option<Crs>,
    origins: Origins,
}

impl Features {
    /// Names a feature by its file and its index there.
    pub fn origin(&self, feature: usize) -> String {
        self.origins.name(feature)
    }
}

/// Reads all inputs, in order, with the columns that a merge expression names.
pub fn read(options: &Rasterize, merge: Option<&MergeExpr>) -> Result<Features, Failure> {
    let open =
        xr_vector::OpenOptions { layer: options.layer.clone(), x: options.x.clone(), y: options.y.clone(), wkt: None };
    let sources: Vec<(&PathBuf, Source)> = options
        .inputs
        .iter()
        .map(|path| xr_vector::open(path, &open).map(|source| (path, source)))
        .collect::<Result<_, _>>()?;
    let crs = crs::common(&sources)?;
    for (path, source) in &sources {
        warn_of(path, source, options);
        if let (Some(merge), Some(columns)) = (merge, source.columns()) {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            merge.look_up(&names).map_err(|error| {
                Failure::data(format!("{}: --merge-expr: {error}", path.display()), "name columns of the file")
            })?;
        }
    }
    let filter = options.filter.as_deref().map(Expr::parse).transpose();
    let filter =
        filter.map_err(|e| Failure::usage(format!("--where: {e}"), "columns with blanks are written \"so\""))?;
    let mut columns: Vec<&str> = filter.as_ref().map(Expr::columns).unwrap_or_default();
    let filter = filter.as_ref().map(|f| f.bind(&columns)).transpose();
    let filter = filter.map_err(|e| Failure::usage(format!("--where: {e}"), "check the expression's columns"))?;
    let mut position = |column| {
        columns.iter().position(|c| *c == column).unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        })
    };
    let burned: Vec<usize> = options.column.iter().map(|column| position(column.as_str())).collect();
    let named = merge.map(MergeExpr::properties).unwrap_or_default();
    let properties: Vec<(usize, &str)> = named.into_iter().map(|name| (position(name), name)).collect();
    let mut reading = Reading {
        builder: GeometryBuilder::default(),
        numbers: vec![Vec::new(); burned.len() + usize::from(options.z)],
        tables: vec![Vec::new(); properties.len()],
        origins: Origins::default(),
        skipped: Skipped::default(),
        filter,
        burned,
        properties,
        columns: &options.column,
        areas_only: options.coverage || options.weighted,
        burns_z: options.z,
        strict: options.strict,
        failure: None,
    };
    let mut read = 0;
    for (path, source) in sources {
        tracing::info!("reading {}", path.display());
        reading.origins.begin(path);
        let result = source.read(&columns, &mut reading);
        if let Some(failure) = reading.failure {
            return Err(failure);
        }
        read += result?;
    }
    let Reading { builder, numbers, tables, origins, skipped, .. } = reading;
    if options.z && builder.features() == 0 && skipped.count_of(NO_Z) > 0 {
        return Err(Failure::data("no geometry of the inputs has a Z", "burn a column with --column"));
    }
    Ok(Features { geometry: builder.finish(), numbers, properties: tables, read, skipped, crs, origins })
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

struct Reading<'a> {
    builder: GeometryBuilder,
    numbers: Vec<Vec<Number>>,
    /// The numbers of `properties`.
    tables: Vec<Vec<Number>>,
    origins: Origins,
    skipped: Skipped,
    filter: Option<Bound>,
    /// Positions of the burned columns among those read.
    burned: Vec<usize>,
    /// Positions and names of the columns that the merge expression reads.
    properties: Vec<(usize, &'a str)>,
    columns: &'a [String],
    /// Whether lines and points are left out.
    areas_only: bool,
    /// Whether the Z is burned instead of columns.
    burns_z: bool,
    strict: bool,
    failure: Option<Failure>,
}

impl Reading<'_> {
    fn fail(&mut self, failure: Failure) -> ControlFlow<()> {
        self.failure = Some(failure);
        ControlFlow::Break(())
    }

    fn place(&self, index: u64) -> String {
        format!("{}: feature {index}", self.origins.file())
    }

    fn skip(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.strict {
            return self.refuse(&place, reason);
        }
        self.skipped.add(reason, place);
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

impl Visitor for Reading<'_> {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        index: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()> {
        if index.is_multiple_of(1024) && interrupt::flag().load(Relaxed) {
            return self.fail(Failure::Interrupted);
        }
        match self.filter.as_ref().map(|filter| filter.matches(values)) {
            Some(Ok(false)) => return ControlFlow::Continue(()),
            Some(Err(error)) => {
                let message = format!("{}: --where: {error}", self.place(index));
                return self.fail(Failure::data(message, "compare text with text ('…') and numbers with numbers"));
            }
            Some(Ok(true)) | None => {}
        }
        let is_null = |&at: &usize| matches!(values.get(at), None | Some(Value::Null));
        if self.burned.iter().any(is_null) {
            return self.skip(index, "the value is null");
        }
        for (column, &at) in self.columns.iter().zip(&self.burned) {
            if let Value::Text(text) = values[at] {
                let remedy = "name a column of numbers, or burn a constant with --value";
                return self.refuse_text(index, column, text, remedy);
            }
        }
        let mut row = Vec::with_capacity(self.properties.len());
        for &(at, name) in &self.properties {
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
        if self.areas_only && has_no_area(geometry) {
            return self.skip(index, "lines and points cover no area");
        }
        let z = match self.burns_z.then(|| Z::of(geometry)) {
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
        match self.builder.push(geometry) {
            Err(Skip::TooMany) => {
                let message = format!("{}: {}", self.place(index), Skip::TooMany);
                self.fail(Failure::data(message, "burn parts of the data into rasters of their own"))
            }
            Err(reason) => self.skip(index, &reason.to_string()),
            Ok(accepted) => {
                for (numbers, &at) in self.numbers.iter_mut().zip(&self.burned) {
                    numbers.extend(Number::from_value(values[at]));
                }
                if let Some(z) = z {
                    self.numbers.iter_mut().for_each(|numbers| numbers.push(z));
                }
                self.tables.iter_mut().zip(row).for_each(|(table, number)| table.push(number));
                self.origins.push(index);
                if accepted.dropped_paths > 0 {
                    return self.skip(index, "a ring has fewer than three distinct points and is left out");
                }
                ControlFlow::Continue(())
            }
        }
    }

    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.strict {
            return self.refuse(&place, reason);
        }
        // Under one heading: the reasons quote values and positions, and may be as many as the features.
        self.skipped.add("the geometry cannot be read", format!("{place} ({reason})"));
        ControlFlow::Continue(())
    }
}
