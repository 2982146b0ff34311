//! Ctrl-C: the first asks the job to stop, and what was written disappears; the second ends the program at once.

use std::sync::{
    Once,
    atomic::{AtomicBool, Ordering::Relaxed},
};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static HANDLER: Once = Once::new();

/// Set when the user has asked to stop. Installs the handler on first use.
pub fn flag() -> &'static AtomicBool {
    HANDLER.call_once(|| {
        let installed = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Relaxed) {
                std::process::exit(1);
            }
        });
        if let Err(error) = installed {
            tracing::debug!("no handler for Ctrl-C: {error}");
        }
    });
    &INTERRUPTED
}
