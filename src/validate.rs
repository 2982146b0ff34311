//! `xr validate`: whether a file is a sound TIFF and a Cloud Optimized GeoTIFF.

use crate::{failure::Failure, stdout};
use clap::Args;
use std::path::PathBuf;
use xr_geotiff::{Finding, Severity, validate};

/// Check the structure of a TIFF, and the rules of Cloud Optimized GeoTIFF.
///
/// Prints one line per finding with its byte offset: `error` breaks TIFF, `not a COG` breaks the rules of Cloud Optimized
/// GeoTIFF only. Exit status 1 if there is an error, or with --cog if the file is no COG.
#[derive(Args)]
pub struct Validate {
    /// The file, or (feature http) a URL
    #[arg(value_name = "FILE.tif")]
    file: PathBuf,
    /// Fail unless the file is a Cloud Optimized GeoTIFF
    #[arg(long)]
    cog: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Validate) -> Result<(), Failure> {
    let findings = validate(&options.file)?;
    let has = |severity| findings.iter().any(|finding| finding.severity == severity);
    let (sound, cog) = (!has(Severity::Error), !has(Severity::Error) && !has(Severity::NotCog));
    let text = if options.json {
        let list: Vec<_> = findings
            .iter()
            .map(|f| serde_json::json!({ "severity": name(f), "offset": f.offset, "message": f.message }))
            .collect();
        format!("{}\n", serde_json::json!({ "valid": sound, "cog": cog, "findings": list }))
    } else {
        let lines = findings.iter().map(|f| format!("{}: byte {}: {}\n", name(f), f.offset, f.message));
        let verdict = match (sound, cog) {
            (true, true) => "a valid Cloud Optimized GeoTIFF",
            (true, false) => "a valid TIFF, but no Cloud Optimized GeoTIFF",
            (false, _) => "not a valid TIFF",
        };
        lines.collect::<String>() + &format!("{}: {verdict}\n", options.file.display())
    };
    stdout::print(&text)?;
    let file = options.file.display();
    if !sound {
        Err(Failure::data(format!("{file}: is not a valid TIFF"), "write it again, for instance with xr translate"))
    } else if options.cog && !cog {
        Err(Failure::data(format!("{file}: is no Cloud Optimized GeoTIFF"), "make one with xr translate --cog"))
    } else {
        Ok(())
    }
}

fn name(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::NotCog => "not a COG",
        Severity::Warning => "warning",
    }
}
