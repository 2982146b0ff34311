//! Double-entry bookkeeping of what crosses the bus.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why bytes come back. Counted apart: an operation may take one tiny probe (sizes, statuses) per batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Pixels or encoded tiles.
    Payload,
    /// At most [`PROBE_LIMIT`] bytes of sizes or status words.
    Probe,
}

/// Upper bound of a [`Purpose::Probe`] in bytes.
pub const PROBE_LIMIT: usize = 64 << 10;

/// Counter snapshot; subtract two to measure an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Device allocations.
    pub allocations: u64,
    /// Bytes of them.
    pub allocated_bytes: u64,
    /// Host→device copies.
    pub uploads: u64,
    /// Bytes of them.
    pub uploaded_bytes: u64,
    /// Device→host copies of payload.
    pub downloads: u64,
    /// Device→host copies of sizes and statuses.
    pub probes: u64,
    /// Bytes of both.
    pub downloaded_bytes: u64,
    /// Device-side concatenations before a download.
    pub gathers: u64,
    /// Kernels started. Only backends know: the session's ledger holds 0.
    pub launches: u64,
}

impl Traffic {
    /// Without what only backends count: what a session's ledger must equal.
    pub fn transfers(self) -> Self {
        Self { launches: 0, ..self }
    }

    fn zip(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            allocations: f(self.allocations, other.allocations),
            allocated_bytes: f(self.allocated_bytes, other.allocated_bytes),
            uploads: f(self.uploads, other.uploads),
            uploaded_bytes: f(self.uploaded_bytes, other.uploaded_bytes),
            downloads: f(self.downloads, other.downloads),
            probes: f(self.probes, other.probes),
            downloaded_bytes: f(self.downloaded_bytes, other.downloaded_bytes),
            gathers: f(self.gathers, other.gathers),
            launches: f(self.launches, other.launches),
        }
    }
}

impl std::ops::Add for Traffic {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, u64::saturating_add)
    }
}

impl std::ops::Sub for Traffic {
    type Output = Self;
    fn sub(self, earlier: Self) -> Self {
        self.zip(earlier, u64::saturating_sub)
    }
}

/// Thread-safe [`Traffic`] accumulator. Backends embed one and count every driver call where they make it.
#[derive(Debug, Default)]
pub struct Meter {
    allocations: Count,
    uploads: Count,
    downloads: Count,
    probes: Count,
    gathers: Count,
    launches: Count,
}

#[derive(Debug, Default)]
struct Count {
    calls: AtomicU64,
    bytes: AtomicU64,
}

impl Count {
    fn add(&self, bytes: usize) {
        self.calls.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }
    fn get(&self) -> (u64, u64) {
        (self.calls.load(Relaxed), self.bytes.load(Relaxed))
    }
}

impl Meter {
    /// One device allocation.
    pub fn allocation(&self, bytes: usize) {
        self.allocations.add(bytes);
    }
    /// One host→device copy.
    pub fn upload(&self, bytes: usize) {
        self.uploads.add(bytes);
    }
    /// One device→host copy.
    pub fn download(&self, bytes: usize, why: Purpose) {
        match why {
            Purpose::Payload => self.downloads.add(bytes),
            Purpose::Probe => self.probes.add(bytes),
        }
    }
    /// One device-side concatenation.
    pub fn gather(&self) {
        self.gathers.add(0);
    }
    /// One kernel.
    pub fn launch(&self) {
        self.launches.add(0);
    }
    /// All counters now.
    pub fn snapshot(&self) -> Traffic {
        let ((allocations, allocated_bytes), (uploads, uploaded_bytes)) = (self.allocations.get(), self.uploads.get());
        let ((downloads, payload), (probes, probed)) = (self.downloads.get(), self.probes.get());
        Traffic {
            allocations,
            allocated_bytes,
            uploads,
            uploaded_bytes,
            downloads,
            probes,
            downloaded_bytes: payload + probed,
            gathers: self.gathers.get().0,
            launches: self.launches.get().0,
        }
    }
}
