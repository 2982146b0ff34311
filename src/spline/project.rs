//! `--project`: points into a plane.

use super::points::Points;
use crate::{crs, failure::Failure};
use xr_crs::{Crs, Transform};

/// Widest extent in degrees of longitude that one UTM zone is stretched to: its scale is wrong by 1 % there.
const WIDEST: f64 = 16.0;
/// Latitudes that UTM has.
const LATITUDES: std::ops::RangeInclusive<f64> = -80.0..=84.0;

/// Reprojects the points, which are in `from`; `option` is what `--project` says.
pub fn project(points: &mut Points, from: &Crs, option: &str) -> Result<Crs, Failure> {
    let to = match option {
        "auto" if !from.is_geographic() => {
            tracing::info!("--project auto: {from} is a plane already");
            return Ok(from.clone());
        }
        "auto" => utm_zone(points, from)?,
        text => crs::parse(text, "--project")?,
    };
    if to.is_geographic() {
        let message = format!("--project: {to} has degrees, and distances in degrees mean nothing");
        return Err(Failure::usage(message, "name a projected coordinate reference system, or auto"));
    }
    let transform = Transform::new(from, &to)?;
    for n in 0..points.xs.len() {
        let Some([x, y]) = transform.apply([points.xs[n], points.ys[n]]) else {
            let message = format!("{}: ({}, {}) has no place in {to}", points.origin(n), points.xs[n], points.ys[n]);
            return Err(Failure::data(message, "choose another --project, or correct the point"));
        };
        (points.xs[n], points.ys[n]) = (x, y);
    }
    tracing::info!("points reprojected from {from} to {to}");
    Ok(to)
}

/// The zone in whose middle the points are.
fn utm_zone(points: &Points, from: &Crs) -> Result<Crs, Failure> {
    let range = |values: &[f64]| {
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
    };
    let ((west, east), (south, north)) = (range(&points.xs), range(&points.ys));
    // False for NaN, which is reported where points are checked, and for no points at all.
    let fits = east - west <= WIDEST && LATITUDES.contains(&south) && LATITUDES.contains(&north);
    if !fits {
        return Err(Failure::data(
            format!(
                "--project auto: the points reach from {west}° to {east}° east and from {south}° to {north}° north, which no \
                 UTM zone of {from} covers"
            ),
            "name a plane that fits them, such as EPSG:5070 (United States), EPSG:3035 (Europe) or EPSG:6933 (the world)",
        ));
    }
    let zone = (((west + east) / 2.0 + 180.0).rem_euclid(360.0) / 6.0).floor() as u32 + 1;
    let hemisphere = if south + north >= 0.0 { 32_600 } else { 32_700 };
    Ok(Crs::from_epsg(hemisphere + zone)?)
}
