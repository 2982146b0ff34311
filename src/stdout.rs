//! Standard output. A reader that has gone away, as in `xr info FILE | head -1`, is no error.

use crate::failure::Failure;
use std::io::{ErrorKind, Write, stdout};

/// Prints all of `text`.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(source) if source.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Io { path: "standard output".into(), source })
        }
        _ => Ok(()),
    }
}
