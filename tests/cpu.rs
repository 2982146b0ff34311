//! The suite on the CPU backend.
xr_conformance::conformance!("CPU", || Ok(xr_cpu::Cpu::open()));
