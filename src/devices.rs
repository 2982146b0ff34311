//! `xr devices`: what this build can run on here.

use crate::failure::Failure;
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
        println!("{}", serde_json::json!({ "devices": rows }));
        return Ok(());
    }
    for row in rows {
        let backend = row["backend"].as_str().unwrap_or_default();
        match row["unavailable"].as_str() {
            Some(reason) => println!("{backend}: {reason}"),
            None => {
                let codecs = row["codecs"].as_array().into_iter().flatten().filter_map(|c| c.as_str());
                let codecs = codecs.collect::<Vec<_>>().join(", ");
                println!("{backend} 0: {} (encodes {codecs})", row["device"].as_str().unwrap_or_default());
            }
        }
    }
    Ok(())
}
