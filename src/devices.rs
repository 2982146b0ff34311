//! `xr devices`: what this build can run on here.

use crate::{failure::Failure, stdout};
use clap::Args;

#[derive(Args)]
pub struct Devices {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Devices) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for &backend in xr::BACKENDS {
        rows.push(match xr::engine(backend, xr::OpenOptions::default()) {
            Ok(engine) => {
                let caps = engine.caps();
                let codecs: Vec<String> = caps.codecs.iter().map(ToString::to_string).collect();
                serde_json::json!({ "backend": backend, "index": 0, "device": caps.device, "codecs": codecs })
            }
            Err(error) => serde_json::json!({ "backend": backend, "unavailable": error.to_string() }),
        });
    }
    if options.json {
        return stdout::print(&format!("{}\n", serde_json::json!({ "devices": rows })));
    }
    let mut text = String::new();
    for row in rows {
        let backend = row["backend"].as_str().unwrap_or_default();
        match row["unavailable"].as_str() {
            Some(reason) => text += &format!("{backend}: {reason}\n"),
            None => {
                let codecs = row["codecs"].as_array().into_iter().flatten().filter_map(|c| c.as_str());
                let codecs = codecs.collect::<Vec<_>>().join(", ");
                let device = row["device"].as_str().unwrap_or_default();
                text += &format!("{backend} 0: {device} (encodes {codecs})\n");
            }
        }
    }
    stdout::print(&text)
}
