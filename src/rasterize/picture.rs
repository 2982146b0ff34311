//! `--preview`: the same burn on a grid small enough to look at.

use super::user;
use crate::{failure::Failure, preview};
use std::{
    fs,
    path::{Path, PathBuf},
};
use xr::{Control, Engine, Grid, Merge, Pixel, RasterizeJob, Rule, Scalar, ValueTable, with_pixel};

/// Draws the job's result as a PNG. Pixels that no feature touches, and those of the nodata value, are left blank.
///
/// Burned in f64: where a small pixel gathers many features, a sum may be larger than the raster's type holds.
pub fn draw(
    engine: &mut dyn Engine,
    job: &RasterizeJob<'_>,
    title: &str,
    nodata: Option<Scalar>,
) -> Result<Vec<u8>, Failure> {
    let (width, height) = preview::size(job.grid.width, job.grid.height, preview::MAX_SIDE);
    let scale = |side: u32, small: u32| f64::from(side) / f64::from(small);
    let (dx, dy) = (job.grid.dx * scale(job.grid.width, width), job.grid.dy * scale(job.grid.height, height));
    let grid = Grid::new(width, height, [job.grid.x0, dx, job.grid.y0, dy])?;
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

/// A picture on disk that does not have its name yet. Dropped, it is removed.
pub struct Pending {
    target: PathBuf,
    temporary: PathBuf,
}

impl Pending {
    /// Writes the picture beside its target.
    pub fn write(target: &Path, png: &[u8]) -> Result<Self, Failure> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.xr-{}.tmp", std::process::id()));
        let pending = Self { target: target.to_owned(), temporary };
        if target.is_dir() {
            return Err(pending.failed(std::io::ErrorKind::IsADirectory.into()));
        }
        fs::write(&pending.temporary, png).map_err(|source| pending.failed(source))?;
        Ok(pending)
    }

    /// Gives the picture its name.
    pub fn commit(self) -> Result<(), Failure> {
        fs::rename(&self.temporary, &self.target).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> Failure {
        Failure::Io { path: self.target.clone(), source }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary); // gone already once it has its name
    }
}
