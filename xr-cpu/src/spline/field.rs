//! What is derived of a spline before its surface is painted.

use super::fmm::{FarField, Fmm};
use xr_core::{
    Grid,
    spline::{Method, SplineView},
};

/// What a method needs beside the tables; for any window of a grid.
#[derive(Debug)]
pub enum Field {
    /// Nothing.
    Direct,
    /// A tree over points and pixels, and the far field of each column's weights.
    Fast {
        /// The tree.
        tree: Box<Fmm>,
        /// One for each column.
        columns: Vec<FarField>,
    },
}

impl Field {
    /// Of a spline on a grid.
    pub fn new(spline: SplineView<'_>, grid: &Grid, method: Method) -> Self {
        let count = spline.points.len() / 2;
        let Method::Fast(precision) = method else { return Self::Direct };
        // A polynomial alone.
        if count == 0 {
            return Self::Direct;
        }
        let (us, vs) = spline.points.split_at(count);
        let tree = Box::new(Fmm::over_grid(&spline.frame, grid, us, vs, precision));
        let weights = |halves: &[f64]| halves.iter().map(|half| 2.0 * half).collect::<Vec<f64>>();
        let columns = spline.halves.chunks_exact(count).map(|halves| tree.field(&weights(halves))).collect();
        Self::Fast { tree, columns }
    }

    /// Far fields, if there are any.
    pub(super) fn far(&self) -> Option<&[FarField]> {
        match self {
            Self::Direct => None,
            Self::Fast { columns, .. } => Some(columns),
        }
    }
}
