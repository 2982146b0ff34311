//! This process and its machine.

use crate::failure::Failure;

/// Bounds the threads of everything that runs in parallel; `None` is one per core.
pub fn use_threads(threads: Option<u32>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global();
    pool.map_err(|e| Failure::usage(format!("--threads {threads}: {e}"), "pass fewer threads"))
}

/// Peak resident bytes of this process; `None` where the system does not tell.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
