//! Which grid the options mean.

use super::options::Rasterize;
use crate::failure::Failure;
use std::path::Path;
use xr::{Bounds, Grid};
use xr_crs::Crs;
use xr_geotiff::{Limits, Reader};

/// The grid, and the CRS of the raster it was taken from, if any.
pub fn choose(options: &Rasterize, data: Option<Bounds>) -> Result<(Grid, Option<Crs>), Failure> {
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
