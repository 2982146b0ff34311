//! Which grid the options mean.

use crate::{args::numbers, failure::Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use xr::{Bounds, Grid};
use xr_crs::Crs;
use xr_geotiff::{Limits, Reader};

/// Options that say what the pixels are. A command's group `grid` demands one of the first three.
#[derive(Args)]
pub struct GridOptions {
    /// Pixel size in units of the coordinate reference system
    #[arg(long, value_name = "R|RX,RY", value_parser = resolution, allow_hyphen_values = true, help_heading = "Grid")]
    pub resolution: Option<(f64, f64)>,
    /// Columns and rows
    #[arg(long, value_name = "W,H", value_parser = pair::<u32>, help_heading = "Grid")]
    pub size: Option<(u32, u32)>,
    /// Take size, transform and coordinate reference system from a GeoTIFF
    #[arg(long, value_name = "REF.tif", conflicts_with_all = ["extent", "tap"], help_heading = "Grid")]
    pub like: Option<PathBuf>,
    /// Bounds of the raster [default: the data's]
    #[arg(
        long,
        value_name = "XMIN,YMIN,XMAX,YMAX",
        value_parser = extent,
        allow_hyphen_values = true,
        help_heading = "Grid"
    )]
    pub extent: Option<[f64; 4]>,
    /// Align the bounds to multiples of the resolution
    #[arg(long, conflicts_with_all = ["size", "like"], help_heading = "Grid")]
    pub tap: bool,
}

/// The grid, and the CRS of the raster it was taken from, if any.
pub fn choose(options: &GridOptions, data: Option<Bounds>) -> Result<(Grid, Option<Crs>), Failure> {
    if let Some(path) = &options.like {
        return of_image(&Reader::open(path, &Limits::default())?, path, "--like");
    }
    let [mut x0, mut y0, mut x1, mut y1] = match (options.extent, data) {
        (Some(extent), _) => extent,
        (None, Some(bounds)) => [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]],
        (None, None) => {
            return Err(Failure::data(
                "there is nothing to burn, so the raster has no bounds",
                "pass --extent, or check --where",
            ));
        }
    };
    let grid = if let Some((rx, ry)) = options.resolution {
        if options.tap {
            (x0, x1) = ((x0 / rx).floor() * rx, (x1 / rx).ceil() * rx);
            (y0, y1) = ((y0 / ry).floor() * ry, (y1 / ry).ceil() * ry);
        }
        Grid::new(cells(x1 - x0, rx)?, cells(y1 - y0, ry)?, [x0, rx, y1, -ry])
    } else {
        let (width, height) = options.size.unwrap_or_default();
        if x1 <= x0 || y1 <= y0 {
            return Err(Failure::data(
                format!("the data's bounds, {x0},{y0},{x1},{y1}, have no area to divide into pixels"),
                "pass --extent, or --resolution instead of --size",
            ));
        }
        let (dx, dy) = ((x1 - x0) / f64::from(width), (y1 - y0) / f64::from(height));
        Grid::new(width, height, [x0, dx, y1, -dy])
    };
    Ok((grid.map_err(|e| Failure::usage(e.to_string(), "check --resolution, --size and --extent"))?, None))
}

/// Pixels that cover a length: as many as needed, but no further one for a rounding error.
fn cells(length: f64, resolution: f64) -> Result<u32, Failure> {
    let exact = length / resolution;
    let rounded = exact.round();
    let cells = if (exact - rounded).abs() <= 1e-9 * rounded.max(1.0) { rounded } else { exact.ceil() }.max(1.0);
    if cells < f64::from(xr::grid::MAX_SIDE) {
        Ok(cells as u32)
    } else {
        Err(Failure::usage(
            format!(
                "a resolution of {resolution} makes {cells:e} pixels a side; the limit is {}",
                xr::grid::MAX_SIDE - 1
            ),
            "resolutions are in units of the data: degrees or metres",
        ))
    }
}

/// The grid and CRS of the raster of an option.
pub fn of_image(reader: &Reader, path: &Path, option: &str) -> Result<(Grid, Option<Crs>), Failure> {
    let image = reader.directory(0)?;
    let remedy = format!("{option} needs a raster with a transform without rotation");
    let Some([x0, dx, rx, y0, ry, dy]) = image.transform()? else {
        return Err(Failure::data(format!("{}: has no transform", path.display()), remedy));
    };
    if rx != 0.0 || ry != 0.0 {
        return Err(Failure::data(format!("{}: its transform is rotated", path.display()), remedy));
    }
    Ok((Grid::new(image.width(), image.height(), [x0, dx, y0, dy])?, image.crs()?))
}

fn pair<T: std::str::FromStr + Copy>(text: &str) -> Result<(T, T), String> {
    numbers(text).map(|[a, b]| (a, b))
}

fn resolution(text: &str) -> Result<(f64, f64), String> {
    let (x, y) = pair(text).or_else(|_| numbers(text).map(|[r]: [f64; 1]| (r, r)))?;
    let positive = |v: f64| v.is_finite() && v > 0.0;
    if positive(x) && positive(y) { Ok((x, y)) } else { Err("a resolution is positive".into()) }
}

fn extent(text: &str) -> Result<[f64; 4], String> {
    let extent: [f64; 4] = numbers(text)?;
    let ordered = extent.iter().all(|v| v.is_finite()) && extent[0] < extent[2] && extent[1] < extent[3];
    if ordered { Ok(extent) } else { Err("the order is xmin,ymin,xmax,ymax, each smaller than its max".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_is_one_number_or_two() {
        assert_eq!(resolution("30"), Ok((30.0, 30.0)));
        assert_eq!(resolution("30, 20"), Ok((30.0, 20.0)));
        assert!(resolution("0").is_err());
        assert!(resolution("1,2,3").is_err());
        assert!(resolution("nan").is_err());
    }

    #[test]
    fn an_extent_is_ordered() {
        assert_eq!(extent("-1,-2,3,4"), Ok([-1.0, -2.0, 3.0, 4.0]));
        assert!(extent("3,0,1,1").is_err());
    }
}
