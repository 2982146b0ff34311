//! Cases as tests that are shown as ignored where the hardware is absent.

use crate::{cases, run::Full};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use xr_core::{Error, Result};

/// Runs every case on a backend. See [`conformance!`](crate::conformance).
pub fn run<B: Full, F>(name: &str, open: F) -> ExitCode
where
    F: Fn() -> Result<B> + Clone + Send + 'static,
{
    let arguments = Arguments::from_args();
    let required = std::env::var_os(format!("XR_REQUIRE_{name}")).is_some();
    libtest_mimic::run(&arguments, trials(name, open, required)).exit_code()
}

/// One test per case, ignored if the hardware is neither there nor required.
fn trials<B: Full, F>(name: &str, open: F, required: bool) -> Vec<Trial>
where
    F: Fn() -> Result<B> + Clone + Send + 'static,
{
    let absent = match open() {
        Err(Error::Unavailable { reason, .. }) if !required => Some(reason),
        _ => None,
    };
    if let Some(reason) = &absent {
        eprintln!("{name}: ignored: {reason}");
    }
    let trial = |case: cases::Case<F>| {
        let open = open.clone();
        Trial::test(case.name, move || (case.run)(&open).map_err(Failed::from)).with_ignored_flag(absent.is_some())
    };
    cases::all::<B, F>().into_iter().map(trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::Mock;

    /// Which tests of a backend that is not there are ignored.
    fn ignored(required: bool) -> Vec<bool> {
        let absent = || Err::<Mock, _>(Error::Unavailable { backend: "mock", reason: "no driver".into() });
        trials("ABSENT", absent, required).iter().map(Trial::has_ignored_flag).collect()
    }

    #[test]
    fn absent_hardware_is_ignored() {
        assert!(ignored(false).iter().all(|ignored| *ignored));
    }

    #[test]
    fn absent_hardware_that_is_required_is_not() {
        assert!(ignored(true).iter().all(|ignored| !ignored));
    }
}
