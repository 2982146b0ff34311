//! Vectors of AVX2 and AVX-512.
//!
//! The methods hold `unsafe` for two reasons only: instructions, which the processor has if there is a value of the
//! type, see [`Avx2::detect`] and [`Avx512::detect`]; and loads and stores, whose slices are measured first.
#![allow(unsafe_code)]

use super::{
    lanes::{Kernel, Lanes},
    octaves::{OCTAVES, OFFSET_MASK, OFFSET_SHIFT},
};
use std::{arch::x86_64::*, f64::consts::LN_2};
use xr_core::spline::log::MANTISSAS;

/// The processor has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// `None` where the processor lacks them.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Runs a kernel compiled for them.
    pub(crate) fn run(self, kernel: impl Kernel) {
        #[target_feature(enable = "avx2,fma")]
        fn compiled(lanes: Avx2, kernel: impl Kernel) {
            kernel.run(lanes);
        }
        // SAFETY: `self` proves the features.
        unsafe { compiled(self, kernel) }
    }
}

impl Lanes for Avx2 {
    type V = __m256d;
    const LANES: usize = 4;

    #[inline(always)]
    fn splat(self, value: f64) -> __m256d {
        // SAFETY: `self` proves the features.
        unsafe { _mm256_set1_pd(value) }
    }
    #[inline(always)]
    fn load(self, from: &[f64]) -> __m256d {
        let from = &from[..4];
        // SAFETY: `self` proves the features; four doubles are there.
        unsafe { _mm256_loadu_pd(from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m256d, to: &mut [f64]) {
        let to = &mut to[..4];
        // SAFETY: `self` proves the features; four doubles are there.
        unsafe { _mm256_storeu_pd(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn add(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: `self` proves the features.
        unsafe { _mm256_add_pd(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: `self` proves the features.
        unsafe { _mm256_sub_pd(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: `self` proves the features.
        unsafe { _mm256_mul_pd(a, b) }
    }
    #[inline(always)]
    fn fma(self, a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        // SAFETY: `self` proves the features.
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
    /// Four loads of an entry each, then a transposition: quicker than gathers.
    #[inline(always)]
    fn reduce(self, r2: __m256d) -> (__m256d, __m256d) {
        // SAFETY: `self` proves the features. An offset is a multiple of 16 within the table because of its mask.
        unsafe {
            let bits = _mm256_srli_epi64::<OFFSET_SHIFT>(_mm256_castpd_si256(r2));
            let offsets = _mm256_and_si256(bits, _mm256_set1_epi64x(OFFSET_MASK));
            let entry = |offset: i64| _mm_load_pd(OCTAVES.0.as_ptr().byte_add(offset as usize).cast::<f64>());
            let (low, high) = (_mm256_castsi256_si128(offsets), _mm256_extracti128_si256::<1>(offsets));
            let even = [entry(_mm_cvtsi128_si64(low)), entry(_mm_cvtsi128_si64(high))];
            let odd = [entry(_mm_extract_epi64::<1>(low)), entry(_mm_extract_epi64::<1>(high))];
            let (even, odd) = (_mm256_set_m128d(even[1], even[0]), _mm256_set_m128d(odd[1], odd[0]));
            let (inverse, log) = (_mm256_unpacklo_pd(even, odd), _mm256_unpackhi_pd(even, odd));
            (_mm256_fmadd_pd(r2, inverse, _mm256_set1_pd(-1.0)), log)
        }
    }
}

/// The processor has AVX-512F.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// `None` where the processor lacks it.
    pub(crate) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx512f").then_some(Self(()))
    }

    /// Runs a kernel compiled for it.
    pub(crate) fn run(self, kernel: impl Kernel) {
        #[target_feature(enable = "avx512f")]
        fn compiled(lanes: Avx512, kernel: impl Kernel) {
            kernel.run(lanes);
        }
        // SAFETY: `self` proves the feature.
        unsafe { compiled(self, kernel) }
    }
}

/// Column `n` of [`MANTISSAS`]: two registers.
const fn column(n: usize) -> [f64; 16] {
    let (mut column, mut row) = ([0.0; 16], 0);
    while row < 16 {
        column[row] = MANTISSAS[row][n];
        row += 1;
    }
    column
}
static INVERSES: [f64; 16] = column(0);
static LOGS: [f64; 16] = column(1);

impl Lanes for Avx512 {
    type V = __m512d;
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(self, value: f64) -> __m512d {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_set1_pd(value) }
    }
    #[inline(always)]
    fn load(self, from: &[f64]) -> __m512d {
        let from = &from[..8];
        // SAFETY: `self` proves the feature; eight doubles are there.
        unsafe { _mm512_loadu_pd(from.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, v: __m512d, to: &mut [f64]) {
        let to = &mut to[..8];
        // SAFETY: `self` proves the feature; eight doubles are there.
        unsafe { _mm512_storeu_pd(to.as_mut_ptr(), v) }
    }
    #[inline(always)]
    fn add(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_sub_pd(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_mul_pd(a, b) }
    }
    #[inline(always)]
    fn fma(self, a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    /// An octave's table lies in registers; exponent and mantissa are taken apart.
    #[inline(always)]
    fn reduce(self, r2: __m512d) -> (__m512d, __m512d) {
        const FRACTION: i64 = (1 << 52) - 1;
        const TWO_52: f64 = (1u64 << 52) as f64;
        // SAFETY: `self` proves the feature; either table has two registers' worth of doubles.
        unsafe {
            let bits = _mm512_castpd_si512(r2);
            let intervals = _mm512_srli_epi64::<48>(bits); // the permutation looks at the low four bits
            let pick = |table: &[f64; 16]| {
                let (low, high) = (_mm512_loadu_pd(table.as_ptr()), _mm512_loadu_pd(table[8..].as_ptr()));
                _mm512_permutex2var_pd(low, intervals, high)
            };
            let (fraction, one) = (_mm512_set1_epi64(FRACTION), _mm512_set1_epi64(1023 << 52));
            let mantissa = _mm512_castsi512_pd(_mm512_or_si512(_mm512_and_si512(bits, fraction), one));
            // As the mantissa of 2⁵², the exponent becomes a double by a subtraction.
            let exponent = _mm512_or_si512(_mm512_srli_epi64::<52>(bits), _mm512_set1_epi64(1075 << 52));
            let exponent = _mm512_sub_pd(_mm512_castsi512_pd(exponent), _mm512_set1_pd(TWO_52 + 1023.0));
            let log = _mm512_fmadd_pd(exponent, _mm512_set1_pd(LN_2), pick(&LOGS));
            (_mm512_fmadd_pd(mantissa, pick(&INVERSES), _mm512_set1_pd(-1.0)), log)
        }
    }
}
