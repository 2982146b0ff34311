//! The laws, one function each, by theme. A case says what holds; `suite_bites` names a fault that breaks it.

use crate::{Verdict, run::Full};
use std::fmt;
use xr_core::{Caps, Codec, Result};

/// A law by name.
pub struct Case<F> {
    /// What holds.
    pub name: &'static str,
    /// What it cannot be tried without.
    pub needs: &'static [Need],
    /// Tries it on backends that `F` opens.
    pub run: fn(&F) -> Verdict,
}

/// What a backend may lack, and says that it does: its [`Caps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A codec on the device, in both directions.
    Tiles,
    /// Deflate, likewise.
    Deflate,
    /// Splines on the device.
    Splines,
}

impl Need {
    /// Whether a device has it.
    pub fn is_met(self, caps: &Caps) -> bool {
        match self {
            Self::Tiles => !caps.codecs.is_empty(),
            Self::Deflate => caps.codecs.contains(&Codec::Deflate),
            Self::Splines => caps.splines,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tiles => "codec",
            Self::Deflate => "Deflate",
            Self::Splines => "splines",
        })
    }
}

macro_rules! cases {
    ($($(#[$doc:meta])* $theme:ident: $($case:ident $([$($need:ident)*])?)*;)*) => {
        $($(#[$doc])* pub mod $theme;)*

        /// Every case.
        pub fn all<B: Full, F: Fn() -> Result<B>>() -> Vec<Case<F>> {
            vec![$($(Case {
                name: stringify!($case),
                needs: &[$($(Need::$need),*)?],
                run: $theme::$case::<B, F>,
            }),*),*]
        }
    };
}

cases! {
    pixels: oracle_agrees every_data_type nan_is_ignored_or_burned coordinates_keep_their_bits nothing_burns_fill;
    ties: ties_go_left_and_up ties_follow_order neighbours_partition;
    kinds: lines_and_points collections_are_unions;
    coverage: fractions_are_exact fractions_ignore_windows values_are_weighted;
    windows: tiling_keeps_bits in_place_equals_windows;
    traffic: tables_staged_once spans_are_one_readback books_balance encoding_books_balance [Tiles];
    memory: memory_is_bounded windows_recycle_memory encoded_windows_recycle_memory [Tiles];
    codec: tiles_decode [Tiles] sparse_tiles_are_empty [Tiles] unlisted_codecs_are_refused
        batch_is_one_slab [Tiles];
    decompress: tiles_come_back [Tiles] fallback_is_batched [Deflate] corrupt_tiles_are_named [Tiles]
        decoded_batch_is_one_slab [Tiles];
    fused: fused_equals_separate [Tiles];
    user: user_merges_agree user_extremes_are_built_in property_tables_staged_once;
    update: initial_pixels_take_part encoded_updates_agree [Tiles] empty_pixels_are_no_values bands_are_rasters;
    spline: spline_three_uploads [Splines] spline_oracle_agrees [Splines] spline_fast_agrees [Splines]
        spline_bits_are_defined [Splines] spline_fast_bits_are_defined [Splines]
        point_sums_are_defined [Splines]
        spline_tiling_keeps_bits [Splines] spline_in_place_equals_windows [Splines]
        spline_fused_equals_separate [Splines Tiles] masks_and_ranges_hold [Splines]
        spline_overflow_is_an_error [Splines];
    failures: overflow_is_an_error fused_overflow_is_an_error [Tiles] out_of_memory_is_clean cancel_is_clean sink_error_is_clean;
}
