//! Windows of a surface.

use super::Field;
use crate::{
    OpenCl, Stream,
    raw::{Argument, value},
};
use bytemuck::{Pod, Zeroable};
use xr_core::{
    Error, Grid, Interpolation, Quantity, Result, Window, WindowOutput,
    kernels::{COLUMNS_AT_ONCE, DIRECT_ITEMS, OPENCL_PRELUDE, Shown, direct_source},
    spline::Frame,
};

/// Where pixels are in the unit box, as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Places {
    x0: f64,
    dx: f64,
    y0: f64,
    dy: f64,
    x: f64,
    y: f64,
    scale: f64,
}

impl Places {
    pub(super) fn new(grid: &Grid, frame: &Frame) -> Self {
        let &Grid { x0, dx, y0, dy, .. } = grid;
        Self { x0, dx, y0, dy, x: frame.x, y: frame.y, scale: frame.scale }
    }
}

/// A window as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Extent {
    column: i32,
    row: i32,
    width: i32,
    height: i32,
}

/// Where a window goes, as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Target {
    pixels_at: u64,
    status_at: u64,
    masked: i32,
    first_column: i32,
}

pub(super) fn interpolate(
    backend: &OpenCl,
    on: &Stream,
    task: &Interpolation<'_, OpenCl>,
    window: Window,
    out: &WindowOutput<'_, OpenCl>,
) -> Result<()> {
    let Interpolation { spline, field, grid, surface } = task;
    let (dtype, columns) = (surface.fill.dtype(), spline.columns.len());
    if !dtype.is_float() {
        return Err(Error::Misuse { what: "a spline makes a raster of floats" });
    } else if columns == 0 || window.pixels() == 0 {
        return Err(Error::Misuse { what: "a window has pixels, and a spline columns" });
    }
    let device = &backend.device;
    device.fill(&on.queue, out.slab.buffer(), out.status, 0)?;
    let together = if surface.quantity == Quantity::Value { COLUMNS_AT_ONCE } else { 1 };
    let places = Places::new(grid, &spline.frame);
    let extent = Extent {
        column: window.col as i32,
        row: window.row as i32,
        width: window.width as i32,
        height: window.height as i32,
    };
    // The first columns come last: their first band has the mask until then.
    for first in (0..columns).step_by(together).rev() {
        let shown = Shown { quantity: surface.quantity, columns: together.min(columns - first), dtype };
        let target = Target {
            pixels_at: out.pixels.at as u64,
            status_at: out.status.at as u64,
            masked: i32::from(surface.masked),
            first_column: first as i32,
        };
        match field {
            Field::Direct => {
                let program = device.program([OPENCL_PRELUDE, &direct_source(shown)].join("\n"))?;
                let [across, down] = shown.pixels_of_group();
                let tiles = [(window.width as usize).div_ceil(across), (window.height as usize).div_ceil(down)];
                let (tiles_across, points) = (tiles[0] as i32, (spline.points.len() / 2) as u32);
                let arguments = [
                    value(&places),
                    value(&extent),
                    value(&tiles_across),
                    value(&points),
                    Argument::Buffer(spline.points.buffer()),
                    Argument::Buffer(spline.halves.buffer()),
                    Argument::Buffer(spline.columns.buffer()),
                    Argument::Buffer(out.slab.buffer()),
                    value(&target),
                    Argument::Value(surface.fill.bytes()),
                ];
                on.launch(device, (&program, "direct"), &arguments, tiles[0] * tiles[1], DIRECT_ITEMS)?;
            }
        }
    }
    Ok(())
}
