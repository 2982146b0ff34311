//! The burn in kernels: geometry, derived once per job, as lists of what each tile of 32 × 32 pixels meets; then a
//! work-group per tile that writes each pixel once.

mod burn;
mod scene;
mod source;

pub use scene::Scene;
pub use source::{burn_source, scene_source};
