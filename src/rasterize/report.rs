//! What a run says about itself.

use crate::machine;
use std::time::Duration;
use xr::{Phases, Traffic};

/// Figures of a finished run.
pub struct Report {
    pub output: String,
    pub width: u32,
    pub height: u32,
    pub bands: u16,
    pub dtype: xr::DataType,
    pub features: u64,
    pub burned: u64,
    pub skipped: serde_json::Value,
    pub backend: &'static str,
    pub device: String,
    pub encoder: &'static str,
    pub parse: Duration,
    pub phases: Phases,
    pub wall: Duration,
    pub traffic: Traffic,
    pub bytes: u64,
    pub tiles: u64,
    pub sparse_tiles: u64,
    pub statistics: Option<serde_json::Value>,
}

impl Report {
    pub fn to_json(&self) -> serde_json::Value {
        let seconds = |d: Duration| d.as_secs_f64();
        serde_json::json!({
            "output": self.output,
            "width": self.width,
            "height": self.height,
            "bands": self.bands,
            "dtype": self.dtype.name(),
            "pixels": u64::from(self.width) * u64::from(self.height),
            "features": self.features,
            "burned": self.burned,
            "skipped": self.skipped,
            "backend": self.backend,
            "device": self.device,
            "encoder": self.encoder,
            "bytes": self.bytes,
            "tiles": self.tiles,
            "sparse_tiles": self.sparse_tiles,
            "statistics": self.statistics,
            "wall": seconds(self.wall),
            "phases": {
                "parse": seconds(self.parse),
                "stage": seconds(self.phases.stage),
                "prepare": seconds(self.phases.prepare),
                "rasterize": seconds(self.phases.rasterize),
                "encode": seconds(self.phases.encode),
                "readback": seconds(self.phases.readback),
                "write": seconds(self.phases.sink),
            },
            "traffic": traffic(&self.traffic),
            "peak_memory": machine::peak_memory(),
        })
    }

    pub fn to_text(&self) -> String {
        format!(
            "{}: {} × {} {} from {} of {} features, {} bytes, {:.2} s",
            self.output,
            self.width,
            self.height,
            self.dtype,
            self.burned,
            self.features,
            self.bytes,
            self.wall.as_secs_f64()
        )
    }
}

/// What crossed the bus.
pub fn traffic(traffic: &Traffic) -> serde_json::Value {
    serde_json::json!({
        "uploads": traffic.uploads,
        "uploaded_bytes": traffic.uploaded_bytes,
        "downloads": traffic.downloads,
        "probes": traffic.probes,
        "downloaded_bytes": traffic.downloaded_bytes,
        "allocations": traffic.allocations,
        "allocated_bytes": traffic.allocated_bytes,
        "launches": traffic.launches,
    })
}
