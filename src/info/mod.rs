//! `xr info`: what a file says of itself. A description is JSON first; the human form prints the same facts.

mod raster;
mod statistics;
mod vector;

use crate::{failure::Failure, stdout};
use clap::Args;
use serde_json::{Map, Value};
use std::{io, path::PathBuf};
use xr_geotiff::{ByteSource, open_source, url_scheme};

/// Describe a vector file or a GeoTIFF.
#[derive(Args)]
pub struct Info {
    /// The file, or (feature http) the URL of a GeoTIFF
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Read every pixel of a GeoTIFF and say what values its bands have
    #[arg(long)]
    stats: bool,
    /// GeoPackage layer to describe
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
}

pub fn run(options: &Info) -> Result<(), Failure> {
    let source = open_source(&options.file)?;
    let is_tiff = is_tiff(&*source).map_err(|source| Failure::Io { path: options.file.clone(), source })?;
    let facts = if is_tiff {
        raster::describe(source, &options.file, options.stats)?
    } else if url_scheme(&options.file).is_some() {
        return Err(Failure::data(
            format!("{}: is no TIFF, and of remote files only those are read", options.file.display()),
            "download it and name the local file",
        ));
    } else if options.stats {
        let message = format!("{}: --stats reads pixels, and this is no GeoTIFF", options.file.display());
        return Err(Failure::usage(message, "leave --stats out"));
    } else {
        vector::describe(&options.file, options.layer.clone())?
    };
    if options.json {
        stdout::print(&format!("{}\n", Value::Object(facts)))
    } else {
        let mut text = String::new();
        describe(&facts, 0, &mut text);
        stdout::print(&text)
    }
}

fn is_tiff(source: &dyn ByteSource) -> io::Result<bool> {
    let mut magic = Vec::new();
    if source.size()? >= 4 {
        source.read_ranges(std::slice::from_ref(&(0..4)), &mut magic)?;
    }
    Ok([b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|m| magic == m[..]))
}

/// One fact a line.
fn describe(facts: &Map<String, Value>, indent: usize, text: &mut String) {
    for (name, value) in facts {
        let label = format!("{:indent$}{}:", "", name.replace('_', " "));
        match value {
            Value::Object(inner) => {
                *text += &format!("{label}\n");
                describe(inner, indent + 2, text);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                *text += &format!("{label}\n");
                for item in items.iter().filter_map(Value::as_object) {
                    let item = if item.values().any(Value::is_number) {
                        item.iter()
                            .map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(value)))
                            .collect::<Vec<_>>()
                            .join(", ")
                    } else {
                        item.values().map(plain).collect::<Vec<_>>().join(" ")
                    };
                    *text += &format!("{:indent$}  {item}\n", "");
                }
            }
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            other => *text += &format!("{label:<16} {}\n", plain(other)),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
