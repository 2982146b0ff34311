//! Thin-plate splines: f(u) = Σ wᵢ φ(|u − uᵢ|) + c₀ + c₁u + c₂v, φ(r) = r² ln r, on coordinates in the unit box.

pub mod direct;
mod error;
pub mod fit;
pub mod fmm;
mod hull;
mod kernel;
pub mod log;
mod method;
pub mod problem;
mod tables;
pub mod trend;

pub use error::SplineError;
pub use fit::{Fit, PointSums, Residual, Smoothing, fit, residual_points};
pub use hull::convex_hull;
pub use method::Method;
pub use problem::{Duplicates, Frame, Points, Problem, Spread};
pub use tables::{Column, SplineTables, SplineView, StagedSpline};
