//! Vector files → coordinates and numbers.

use super::options::Spline;
use crate::{crs, failure::Failure, interrupt, origins::Origins, skipped::Skipped};
use geo_traits::{CoordTrait, GeometryTrait, GeometryType, MultiPointTrait, PointTrait};
use std::{ops::ControlFlow, path::PathBuf, sync::atomic::Ordering::Relaxed};
use xr::{Number, Value};
use xr_crs::Crs;
use xr_vector::{Source, Visitor};

/// Everything that was read, a number for each point.
pub struct Points {
    pub xs: Vec<f64>,
    pub ys: Vec<f64>,
    pub columns: Vec<Vec<f64>>,
    /// Standard errors.
    pub errors: Option<Vec<f64>>,
    /// Features of all files, skipped ones included.
    pub read: u64,
    pub skipped: Skipped,
    pub crs: Option<Crs>,
    origins: Origins,
}

impl Points {
    /// Names a point by its file and the index of its feature there.
    pub fn origin(&self, point: usize) -> String {
        self.origins.name(point)
    }
}

/// Reads all inputs, in order.
pub fn read(options: &Spline) -> Result<Points, Failure> {
    let open =
        xr_vector::OpenOptions { layer: options.layer.clone(), x: options.x.clone(), y: options.y.clone(), wkt: None };
    let sources: Vec<(&PathBuf, Source)> = options
        .inputs
        .iter()
        .map(|path| xr_vector::open(path, &open).map(|source| (path, source)))
        .collect::<Result<_, _>>()?;
    let crs = crs::common(&sources)?;
    let names: Vec<&str> = options.column.iter().chain(&options.weights).map(String::as_str).collect();
    let mut reading = Reading {
        xs: Vec::new(),
        ys: Vec::new(),
        numbers: vec![Vec::new(); names.len()],
        origins: Origins::default(),
        skipped: Skipped::default(),
        names: &names,
        strict: options.strict,
        failure: None,
    };
    let mut read = 0;
    for (path, source) in sources {
        tracing::info!("reading {}", path.display());
        if let Some(problem) = source.crs_problem().filter(|_| options.crs.is_none()) {
            let path = path.display();
            tracing::warn!("{path}: its coordinate reference system is not understood ({problem}); pass --crs");
        }
        reading.origins.begin(path);
        let result = source.read(&names, &mut reading);
        if let Some(failure) = reading.failure {
            return Err(failure);
        }
        read += result?;
    }
    let Reading { xs, ys, numbers: mut columns, origins, skipped, .. } = reading;
    let errors = options.weights.as_ref().and_then(|_| columns.pop());
    Ok(Points { xs, ys, columns, errors, read, skipped, crs, origins })
}

struct Reading<'a> {
    xs: Vec<f64>,
    ys: Vec<f64>,
    numbers: Vec<Vec<f64>>,
    origins: Origins,
    skipped: Skipped,
    /// Columns that are read.
    names: &'a [&'a str],
    strict: bool,
    failure: Option<Failure>,
}

impl Reading<'_> {
    fn place(&self, index: u64) -> String {
        format!("{}: feature {index}", self.origins.file())
    }

    fn fail(&mut self, message: String, remedy: &str) -> ControlFlow<()> {
        self.failure = Some(Failure::data(message, remedy));
        ControlFlow::Break(())
    }

    fn skip(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.strict {
            return self.fail(format!("{place}: {reason}"), "leave out --strict to skip such features");
        }
        self.skipped.add(reason, place);
        ControlFlow::Continue(())
    }

    fn push(&mut self, index: u64, [x, y]: [f64; 2], row: &[f64]) {
        self.xs.push(x);
        self.ys.push(y);
        self.numbers.iter_mut().zip(row).for_each(|(numbers, &number)| numbers.push(number));
        self.origins.push(self.origins.files() - 1, index);
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
            self.failure = Some(Failure::Interrupted);
            return ControlFlow::Break(());
        }
        let mut row = Vec::with_capacity(self.names.len());
        for (n, name) in self.names.iter().enumerate() {
            let value = values.get(n).copied().unwrap_or(Value::Null);
            // Columns of delimited files are text as a whole if one value is.
            let value = match value {
                Value::Text(text) => text.trim().parse().map_or(value, Value::Float),
                value => value,
            };
            if let Value::Text(text) = value {
                let shown: String = text.chars().take(40).collect();
                let message = format!("{}: column \"{name}\" holds text ('{shown}')", self.place(index));
                return self.fail(message, "name a column of numbers, or correct the value");
            }
            match Number::from_value(value) {
                None => return self.skip(index, &format!("the value of \"{name}\" is null")),
                Some(number) => row.push(match number {
                    Number::Int(v) => v as f64,
                    Number::UInt(v) => v as f64,
                    Number::Float(v) => v,
                }),
            }
        }
        let Some(geometry) = geometry else { return self.skip(index, "the geometry is null") };
        let points: Vec<[f64; 2]> = match geometry.as_type() {
            GeometryType::Point(point) => point.coord().map(|c| [c.x(), c.y()]).into_iter().collect(),
            GeometryType::MultiPoint(points) => {
                points.points().filter_map(|point| point.coord().map(|c| [c.x(), c.y()])).collect()
            }
            _ => {
                let message = format!("{}: a spline goes through points, and this is none", self.place(index));
                return self.fail(message, "make points of it first, for instance with ogr2ogr and ST_Centroid");
            }
        };
        if points.is_empty() {
            return self.skip(index, "the geometry is empty");
        }
        points.into_iter().for_each(|point| self.push(index, point, &row));
        ControlFlow::Continue(())
    }

    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        let place = self.place(index);
        if self.strict {
            return self.fail(format!("{place}: {reason}"), "leave out --strict to skip such features");
        }
        // Under one heading: the reasons quote values and positions, and may be as many as the features.
        self.skipped.add("the geometry cannot be read", format!("{place} ({reason})"));
        ControlFlow::Continue(())
    }
}
