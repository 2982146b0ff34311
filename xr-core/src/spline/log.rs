//! The spline's natural logarithm: a table of 16 intervals an octave and a polynomial, from additions, multiplications
//! and fused multiply-adds alone, each correctly rounded. So all backends give the same bits, which no `libm` promises.
//!
//! For r² = 2ᵉ·m the table has the middle of m's interval: z = r²·inv − 1 with |z| ≤ 1/33, and ln r² is the table's
//! e·ln 2 − ln(inv) plus a near-minimax polynomial of degree 8 in z. The error of r²·ln r² stays below 1.6 ulp of its
//! maximum on the unit box.

use std::f64::consts::LN_2;

/// Added to every r²: 2⁻⁶⁴. A pixel on a point gets |φ| < 1.3e-18, without a branch.
pub const EPSILON: f64 = f64::from_bits((1023 - 64) << 52);

/// Binary logarithm of the number of intervals that an octave has.
pub const INTERVAL_BITS: u32 = 4;

/// Coefficients of z, z², … z⁸: the polynomial that interpolates ln(1 + z) at the nine Chebyshev nodes of |z| ≤ 1/33.
/// Its constant term is folded into [`MANTISSAS`].
pub const POLYNOMIAL: [f64; 8] = [
    f64::from_bits(0x3fef_ffff_ffff_ffe7),
    f64::from_bits(0xbfdf_ffff_ffff_ffd3),
    f64::from_bits(0x3fd5_5555_5560_6fdd),
    f64::from_bits(0xbfd0_0000_0009_fe5a),
    f64::from_bits(0x3fc9_9998_4591_8a9d),
    f64::from_bits(0xbfc5_5554_234b_ee19),
    f64::from_bits(0x3fc2_50ac_80d5_1684),
    f64::from_bits(0xbfc0_06c7_2cc4_77bf),
];

/// For each sixteenth of [1, 2): the rounded reciprocal of its middle, and minus the logarithm of that.
pub const MANTISSAS: [[f64; 2]; 1 << INTERVAL_BITS] = [
    entry(0x3fef_07c1_f07c_1f08, 0x3f9f_829b_0e78_32f8),
    entry(0x3fed_41d4_1d41_d41d, 0x3fb6_f0d2_8ae5_6b4e),
    entry(0x3feb_acf9_14c1_bad0, 0x3fc2_9552_f81f_f521),
    entry(0x3fea_41a4_1a41_a41a, 0x3fc9_525a_9cf4_56b6),
    entry(0x3fe8_f9c1_8f9c_18fa, 0x3fcf_b918_6d5e_3e29),
    entry(0x3fe7_d05f_417d_05f4, 0x3fd2_e8e2_bae1_1d31),
    entry(0x3fe6_c16c_16c1_6c17, 0x3fd5_d1bd_bf58_09ca),
    entry(0x3fe5_c988_2b93_1057, 0x3fd8_9a33_86c1_425b),
    entry(0x3fe4_e5e0_a72f_0539, 0x3fdb_44f7_7bcc_8f64),
    entry(0x3fe4_1414_1414_1414, 0x3fdd_d46a_04c1_c4a1),
    entry(0x3fe3_521c_fb2b_78c1, 0x3fe0_2552_a5a5_d0ff),
    entry(0x3fe2_9e41_29e4_129e, 0x3fe1_54c3_d2f4_d5ea),
    entry(0x3fe1_f704_7dc1_1f70, 0x3fe2_795e_1289_b11b),
    entry(0x3fe1_5b1e_5f75_270d, 0x3fe3_93e0_d356_2a1a),
    entry(0x3fe0_c971_4fbc_da3b, 0x3fe4_a4f8_5db0_3ebb),
    entry(0x3fe0_4104_1041_0410, 0x3fe5_ad40_4c35_9f2d),
];

const fn entry(inverse: u64, log: u64) -> [f64; 2] {
    [f64::from_bits(inverse), f64::from_bits(log)]
}

/// ln r² for normal r² > 0.
///
/// Scaling by 2ᵉ is exact, so a table of `[2⁻ᵉ·inv, fma(e, ln 2, −ln inv)]` for every e gives the same bits.
#[inline]
pub fn ln(r2: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = r2.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mantissa = f64::from_bits(bits & FRACTION | 1023 << 52);
    let [inverse, log] = MANTISSAS[((bits & FRACTION) >> (52 - INTERVAL_BITS)) as usize];
    let z = mantissa.mul_add(inverse, -1.0);
    let polynomial = POLYNOMIAL.iter().rev().fold(0.0f64, |sum, &c| sum.mul_add(z, c));
    polynomial.mul_add(z, f64::from(exponent).mul_add(LN_2, log))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// r², and the two parts of ln r² as a sum of two doubles, from 60-digit arithmetic (mpmath).
    const LOGS: [(u64, u64, u64); 32] = [
        (0x3bf0_0000_0000_0000, 0xc046_2e42_fefa_39ef, 0xbcda_bc9e_3b39_803f),
        (0x3bf0_0000_0000_0001, 0xc046_2e42_fefa_39ef, 0xbcd6_bc9e_3b39_803f),
        (0x3d71_9799_812d_ea11, 0xc03b_a18a_998f_ffa0, 0xbcd1_6fbd_b9ca_0a22),
        (0x3f50_624d_d2f1_a9fc, 0xc01b_a18a_998f_ffa0, 0xbcaf_25f8_2414_1444),
        (0x3fd0_0000_0000_0000, 0xbff6_2e42_fefa_39ef, 0xbc8a_bc9e_3b39_803f),
        (0x3fdf_ffff_ffff_ffff, 0xbfe6_2e42_fefa_39f0, 0xbc7a_bc9e_3b39_8041),
        (0x3fe0_0000_0000_0000, 0xbfe6_2e42_fefa_39ef, 0xbc7a_bc9e_3b39_803f),
        (0x3fe6_a09e_667f_3bcd, 0xbfd6_2e42_fefa_39ee, 0x3c37_16fd_fdbc_882e),
        (0x3fef_ffff_ffff_ffff, 0xbca0_0000_0000_0000, 0xb940_0000_0000_0000),
        (0x3ff0_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000),
        (0x3ff0_0000_0000_0001, 0x3caf_ffff_ffff_ffff, 0x3615_5555_5555_5554),
        (0x3ff0_8000_0000_0000, 0x3f9f_829b_0e78_3300, 0x3c33_3e3f_04f1_ef23),
        (0x3ff1_0000_0000_0000, 0x3faf_0a30_c011_62a6, 0x3c48_5f32_5c5b_bacd),
        (0x3ff8_0000_0000_0000, 0x3fd9_f323_ecbf_984c, 0xbc4a_92e5_1321_7f5c),
        (0x3fff_ffff_ffff_ffff, 0x3fe6_2e42_fefa_39ee, 0x3c7a_bc9e_3b39_803d),
        (0x4000_0000_0000_0000, 0x3fe6_2e42_fefa_39ef, 0x3c7a_bc9e_3b39_803f),
        (0x4009_21fb_5444_2d18, 0x3ff2_50d0_48e7_a1bd, 0xbc80_8db3_02d2_79af),
        (0x40ef_ffff_f7ce_d917, 0x4026_2e42_fe77_2781, 0xbcca_d36e_cacc_4060),
        (0x3fd1_32d8_f91b_7584, 0xbff5_065d_38aa_7d4b, 0xbc6f_f262_351d_7306),
        (0x3ffb_1e2d_5b35_84f8, 0x3fe0_e222_f09d_be52, 0xbc70_45ff_ed27_db5c),
        (0x3ff8_70d7_7840_9f13, 0x3fdb_1d52_51a2_9707, 0x3c7a_9d35_b841_bd23),
        (0x3fe0_530d_08f1_7f5c, 0xbfe5_89d2_46ec_2c45, 0xbc88_8c7d_cef0_4bc7),
        (0x3fef_b535_5e16_737a, 0xbf82_c8a4_887b_1046, 0x3c1f_1b36_e805_101f),
        (0x3fec_c476_2bc7_2882, 0xbfbb_4311_58cb_0976, 0x3c4d_433c_ed63_bc0a),
        (0x3ff4_d9d9_8184_b9da, 0x3fd0_f2ae_0106_0ea8, 0xbc64_7fb1_afec_4e2e),
        (0x3ff9_3d38_c0d6_fe64, 0x3fdd_2bf3_5738_5251, 0xbc5c_1e6e_f20a_9086),
        (0x3fc8_072e_8f9c_8590, 0xbffa_c3d2_8574_92b7, 0xbc99_c3db_4253_d2bd),
        (0x3fad_071e_f258_3660, 0xc006_f5e7_4dd8_7e01, 0x3ca7_a6fe_4e26_e502),
        (0x3ffa_be96_758f_2a0a, 0x3fe0_708d_d15d_0372, 0xbc7f_981c_b15f_951d),
        (0x3feb_b274_a4dc_0872, 0xbfc2_7bfa_0050_0b3e, 0x3c38_433a_50b1_e90a),
        (0x3ff8_6499_3311_91c5, 0x3fda_fd3a_f61a_8ad1, 0x3c78_75e1_9236_960e),
        (0x3f71_40b6_c888_6900, 0xc015_e111_3f11_11ae, 0x3cba_c7d8_e85c_8b16),
    ];

    /// a·b − c − d without rounding errors that matter, |a·b − c| being small.
    fn remainder(a: f64, b: f64, c: f64, d: f64) -> f64 {
        a.mul_add(b, -c) - d
    }

    #[test]
    fn known_logarithms_come_out() {
        for (r2, high, low) in LOGS {
            let (r2, high, low) = (f64::from_bits(r2), f64::from_bits(high), f64::from_bits(low));
            let error = (ln(r2) - high - low).abs();
            assert!(error <= 3e-16 * high.abs().max(1.0), "ln {r2:e}: off by {error:e}");
        }
    }

    #[test]
    fn the_kernel_is_within_two_ulp_of_its_maximum() {
        const ULP: f64 = f64::EPSILON / 2.0; // of ln 2, the maximum of r² ln r² / 2 on the unit box
        for (r2, high, low) in LOGS.map(|(a, b, c)| (f64::from_bits(a), f64::from_bits(b), f64::from_bits(c))) {
            if r2 <= 2.0 {
                let phi = 0.5 * r2 * ln(r2);
                let error = remainder(0.5 * r2, high, phi, -0.5 * r2 * low);
                assert!(error.abs() <= 1.6 * ULP, "φ at r² = {r2:e}: off by {} ulp", error / ULP);
            }
        }
    }

    #[test]
    fn many_logarithms_agree_with_the_platforms() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for n in 0..200_000 {
            bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let mantissa = f64::from_bits(1023 << 52 | bits >> 12);
            let exponent = if n % 2 == 0 { 0 } else { n % 80 - 64 };
            let r2 = mantissa * f64::from_bits(((1023 + exponent) as u64) << 52);
            let (own, reference) = (ln(r2), r2.ln());
            assert!((own - reference).abs() <= 5e-16 * reference.abs().max(1.0), "ln {r2:e}: {own:e}, {reference:e}");
        }
    }
}
