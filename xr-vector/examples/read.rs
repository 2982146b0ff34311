//! Reads vector files and prints how fast: `cargo run --release -p xr-vector --example read -- FILE…`

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use geo_traits::{
    CoordTrait, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiLineStringTrait,
    MultiPolygonTrait, PolygonTrait,
};
use xr_core::Value;
use xr_vector::{OpenOptions, Visitor, open};

/// Counts vertices; the sum keeps their decoding from being optimised away.
#[derive(Default)]
struct Totals {
    vertices: u64,
    sum_x: f64,
    malformed: u64,
}

impl Visitor for Totals {
    fn feature<G: GeometryTrait<T = f64>>(&mut self, _: u64, geometry: Option<&G>, _: &[Value<'_>]) -> ControlFlow<()> {
        if let Some(geometry) = geometry {
            self.add(geometry);
        }
        ControlFlow::Continue(())
    }

    fn malformed(&mut self, _: u64, _: &str) -> ControlFlow<()> {
        self.malformed += 1;
        ControlFlow::Continue(())
    }
}

impl Totals {
    fn add<G: GeometryTrait<T = f64>>(&mut self, geometry: &G) {
        match geometry.as_type() {
            GeometryType::Point(_) => self.vertices += 1,
            GeometryType::LineString(line) => self.line(line),
            GeometryType::Polygon(polygon) => self.polygon(polygon),
            GeometryType::MultiLineString(lines) => lines.line_strings().for_each(|line| self.line(&line)),
            GeometryType::MultiPolygon(polygons) => polygons.polygons().for_each(|polygon| self.polygon(&polygon)),
            GeometryType::GeometryCollection(members) => members.geometries().for_each(|member| self.add(&member)),
            _ => {}
        }
    }

    fn polygon<P: PolygonTrait<T = f64>>(&mut self, polygon: &P) {
        polygon.exterior().into_iter().chain(polygon.interiors()).for_each(|ring| self.line(&ring));
    }

    fn line<L: LineStringTrait<T = f64>>(&mut self, line: &L) {
        self.vertices += line.num_coords() as u64;
        self.sum_x += line.coords().map(|coord| coord.x()).sum::<f64>();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for name in std::env::args().skip(1) {
        let path = Path::new(&name);
        let begin = Instant::now();
        let mut totals = Totals::default();
        let features = open(path, &OpenOptions::default())?.read(&[], &mut totals)?;
        let seconds = begin.elapsed().as_secs_f64();
        let rate = path.metadata().map_or(0.0, |metadata| metadata.len() as f64 / 1e6 / seconds);
        let Totals { vertices, sum_x, malformed } = totals;
        println!(
            "{name}: {features} features, {malformed} malformed, {vertices} vertices, Σx {sum_x}: {seconds:.3} s, {rate:.0} MB/s"
        );
    }
    Ok(())
}
