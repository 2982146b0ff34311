//! Lists what is wrong with GeoTIFF files.
//!
//! `cargo run -p xr-geotiff --example validate -- FILE ...`

use std::path::Path;

fn main() -> Result<(), xr_geotiff::GeoTiffError> {
    for file in std::env::args().skip(1) {
        for finding in xr_geotiff::validate(Path::new(&file))? {
            println!("{file}: {:?} at byte {}: {}", finding.severity, finding.offset, finding.message);
        }
    }
    Ok(())
}
