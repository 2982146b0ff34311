//! Thin-plate splines: f(u) = Σ wᵢ φ(|u − uᵢ|) + c₀ + c₁u + c₂v, φ(r) = r² ln r, on coordinates in the unit box.

pub mod direct;
pub mod log;
