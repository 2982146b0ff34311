//! What is burned.

use crate::{Failure, workload};
use geo_types::Polygon;
use serde_json::json;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A vector file, a grid and a rule.
pub struct Work {
    pub name: &'static str,
    pub source: PathBuf,
    /// The burned column; without one 1 is burned.
    pub column: Option<&'static str>,
    /// Columns and rows.
    pub size: [u32; 2],
    /// xmin, ymin, xmax, ymax.
    pub extent: [f64; 4],
    /// As NumPy says it.
    pub dtype: &'static str,
    /// `last` or `sum`.
    pub merge: &'static str,
    pub all_touched: bool,
    /// Milliseconds that were aimed at on two cores.
    pub goal: Option<f64>,
}

impl Work {
    pub fn pixels(&self) -> f64 {
        f64::from(self.size[0]) * f64::from(self.size[1])
    }

    /// What the processes that burn it are told.
    pub fn to_json(&self) -> String {
        json!({
            "source": self.source, "column": self.column, "size": self.size, "extent": self.extent,
            "dtype": self.dtype, "merge": self.merge, "all_touched": self.all_touched,
        })
        .to_string()
    }
}

/// A row of the table, whose file may have to be made.
pub struct Row {
    pub name: &'static str,
    input: Input,
    work: Work,
}

enum Input {
    Stars(Stars),
    File,
}

/// Random polygons.
#[derive(Clone, Copy)]
struct Stars {
    count: usize,
    vertices: usize,
    /// Smallest and largest.
    radius: (f64, f64),
    /// Largest shortening of a vertex's radius, as a fraction.
    jitter: f64,
}

/// The table.
pub fn rows(counties: &Path, coastlines: Option<&Path>) -> Vec<Row> {
    const SOME: Stars = Stars { count: 10_000, vertices: 12, radius: (10.0, 30.0), jitter: 0.5 };
    const MANY: Stars = Stars { count: 100_000, ..SOME };
    const LARGE: Stars = Stars { count: 200, vertices: 5_000, radius: (500.0, 1500.0), jitter: 0.01 };
    const SIZE: u32 = 4000;
    let star = |name, stars, all_touched, goal| Row {
        name,
        input: Input::Stars(stars),
        work: Work {
            name,
            source: PathBuf::new(),
            column: Some("v"),
            size: [SIZE, SIZE],
            extent: [0.0, 0.0, SIZE.into(), SIZE.into()],
            dtype: "float64",
            merge: if all_touched { "sum" } else { "last" },
            all_touched,
            goal: Some(goal),
        },
    };
    let real = |name, source: &Path, size, extent, all_touched| Row {
        name,
        input: Input::File,
        work: Work {
            name,
            source: source.to_owned(),
            column: None,
            size,
            extent,
            dtype: if all_touched { "float32" } else { "uint8" },
            merge: "last",
            all_touched,
            goal: None,
        },
    };
    let states = [-125.0, 24.0, -65.0, 54.0];
    let world = [-180.0, -90.0, 180.0, 90.0];
    let (half, full) = ([10_000, 5_000], [20_000, 10_000]);
    let mut rows = vec![
        star("10,000 polygons, last", SOME, false, 28.0),
        star("10,000 polygons, all touched, sum", SOME, true, 60.0),
        star("100,000 polygons, last", MANY, false, 130.0),
        star("100,000 polygons, all touched, sum", MANY, true, 350.0),
        star("200 polygons of 5,000 vertices, last", LARGE, false, 150.0),
        real("counties, 10,000 × 5,000 u8", counties, half, states, false),
        real("counties, 20,000 × 10,000 u8", counties, full, states, false),
        real("counties, 20,000 × 10,000 f32, all touched", counties, full, states, true),
    ];
    if let Some(coastlines) = coastlines {
        rows.extend([
            real("coastlines, 10,000 × 5,000 u8", coastlines, half, world, false),
            real("coastlines, 20,000 × 10,000 u8", coastlines, full, world, false),
            real("coastlines, 20,000 × 10,000 f32, all touched", coastlines, full, world, true),
        ]);
    }
    rows
}

impl Row {
    /// Writes the file if it is not there: FlatGeobuf for peers, by ogr2ogr, otherwise newline-delimited GeoJSON.
    pub fn prepare(self, folder: &Path, peers: bool) -> Result<Work, Failure> {
        let Self { input, mut work, .. } = self;
        let Input::Stars(Stars { count, vertices, radius, jitter }) = input else { return Ok(work) };
        let stars = workload::stars(count, vertices, radius, jitter, work.size[0].into(), 1);
        work.source = folder.join("stars.geojsonl");
        fs::write(&work.source, lines(&stars)?)?;
        if peers {
            let flatgeobuf = folder.join("stars.fgb");
            let mut ogr2ogr = Command::new("ogr2ogr");
            ogr2ogr.args(["-f", "FlatGeobuf", "-lco", "SPATIAL_INDEX=NO"]).args([&flatgeobuf, &work.source]);
            let status = ogr2ogr.status().map_err(|e| format!("ogr2ogr: {e}"))?;
            if !status.success() {
                return Err(format!("ogr2ogr: {status}").into());
            }
            work.source = flatgeobuf;
        }
        Ok(work)
    }
}

/// One feature a line, with values from 1 to 100.
fn lines(polygons: &[Polygon<f64>]) -> Result<String, Failure> {
    let mut text = String::new();
    for (n, polygon) in polygons.iter().enumerate() {
        let ring: Vec<[f64; 2]> = polygon.exterior().coords().map(|c| [c.x, c.y]).collect();
        let geometry = json!({ "type": "Polygon", "coordinates": [ring] });
        writeln!(text, "{}", json!({ "type": "Feature", "properties": { "v": n % 100 + 1 }, "geometry": geometry }))?;
    }
    Ok(text)
}
