//! Which vectors this processor has.

use super::lanes::{Kernel, Scalar};
#[cfg(target_arch = "aarch64")]
use super::neon::Neon;
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512};
use std::sync::LazyLock;

/// Vectors to compute with. All give the same bits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    /// One double, where multiply-adds may be emulated.
    Scalar(Scalar),
    /// Four.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// Eight.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    /// Two.
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
}

impl Width {
    /// What this processor has, the widest last.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Width>> = LazyLock::new(|| {
            let mut all = vec![Width::Scalar(Scalar)];
            #[cfg(target_arch = "x86_64")]
            all.extend(Avx2::detect().map(Width::Avx2));
            #[cfg(target_arch = "x86_64")]
            all.extend(Avx512::detect().map(Width::Avx512));
            #[cfg(target_arch = "aarch64")]
            all.push(Width::Neon(Neon));
            all
        });
        &ALL
    }

    /// The widest.
    pub(crate) fn best() -> Self {
        Self::all().last().copied().unwrap_or(Self::Scalar(Scalar))
    }

    /// Runs a kernel compiled for it.
    pub(crate) fn run(self, kernel: impl Kernel) {
        match self {
            Self::Scalar(lanes) => kernel.run(lanes),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(lanes) => lanes.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(lanes) => lanes.run(kernel),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(lanes) => kernel.run(lanes),
        }
    }
}
