//! Options of `xr spline`.

use crate::{grid::GridOptions, machine::MachineOptions, output::options::OutputOptions};
use clap::{ArgGroup, Args, ValueEnum};
use std::path::PathBuf;
use xr::{DataType, Number, spline::Duplicates};

/// Draw a smooth surface through points into a GeoTIFF.
///
/// A thin-plate spline: the smoothest surface through the points, or near them with --smoothing. The result has the
/// inputs' coordinate reference system, or that of --project.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xr spline wells.csv --x easting --y northing --column head --resolution 50 -o head.tif
  xr spline airports.geojson --column elevation --project auto --size 2000,2000 --mask HULL -o surface.tif
  xr spline soil.gpkg --column clay,sand --smoothing auto --clamp --like dem.tif --cog -o texture.tif")]
#[command(group = ArgGroup::new("grid").required(true).args(["resolution", "size", "like"]))]
pub struct Spline {
    /// Points: GeoJSON, newline-delimited GeoJSON, Shapefile, FlatGeobuf, GeoPackage, GeoParquet or CSV; `-` is GeoJSON
    /// from stdin
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The GeoTIFF to write
    #[arg(short, long, value_name = "OUT.tif")]
    pub output: PathBuf,

    /// Column of values; several make several bands, from one factorisation
    #[arg(long, value_name = "NAME[,NAME…]", value_delimiter = ',', required = true, help_heading = "Points")]
    pub column: Vec<String>,
    /// Column of standard errors: points count for less where it is large. Positive numbers; matters with --smoothing
    #[arg(long, value_name = "NAME", help_heading = "Points")]
    pub weights: Option<String>,
    /// Layer to read, where a file has several
    #[arg(long, value_name = "NAME", help_heading = "Points")]
    pub layer: Option<String>,
    /// CSV column of x coordinates [default: x, lon, longitude, easting …]
    #[arg(long, value_name = "NAME", requires = "y", help_heading = "Points")]
    pub x: Option<String>,
    /// CSV column of y coordinates [default: y, lat, latitude, northing …]
    #[arg(long, value_name = "NAME", requires = "x", help_heading = "Points")]
    pub y: Option<String>,
    /// Points at one place whose values differ: an error, or their mean
    #[arg(long, value_enum, default_value = "error", help_heading = "Points")]
    pub duplicates: DuplicatesName,
    /// Reproject the points into a plane first: EPSG:n, or auto for the UTM zone around them
    #[arg(long, value_name = "auto|EPSG:n", help_heading = "Points")]
    pub project: Option<String>,
    /// Coordinate reference system of the inputs, EPSG:n or a file with WKT [default: what they state]
    #[arg(long, value_name = "EPSG:n|FILE.prj", help_heading = "Points")]
    pub crs: Option<String>,
    /// An error instead of a counted warning: null values, null or empty geometries
    #[arg(long, help_heading = "Points")]
    pub strict: bool,

    /// How much smoothness counts against the values: 0 goes through all points, auto finds the amount of least
    /// generalised cross-validation. In units of r² ln r, the longer side of the points' extent being 1
    #[arg(long, value_name = "0|λ|auto", default_value = "0", allow_negative_numbers = true, value_parser = smoothing, help_heading = "Surface")]
    pub smoothing: Smoothing,
    /// Leave pixels out that are not within the points' convex hull (HULL), or not within polygons of a file
    #[arg(long, value_name = "HULL|FILE", help_heading = "Surface")]
    pub mask: Option<PathBuf>,
    /// Keep each band within the range of its column
    #[arg(long, help_heading = "Surface")]
    pub clamp: bool,
    /// How to sum over the points: direct costs as much for a pixel as there are points, fmm (a tree) the same at any number of
    /// points; auto takes the cheaper
    #[arg(long, value_enum, default_value = "auto", help_heading = "Surface")]
    pub method: MethodName,
    /// Largest error of a pixel that fmm may make, in units of the values [default: 1e-9 of their range]
    #[arg(long, value_name = "T", value_parser = tolerance, help_heading = "Surface")]
    pub tolerance: Option<f64>,
    /// Also write the surface's slopes: for each column the derivatives by x and by y, in units of the values over
    /// those of the coordinates
    #[arg(long, value_name = "OUT.tif", help_heading = "Surface")]
    pub gradient: Option<PathBuf>,
    /// Also write what is known of errors: residuals, leave-one-out errors, condition, bound on rounding
    #[arg(long, value_name = "FILE.json", help_heading = "Surface")]
    pub error_report: Option<PathBuf>,

    #[command(flatten)]
    pub grid: GridOptions,

    /// Pixel type
    #[arg(long, value_parser = float_type, value_name = "f32|f64", default_value = "f64", help_heading = "Pixels")]
    pub dtype: DataType,
    /// Value declared to mean "no data" [default: nan, with --mask]
    #[arg(long, value_name = "V", allow_negative_numbers = true, help_heading = "Pixels")]
    pub nodata: Option<Number>,

    #[command(flatten)]
    pub file: OutputOptions,
    /// Also draw a picture of the result, at most 1024 pixels a side
    #[arg(long, value_name = "FILE.png", help_heading = "File")]
    pub preview: Option<PathBuf>,

    #[command(flatten)]
    pub machine: MachineOptions,
}

pub use xr::spline::Smoothing;

#[derive(Clone, Copy, ValueEnum)]
pub enum DuplicatesName {
    /// An error that names both points
    Error,
    /// The mean, weighted by 1/σ² with --weights
    Mean,
}

impl From<DuplicatesName> for Duplicates {
    fn from(name: DuplicatesName) -> Self {
        match name {
            DuplicatesName::Error => Self::Refuse,
            DuplicatesName::Mean => Self::Mean,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    /// The cheaper
    Auto,
    /// Term by term
    Direct,
    /// By a tree: the fast multipole method
    Fmm,
}

fn tolerance(text: &str) -> Result<f64, String> {
    let tolerance: Option<f64> = text.parse().ok().filter(|t: &f64| t.is_finite() && *t > 0.0);
    tolerance.ok_or_else(|| "write a positive number, in units of the values".into())
}

fn smoothing(text: &str) -> Result<Smoothing, String> {
    if text == "auto" {
        return Ok(Smoothing::Auto);
    }
    let lambda: Option<f64> = text.parse().ok().filter(|lambda: &f64| lambda.is_finite() && *lambda >= 0.0);
    lambda.map(Smoothing::Fixed).ok_or_else(|| "write auto, or a finite number that is not negative".into())
}

fn float_type(text: &str) -> Result<DataType, String> {
    [DataType::F32, DataType::F64]
        .into_iter()
        .find(|t| t.name() == text)
        .ok_or_else(|| "a surface is f32 or f64".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_is_auto_or_a_number() {
        assert_eq!(smoothing("auto"), Ok(Smoothing::Auto));
        assert_eq!(smoothing("1e-3"), Ok(Smoothing::Fixed(1e-3)));
        assert!(smoothing("-1").is_err());
        assert!(smoothing("nan").is_err());
    }
}
