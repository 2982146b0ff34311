//! rasterio in a Python process, on the very same polygons.

use crate::{Failure, times::Times};
use geo_types::Polygon;
use std::{
    fs,
    process::{Command, Stdio},
};
use xr::{DataType, Merge};

/// What the peer is to do.
pub struct Task<'a> {
    /// Geometry.
    pub polygons: &'a [Polygon<f64>],
    /// Pixels a side.
    pub size: u32,
    /// `last` or `sum`.
    pub merge: Merge<'a>,
    /// Pixel type.
    pub dtype: DataType,
    /// Touch rule.
    pub all_touched: bool,
}

/// What the peer did.
pub struct Report {
    /// Its version.
    pub version: String,
    /// Its times.
    pub times: Times,
    /// Pixels in which its raster is not ours.
    pub differing: u64,
}

const DRIVER: &str = include_str!("rasterio.py");

/// Times `rasterio.features.rasterize` and compares its raster with ours.
pub fn time(python: &str, task: &Task<'_>, repeat: usize, ours: &[u8]) -> Result<Report, Failure> {
    let algorithm = match task.merge {
        Merge::Last => "replace",
        Merge::Sum => "add",
        other => return Err(format!("rasterio merges by last and sum, not {other}").into()),
    };
    let folder = std::env::temp_dir().join(format!("xr-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let answer = ask(python, task, algorithm, repeat, ours, &folder);
    fs::remove_dir_all(&folder)?;
    answer
}

fn ask(
    python: &str,
    task: &Task<'_>,
    algorithm: &str,
    repeat: usize,
    ours: &[u8],
    folder: &std::path::Path,
) -> Result<Report, Failure> {
    let vertices: Vec<f64> =
        task.polygons.iter().flat_map(|p| p.exterior().coords().flat_map(|c| [c.x, c.y])).collect();
    let lengths: Vec<u32> = task.polygons.iter().map(|p| p.exterior().0.len() as u32).collect();
    fs::write(folder.join("vertices"), bytemuck::cast_slice(&vertices))?;
    fs::write(folder.join("lengths"), bytemuck::cast_slice(&lengths))?;
    fs::write(folder.join("ours"), ours)?;
    let output = Command::new(python)
        .args(["-c", DRIVER])
        .arg(folder)
        .args([task.size.to_string(), task.dtype.to_string(), algorithm.into()])
        .args([u8::from(task.all_touched).to_string(), repeat.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{python}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{python} with rasterio failed: {}", output.status).into());
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let times: Vec<f64> = answer["times"].as_array().into_iter().flatten().filter_map(|t| t.as_f64()).collect();
    Ok(Report {
        version: answer["version"].as_str().unwrap_or_default().to_owned(),
        times: Times::of(&times),
        differing: answer["differing"].as_u64().ok_or("the peer did not compare")?,
    })
}
