//! The suite on the mock device, sound.
xr_conformance::conformance!("MOCK", || Ok(xr_conformance::mock::Mock::open(None)));
