//! A fitted spline → GeoTIFFs.

use super::options::Spline;
use crate::{
    args::Global,
    failure::Failure,
    interrupt, memory,
    output::{
        Levels, WindowWriter,
        tiles::{Output, Task},
    },
    progress,
    rasterize::canvas::Canvas,
    statistics::BandStatistics,
};
use std::path::Path;
use xr::{
    Blocks, Control, Engine, GeometryTables, Grid, Number, Phases, Predictor, Quantity, Scalar, SplineJob,
    spline::{Method, SplineTables},
};
use xr_crs::Crs;
use xr_geotiff::GeoTiffWriter;

/// Everything that rasters of one spline share.
pub struct Surface<'a> {
    pub tables: &'a SplineTables,
    pub grid: Grid,
    pub mask: Option<&'a GeometryTables>,
    pub crs: Option<&'a Crs>,
}

/// What is written, and to be put in its place.
pub struct Written {
    pub writer: GeoTiffWriter,
    pub phases: Phases,
    pub statistics: Option<Vec<BandStatistics>>,
}

impl Surface<'_> {
    /// The value outside the mask.
    fn fill(&self, options: &Spline) -> Result<Scalar, Failure> {
        let number = options.nodata.unwrap_or(Number::Float(f64::NAN));
        Scalar::new(options.dtype, number)
            .map_err(|e| Failure::usage(format!("--nodata: {e}"), "pass another value, or --dtype f64"))
    }

    /// Computes and encodes a raster; its file does not have its name yet.
    pub fn write(
        &self,
        engine: &mut dyn Engine,
        (quantity, method): (Quantity, Method),
        path: &Path,
        options: &Spline,
        global: &Global,
    ) -> Result<Written, Failure> {
        let (grid, file, bound) = (self.grid, &options.file, options.machine.max_memory);
        let fill = self.fill(options)?;
        let declared = (self.mask.is_some() || options.nodata.is_some()).then_some(fill);
        let nodata = declared.map(|_| match options.nodata {
            Some(number) if !number.is_nan() => number.to_string(),
            _ => "nan".into(),
        });
        let names = names(&options.column, quantity);
        let encoding = file.encoding(options.dtype, names.len() as u16, declared, Predictor::Float)?;
        let overviews = file.overviews(grid.width, grid.height);
        let spec = file.image_spec(&grid, &encoding, self.crs.cloned(), &overviews, nodata, &names)?;
        let masked = self.mask.map_or(0, GeometryTables::bytes);
        // Of the points there are the input, the problem, the spline, and what is staged.
        let tables = 4 * self.tables.bytes() as u64 + method.bytes(self.tables, &grid) + 2 * masked as u64;
        let levels = Levels {
            size: (grid.width, grid.height),
            overviews: &overviews,
            nodata: declared,
            resampling: file.resampling(),
            mask: spec.mask,
            statistics: file.stats,
        };
        // Statistics, overviews and pixels of several bands are made of pixels.
        let only_tiles =
            overviews.is_empty() && !file.stats && names.len() == 1 && engine.caps().codecs.contains(&encoding.codec);
        let memory::Windows { window, blocks } = if only_tiles {
            memory::window(engine, &grid, &encoding, tables, bound)?
        } else {
            memory::pixels(&levels, &encoding, tables, bound, false)?
        };
        tracing::info!("{} × {} {}, windows of {} × {}", grid.width, grid.height, options.dtype, window.0, window.1);
        let job = SplineJob {
            method,
            mask: self.mask,
            window,
            blocks: blocks.map(|size| Blocks { height: size.height, margin: size.margin }),
            ..SplineJob::new(self.tables, grid, quantity, fill)
        };
        let writer = GeoTiffWriter::create(path, &spec, file.overwrite)?;
        let bar = progress::windows(global, "evaluating");
        bar.set_length(job.sweep().windows().0 as u64);
        let progress = |_: usize, _: usize| bar.inc(1);
        let control = Control { cancel: Some(interrupt::flag()), progress: Some(&progress) };
        let mut encoder = None;
        let canvas = Canvas::blank(names.len(), options.dtype);
        let mut out = if only_tiles {
            Output::Tiles { writer: Box::new(writer), encoding }
        } else {
            let encoder = encoder.insert(options.machine.open_for_tiles(engine, encoding.codec)?);
            let writer = WindowWriter::new(&mut **encoder, encoding, writer, levels, blocks)?;
            Output::Pixels { writer, canvas: &canvas }
        };
        let mut phases = Phases::default();
        let made = out.make(engine, Task::Surface(job), control, &mut phases);
        bar.finish_and_clear();
        made?;
        let (writer, statistics) = out.finish()?;
        Ok(Written { writer, phases, statistics })
    }

    /// The first column on a grid small enough to look at, as a PNG.
    pub fn draw(&self, engine: &mut dyn Engine, method: Method, title: &str) -> Result<Vec<u8>, Failure> {
        let grid = crate::preview::shrunk(&self.grid)?;
        let fill = Scalar::of(f64::NAN);
        let job = SplineJob { method, mask: self.mask, ..SplineJob::new(self.tables, grid, Quantity::Value, fill) };
        let pixels = grid.pixels() as usize;
        let mut values = vec![0.0f64; pixels * self.tables.columns()];
        engine.spline_into(&job, Control::default(), bytemuck::cast_slice_mut(&mut values))?;
        let picture =
            crate::preview::Picture { width: grid.width, height: grid.height, values: &values[..pixels], title };
        Ok(crate::preview::encode(&picture)?)
    }
}

/// What the bands show.
fn names(columns: &[String], quantity: Quantity) -> Vec<String> {
    match quantity {
        Quantity::Value => columns.to_vec(),
        Quantity::Gradient => {
            columns.iter().flat_map(|name| [format!("d {name} / dx"), format!("d {name} / dy")]).collect()
        }
    }
}
