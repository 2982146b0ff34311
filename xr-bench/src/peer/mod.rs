//! Other programs on the very same inputs, in the same run.

pub mod tifffile;
