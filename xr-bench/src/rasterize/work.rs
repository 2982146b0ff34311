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
    /// Random polygons: how many, of how many vertices, of which radii.
    Stars(usize, usize, (f64, f64)),
    File,
}

/// The table.
pub fn rows(counties: &Path, coastlines: Option<&Path>) -> Vec<Row> {
    const SMALL: (f64, f64) = (10.0, 30.0);
    const LARGE: (f64, f64) = (500.0, 1500.0);
    const SIZE: u32 = 4000;
    let star = |name, count, vertices, radii, all_touched, goal| Row {
        name,
        input: Input::Stars(count, vertices, radii),
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
        star("10,000 polygons, last", 10_000, 12, SMALL, false, 28.0),
        star("10,000 polygons, all touched, sum", 10_000, 12, SMALL, true, 60.0),
        star("100,000 polygons, last", 100_000, 12, SMALL, false, 130.0),
        star("100,000 polygons, all touched, sum", 100_000, 12, SMALL, true, 350.0),
        star("200 polygons of 5,000 vertices, last", 200, 5_000, LARGE, false, 150.0),
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
        let Input::Stars(count, vertices, radii) = input else { return Ok(work) };
        let stars = workload::stars(count, vertices, radii, 0.5, work.size[0].into(), 1);
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
