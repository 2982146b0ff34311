//! Points to draw a surface through, and where.

use crate::{Failure, workload::Random};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// What is fitted and shown.
pub struct Work {
    pub name: String,
    /// The coordinates and values.
    pub points: Vec<[f64; 3]>,
    /// Columns and rows.
    pub size: [u32; 2],
    /// Seconds of fit and evaluation on two cores.
    pub goal: Option<[f64; 2]>,
}

/// Points at random in a square, values of a smooth function and noise.
pub fn rows() -> Vec<Work> {
    let row = |count: usize, goal: Option<[f64; 2]>| {
        let mut random = Random::new(count as u64);
        let mut point = || {
            let [x, y, noise] = [0; 3].map(|_| random.uniform(0.0, 1.0));
            [x, y, (7.0 * x).sin() * (5.0 * y).cos() + 0.1 * noise]
        };
        let points = (0..count).map(|_| point()).collect();
        Work { name: format!("{count} points"), points, size: [2000, 2000], goal }
    };
    vec![
        row(1_000, None),
        row(10_000, Some([0.4, 0.2])),
        row(100_000, Some([2.5, 0.5])),
        row(1_000_000, Some([30.0, 1.6])),
    ]
}

/// The points of a file, `x,y,value` a line after a first line of names; those at places that came before are left out.
pub fn of_file(path: &Path) -> Result<Work, Failure> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut seen = std::collections::HashSet::new();
    let mut points = Vec::new();
    for line in text.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let &[x, y, z] = &numbers[..] else {
            return Err(format!("{}: {line:?} is not x,y,value", path.display()).into());
        };
        if seen.insert([x.to_bits(), y.to_bits()]) {
            points.push([x, y, z]);
        }
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(Work { name: format!("{name}: {} points", points.len()), points, size: [2000, 1000], goal: None })
}

impl Work {
    /// Left, bottom, right, top.
    fn extent(&self) -> [f64; 4] {
        self.points
            .iter()
            .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |e, &[x, y, _]| {
                [e[0].min(x), e[1].min(y), e[2].max(x), e[3].max(y)]
            })
    }

    /// Writes the points, all x, all y, all values as little-endian doubles, and describes the work for processes.
    pub fn write(&self, to: &Path) -> Result<Value, Failure> {
        let numbers = (0..3).flat_map(|k| self.points.iter().flat_map(move |point| point[k].to_le_bytes()));
        fs::write(to, numbers.collect::<Vec<u8>>())?;
        Ok(json!({ "points": to, "extent": self.extent(), "size": self.size }))
    }
}
