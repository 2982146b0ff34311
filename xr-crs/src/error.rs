/// Why a text or a code is not a usable coordinate reference system.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// The code is not in the table of EPSG definitions.
    #[error("EPSG:{code} is not a known code; state the coordinate reference system as WKT instead (a .prj file)")]
    UnknownCode {
        /// The code as given.
        code: u32,
    },
    /// The text is in none of the forms that [`Crs::parse`](crate::Crs::parse) reads.
    #[error(
        "'{text}' is not a coordinate reference system; expected EPSG:n, OGC:CRS84, an OGC URN or URL, WKT or PROJJSON"
    )]
    UnknownForm {
        /// The beginning of the text.
        text: String,
    },
    /// The text is longer than any definition is.
    #[error("the coordinate reference system takes {length} bytes; at most {limit} are read")]
    TooLong {
        /// Length of the text in bytes.
        length: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The WKT is not well formed.
    #[error("WKT is malformed at byte {offset}: {problem}")]
    WktSyntax {
        /// Bytes before the place.
        offset: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// The PROJJSON is not JSON.
    #[error("PROJJSON is malformed: {0}")]
    Json(#[from] serde_json::Error),
    /// A definition lacks a part that it cannot do without.
    #[error("the definition of '{name}' has no usable {part}")]
    Missing {
        /// Name of the coordinate reference system.
        name: String,
        /// The part, as WKT calls it.
        part: &'static str,
    },
    /// A reference system that coordinates cannot be transformed from or to.
    #[error("coordinates cannot be transformed from or to '{name}': {problem}")]
    NoTransform {
        /// Name of the reference system.
        name: String,
        /// What is in the way.
        problem: String,
    },
    /// A kind of reference system that has no map coordinates.
    #[error("'{name}' is a {kind} reference system; a geographic or projected one is needed")]
    UnsupportedKind {
        /// Name of the reference system.
        name: String,
        /// Its kind.
        kind: &'static str,
    },
}
