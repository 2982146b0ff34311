//! How far fast sums are from direct ones.

use super::{Field, interpolate, values_at};
use rayon::prelude::*;
use xr_core::{
    Grid, Quantity, Result, Scalar, Surface, Window,
    spline::{Column, SplineView, direct::Terms},
};

/// Largest difference between a field's values and direct sums at `pixels`, columns and rows of the grid; for each column
/// of the spline, in its units.
///
/// # Errors
/// As for [`interpolate`].
pub fn errors_at(spline: SplineView<'_>, field: &Field, grid: &Grid, pixels: &[[u32; 2]]) -> Result<Vec<f64>> {
    let free = |column: &Column| Column { range: [f64::NEG_INFINITY, f64::INFINITY], ..*column };
    let columns: Vec<Column> = spline.columns.iter().map(free).collect();
    let view = SplineView { columns: &columns, ..spline };
    let surface = Surface { quantity: Quantity::Value, fill: Scalar::of(f64::NAN), masked: false };
    let value = |&[col, row]: &[u32; 2]| -> Result<Vec<f64>> {
        let mut values = vec![0.0; columns.len()];
        let mut bands: Vec<&mut [u8]> = values.chunks_mut(1).map(bytemuck::cast_slice_mut).collect();
        interpolate(view, field, grid, &surface, Window { col, row, width: 1, height: 1 }, &mut bands)?;
        Ok(values)
    };
    let found: Vec<Vec<f64>> = pixels.par_iter().map(value).collect::<Result<_>>()?;
    let (us, vs) = spline.points.split_at(spline.points.len() / 2);
    let frame = spline.frame;
    let at: (Vec<f64>, Vec<f64>) =
        pixels.iter().map(|&[column, row]| (frame.column(grid, column), frame.row(grid, row))).unzip();
    let largest = |(k, column): (usize, &Column)| {
        let halves = &spline.halves[k * us.len()..][..us.len()];
        let mut direct = vec![0.0; pixels.len()];
        values_at(&Terms { us, vs, halves, polynomial: column.polynomial }, &at.0, &at.1, &mut direct)?;
        Ok(found.iter().zip(direct).fold(0.0, |largest: f64, (found, direct)| largest.max((found[k] - direct).abs())))
    };
    columns.iter().enumerate().map(largest).collect()
}
