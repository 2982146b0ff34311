//! The logarithm's table for every exponent, as kernels look it up.

use std::f64::consts::LN_2;
use xr_core::spline::log::{INTERVAL_BITS, MANTISSAS};

/// Octaves there are: exponents count modulo this.
const PERIOD: usize = 128;
/// Entries of [`OCTAVES`].
const ENTRIES: usize = PERIOD << INTERVAL_BITS;
/// Right shift of the bits of r² that puts exponent and interval where an index into [`OCTAVES`] has them.
const SHIFT: u32 = 52 - INTERVAL_BITS;

/// Right shift of the bits of r² after which [`OFFSET_MASK`] leaves the offset of its entry in bytes.
#[cfg(target_arch = "x86_64")]
pub(super) const OFFSET_SHIFT: i32 = SHIFT as i32 - 4;
/// Bits of an offset into [`OCTAVES`] in bytes: no r² at all leads out of it.
#[cfg(target_arch = "x86_64")]
pub(super) const OFFSET_MASK: i64 = (ENTRIES as i64 - 1) << 4;

/// `[2⁻ᵉ·inv, fma(e, ln 2, −ln inv)]` for −64 ≤ e < 64 and the sixteen intervals of an octave, at [`index`].
#[repr(align(64))]
pub(super) struct Octaves(pub(super) [[f64; 2]; ENTRIES]);

/// Made when the program is compiled.
pub(super) static OCTAVES: Octaves = octaves();

const fn octaves() -> Octaves {
    let mut entries = [[0.0; 2]; ENTRIES];
    let mut exponent = -(PERIOD as i64) / 2;
    while exponent < PERIOD as i64 / 2 {
        let scale = f64::from_bits(((1023 - exponent) as u64) << 52);
        let mut interval = 0;
        while interval < MANTISSAS.len() {
            let [inverse, log] = MANTISSAS[interval];
            let at = ((1023 + exponent) as usize % PERIOD) << INTERVAL_BITS | interval;
            entries[at] = [inverse * scale, (exponent as f64).mul_add(LN_2, log)];
            interval += 1;
        }
        exponent += 1;
    }
    Octaves(entries)
}

/// Where the entry of r² is.
#[inline(always)]
pub(super) fn index(r2: f64) -> usize {
    (r2.to_bits() >> SHIFT) as usize % ENTRIES
}
