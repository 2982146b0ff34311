//! Vector files: schema and CRS from the header, counts and bounds from the features.

use crate::{failure::Failure, interrupt};
use geo_traits::{GeometryTrait, GeometryType};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, ops::ControlFlow, path::Path, sync::atomic::Ordering::Relaxed};
use xr::{Bounds, GeometryBuilder};
use xr_vector::{OpenOptions, Visitor};

pub fn describe(path: &Path, layer: Option<String>) -> Result<Map<String, Value>, Failure> {
    let source = xr_vector::open(path, &OpenOptions { layer, ..OpenOptions::default() })?;
    let mut facts = Map::new();
    let mut say = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    say("format", json!(source.format().to_string()));
    say("layer", json!(source.layer()));
    if !source.other_layers().is_empty() {
        say("other_layers", json!(source.other_layers()));
    }
    say("crs", json!(source.crs().map(ToString::to_string)));
    if let Some(problem) = source.crs_problem() {
        say("crs_problem", json!(problem));
    }
    let columns = source.columns().map(|columns| {
        let column = |c: &xr_vector::Column| json!({ "name": c.name, "kind": format!("{:?}", c.kind).to_lowercase() });
        columns.iter().map(column).collect::<Vec<_>>()
    });
    let mut survey = Survey::default();
    let features = source.read(&[], &mut survey)?;
    if interrupt::flag().load(Relaxed) {
        return Err(Failure::Interrupted);
    }
    say("features", json!(features));
    say("geometries", json!(survey.kinds));
    say("unusable", json!(survey.unusable));
    say("extent", json!(survey.bounds.map(|b| [b.min[0], b.min[1], b.max[0], b.max[1]])));
    say("columns", json!(columns));
    Ok(facts)
}

#[derive(Default)]
struct Survey {
    kinds: BTreeMap<&'static str, u64>,
    unusable: u64,
    bounds: Option<Bounds>,
}

impl Visitor for Survey {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        _: u64,
        geometry: Option<&G>,
        _: &[xr::Value<'_>],
    ) -> ControlFlow<()> {
        let mut builder = GeometryBuilder::default();
        let bounds = geometry.and_then(|g| builder.push(g).ok()).and_then(|_| builder.finish().bounds());
        let (Some(geometry), Some(bounds)) = (geometry, bounds) else {
            self.unusable += 1;
            return ControlFlow::Continue(());
        };
        *self.kinds.entry(kind(geometry)).or_default() += 1;
        self.bounds = Some(self.bounds.map_or(bounds, |all| all.union(bounds)));
        if interrupt::flag().load(Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn malformed(&mut self, _: u64, _: &str) -> ControlFlow<()> {
        self.unusable += 1;
        ControlFlow::Continue(())
    }
}

fn kind<G: GeometryTrait<T = f64>>(geometry: &G) -> &'static str {
    match geometry.as_type() {
        GeometryType::Point(_) => "Point",
        GeometryType::LineString(_) | GeometryType::Line(_) => "LineString",
        GeometryType::Polygon(_) | GeometryType::Rect(_) | GeometryType::Triangle(_) => "Polygon",
        GeometryType::MultiPoint(_) => "MultiPoint",
        GeometryType::MultiLineString(_) => "MultiLineString",
        GeometryType::MultiPolygon(_) => "MultiPolygon",
        GeometryType::GeometryCollection(_) => "GeometryCollection",
    }
}
