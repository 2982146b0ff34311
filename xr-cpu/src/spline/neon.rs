//! Vectors of NEON, which every 64-bit ARM processor has.
//!
//! The methods hold `unsafe` for two reasons only: instructions, which the target has; and loads and stores, whose
//! slices are measured first.
#![allow(unsafe_code)]

use super::{
    lanes::Lanes,
    octaves::{OCTAVES, index},
};
use std::arch::aarch64::*;

/// NEON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon;

impl Lanes for Neon {
    type V = float64x2_t;
    const LANES: usize = 2;

    #[inline(always)]
    fn splat(self, value: f64) -> float64x2_t {
        // SAFETY: the target has NEON.
        unsafe { vdupq_n_f64(value) }
    }
    #[inline(always)]
    fn load(self, from: &[f64]) -> float64x2_t {
        let from = &from[..2];
        // SAFETY: the target has NEON; two doubles are there.
        unsafe { vld1q_f64(from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: float64x2_t, to: &mut [f64]) {
        let to = &mut to[..2];
        // SAFETY: the target has NEON; two doubles are there.
        unsafe { vst1q_f64(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn add(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        // SAFETY: the target has NEON.
        unsafe { vaddq_f64(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        // SAFETY: the target has NEON.
        unsafe { vsubq_f64(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        // SAFETY: the target has NEON.
        unsafe { vmulq_f64(a, b) }
    }
    #[inline(always)]
    fn fma(self, a: float64x2_t, b: float64x2_t, c: float64x2_t) -> float64x2_t {
        // SAFETY: the target has NEON.
        unsafe { vfmaq_f64(c, a, b) }
    }
    #[inline(always)]
    fn reduce(self, r2: float64x2_t) -> (float64x2_t, float64x2_t) {
        // SAFETY: the target has NEON; an entry is two doubles.
        unsafe {
            let entry = |r2: f64| vld1q_f64(OCTAVES.0[index(r2)].as_ptr());
            let (first, second) = (entry(vgetq_lane_f64::<0>(r2)), entry(vgetq_lane_f64::<1>(r2)));
            let (inverse, log) = (vzip1q_f64(first, second), vzip2q_f64(first, second));
            (vfmaq_f64(vdupq_n_f64(-1.0), r2, inverse), log)
        }
    }
}
