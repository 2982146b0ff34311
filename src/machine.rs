//! This process and its machine.

use crate::{args, failure::Failure};
use clap::{Args, ValueEnum};
use xr::{Codec, Engine, OpenOptions};

/// Options that say what to compute with.
#[derive(Args)]
pub struct MachineOptions {
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto", help_heading = "Machine")]
    pub backend: BackendName,
    /// Index of the device, as `xr devices` lists those of the backend, or of several that share the work [default: the
    /// best]
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',', requires = "backend", help_heading = "Machine")]
    pub device: Vec<usize>,
    /// CPU threads [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096), help_heading = "Machine")]
    pub threads: Option<u32>,
    /// Bound on working memory, such as 512MiB or 4GB; the raster is made in windows that fit
    #[arg(long, value_name = "SIZE", value_parser = args::bytes, help_heading = "Machine")]
    pub max_memory: Option<u64>,
    /// Print one JSON object about the run to stdout
    #[arg(long, help_heading = "Machine")]
    pub json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum BackendName {
    /// The best that is compiled in and has hardware here
    Auto,
    Cpu,
    Opencl,
    Cuda,
}

impl BackendName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Opencl => "opencl",
            Self::Cuda => "cuda",
        }
    }
}

impl MachineOptions {
    /// The engine that is asked for.
    pub fn open(&self) -> Result<Box<dyn Engine>, Failure> {
        if !self.device.is_empty() && matches!(self.backend, BackendName::Auto) {
            let message = "--device is an index among the devices of one backend, and --backend auto is none";
            return Err(Failure::usage(message, "name the backend, as xr devices lists it"));
        }
        let mut devices = self.device.iter();
        while let Some(device) = devices.next() {
            if devices.as_slice().contains(device) {
                return Err(Failure::usage(format!("--device names {device} twice"), "name each device once"));
            }
        }
        self.open_on(&self.device)
    }

    fn open_on(&self, devices: &[usize]) -> Result<Box<dyn Engine>, Failure> {
        let options = OpenOptions { devices: devices.to_vec(), ..OpenOptions::default() };
        Ok(xr::engine(self.backend.name(), options)?)
    }

    /// An engine for tiles beside the one that makes their pixels: on the first of its devices, or on the CPU if that lacks the
    /// codec.
    pub fn open_for_tiles(&self, maker: &dyn Engine, codec: Codec) -> Result<Box<dyn Engine>, Failure> {
        let caps = maker.caps();
        if caps.codecs.contains(&codec) {
            return self.open_on(&self.device[..self.device.len().min(1)]);
        }
        tracing::info!("{} does not run {codec}: tiles are compressed on the CPU", caps.device);
        Ok(xr::engine("cpu", OpenOptions::default())?)
    }
}

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
