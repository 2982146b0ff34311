//! Whole programs, file to file.

use super::Work;
use crate::{Failure, in_process};
use serde_json::Value;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Runs a program and says what it used.
const WATCH: &str = include_str!("../peer/watch.py");

pub struct Program {
    name: &'static str,
    arguments: Vec<OsString>,
    output: PathBuf,
}

impl Program {
    pub fn xr(program: &Path, work: &Work, folder: &Path) -> Self {
        let Work { size: [width, height], extent: [x0, y0, x1, y1], .. } = work;
        let dtype = match work.dtype {
            "float64" => "f64",
            "float32" => "f32",
            _ => "u8",
        };
        let mut words =
            vec!["rasterize".to_owned(), "--merge".into(), work.merge.into(), "--dtype".into(), dtype.into()];
        words.extend([format!("--size={width},{height}"), format!("--extent={x0},{y0},{x1},{y1}")]);
        words.extend(["--compress=none", "--overwrite", "--quiet"].map(String::from));
        words.extend(work.column.map(|column| format!("--column={column}")));
        words.extend(work.all_touched.then(|| "--all-touched".to_owned()));
        let output = folder.join("xr.tif");
        let files = [work.source.clone().into(), "-o".into(), output.clone().into()];
        let arguments = std::iter::once(program.into()).chain(words.into_iter().map(OsString::from)).chain(files);
        Self { name: "xr rasterize", arguments: arguments.collect(), output }
    }

    pub fn gdal(work: &Work, folder: &Path) -> Self {
        let dtype = match work.dtype {
            "float64" => "Float64",
            "float32" => "Float32",
            _ => "Byte",
        };
        let mut words = ["gdal_rasterize", "-q", "-ot", dtype, "-te"].map(String::from).to_vec();
        words.extend(work.extent.map(|v| v.to_string()));
        words.push("-ts".into());
        words.extend(work.size.map(|v| v.to_string()));
        match work.column {
            Some(column) => words.extend(["-a".into(), column.into()]),
            None => words.extend(["-burn".into(), "1".into()]),
        }
        words.extend((work.merge == "sum").then(|| "-add".to_owned()));
        words.extend(work.all_touched.then(|| "-at".to_owned()));
        let output = folder.join("gdal.tif");
        let files = [work.source.clone().into(), output.clone().into()];
        Self { name: "gdal_rasterize", arguments: words.into_iter().map(OsString::from).chain(files).collect(), output }
    }

    pub fn label(&self) -> String {
        let version = Command::new(&self.arguments[0]).arg("--version").output().map(|output| output.stdout);
        let text = String::from_utf8_lossy(&version.unwrap_or_default()).into_owned();
        let number = text.split([' ', ',', '\n']).find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        format!("{} {}", self.name, number.unwrap_or_default())
    }

    /// Runs it to its end: `wall` and `cpu` in seconds, `peak` in bytes.
    pub fn run(&self, python: &str) -> Result<Value, Failure> {
        // GDAL would update a raster that is there.
        if self.output.exists() {
            std::fs::remove_file(&self.output)?;
        }
        let watch = Command::new(python).args(["-c", WATCH]).args(&self.arguments).stderr(Stdio::inherit()).output();
        let output = watch.map_err(|e| format!("{python}: {e}"))?;
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout)?);
        }
        Err(format!("{}: {}", self.name, output.status).into())
    }
}

/// Pixels in which the last outputs of two programs differ.
pub fn differing([a, b]: &[Program; 2], work: &Work) -> Result<u64, Failure> {
    let [a, b] = [in_process::pixels(&a.output)?, in_process::pixels(&b.output)?];
    let size = a.len() / work.pixels() as usize;
    Ok(a.chunks(size).zip(b.chunks(size)).filter(|(a, b)| a != b).count() as u64)
}
