//! What the system counts for this process.

use rustix::time::{ClockId, clock_gettime};

/// Peak resident bytes so far, 0 where the system does not tell.
pub fn peak() -> u64 {
    status("VmHWM:")
}

/// Resident bytes now.
pub fn now() -> u64 {
    status("VmRSS:")
}

/// Seconds of processor time so far, of all threads.
pub fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
