//! The conformance suite: what every backend must do.
//!
//! | module | holds |
//! |---|---|
//! | [`cases`] | one function per law; returns a [`Verdict`], never panics |
//! | [`mock`] | a device nastier than any real one, and its planted [`Fault`](mock::Fault)s |
//! | [`oracle`] | the right pixels in exact arithmetic, sharing no code with the product |
//! | [`scene`], [`run`] | a job and its oracle from the same features; jobs run to their end |
//! | [`decode`], [`encode`] | tiles by the specifications, sharing no code with the product either |
//! | [`streams`] | what devices of kernels encode and decode, beside other programs |
//! | [`tiles`] | what surrounds codecs on devices of kernels, step by step |
//! | [`capped`] | a pool that runs out of memory |
//! | [`harness`] | cases as tests |
//!
//! A case comes with a fault that it catches: `suite_bites` demands both.
#![forbid(unsafe_code)]

pub mod capped;
pub mod cases;
pub mod decode;
pub mod encode;
pub mod harness;
pub mod mock;
pub mod oracle;
pub mod run;
pub mod scene;
pub mod streams;
pub mod tiles;
pub mod verdict;

pub use verdict::{Failure, Verdict};

/// The `main` of a test target with `harness = false`: one test per case for a backend, and one for each function `$own`
/// that takes `&$open` and gives a [`Verdict`].
///
/// `$open` is an expression of type `Fn() -> xr_core::Result<B>`. Where it answers `Unavailable` all tests are shown as
/// ignored, unless `XR_REQUIRE_<NAME>` is set: machines that promise the hardware set it, so that a skip cannot hide.
#[macro_export]
macro_rules! conformance {
    ($name:literal, $open:expr $(, $own:ident)*) => {
        fn main() -> std::process::ExitCode {
            let own = vec![$($crate::cases::Case { name: stringify!($own), needs: &[], run: $own }),*];
            $crate::harness::run($name, $open, own)
        }
    };
}
