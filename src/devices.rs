//! `xr devices`: what this build can run on here.

use crate::{failure::Failure, stdout};
use clap::Args;
use xr::Codec;

#[derive(Args)]
pub struct Devices {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Devices) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut text = String::new();
    for &backend in xr::BACKENDS {
        let devices = match xr::devices(backend) {
            Ok(devices) => devices,
            Err(error) => {
                text += &format!("{backend}: {error}\n");
                rows.push(serde_json::json!({ "backend": backend, "unavailable": error.to_string() }));
                continue;
            }
        };
        for (index, device) in devices.iter().enumerate() {
            let codecs: Vec<String> = device.codecs.iter().map(ToString::to_string).collect();
            let note = match device.unusable {
                Some(reason) => reason.into(),
                None if device.codecs.iter().all(|codec| *codec == Codec::None) => {
                    "tiles are compressed on the CPU".into()
                }
                None => format!("encodes {}", codecs.join(", ")),
            };
            text += &format!("{backend} {index}: {}, {} ({note})\n", device.name, device.kind);
            let mut row = serde_json::json!({
                "backend": backend,
                "index": index,
                "device": device.name,
                "kind": device.kind,
                "codecs": codecs,
            });
            if let Some(reason) = device.unusable {
                row["unavailable"] = reason.into();
            }
            rows.push(row);
        }
    }
    if options.json {
        return stdout::print(&format!("{}\n", serde_json::json!({ "devices": rows })));
    }
    stdout::print(&text)
}
