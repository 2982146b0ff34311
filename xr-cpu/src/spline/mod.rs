//! Thin-plate splines on the host.

mod direct;
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod octaves;
mod width;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests;
