//! Coordinate reference systems as options name them.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use xr_crs::Crs;
use xr_vector::Source;

/// What the text of an option means: `EPSG:5070`, WKT, or a file that holds WKT.
pub fn parse(text: &str, option: &str) -> Result<Crs, Failure> {
    let crs = if Path::new(text).is_file() {
        let wkt = std::fs::read_to_string(text).map_err(|source| Failure::Io { path: text.into(), source })?;
        Crs::parse(&wkt)
    } else {
        Crs::parse(text)
    };
    crs.map_err(|e| Failure::usage(format!("{option}: {e}"), "write EPSG:5070, or name a file that holds WKT"))
}

/// The CRS that all inputs share. Inputs that state none are taken to be in that of the others.
pub fn common(sources: &[(&PathBuf, Source)]) -> Result<Option<Crs>, Failure> {
    let mut known = sources.iter().filter_map(|(path, source)| Some((path, source.crs()?)));
    let Some((first_path, first)) = known.next() else { return Ok(None) };
    for (path, crs) in known {
        if !first.same(crs) {
            return Err(Failure::data(
                format!(
                    "the inputs have different coordinate reference systems: {} is in {first}, {} in {crs}",
                    first_path.display(),
                    path.display()
                ),
                "reproject one of them first, for instance with ogr2ogr -t_srs",
            ));
        }
    }
    Ok(Some(first.clone()))
}
