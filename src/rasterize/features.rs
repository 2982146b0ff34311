//! Features in memory, and what is known of all.

use crate::{origins::Origins, skipped::Skipped};
use xr::{Bounds, GeometryTables, Number, NumberRange};
use xr_crs::Crs;

/// Features with what they burn.
#[derive(Default)]
pub struct Features {
    pub geometry: GeometryTables,
    /// For each burned column, or for Z, one number per feature of `geometry`.
    pub numbers: Vec<Vec<Number>>,
    /// For each property of the merge expression, one number per feature.
    pub properties: Vec<Vec<Number>>,
    pub origins: Origins,
}

impl Features {
    /// None, of so many columns and properties.
    pub fn none(columns: usize, properties: usize) -> Self {
        Self { numbers: vec![Vec::new(); columns], properties: vec![Vec::new(); properties], ..Self::default() }
    }

    /// Names a feature by its file and its index there.
    pub fn origin(&self, feature: usize) -> String {
        self.origins.name(feature)
    }
}

/// What is known of all features, in memory or not.
pub struct Facts {
    /// Features of all files, skipped and filtered ones included.
    pub read: u64,
    /// Features to burn.
    pub burned: u64,
    pub skipped: Skipped,
    pub crs: Option<Crs>,
    pub bounds: Option<Bounds>,
    /// Of the burned columns together.
    pub numbers: NumberRange,
    /// Of each property of the merge expression.
    pub properties: Vec<NumberRange>,
}

impl Facts {
    /// Takes in features that were read.
    pub fn include(&mut self, features: &Features) {
        self.burned += features.geometry.features() as u64;
        self.bounds = match (self.bounds, features.geometry.bounds()) {
            (Some(known), Some(new)) => Some(known.union(new)),
            (known, new) => known.or(new),
        };
        features.numbers.iter().flatten().for_each(|&number| self.numbers.include(number));
        for (range, numbers) in self.properties.iter_mut().zip(&features.properties) {
            numbers.iter().for_each(|&number| range.include(number));
        }
    }
}
