use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use geo_traits::{
    CoordTrait, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait, MultiLineStringTrait,
    MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait,
};
use xr_core::Value;
use xr_vector::{OpenOptions, VectorError, Visitor, open};

/// What a visitor was told, as text: `0 POINT(1 2) [Int(3)]`, `1 null []`, `2 malformed: reason`.
#[derive(Debug, Default)]
pub struct Rows {
    pub rows: Vec<String>,
    pub stop_after: Option<usize>,
}

impl Visitor for Rows {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        index: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()> {
        let geometry = geometry.map_or("null".into(), |geometry| {
            let mut text = String::new();
            write_wkt(geometry, &mut text);
            text
        });
        self.push(format!("{index} {geometry} {values:?}"))
    }

    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        self.push(format!("{index} malformed: {reason}"))
    }
}

impl Rows {
    fn push(&mut self, row: String) -> ControlFlow<()> {
        self.rows.push(row);
        if self.stop_after == Some(self.rows.len()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Opens and reads a file; the rows seen, and how it ended.
pub fn read(path: &Path, columns: &[&str]) -> (Vec<String>, Result<u64, VectorError>) {
    let mut rows = Rows::default();
    let end = open(path, &OpenOptions::default()).and_then(|source| source.read(columns, &mut rows));
    (rows.rows, end)
}

/// The rows of a file that must be read to its end.
pub fn rows(path: &Path, columns: &[&str]) -> Vec<String> {
    let (rows, end) = read(path, columns);
    assert_eq!(end.unwrap(), rows.len() as u64);
    rows
}

/// The message with which opening or reading a file must fail.
pub fn failure(path: &Path, columns: &[&str]) -> String {
    read(path, columns).1.unwrap_err().to_string()
}

/// A shipped example file.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data").join(name)
}

/// A fixture of this crate.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A folder that goes away with the value.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("xr-vector-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write_wkt<G: GeometryTrait<T = f64>>(geometry: &G, out: &mut String) {
    match geometry.as_type() {
        GeometryType::Point(g) => {
            out.push_str("POINT");
            list(g.coord().into_iter(), out, |c, out| write!(out, "{} {}", c.x(), c.y()).unwrap());
        }
        GeometryType::LineString(g) => {
            out.push_str("LINE");
            line(g, out);
        }
        GeometryType::Polygon(g) => {
            out.push_str("POLYGON");
            polygon(g, out);
        }
        GeometryType::MultiPoint(g) => {
            out.push_str("POINTS");
            list(g.points(), out, |p, out| {
                let c = p.coord().unwrap();
                write!(out, "{} {}", c.x(), c.y()).unwrap();
            });
        }
        GeometryType::MultiLineString(g) => {
            out.push_str("LINES");
            list(g.line_strings(), out, |l, out| line(&l, out));
        }
        GeometryType::MultiPolygon(g) => {
            out.push_str("POLYGONS");
            list(g.polygons(), out, |p, out| polygon(&p, out));
        }
        GeometryType::GeometryCollection(g) => {
            out.push_str("COLLECTION");
            list(g.geometries(), out, |g, out| write_wkt(&g, out));
        }
        _ => panic!("not a simple feature"),
    }
}

fn line<L: LineStringTrait<T = f64>>(line: &L, out: &mut String) {
    list(line.coords(), out, |c, out| write!(out, "{} {}", c.x(), c.y()).unwrap());
}

fn polygon<P: PolygonTrait<T = f64>>(polygon: &P, out: &mut String) {
    list(polygon.exterior().into_iter().chain(polygon.interiors()), out, |r, out| line(&r, out));
}

fn list<I>(items: impl Iterator<Item = I>, out: &mut String, mut write: impl FnMut(I, &mut String)) {
    out.push('(');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(')');
}

/// Sums over a file's vertices and its column `area_km2`.
#[derive(Debug, Default)]
pub struct Totals {
    pub features: u64,
    pub vertices: u64,
    pub rings: u64,
    pub sum_x: f64,
    pub sum_y: f64,
    pub area: f64,
}

impl Visitor for Totals {
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        index: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()> {
        assert_eq!(index, self.features);
        self.features += 1;
        for value in values {
            let Value::Float(area) = value else { panic!("{value:?}") };
            self.area += area;
        }
        if let Some(geometry) = geometry {
            self.add(geometry);
        }
        ControlFlow::Continue(())
    }

    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()> {
        panic!("feature {index}: {reason}");
    }
}

impl Totals {
    fn add<G: GeometryTrait<T = f64>>(&mut self, geometry: &G) {
        match geometry.as_type() {
            GeometryType::LineString(g) => self.line(g),
            GeometryType::Polygon(g) => self.polygon(g),
            GeometryType::MultiPolygon(g) => g.polygons().for_each(|p| self.polygon(&p)),
            GeometryType::MultiLineString(g) => g.line_strings().for_each(|l| self.line(&l)),
            _ => panic!("not in these files"),
        }
    }

    fn polygon<P: PolygonTrait<T = f64>>(&mut self, polygon: &P) {
        polygon.exterior().into_iter().chain(polygon.interiors()).for_each(|ring| self.line(&ring));
    }

    fn line<L: LineStringTrait<T = f64>>(&mut self, line: &L) {
        self.rings += 1;
        for coord in line.coords() {
            self.vertices += 1;
            self.sum_x += coord.x();
            self.sum_y += coord.y();
        }
    }
}
