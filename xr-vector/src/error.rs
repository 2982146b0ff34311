use std::path::PathBuf;

use crate::Format;

/// Why a vector file cannot be opened or read on. Every message names the file; `-` is standard input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// The operating system refused.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file, perhaps a side file such as a `.dbf`.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Neither content nor extension is that of a supported format.
    #[error("{}: {found}; expected GeoJSON, a Shapefile (.shp), FlatGeobuf, GeoPackage, GeoParquet or CSV", file.display())]
    UnknownFormat {
        /// The file.
        file: PathBuf,
        /// What it looks like instead.
        found: String,
    },
    /// This build lacks the format.
    #[error("{}: {format} support is not compiled in; build with the feature `{feature}`", file.display())]
    NotCompiledIn {
        /// The file.
        file: PathBuf,
        /// Its format.
        format: Format,
        /// The Cargo feature of `xr-vector` that adds it.
        feature: &'static str,
    },
    /// The bytes break the format's rules: the rest cannot be read.
    #[error("{}{}{}: {reason}", file.display(), feature_phrase(*feature), offset_phrase(*offset))]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// Index of the feature at which reading stopped, from 0.
        feature: Option<u64>,
        /// Byte offset in the file.
        offset: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// Valid, but outside of what is supported.
    #[error("{}: {reason}", file.display())]
    Unsupported {
        /// The file.
        file: PathBuf,
        /// What is not supported, and what to do instead.
        reason: String,
    },
    /// No such attribute.
    #[error("{}: no column \"{column}\"; {}", file.display(), list_phrase("columns", columns))]
    UnknownColumn {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        column: String,
        /// The names there are.
        columns: Vec<String>,
    },
    /// No such layer.
    #[error("{}: no layer \"{layer}\"; {}", file.display(), list_phrase("layers", layers))]
    UnknownLayer {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        layer: String,
        /// The names there are.
        layers: Vec<String>,
    },
}

fn feature_phrase(feature: Option<u64>) -> String {
    feature.map_or_else(String::new, |index| format!(": feature {index}"))
}

fn offset_phrase(offset: Option<u64>) -> String {
    offset.map_or_else(String::new, |offset| format!(": byte {offset}"))
}

fn list_phrase(what: &str, names: &[String]) -> String {
    if names.is_empty() { format!("there are no {what}") } else { format!("{what}: {}", names.join(", ")) }
}

/// The file that errors are about.
#[derive(Clone, Debug)]
pub(crate) struct FileName(pub(crate) PathBuf);

impl FileName {
    pub(crate) fn io(&self, source: std::io::Error) -> VectorError {
        VectorError::Io { file: self.0.clone(), source }
    }

    pub(crate) fn corrupt(
        &self,
        feature: impl Into<Option<u64>>,
        offset: impl Into<Option<u64>>,
        reason: impl ToString,
    ) -> VectorError {
        VectorError::Corrupt {
            file: self.0.clone(),
            feature: feature.into(),
            offset: offset.into(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn unsupported(&self, reason: impl ToString) -> VectorError {
        VectorError::Unsupported { file: self.0.clone(), reason: reason.to_string() }
    }
}
