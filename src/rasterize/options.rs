//! Options of `xr rasterize`.

use crate::{grid::GridOptions, machine::MachineOptions, output::options::OutputOptions};
use clap::{ArgGroup, Args, ValueEnum};
use std::path::PathBuf;
use xr::{DataType, Merge, Number};

/// Burn polygons, lines and points into a GeoTIFF.
///
/// Every feature burns the value of a column or a constant into the pixels it covers: those whose centre lies inside a
/// polygon (a centre on a left or top edge is in, on a right or bottom edge out), those nearest to a line, those that
/// contain a point. The result has the inputs' coordinate reference system.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xr rasterize parcels.gpkg --column class --resolution 10 --nodata 255 -o classes.tif
  xr rasterize roads.fgb --resolution 30 --all-touched -o roads.tif
  xr rasterize trees.geojson --merge count --size 2000,1000 --cog -o density.tif --preview density.png
  xr rasterize fires.fgb --value 1 --update burned.tif")]
#[command(group = ArgGroup::new("grid").required(true).args(["resolution", "size", "like", "update"]))]
pub struct Rasterize {
    /// GeoJSON, newline-delimited GeoJSON, Shapefile, FlatGeobuf, GeoPackage, GeoParquet or CSV; `-` is GeoJSON from
    /// stdin. Later inputs burn after earlier ones
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The GeoTIFF to write
    #[arg(short, long, value_name = "OUT.tif", required_unless_present = "update")]
    pub output: Option<PathBuf>,
    /// Burn into a raster that exists, in place unless -o names another file. Grid, pixel type, nodata and everything
    /// else of the file stay, pixels that no feature touches too
    #[arg(
        long,
        value_name = "RASTER.tif",
        conflicts_with_all = ["extent", "tap", "dtype", "fill", "nodata", "round", "preview", "merge_expr"]
    )]
    pub update: Option<PathBuf>,
    /// Bands to burn into, counted from 1, one for each column [default: the first ones]
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',', requires = "update", value_parser = clap::value_parser!(u16).range(1..))]
    pub band: Vec<u16>,

    /// Layer to read, where a file has several
    #[arg(long, value_name = "NAME", help_heading = "What to burn")]
    pub layer: Option<String>,
    /// Column whose values are burned; several make several bands
    #[arg(
        long,
        value_name = "NAME[,NAME…]",
        value_delimiter = ',',
        conflicts_with = "value",
        help_heading = "What to burn"
    )]
    pub column: Vec<String>,
    /// Value to burn [default: 1]
    #[arg(long, value_name = "V", allow_negative_numbers = true, help_heading = "What to burn")]
    pub value: Option<Number>,
    /// Burn the Z of the geometries, each of which must be flat: all of its vertices have the same Z
    #[arg(long, conflicts_with_all = ["column", "value", "coverage", "invert"], help_heading = "What to burn")]
    pub z: bool,
    /// Keep features whose attributes satisfy an expression, such as "state_fips = 4 AND name LIKE 'P%'". Texts stand in
    /// single quotes, column names with blanks in double quotes; = <> < <= > >= AND OR NOT IN LIKE BETWEEN IS NULL and
    /// arithmetic work as in SQL
    #[arg(long = "where", value_name = "EXPR", help_heading = "What to burn")]
    pub filter: Option<String>,
    /// How a pixel that several features touch gets its value
    #[arg(
        long,
        value_enum,
        default_value = "last",
        default_value_if("coverage", "true", "sum"),
        help_heading = "What to burn"
    )]
    pub merge: MergeName,
    /// What a pixel becomes where a further feature touches it: an expression of acc (the pixel so far), value, count (of
    /// features, this one included) and props["name"], such as "max(acc, value * props[\"weight\"])". + - * / % and
    /// comparisons, AND OR NOT, if(condition, then, otherwise), min max abs sqrt floor ceil round
    #[arg(long, value_name = "EXPR", conflicts_with = "merge", help_heading = "What to burn")]
    pub merge_expr: Option<String>,
    /// Where acc starts: the expression then runs for the first feature too, which otherwise sets acc to its value
    #[arg(
        long,
        value_name = "V",
        allow_negative_numbers = true,
        requires = "merge_expr",
        help_heading = "What to burn"
    )]
    pub merge_init: Option<Number>,
    /// Every pixel that a geometry touches, instead of pixel centres
    #[arg(long, help_heading = "What to burn")]
    pub all_touched: bool,
    /// Burn the pixels that no feature touches instead of those that one does
    #[arg(long, conflicts_with_all = ["column", "merge", "merge_expr"], help_heading = "What to burn")]
    pub invert: bool,
    /// Burn the exact fraction of each pixel that a polygon covers, 0 to 1; fractions of several polygons add up unless
    /// --merge says otherwise
    #[arg(long, conflicts_with_all = ["column", "value", "all_touched", "merge_expr", "invert"], help_heading = "What to burn")]
    pub coverage: bool,
    /// Weight --merge sum or --merge mean by the exact fraction of the pixel that each polygon covers
    #[arg(long, conflicts_with_all = ["coverage", "all_touched", "merge_expr", "invert"], help_heading = "What to burn")]
    pub weighted: bool,
    /// CSV column of x coordinates [default: x, lon, longitude, easting …]
    #[arg(long, value_name = "NAME", requires = "y", help_heading = "What to burn")]
    pub x: Option<String>,
    /// CSV column of y coordinates [default: y, lat, latitude, northing …]
    #[arg(long, value_name = "NAME", requires = "x", help_heading = "What to burn")]
    pub y: Option<String>,
    /// An error instead of a counted warning: coordinates that are not finite, degenerate rings, null or empty
    /// geometries, null values
    #[arg(long, help_heading = "What to burn")]
    pub strict: bool,

    #[command(flatten)]
    pub grid: GridOptions,

    /// Pixel type [default: u32 for --merge count, f64 for --merge mean, --merge-expr, --coverage and --weighted, otherwise
    /// the smallest that holds all values]
    #[arg(long, value_parser = data_type, value_name = "TYPE", help_heading = "Pixels")]
    pub dtype: Option<DataType>,
    /// Value of pixels that no feature touches [default: nodata, or 0]
    #[arg(long, value_name = "V", allow_negative_numbers = true, help_heading = "Pixels")]
    pub fill: Option<Number>,
    /// Value declared to mean "no data"
    #[arg(long, value_name = "V", allow_negative_numbers = true, help_heading = "Pixels")]
    pub nodata: Option<Number>,
    /// Let --merge mean write an integer type, rounding to nearest
    #[arg(long, help_heading = "Pixels")]
    pub round: bool,
    /// Coordinate reference system of the output, EPSG:n or a file with WKT; coordinates are not reprojected
    /// [default: that of the inputs]
    #[arg(long, value_name = "EPSG:n|FILE.prj", help_heading = "Pixels")]
    pub crs: Option<String>,

    #[command(flatten)]
    pub file: OutputOptions,
    /// Also draw a picture of the result, at most 1024 pixels a side
    #[arg(long, value_name = "FILE.png", help_heading = "File")]
    pub preview: Option<PathBuf>,

    #[command(flatten)]
    pub machine: MachineOptions,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum MergeName {
    /// The value of the last feature
    Last,
    /// The value of the first feature
    First,
    /// The smallest value
    Min,
    /// The largest value
    Max,
    /// The sum of values
    Sum,
    /// The number of features
    Count,
    /// The mean of values
    Mean,
}

impl From<MergeName> for Merge<'_> {
    fn from(name: MergeName) -> Self {
        match name {
            MergeName::Last => Self::Last,
            MergeName::First => Self::First,
            MergeName::Min => Self::Min,
            MergeName::Max => Self::Max,
            MergeName::Sum => Self::Sum,
            MergeName::Count => Self::Count,
            MergeName::Mean => Self::Mean,
        }
    }
}

fn data_type(text: &str) -> Result<DataType, String> {
    let known = || DataType::ALL.map(DataType::name).join(", ");
    DataType::ALL.into_iter().find(|t| t.name() == text).ok_or_else(|| format!("the types are {}", known()))
}
