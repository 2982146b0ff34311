//! `--preview`: the same burn on a grid small enough to look at.

use super::user;
use crate::{failure::Failure, preview};
use xr::{Control, Engine, Merge, Pixel, RasterizeJob, Rule, Scalar, ValueTable, with_pixel};

/// Draws the job's result as a PNG. Pixels that no feature touches, and those of the nodata value, are left blank.
///
/// Burned in f64: where a small pixel gathers many features, a sum may be larger than the raster's type holds.
pub fn draw(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    title: &str,
    nodata: Option<Scalar>,
) -> Result<Vec<u8>, Failure> {
    let grid = preview::shrunk(&job.grid)?;
    let (width, height) = (grid.width, grid.height);
    let [values, ..] = job.values else { return Err(xr::Error::Misuse { what: "a raster has a band" }.into()) };
    let values = &[in_f64(values)];
    let properties: Vec<ValueTable> = job.properties.iter().map(in_f64).collect();
    let user = match job.rule.merge {
        Merge::User(user) => Some(user::in_f64(user)?),
        _ => None,
    };
    let rule =
        Rule { merge: user.as_ref().map_or(job.rule.merge, Merge::User), fill: Scalar::of(f64::NAN), ..job.rule };
    let mut pixels = vec![0.0f64; width as usize * height as usize];
    let small = RasterizeJob {
        grid,
        rule,
        values,
        properties: &properties,
        window: (width, height),
        rows: [0, height],
        blocks: None,
        ..*job
    };
    engine.rasterize_into(&small, Control::default(), bytemuck::cast_slice_mut(&mut pixels))?;
    if let Some(nodata) = nodata {
        let nodata = with_pixel!(nodata.dtype(), T => nodata.get::<T>()?.to_f64());
        pixels.iter_mut().filter(|v| **v == nodata).for_each(|v| *v = f64::NAN);
    }
    Ok(preview::encode(&preview::Picture { width, height, values: &pixels, title })?)
}

fn in_f64(table: &ValueTable) -> ValueTable {
    with_pixel!(table.dtype(), T => {
        let typed: Vec<T> = bytemuck::allocation::pod_collect_to_vec(table.bytes());
        ValueTable::from_pixels(&typed.iter().map(|&v| v.to_f64()).collect::<Vec<f64>>())
    })
}
