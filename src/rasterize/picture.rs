//! `--preview`: the same burn on a grid small enough to look at.

use crate::{failure::Failure, preview};
use std::{fs, path::Path};
use xr::{Control, Engine, Grid, Merge, RasterizeJob, Scalar, with_pixel};

/// Longest side of a preview in pixels.
const MAX_SIDE: u32 = 1024;

/// Draws the job's result as a PNG. Pixels that no feature touches, and those of the nodata value, are left blank.
pub fn draw(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    title: &str,
    nodata: Option<Scalar>,
) -> Result<Vec<u8>, Failure> {
    let (width, height) = preview::size(job.grid.width, job.grid.height, MAX_SIDE);
    let scale = |side: u32, small: u32| f64::from(side) / f64::from(small);
    let (dx, dy) = (job.grid.dx * scale(job.grid.width, width), job.grid.dy * scale(job.grid.height, height));
    let grid = Grid::new(width, height, [job.grid.x0, dx, job.grid.y0, dy])?;
    let small = RasterizeJob { grid, window: (width, height), ..*job };
    let mut values = pixels(engine, &small)?;

    // Which pixels any feature touches: an overflow-free count of features.
    let ones = xr::ValueTable::uniform(1u32, job.values.len());
    let rule = xr::Rule { merge: Merge::Count, fill: Scalar::of(0u32), ..job.rule };
    let touched = pixels(engine, &RasterizeJob { values: &ones, rule, ..small })?;
    let nodata = nodata.map(as_f64).transpose()?;
    for (value, touched) in values.iter_mut().zip(touched) {
        if touched == 0.0 || nodata == Some(*value) {
            *value = f64::NAN;
        }
    }
    Ok(preview::encode(&preview::Picture { width, height, values: &values, title })?)
}

fn pixels(engine: &mut dyn Engine, job: &RasterizeJob<'_>) -> Result<Vec<f64>, Failure> {
    let mut values = Vec::with_capacity(job.grid.pixels() as usize);
    let mut sink = |_: xr::Window, bytes: &[u8]| {
        with_pixel!(job.rule.fill.dtype(), T => {
            let pixels: Vec<T> = bytemuck::allocation::pod_collect_to_vec(bytes);
            values.extend(pixels.iter().map(|&v| v as f64));
        });
        Ok(())
    };
    engine.rasterize(job, Control::default(), &mut sink)?;
    Ok(values)
}

fn as_f64(scalar: Scalar) -> Result<f64, Failure> {
    with_pixel!(scalar.dtype(), T => Ok(scalar.get::<T>()? as f64))
}

/// Writes the picture beside its target and renames it.
pub fn write(path: &Path, png: &[u8]) -> Result<(), Failure> {
    let failed = |source| Failure::Io { path: path.to_owned(), source };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.xr-{}.tmp", std::process::id()));
    let written = fs::write(&temporary, png).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary); // the first error is the one to tell
    }
    written.map_err(failed)
}
