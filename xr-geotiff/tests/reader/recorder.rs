//! A source that remembers what was asked of it.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use xr_geotiff::ByteSource;

/// A file in memory, and the ranges of each request.
#[derive(Clone)]
pub struct Recorder {
    bytes: Arc<Vec<u8>>,
    gap: u64,
    requests: Arc<Mutex<Vec<Vec<Range<u64>>>>>,
}

impl Recorder {
    pub fn new(bytes: Vec<u8>, gap: u64) -> Self {
        Self { bytes: Arc::new(bytes), gap, requests: Arc::default() }
    }

    /// The requests since the last call.
    pub fn take(&self) -> Vec<Vec<Range<u64>>> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl ByteSource for Recorder {
    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }

    fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()> {
        self.requests.lock().unwrap().push(ranges.to_vec());
        self.bytes.read_ranges(ranges, out)
    }

    fn worthwhile_gap(&self) -> u64 {
        self.gap
    }
}
