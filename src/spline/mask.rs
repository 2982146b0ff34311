//! `--mask`: where the surface is shown.

use super::points::Points;
use crate::failure::Failure;
use geo_traits::{GeometryTrait, GeometryType};
use std::{ops::ControlFlow, path::Path};
use xr::{GeometryBuilder, GeometryTables, Value, spline::convex_hull};
use xr_crs::Crs;
use xr_vector::Visitor;

/// The polygons that the option names; `crs` is that of the points.
pub fn read(option: &Path, points: &Points, crs: Option<&Crs>) -> Result<GeometryTables, Failure> {
    if option.as_os_str() == "HULL" {
        let hull = convex_hull(&points.xs, &points.ys);
        if hull.len() < 3 {
            let message = "--mask HULL: the points are on one line, so that their hull has no area";
            return Err(Failure::data(message, "leave out --mask, or name a file of polygons"));
        }
        return Ok(GeometryTables::polygon(&hull));
    }
    let source = xr_vector::open(option, &xr_vector::OpenOptions::default())?;
    if let (Some(own), Some(points)) = (source.crs(), crs)
        && !own.same(points)
    {
        let message = format!("{}: the mask is in {own}, the points are in {points}", option.display());
        return Err(Failure::data(message, "reproject the mask first, for instance with ogr2ogr -t_srs"));
    }
    let mut polygons = Polygons { builder: GeometryBuilder::default(), left_out: 0 };
    source.read(&[], &mut polygons)?;
    if polygons.left_out > 0 {
        tracing::warn!("{}: {} features have no area and mask nothing", option.display(), polygons.left_out);
    }
    let tables = polygons.builder.finish();
    if tables.features() == 0 {
        let message = format!("{}: there is no polygon to mask with", option.display());
        return Err(Failure::data(message, "name a file of polygons, or HULL"));
    }
    Ok(tables)
}

struct Polygons {
    builder: GeometryBuilder,
    left_out: u64,
}

impl Visitor for Polygons {
    fn feature<G: GeometryTrait<T = f64>>(&mut self, _: u64, geometry: Option<&G>, _: &[Value<'_>]) -> ControlFlow<()> {
        let area = geometry.filter(|geometry| {
            matches!(
                geometry.as_type(),
                GeometryType::Polygon(_)
                    | GeometryType::MultiPolygon(_)
                    | GeometryType::Rect(_)
                    | GeometryType::Triangle(_)
                    | GeometryType::GeometryCollection(_)
            )
        });
        match area.map(|geometry| self.builder.push(geometry)) {
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.left_out += 1,
        }
        ControlFlow::Continue(())
    }

    fn malformed(&mut self, _: u64, _: &str) -> ControlFlow<()> {
        self.left_out += 1;
        ControlFlow::Continue(())
    }
}
