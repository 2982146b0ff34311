//! Why points have no spline.

/// What is wrong with points, or with their system of equations. Points are named by their position in the input, from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SplineError {
    /// Nothing to interpolate.
    #[error("there are no points to interpolate")]
    NoPoints,
    /// Columns that do not belong together.
    #[error("{what} has {found} values for {points} points")]
    Lengths {
        /// The column.
        what: String,
        /// Its length.
        found: usize,
        /// Number of points.
        points: usize,
    },
    /// A coordinate, value or standard error that is NaN or infinite.
    #[error("point {point}: its {what} is {value}; leave it out or correct it")]
    NotFinite {
        /// Position in the input.
        point: usize,
        /// Which number.
        what: String,
        /// The number.
        value: f64,
    },
    /// A standard error that is zero or negative.
    #[error("point {point}: its standard error is {value}; standard errors are positive")]
    StandardError {
        /// Position in the input.
        point: usize,
        /// The number.
        value: f64,
    },
    /// Coordinates so far apart that their differences overflow.
    #[error("coordinates from {low:e} to {high:e} are too far apart")]
    Extent {
        /// Smallest coordinate of an axis.
        low: f64,
        /// Largest.
        high: f64,
    },
    /// Two points at one place that disagree.
    #[error(
        "points {first} and {second} are both at ({x}, {y}), with different values: {first_value} and {second_value}; \
         take the mean of duplicates, or smooth"
    )]
    Duplicate {
        /// Position of the first in the input.
        first: usize,
        /// Position of the second.
        second: usize,
        /// Their place.
        x: f64,
        /// Their place.
        y: f64,
        /// Value of the first.
        first_value: f64,
        /// Value of the second.
        second_value: f64,
    },
    /// A smoothing parameter that is negative or not finite.
    #[error("the smoothing parameter is {0}; it is a finite number and not negative")]
    Smoothing(f64),
    /// Points too close together for the arithmetic.
    #[error(
        "the equations are singular to double precision; points {first} and {second} are only {distance:e} apart: merge \
         them, or smooth"
    )]
    Singular {
        /// Position in the input.
        first: usize,
        /// Position of its nearest neighbour.
        second: usize,
        /// Distance in the units of the input.
        distance: f64,
    },
    /// The iteration came to a halt.
    #[error(
        "the fit stopped at a relative residual of {residual:e} after {iterations} iterations, above the tolerance of \
         {tolerance:e}; the closest points, {first} and {second}, are {distance:e} apart: merge them, smooth, or ask for less"
    )]
    NotConverged {
        /// Iterations made.
        iterations: usize,
        /// Residual reached.
        residual: f64,
        /// Residual asked for.
        tolerance: f64,
        /// Position in the input of one of the closest points.
        first: usize,
        /// Of the other.
        second: usize,
        /// Their distance in the units of the input.
        distance: f64,
    },
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] crate::Error),
}
