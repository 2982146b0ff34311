//! `--update`: the raster that features are burned into.

use super::options::Rasterize;
use crate::{
    failure::Failure,
    grid,
    output::options::data_type,
    rows::{ImageRows, mask_of, nodata},
};
use std::path::{Path, PathBuf};
use xr::{DataType, Grid, Scalar};
use xr_crs::Crs;
use xr_geotiff::{Limits, PixelWindow, Reader, url_scheme};

pub struct Update {
    pub reader: Reader,
    pub path: PathBuf,
    pub grid: Grid,
    pub crs: Option<Crs>,
    pub dtype: DataType,
    pub nodata: Option<Scalar>,
    pub samples: u16,
    /// Bands that are burned into, counted from 0.
    pub bands: Vec<usize>,
    mask: Option<usize>,
}

impl Update {
    /// Opens the raster; `in_place`, if the result takes its name.
    pub fn open(path: &Path, options: &Rasterize, in_place: bool) -> Result<Self, Failure> {
        if in_place && url_scheme(path).is_some() {
            let message = format!("{}: a raster behind a URL is not updated in place", path.display());
            return Err(Failure::usage(message, "name the result with -o"));
        }
        let reader = Reader::open(path, &Limits::default())?;
        let (grid, crs) = grid::of_image(&reader, path, "--update")?;
        if in_place {
            refuse_losses(&reader, path)?;
        }
        let image = reader.directory(0)?;
        let dtype = data_type(image.pixel_type()?);
        let (nodata, samples, mask) = (nodata(image, dtype), image.samples(), mask_of(&reader, 0)?);
        let bands = bands(options, samples, path)?;
        Ok(Self { reader, path: path.to_owned(), grid, crs, dtype, nodata, samples, bands, mask })
    }

    pub fn has_mask(&self) -> bool {
        self.mask.is_some()
    }

    /// The whole image, whose tiles take `memory` bytes while they are read.
    pub fn rows(&self, memory: u64) -> ImageRows<'_> {
        let Grid { width, height, .. } = self.grid;
        let area = PixelWindow { column: 0, row: 0, width, height };
        ImageRows { reader: &self.reader, image: 0, mask: self.mask, area, height, memory }
    }
}

/// Which bands are meant.
fn bands(options: &Rasterize, samples: u16, path: &Path) -> Result<Vec<usize>, Failure> {
    let columns = options.column.len();
    let bands: Vec<usize> = match &options.band[..] {
        [] => (0..columns.max(1)).collect(),
        bands => bands.iter().map(|&band| usize::from(band) - 1).collect(),
    };
    let refuse =
        |message: String| Err(Failure::usage(message, "name as many different bands of the raster as columns"));
    if columns > 0 && bands.len() != columns {
        return refuse(format!("--band names {} bands for {columns} columns", bands.len()));
    }
    match (0..).zip(&bands).find(|&(n, band)| *band >= usize::from(samples) || bands[..n].contains(band)) {
        Some((n, band)) if bands[..n].contains(band) => refuse(format!("--band names band {} twice", band + 1)),
        Some((_, band)) => refuse(format!("{}: has {samples} bands, there is no band {}", path.display(), band + 1)),
        None => Ok(bands),
    }
}

/// A new file takes the old one's place: what it would not hold must not be in the old one.
fn refuse_losses(reader: &Reader, path: &Path) -> Result<(), Failure> {
    let images: Vec<usize> = std::iter::once(0).chain(reader.overviews(0)).collect();
    let kept = images.len() + images.iter().filter(|&&image| reader.mask(image).is_some()).count();
    let all = reader.directories().len();
    if all > kept {
        return Err(Failure::data(
            format!("{}: besides the image it holds {} that an update would lose", path.display(), all - kept),
            "name the result with -o",
        ));
    }
    for suffix in [".ovr", ".msk"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        if Path::new(&beside).exists() {
            tracing::warn!("{}: no longer fits the raster that it belongs to", Path::new(&beside).display());
        }
    }
    Ok(())
}
