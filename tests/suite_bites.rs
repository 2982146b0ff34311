//! Every case catches a fault, and every fault is caught.

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use xr_conformance::{
    Failure, cases,
    mock::{Fault, Mock},
};

/// The faults that cases exist for.
const BITES: &[(Fault, &str)] = &[
    (Fault::DropsLastWindow, "oracle_agrees"),
    (Fault::ReportsDoneEarly, "oracle_agrees"),
    (Fault::DetourThroughF64, "every_data_type"),
    (Fault::NanIsZero, "nan_is_ignored_or_burned"),
    (Fault::SinglePrecision, "coordinates_keep_their_bits"),
    (Fault::SkipsEmptyWindows, "nothing_burns_fill"),
    (Fault::TiesGoRightAndDown, "ties_go_left_and_up"),
    (Fault::LastIsFirst, "ties_follow_order"),
    (Fault::TiesFollowWinding, "neighbours_partition"),
    (Fault::DropsLastSegment, "lines_and_points"),
    (Fault::CountsParts, "collections_are_unions"),
    (Fault::SupersamplesCoverage, "fractions_are_exact"),
    (Fault::CountsParts, "fractions_are_exact"),
    (Fault::LocalCoordinates, "fractions_ignore_windows"),
    (Fault::WeightsByTouch, "values_are_weighted"),
    (Fault::LocalCoordinates, "tiling_keeps_bits"),
    (Fault::ClaimsHostMemory, "in_place_equals_windows"),
    (Fault::UploadsTablesPerWindow, "tables_staged_once"),
    (Fault::GathersInPlaceOrder, "spans_are_one_readback"),
    (Fault::UploadsTablesPerWindow, "books_balance"),
    (Fault::HidesReadback, "books_balance"),
    (Fault::HidesReadback, "encoding_books_balance"),
    (Fault::AllocatesWholeRaster, "memory_is_bounded"),
    (Fault::AllocatesPerWindow, "windows_recycle_memory"),
    (Fault::AllocatesPerWindow, "encoded_windows_recycle_memory"),
    (Fault::PredictorMissesLastRow, "tiles_decode"),
    (Fault::PredictorWrapsRows, "tiles_decode"),
    (Fault::PredictorMixesSamples, "tiles_decode"),
    (Fault::PadsWithZeros, "tiles_decode"),
    (Fault::SparseByFirstPixel, "sparse_tiles_are_empty"),
    (Fault::TakesAnyCodec, "unlisted_codecs_are_refused"),
    (Fault::ReadsBackPerTile, "batch_is_one_slab"),
    (Fault::PredictorMixesSamples, "tiles_come_back"),
    (Fault::SumsBeforeSwapping, "tiles_come_back"),
    (Fault::RefusesEveryThirdTile, "tiles_come_back"),
    (Fault::TrustsStreams, "fallback_is_batched"),
    (Fault::GathersInPlaceOrder, "fallback_is_batched"),
    (Fault::TrustsStreams, "corrupt_tiles_are_named"),
    (Fault::SpillsIntoNextTile, "corrupt_tiles_are_named"),
    (Fault::ReadsBackPerTile, "decoded_batch_is_one_slab"),
    (Fault::EncodesUnordered, "fused_equals_separate"),
    (Fault::FoldsFromZero, "user_merges_agree"),
    (Fault::SwapsProperties, "user_merges_agree"),
    (Fault::LosesOverflow, "user_merges_agree"),
    (Fault::FoldsFromZero, "user_extremes_are_built_in"),
    (Fault::UploadsTablesPerWindow, "property_tables_staged_once"),
    (Fault::ForgetsInitialPixels, "initial_pixels_take_part"),
    (Fault::EncodesUnordered, "encoded_updates_agree"),
    (Fault::FillIsAValue, "empty_pixels_are_no_values"),
    (Fault::BandsOverlap, "bands_are_rasters"),
    (Fault::UploadsTablesPerWindow, "spline_three_uploads"),
    (Fault::SinglePrecision, "spline_oracle_agrees"),
    (Fault::SinglePrecision, "spline_fast_agrees"),
    (Fault::SumsBackwards, "spline_bits_are_defined"),
    (Fault::SumsBackwards, "spline_fast_bits_are_defined"),
    (Fault::SinglePrecision, "point_sums_are_defined"),
    (Fault::LocalCoordinates, "spline_tiling_keeps_bits"),
    (Fault::ClaimsHostMemory, "spline_in_place_equals_windows"),
    (Fault::EncodesUnordered, "spline_fused_equals_separate"),
    (Fault::IgnoresMasks, "masks_and_ranges_hold"),
    (Fault::IgnoresRanges, "masks_and_ranges_hold"),
    (Fault::LosesOverflow, "spline_overflow_is_an_error"),
    (Fault::LosesOverflow, "overflow_is_an_error"),
    (Fault::LosesOverflow, "fused_overflow_is_an_error"),
    (Fault::ClearsSceneAtLastWindow, "out_of_memory_is_clean"),
    (Fault::ClearsSceneAtLastWindow, "cancel_is_clean"),
    (Fault::ClearsSceneAtLastWindow, "sink_error_is_clean"),
];

fn main() -> ExitCode {
    let mut trials: Vec<Trial> = BITES.iter().map(|&(fault, case)| bites(fault, case)).collect();
    trials.push(Trial::test("every_case_has_a_fault", || {
        let cases = cases::all::<Mock, fn() -> xr_core::Result<Mock>>();
        none_left(cases.iter().map(|case| case.name).filter(|name| BITES.iter().all(|(_, case)| case != name)))
    }));
    trials.push(Trial::test("every_fault_has_a_case", || {
        let faults = Fault::ALL.iter().filter(|fault| BITES.iter().all(|(bitten, _)| bitten != *fault));
        none_left(faults.map(|fault| format!("{fault:?}")))
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The case must call the fault wrong; an error or a pass is not enough.
fn bites(fault: Fault, name: &'static str) -> Trial {
    Trial::test(format!("{name}::catches::{fault:?}"), move || {
        let open = move || Ok(Mock::open(Some(fault)));
        let case = cases::all().into_iter().find(|case| case.name == name).ok_or("there is no such case")?;
        match (case.run)(&open) {
            Err(Failure::Wrong(_)) => Ok(()),
            verdict => Err(Failed::from(format!("the suite let {fault:?} through: {verdict:?}"))),
        }
    })
}

fn none_left<T: AsRef<str>>(names: impl Iterator<Item = T>) -> Result<(), Failed> {
    let names: Vec<T> = names.collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    if names.is_empty() { Ok(()) } else { Err(format!("without the other: {}", names.join(", ")).into()) }
}
