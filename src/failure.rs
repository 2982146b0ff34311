//! What ends a run: one message that names the place, and a remedy.

use std::{path::PathBuf, process::ExitCode};

/// An error of the command line program. The text says what and where, the help what to do.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum Failure {
    /// Options that contradict each other or the data: exit status 2.
    #[error("{message}")]
    Usage {
        message: String,
        #[help]
        help: Option<String>,
    },
    /// Data that cannot be burned as asked.
    #[error("{message}")]
    Data {
        message: String,
        #[help]
        help: Option<String>,
    },
    #[error(transparent)]
    Vector(#[from] xr_vector::VectorError),
    #[error(transparent)]
    GeoTiff(#[from] xr_geotiff::GeoTiffError),
    #[error(transparent)]
    Crs(#[from] xr_crs::CrsError),
    #[error(transparent)]
    Preview(#[from] crate::preview::PreviewError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Engine(xr::Error),
    #[error("interrupted; nothing was written")]
    Interrupted,
}

impl Failure {
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: Some(help.into()) }
    }

    pub fn data(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Data { message: message.into(), help: Some(help.into()) }
    }

    pub fn exit_status(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Usage { .. }) { 2 } else { 1 })
    }
}

impl From<xr::Error> for Failure {
    fn from(error: xr::Error) -> Self {
        match error {
            xr::Error::Cancelled { .. } => Self::Interrupted,
            xr::Error::Overflow { merge, .. } => {
                let help = match merge {
                    "count" => "pass --dtype u32",
                    "spline" => "pass --dtype f64, or --clamp",
                    "merge expression" => "pass a wider --dtype, or keep results in range with min, max or if",
                    _ => "pass a wider --dtype, such as i64 or f64",
                };
                Self::data(error.to_string(), help)
            }
            xr::Error::OutOfMemory { .. } => {
                Self::data(error.to_string(), "pass a smaller --max-memory, or another --backend")
            }
            xr::Error::Device { .. } => Self::data(error.to_string(), "run it again, or pass --backend cpu"),
            // A sink's own error says more than that a sink failed.
            xr::Error::Sink(source) => match source.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(source) => match source.downcast::<xr_geotiff::GeoTiffError>() {
                    Ok(error) => Self::GeoTiff(*error),
                    Err(source) => Self::Engine(xr::Error::Sink(source)),
                },
            },
            other => Self::Engine(other),
        }
    }
}
