//! What is wrong with a file: its structure as a TIFF, and its layout as a COG.
//!
//! [`read_directories`](crate::read_directories) stops at the first thing that it cannot make sense of; here
//! everything that can still be looked at is. The two share no parser, so that each is a check of the other.
//!
//! | where | what |
//! |---|---|
//! | `source` | header and bounded reads |
//! | `directory` | the chain of directories and their entries |
//! | `image` | sizes and tables of tiles or strips |
//! | `extents` | parts of the file that overlap |
//! | `ghost`, `cog` | the rules of GDAL's `validate_cloud_optimized_geotiff.py` |

mod cog;
mod directory;
mod extents;
mod ghost;
mod image;
mod source;

use std::path::Path;

use source::Source;

use crate::{ByteSource, GeoTiffError, Result, open_source};

/// Most findings that are listed.
const MAX_FINDINGS: usize = 1000;

/// What a finding means for the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The file breaks TIFF, or its own promises: readers may fail or return wrong pixels.
    Error,
    /// The file is no COG; as a TIFF it may be sound.
    NotCog,
    /// Allowed, but better not.
    Warning,
}

/// Something that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where in the file.
    pub offset: u64,
    /// A sentence.
    pub message: String,
}

/// Looks at the whole structure of a file, or of what is behind a URL, not at its pixels. No findings: a valid COG. No
/// error among them: a valid TIFF.
///
/// # Errors
/// Those of [`open_source`], and reads that fail; never the file's content.
pub fn validate(input: &Path) -> Result<Vec<Finding>> {
    validate_source(open_source(input)?, input)
}

/// As [`validate`], of anything that can be read; `name` is for messages.
///
/// # Errors
/// Reads that fail.
pub fn validate_source(source: impl ByteSource, name: &Path) -> Result<Vec<Finding>> {
    let mut findings = Findings::default();
    look(source, &mut findings).map_err(|error| GeoTiffError::io(name, "read", error))?;
    Ok(findings.0)
}

fn look(bytes: impl ByteSource, findings: &mut Findings) -> std::io::Result<()> {
    let Some(source) = Source::open(bytes, findings)? else { return Ok(()) };
    let directories = directory::read_chain(&source, findings)?;
    let images = image::read_all(&source, &directories, findings)?;
    extents::check(&source, &directories, &images, findings);
    let ghost = ghost::read(&source, findings)?;
    cog::check(&source, &directories, &images, ghost.as_ref(), findings);
    if let Some(ghost) = &ghost {
        ghost::check_tiles(&source, &images, ghost, findings)?;
    }
    Ok(())
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, offset: u64, message: impl Into<String>) {
        if self.0.len() < MAX_FINDINGS {
            self.0.push(Finding { severity, offset, message: message.into() });
        }
    }

    fn error(&mut self, offset: u64, message: impl Into<String>) {
        self.add(Severity::Error, offset, message);
    }

    /// One finding for all tiles that have the same fault.
    fn tiles(&mut self, image: &image::Image, faulty: &Faulty, what: &str) {
        let Some((index, offset)) = faulty.first else { return };
        let chunk = image.chunk_name();
        let message = match faulty.count {
            1 => format!("{chunk} {index} of {image} {what}"),
            count => format!("{count} {chunk}s of {image}, the first of them {chunk} {index}: each {what}"),
        };
        self.error(offset, message);
    }
}

/// Tiles that have a fault.
#[derive(Default)]
struct Faulty {
    count: u64,
    /// Index and position.
    first: Option<(usize, u64)>,
}

impl Faulty {
    fn add(&mut self, index: usize, offset: u64) {
        self.count += 1;
        self.first.get_or_insert((index, offset));
    }
}
