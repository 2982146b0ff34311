//! Which windows a job has, and in which order.

use crate::{Grid, Window};

/// The windows of a job.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// The raster.
    pub grid: Grid,
    /// Columns and rows of a window. Windows go row-major over the grid; the result does not depend on them.
    pub window: (u32, u32),
    /// The rows that are made: the first, and the one after the last.
    pub rows: [u32; 2],
    /// Another order of windows, and more pixels in them.
    pub blocks: Option<Blocks>,
    /// The windows that are made.
    pub turns: Turns,
}

/// An order of windows for consumers that need more than one window high: as wide as a window each, row-major, and their
/// windows from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Rows of a block.
    pub height: u32,
    /// Pixels on each side by which blocks are larger, where the grid has them.
    pub margin: u32,
}

/// Which windows are made: of several devices each takes its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns {
    /// Windows before the first.
    pub first: usize,
    /// From a window to the next.
    pub every: usize,
}

impl Turns {
    /// Every window.
    pub const ALL: Self = Self { first: 0, every: 1 };

    /// Those of the `n`th of `count` devices that share these.
    pub const fn share(self, n: usize, count: usize) -> Self {
        Self { first: self.first + self.every * n, every: self.every * count }
    }

    /// What is theirs of something that there is of every window.
    pub(crate) fn pick<I: Iterator>(self, all: I) -> impl Iterator<Item = I::Item> + use<I> {
        all.skip(self.first).step_by(self.every.max(1))
    }
}

impl Sweep {
    /// Row-major windows of the whole grid.
    pub const fn of(grid: Grid, window: (u32, u32)) -> Self {
        Self { grid, window, rows: [0, grid.height], blocks: None, turns: Turns::ALL }
    }

    /// The number of windows, and the windows in their order.
    pub fn windows(&self) -> (usize, impl Iterator<Item = Window> + use<>) {
        let (grid, [first, end]) = (self.grid, self.rows);
        let (width, height) = (self.window.0.clamp(1, grid.width), self.window.1.clamp(1, grid.height));
        let Blocks { height: block, margin } = self.blocks.unwrap_or(Blocks { height, margin: 0 });
        let tops = (first..end).step_by(block.max(1) as usize);
        let rows_of = move |top: u32| {
            let bottom = top.saturating_add(block).min(end).saturating_add(margin).min(grid.height);
            top.saturating_sub(margin)..bottom
        };
        let down = |top: u32| rows_of(top).len().div_ceil(height as usize);
        let all = tops.clone().map(down).sum::<usize>() * grid.width.div_ceil(width) as usize;
        let count = all.saturating_sub(self.turns.first).div_ceil(self.turns.every.max(1));
        let windows_of = move |top: u32, left: u32| {
            let (rows, col) = (rows_of(top), left.saturating_sub(margin));
            let right = left.saturating_add(width).saturating_add(margin).min(grid.width);
            let bottom = rows.end;
            rows.step_by(height as usize).map(move |row| Window {
                col,
                row,
                width: right - col,
                height: height.min(bottom - row),
            })
        };
        let lefts = move || (0..grid.width).step_by(width as usize);
        let windows = tops.flat_map(move |top| lefts().flat_map(move |left| windows_of(top, left)));
        (count, self.turns.pick(windows))
    }

    /// The size that no window exceeds, at the grid's corner: slabs have it, so that the pool serves all windows with
    /// `depth` allocations.
    pub(crate) fn largest(&self) -> Window {
        let margin = self.blocks.map_or(0, |blocks| blocks.margin.saturating_mul(2));
        let width = self.window.0.max(1).saturating_add(margin).min(self.grid.width);
        Window { col: 0, row: 0, width, height: self.window.1.clamp(1, self.grid.height) }
    }
}
