//! `--coverage` and `--weighted`: what they need, and which geometries have an area.

use super::options::Rasterize;
use crate::failure::Failure;
use geo_traits::{GeometryTrait, GeometryType};
use xr::{Coverage, DataType, Merge};

/// What is done with the fractions of pixels that polygons cover, if anything.
pub fn mode(options: &Rasterize, merge: Merge<'_>) -> Result<Option<Coverage>, Failure> {
    match (options.coverage, options.weighted, merge) {
        (false, false, _) => Ok(None),
        (true, _, Merge::Count) => Err(Failure::usage(
            "--coverage adds up fractions, and --merge count counts whole features",
            "pass --all-touched instead of --coverage to count the features that touch a pixel",
        )),
        (true, ..) => Ok(Some(Coverage::Fraction)),
        (_, true, Merge::Sum | Merge::Mean) => Ok(Some(Coverage::Weight)),
        (_, true, merge) => Err(Failure::usage(
            format!("--weighted weights sums and means, and the merge is {merge}"),
            "pass --merge sum or --merge mean",
        )),
    }
}

/// Refuses a type that holds no fractions.
pub fn check_type(dtype: DataType) -> Result<(), Failure> {
    if dtype.is_float() {
        return Ok(());
    }
    Err(Failure::usage(
        format!("fractions of pixels are no integers, and {dtype} is an integer type"),
        "pass --dtype f64 or --dtype f32, or burn into a raster of floats",
    ))
}

/// Whether a geometry is of lines or points alone, which cover nothing.
pub fn has_no_area(geometry: &impl GeometryTrait<T = f64>) -> bool {
    matches!(
        geometry.as_type(),
        GeometryType::Point(_)
            | GeometryType::MultiPoint(_)
            | GeometryType::Line(_)
            | GeometryType::LineString(_)
            | GeometryType::MultiLineString(_)
    )
}
