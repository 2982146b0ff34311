//! Windows of a surface.

use super::{
    field::{Fast, Field},
    source::{COLUMNS_AT_ONCE, DIRECT_ITEMS, FAST_ROWS, Shown, direct_source, fast_source},
};
use crate::{
    Error, Grid, Interpolation, Quantity, Result, Window, WindowOutput,
    kernels::{
        Argument, Kernels,
        launch::{slab, staged, value},
    },
    spline::Frame,
};
use bytemuck::{Pod, Zeroable};

/// Work-items of a group of `fast`, at most.
const MOST_ITEMS: usize = 256;
/// Work-groups that take parts of leaves, each one part after the other.
const FAST_GROUPS: usize = 2048;

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

pub(super) fn interpolate<B: Kernels>(
    backend: &B,
    on: &B::Stream,
    task: &Interpolation<'_, B>,
    window: Window,
    out: &WindowOutput<'_, B>,
) -> Result<()> {
    let Interpolation { spline, field, grid, surface } = task;
    let (dtype, columns) = (surface.fill.dtype(), spline.columns.len());
    if !dtype.is_float() {
        return Err(Error::Misuse { what: "a spline makes a raster of floats" });
    } else if columns == 0 || window.pixels() == 0 {
        return Err(Error::Misuse { what: "a window has pixels, and a spline columns" });
    }
    backend.fill(on, out.slab.buffer(), out.status, 0)?;
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
        let launch = Launch { backend, on, task, places, extent, target, shown, out };
        match field {
            Field::Direct => launch.direct()?,
            Field::Fast(fast) => launch.fast(fast, window)?,
        }
    }
    Ok(())
}

/// A launch for a few columns of a window.
struct Launch<'a, B: Kernels> {
    backend: &'a B,
    on: &'a B::Stream,
    task: &'a Interpolation<'a, B>,
    places: Places,
    extent: Extent,
    target: Target,
    shown: Shown,
    out: &'a WindowOutput<'a, B>,
}

impl<B: Kernels> Launch<'_, B> {
    fn direct(&self) -> Result<()> {
        let (backend, spline) = (self.backend, self.task.spline);
        let program = backend.program(&direct_source(self.shown))?;
        let [across, down] = self.shown.pixels_of_group();
        let tiles = [(self.extent.width as usize).div_ceil(across), (self.extent.height as usize).div_ceil(down)];
        let (tiles_across, points) = (tiles[0] as i32, (spline.points.len() / 2) as u32);
        let arguments = [
            value(&self.places),
            value(&self.extent),
            value(&tiles_across),
            value(&points),
            staged(&spline.points),
            staged(&spline.halves),
            staged(&spline.columns),
            slab(self.out.slab),
            value(&self.target),
            Argument::Value(self.task.surface.fill.bytes()),
        ];
        backend.launch(self.on, &program, "direct", &arguments, tiles[0] * tiles[1], DIRECT_ITEMS)
    }

    fn fast(&self, fast: &Fast<B>, window: Window) -> Result<()> {
        let Parts { leaves, parts, items } = Parts::of(fast, window);
        let program = self.backend.program(&fast_source(self.shown, fast.nodes, items))?;
        let arguments = [
            value(&self.places),
            value(&fast.tree),
            value(&fast.leaves),
            value(&self.extent),
            value(&leaves),
            value(&parts),
            staged(&fast.tables),
            slab(&fast.sorted),
            slab(&fast.far),
            staged(&self.task.spline.columns),
            slab(self.out.slab),
            value(&self.target),
            Argument::Value(self.task.surface.fill.bytes()),
        ];
        let tasks = leaves[2] as usize * leaves[3] as usize * parts as usize;
        self.backend.launch(self.on, &program, "fast", &arguments, tasks.min(FAST_GROUPS), items)
    }
}

/// How `fast` cuts a window.
struct Parts {
    /// First leaf along each axis, and how many.
    leaves: [u32; 4],
    /// Parts of a leaf.
    parts: u32,
    /// Work-items of a part.
    items: usize,
}

impl Parts {
    fn of<B: Kernels>(fast: &Fast<B>, window: Window) -> Self {
        let axes = [(window.col, window.width), (window.row, window.height)];
        let leaf = |axis: usize, pixel: u32| fast.leaves_of_pixels[axis][pixel as usize];
        let first = [0, 1].map(|axis| leaf(axis, axes[axis].0));
        let last = [0, 1].map(|axis| leaf(axis, axes[axis].0 + axes[axis].1 - 1));
        let slots = |[width, height]: [usize; 2]| width * height.div_ceil(FAST_ROWS);
        // Of whole leaves, so that windows do not need kernels of their own.
        let whole = slots(fast.largest_leaf);
        let items = whole.div_ceil(whole.div_ceil(MOST_ITEMS)).next_multiple_of(32);
        let shown = slots([0, 1].map(|axis| fast.largest_leaf[axis].min(axes[axis].1 as usize)));
        let leaves = [first[0], first[1], last[0] - first[0] + 1, last[1] - first[1] + 1];
        Self { leaves, parts: shown.div_ceil(items) as u32, items }
    }
}
