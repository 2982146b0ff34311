//! `--preview`: a raster as a picture, with a title above and a legend below it.
//!
//! | file | idea |
//! |---|---|
//! | `layout` | where the title, the map and the legend go, and what room that leaves for the map |
//! | `scale` | values to colours: classes or a ramp |
//! | `stretch` | which values a ramp spreads over its colours, and how |
//! | `ticks` | the round numbers that label a ramp |
//! | `legend` | the ramp or the swatches |
//! | `canvas`, `font` | pixels, palette, text, PNG |

mod canvas;
mod font;
mod layout;
mod legend;
mod scale;
mod stretch;
mod ticks;

use canvas::{Canvas, FRAME, INK, NO_DATA};
pub use layout::size;
use layout::{Layout, Title};
use legend::Legend;
use scale::Scale;
use xr::Grid;

/// The most pixels of a side of the whole picture, title and legend included.
pub const MAX_SIDE: u32 = 1024;

/// The same area as `grid` in pixels as large as a picture shows them.
pub fn shrunk(grid: &Grid) -> Result<Grid, xr::Error> {
    let (width, height) = size(grid.width, grid.height, MAX_SIDE);
    let scale = |side: u32, small: u32| f64::from(side) / f64::from(small);
    let (dx, dy) = (grid.dx * scale(grid.width, width), grid.dy * scale(grid.height, height));
    Grid::new(width, height, [grid.x0, dx, grid.y0, dy])
}

/// A raster to show.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Columns, at most what [`size`] gives for [`MAX_SIDE`].
    pub width: u32,
    /// Rows, at most what [`size`] gives for [`MAX_SIDE`].
    pub height: u32,
    /// Row-major, `width × height`; NaN where there is no data.
    pub values: &'a [f64],
    /// One line above the map.
    pub title: &'a str,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// There is nothing to show.
    #[error("a preview of {width} × {height} pixels is empty")]
    Empty {
        /// Columns given.
        width: u32,
        /// Rows given.
        height: u32,
    },
    /// The values do not make up the raster.
    #[error("a preview of {width} × {height} pixels needs as many values, not {values}")]
    Values {
        /// Columns given.
        width: u32,
        /// Rows given.
        height: u32,
        /// Values given.
        values: usize,
    },
    /// The raster leaves no room for the legend.
    #[error(
        "a preview of {width} × {height} pixels leaves no room for the legend: at most {max_width} × {max_height} fit"
    )]
    TooLarge {
        /// Columns given.
        width: u32,
        /// Rows given.
        height: u32,
        /// Most columns.
        max_width: u32,
        /// Most rows.
        max_height: u32,
    },
    /// The PNG encoder failed.
    #[error("the preview cannot be encoded as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// The PNG of `picture`, at most [`MAX_SIDE`] pixels a side. A small raster is enlarged by a whole factor.
///
/// Few integers get a colour each, other values a ramp (see [`Scale`]); infinite values get the ramp's ends.
///
/// # Errors
/// [`PreviewError`] for an empty raster, a wrong number of values, or a raster larger than [`size`] allows.
pub fn encode(picture: &Picture<'_>) -> Result<Vec<u8>, PreviewError> {
    let Picture { width, height, values, title } = *picture;
    if width == 0 || height == 0 {
        return Err(PreviewError::Empty { width, height });
    }
    if usize::try_from(u64::from(width) * u64::from(height)) != Ok(values.len()) {
        return Err(PreviewError::Values { width, height, values: values.len() });
    }
    let (max_width, max_height) = layout::room(MAX_SIDE);
    if width > max_width || height > max_height {
        return Err(PreviewError::TooLarge { width, height, max_width, max_height });
    }

    let scale = Scale::of(values);
    let legend = Legend::new(&scale, values.iter().any(|value| value.is_nan()));
    let layout = Layout::new(width, height, title, &legend);

    let mut canvas = Canvas::new(layout.width, layout.height);
    let Title { text, text_scale } = &layout.title;
    canvas.text(layout.left, layout.title_top, *text_scale, text, INK);
    let map = layout.map;
    canvas.frame(map, FRAME);
    for (row, y) in values.chunks_exact(width as usize).zip((map.y..).step_by(layout.zoom as usize)) {
        for (&value, x) in row.iter().zip((map.x..).step_by(layout.zoom as usize)) {
            let colour = if value.is_nan() { NO_DATA } else { scale.colour(value) };
            canvas.fill(canvas::Rect { x, y, width: layout.zoom, height: layout.zoom }, colour);
        }
    }
    legend.draw(&mut canvas, layout.left, layout.legend_top, layout.content_width());
    Ok(canvas.into_png()?)
}

#[cfg(test)]
mod tests;
