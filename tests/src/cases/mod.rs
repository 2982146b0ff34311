//! The laws, one function each, by theme. A case says what holds; `suite_bites` names a fault that breaks it.

use crate::{Verdict, run::Full};
use xr_core::Result;

/// A law by name.
pub struct Case<F> {
    /// What holds.
    pub name: &'static str,
    /// Tries it on backends that `F` opens.
    pub run: fn(&F) -> Verdict,
}

macro_rules! cases {
    ($($(#[$doc:meta])* $theme:ident: $($case:ident)*;)*) => {
        $($(#[$doc])* pub mod $theme;)*

        /// Every case.
        pub fn all<B: Full, F: Fn() -> Result<B>>() -> Vec<Case<F>> {
            vec![$($(Case { name: stringify!($case), run: $theme::$case::<B, F> }),*),*]
        }
    };
}

cases! {
    pixels: oracle_agrees every_data_type nan_is_ignored_or_burned coordinates_keep_their_bits nothing_burns_fill;
    ties: ties_go_left_and_up ties_follow_order neighbours_partition;
    kinds: lines_and_points collections_are_unions;
    coverage: fractions_are_exact fractions_ignore_windows values_are_weighted;
    windows: tiling_keeps_bits in_place_equals_windows;
    traffic: tables_staged_once spans_are_one_readback books_balance;
    memory: memory_is_bounded windows_recycle_memory;
    codec: tiles_decode sparse_tiles_are_empty unlisted_codecs_are_refused batch_is_one_slab;
    decompress: tiles_come_back fallback_is_batched corrupt_tiles_are_named decoded_batch_is_one_slab;
    fused: fused_equals_separate;
    user: user_merges_agree user_extremes_are_built_in property_tables_staged_once;
    update: initial_pixels_take_part empty_pixels_are_no_values bands_are_rasters;
    spline: spline_three_uploads spline_oracle_agrees spline_fast_agrees spline_bits_are_defined spline_tiling_keeps_bits
        spline_in_place_equals_windows spline_fused_equals_separate masks_and_ranges_hold spline_overflow_is_an_error;
    failures: overflow_is_an_error cancel_is_clean sink_error_is_clean;
}
