//! Cases as tests that are shown as ignored where the hardware is absent.

use crate::{
    cases::{self, Case},
    run::Full,
};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use xr_core::{Error, Result};

/// Runs every case on a backend, and the backend's own. See [`conformance!`](crate::conformance).
pub fn run<B: Full, F>(name: &str, open: F, own: Vec<Case<F>>) -> ExitCode
where
    F: Fn() -> Result<B> + Clone + Send + 'static,
{
    let arguments = Arguments::from_args();
    let required = std::env::var_os(format!("XR_REQUIRE_{name}")).is_some();
    libtest_mimic::run(&arguments, trials(name, open, own, required)).exit_code()
}

/// One test per case, ignored if the hardware is neither there nor required, or if the device says that it lacks what the
/// case needs: that is then the test's kind.
fn trials<B: Full, F>(name: &str, open: F, own: Vec<Case<F>>, required: bool) -> Vec<Trial>
where
    F: Fn() -> Result<B> + Clone + Send + 'static,
{
    let (absent, caps) = match open() {
        Err(Error::Unavailable { reason, .. }) if !required => (Some(reason), None),
        opened => (None, opened.ok().map(|backend| backend.caps().clone())),
    };
    if let Some(reason) = &absent {
        eprintln!("{name}: ignored: {reason}");
    }
    let trial = |case: Case<F>| {
        let open = open.clone();
        let lacks = |need: &&cases::Need| caps.as_ref().is_some_and(|caps| !need.is_met(caps));
        let lacks = case.needs.iter().find(lacks).map(|need| format!("no {need} on the device"));
        Trial::test(case.name, move || (case.run)(&open).map_err(Failed::from))
            .with_ignored_flag(absent.is_some() || lacks.is_some())
            .with_kind(lacks.unwrap_or_default())
    };
    cases::all::<B, F>().into_iter().chain(own).map(trial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::Mock;

    /// Which tests of a backend that is not there are ignored.
    fn ignored(required: bool) -> Vec<bool> {
        let absent = || Err::<Mock, _>(Error::Unavailable { backend: "mock", reason: "no driver".into() });
        trials("ABSENT", absent, Vec::new(), required).iter().map(Trial::has_ignored_flag).collect()
    }

    #[test]
    fn absent_hardware_is_ignored() {
        assert!(ignored(false).iter().all(|ignored| *ignored));
    }

    #[test]
    fn cases_that_a_device_lacks_something_for_are_ignored_by_name() {
        let trials = trials("BARE", || Ok(Mock::without_codecs_and_splines()), Vec::new(), true);
        let ignored: Vec<_> = trials.iter().filter(|trial| trial.has_ignored_flag()).collect();
        assert!(ignored.iter().all(|trial| trial.kind().starts_with("no ")));
        let is_ignored = |name: &str| ignored.iter().any(|trial| trial.name() == name);
        assert!(is_ignored("tiles_decode") && is_ignored("spline_oracle_agrees"));
        assert!(!is_ignored("oracle_agrees") && !is_ignored("unlisted_codecs_are_refused"));
    }

    #[test]
    fn absent_hardware_that_is_required_is_not() {
        assert!(ignored(true).iter().all(|ignored| !ignored));
    }
}
