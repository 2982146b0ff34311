//! A spline as backends take it.

use super::{Fit, Frame, Problem};
use crate::{Backend, Error, Grid, Result, Session, Staged, spline::direct::REACH};
use bytemuck::{Pod, Zeroable};

/// A column of values: everything of its spline but the weights.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Column {
    /// c₀, c₁, c₂ on unit-box coordinates.
    pub polynomial: [f64; 3],
    /// Least and greatest value that a pixel gets; infinite where nothing is clamped.
    pub range: [f64; 2],
}

/// Points, weights and polynomials of one spline for each column, all on the same points.
#[derive(Clone, Debug)]
pub struct SplineTables {
    frame: Frame,
    /// All first coordinates, then all second ones, in the unit box.
    points: Vec<f64>,
    /// Column after column.
    halves: Vec<f64>,
    columns: Vec<Column>,
}

impl SplineTables {
    /// Points by their unit-box coordinates, and for each column its weights and the rest. Points without any weight
    /// are a polynomial alone, and left out.
    ///
    /// # Errors
    /// [`Error::Misuse`] for points outside the unit box, numbers that are not finite, and columns of another length.
    pub fn new(frame: Frame, us: &[f64], vs: &[f64], columns: &[(&[f64], Column)]) -> Result<Self> {
        const ROUNDING: f64 = 1e-9; // of whoever scaled the points
        let inside = |c: &f64| (-ROUNDING..=1.0 + ROUNDING).contains(c);
        if us.len() != vs.len() || columns.is_empty() || columns.iter().any(|(weights, _)| weights.len() != us.len()) {
            return Err(Error::Misuse { what: "a spline has a column at least, and a weight for each point" });
        } else if !us.iter().chain(vs).all(inside) || !frame.scale.is_normal() {
            return Err(Error::Misuse { what: "a spline's points lie in the unit box" });
        }
        let weights = || columns.iter().flat_map(|(weights, _)| *weights);
        if !weights().chain(columns.iter().flat_map(|(_, column)| &column.polynomial)).all(|number| number.is_finite())
        {
            return Err(Error::Misuse { what: "weights and polynomials are finite" });
        }
        let columns = columns.iter().map(|&(_, column)| column).collect();
        let weighted = weights().any(|&weight| weight != 0.0);
        let (points, halves) = if weighted {
            (us.iter().chain(vs).copied().collect(), weights().map(|weight| weight / 2.0).collect())
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(Self { frame, points, halves, columns })
    }

    /// A fitted spline, clamped to the range of each column's values if `clamp` says so.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn of_fit(problem: &Problem, fit: &Fit, clamp: bool) -> Result<Self> {
        let range = |values: &[f64]| {
            values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)])
        };
        let unclamped = [f64::NEG_INFINITY, f64::INFINITY];
        let columns = fit.columns.iter().zip(&problem.columns);
        let columns: Vec<_> = columns
            .map(|(spline, values)| {
                let range = if clamp { range(values) } else { unclamped };
                (&spline.weights[..], Column { polynomial: spline.polynomial, range })
            })
            .collect();
        Self::new(problem.frame, &problem.us, &problem.vs, &columns)
    }

    /// Where the unit box lies.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of points that have weights.
    pub fn points(&self) -> usize {
        self.points.len() / 2
    }

    /// Bytes that staging moves.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.points[..]) + size_of_val(&self.halves[..]) + size_of_val(&self.columns[..])
    }

    /// The tables as host kernels see them.
    pub fn view(&self) -> SplineView<'_> {
        SplineView { frame: self.frame, points: &self.points, halves: &self.halves, columns: &self.columns }
    }

    /// How far from the unit box's middle the centres of `grid`'s pixels are at most, the box's half side being 1.
    pub fn extrapolation(&self, grid: &Grid) -> f64 {
        self.frame.corners(grid).into_iter().flatten().fold(0.0, |far: f64, c| far.max((2.0 * c - 1.0).abs()))
    }

    /// Refuses a grid that the definition does not cover.
    pub(crate) fn check_reach(&self, grid: &Grid) -> Result<()> {
        if self.points.is_empty() || self.frame.corners(grid).into_iter().flatten().all(|c| c.abs() <= REACH) {
            return Ok(());
        }
        Err(Error::Grid(format!(
            "it reaches {:.0} times as far as the points, at which a spline says nothing; the limit is {REACH} times their \
             extent",
            self.extrapolation(grid)
        )))
    }
}

impl Frame {
    /// First unit-box coordinate of the pixel centres of a column of `grid`: from the column's index in the whole grid,
    /// so that windows cannot change it.
    #[inline]
    pub fn column(&self, grid: &Grid, column: u32) -> f64 {
        (grid.x0 + (f64::from(column) + 0.5) * grid.dx - self.x) / self.scale
    }

    /// Second unit-box coordinate of the pixel centres of a row of `grid`, likewise.
    #[inline]
    pub fn row(&self, grid: &Grid, row: u32) -> f64 {
        (grid.y0 + (f64::from(row) + 0.5) * grid.dy - self.y) / self.scale
    }

    /// Unit-box coordinates of the first and the last pixel centre of a grid.
    fn corners(&self, grid: &Grid) -> [[f64; 2]; 2] {
        let corner = |column, row| [self.column(grid, column), self.row(grid, row)];
        [corner(0, 0), corner(grid.width.saturating_sub(1), grid.height.saturating_sub(1))]
    }
}

/// Borrowed tables.
#[derive(Clone, Copy, Debug)]
pub struct SplineView<'a> {
    /// Where the unit box lies.
    pub frame: Frame,
    /// All first coordinates, then all second ones, in the unit box.
    pub points: &'a [f64],
    /// Half of each point's weight, column after column.
    pub halves: &'a [f64],
    /// The columns.
    pub columns: &'a [Column],
}

/// [`SplineTables`] on a device: the only spline that a launch ever sees.
pub struct StagedSpline<B: Backend> {
    /// Where the unit box lies; passed to kernels by value.
    pub frame: Frame,
    /// All first coordinates, then all second ones, in the unit box.
    pub points: Staged<B, f64>,
    /// Half of each point's weight, column after column.
    pub halves: Staged<B, f64>,
    /// The columns.
    pub columns: Staged<B, Column>,
}

impl<B: Backend> StagedSpline<B> {
    /// Uploads that a spline costs a job, at any number of windows and columns. A mask costs those of its geometry and
    /// values.
    pub const UPLOADS: u64 = 3;

    /// Exactly [`Self::UPLOADS`] uploads.
    ///
    /// # Errors
    /// Those of the device.
    pub fn new(session: &Session<B>, tables: &SplineTables) -> Result<Self> {
        let staged = Self {
            frame: tables.frame,
            points: session.send(&tables.points)?,
            halves: session.send(&tables.halves)?,
            columns: session.send(&tables.columns)?,
        };
        session.settle()?;
        Ok(staged)
    }
}
