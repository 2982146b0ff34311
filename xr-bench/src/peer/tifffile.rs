//! tifffile with imagecodecs in a Python process.

use crate::{Failure, translate::Task};
use std::{
    path::Path,
    process::{Command, Stdio},
};

const DRIVER: &str = include_str!("tifffile.py");

/// Seconds of one write and one read, without Python's start.
pub struct Times {
    /// `tifffile.imwrite` of an array in memory.
    pub write: f64,
    /// `tifffile.imread` into memory of the file that it wrote.
    pub read: f64,
    /// Versions of the packages.
    pub version: String,
}

/// Writes the raster in `raw` to `target` and reads it back.
pub fn time(python: &str, task: &Task, raw: &Path, target: &Path) -> Result<Times, Failure> {
    let output = Command::new(python)
        .args(["-c", DRIVER])
        .args([raw, target])
        .args([task.numpy_type(), &task.size.to_string(), task.codec.name])
        .args([task.codec.level, task.predictor(), task.tile as i32].map(|n| n.to_string()))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{python}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{python} with tifffile failed: {}", output.status).into());
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    if answer["equal"] != true {
        return Err("tifffile read other pixels than it wrote".into());
    }
    let seconds = |name: &str| answer[name].as_f64().ok_or("tifffile's driver gave no times");
    let version = answer["version"].as_str().unwrap_or_default().to_owned();
    Ok(Times { write: seconds("write")?, read: seconds("read")?, version })
}
