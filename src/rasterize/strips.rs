//! Features that memory does not hold at once: burned in strips of rows, with the features that meet each.

use super::{
    features::Features,
    input::Wanted,
    spill::{Spill, Spilled},
};
use crate::{failure::Failure, memory};
use std::path::Path;
use xr::{FeatureView, Grid};

/// Bytes of consecutive features of which the extent is kept, if they are read again through an index.
const RUN: u64 = 1 << 16;
/// Bytes that are gathered at a time once there are too many features for memory.
const GATHERED: u64 = 16 << 20;

/// Where features lie, and the bytes that their tables take.
#[derive(Clone, Copy)]
pub struct Extent {
    pub low: f64,
    pub high: f64,
    pub bytes: u64,
}

impl Extent {
    pub const EMPTY: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY, bytes: 0 };

    /// Takes in a feature of tables.
    pub fn include(&mut self, geometry: &FeatureView<'_>, of: &Features) {
        let bounds = geometry.bounds();
        (self.low, self.high) = (self.low.min(bounds.min[1]), self.high.max(bounds.max[1]));
        self.bytes += memory::tables(geometry.bytes(), 1, of.numbers.len() + of.properties.len());
    }
}

/// Rows of a grid as a test on extents.
pub struct RowsOfExtent {
    grid: Grid,
    rows: [u32; 2],
}

impl RowsOfExtent {
    pub fn meet(&self, low: f64, high: f64) -> bool {
        let [first, end] = rows_of(&self.grid, low, high);
        first < f64::from(self.rows[1]) && end > f64::from(self.rows[0])
    }
}

/// The rows of a grid, or beyond it, that lie between two y: the first, and the one after the last.
fn rows_of(grid: &Grid, low: f64, high: f64) -> [f64; 2] {
    let (a, b) = (grid.to_row(low), grid.to_row(high));
    [a.min(b).floor(), a.max(b).floor() + 1.0]
}

/// What becomes of features that are too many for memory while they are read.
pub struct Overflow<'a> {
    /// Bytes of tables that memory holds.
    limit: u64,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// They are read again through the inputs' indices.
    Indexed { extents: Vec<Extent> },
    /// They go to disk beside the output.
    Spilled { output: &'a Path, spill: Option<Spill> },
}

impl<'a> Overflow<'a> {
    pub fn new(limit: u64, is_indexed: bool, output: &'a Path) -> Self {
        let kind =
            if is_indexed { Kind::Indexed { extents: Vec::new() } } else { Kind::Spilled { output, spill: None } };
        Self { limit, kind }
    }

    /// Bytes of tables from which on features are taken.
    pub fn limit(&self) -> u64 {
        if self.happened() { self.limit.min(GATHERED) } else { self.limit }
    }

    /// Whether features were taken.
    pub fn happened(&self) -> bool {
        match &self.kind {
            Kind::Indexed { extents } => !extents.is_empty(),
            Kind::Spilled { spill, .. } => spill.is_some(),
        }
    }

    /// Takes the next features.
    pub fn take(&mut self, features: &Features) -> Result<(), Failure> {
        match &mut self.kind {
            Kind::Indexed { extents } => {
                let mut run = Extent::EMPTY;
                for geometry in features.geometry.view().features() {
                    run.include(&geometry, features);
                    if run.bytes >= RUN {
                        extents.push(std::mem::replace(&mut run, Extent::EMPTY));
                    }
                }
                extents.extend(Some(run).filter(|run| run.bytes > 0));
                Ok(())
            }
            Kind::Spilled { output, spill } => {
                let spill = match spill {
                    Some(spill) => spill,
                    None => spill.insert(Spill::create(output)?),
                };
                spill.write(features)
            }
        }
    }
}

/// Features that are read by rows.
pub struct Strips<'a> {
    wanted: Wanted<'a>,
    limit: u64,
    place: Place,
}

enum Place {
    Inputs { extents: Vec<Extent> },
    Disk { folder: String, spilled: Spilled },
}

impl<'a> Strips<'a> {
    pub fn new(wanted: Wanted<'a>, overflow: Overflow<'_>) -> Result<Self, Failure> {
        let place = match overflow.kind {
            Kind::Spilled { output, spill: Some(spill) } => {
                let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new(".")).display().to_string();
                Place::Disk { folder, spilled: spill.finish()? }
            }
            Kind::Spilled { .. } => Place::Inputs { extents: Vec::new() },
            Kind::Indexed { extents } => Place::Inputs { extents },
        };
        Ok(Self { wanted, limit: overflow.limit, place })
    }

    /// No features, of the columns that are read.
    pub fn none(&self) -> Features {
        self.wanted.none()
    }

    /// Whether the features that meet `unit` rows fit into memory.
    pub fn fit(&self, grid: &Grid, unit: u32) -> bool {
        self.plan(grid, unit, 0).1 <= self.limit
    }

    /// Cuts the rows of a grid at multiples of `unit` such that tables of features that meet a strip, or `margin` rows
    /// around it, stay below the limit; and says so.
    pub fn cut(&self, grid: &Grid, unit: u32, margin: u32) -> Result<Vec<[u32; 2]>, Failure> {
        let (strips, most) = self.plan(grid, unit, margin);
        if most > self.limit {
            let least = memory::bound_for(most);
            return Err(Failure::usage(
                format!("--max-memory is too small: the features that meet {unit} rows take {}", memory::mib(most)),
                format!("pass --max-memory {least} or more"),
            ));
        }
        let count = strips.len();
        match &self.place {
            Place::Inputs { .. } => {
                tracing::info!("features do not fit into memory: read through the spatial index, {count} strips");
            }
            Place::Disk { folder, .. } => {
                tracing::info!("features do not fit into memory: spilled to {folder}, {count} strips");
            }
        }
        Ok(strips)
    }

    /// Strips, and the bytes of the one that needs most.
    fn plan(&self, grid: &Grid, unit: u32, margin: u32) -> (Vec<[u32; 2]>, u64) {
        let units = grid.height.div_ceil(unit) as usize;
        // Bytes of what begins at a unit, and of what begins before it and reaches it.
        let (mut begin, mut reach) = (vec![0u64; units], vec![0i64; units + 1]);
        let extents: Box<dyn Iterator<Item = &Extent>> = match &self.place {
            Place::Inputs { extents } => Box::new(extents.iter()),
            Place::Disk { spilled, .. } => Box::new(spilled.extents()),
        };
        for extent in extents {
            let [first, end] = rows_of(grid, extent.low, extent.high);
            // Two rows more than are read again.
            let slack = f64::from(margin) + 4.0;
            let (first, end) = ((first - slack).max(0.0), (end + slack).min(grid.height.into()));
            if first < end {
                let (first, last) = ((first as u32 / unit) as usize, ((end as u32 - 1) / unit) as usize);
                begin[first] += extent.bytes;
                reach[first + 1] += extent.bytes as i64;
                reach[last + 1] -= extent.bytes as i64;
            }
        }
        let (mut strips, mut from, mut reaching, mut bytes, mut most) = (Vec::new(), 0, 0, 0, 0);
        for n in 0..units {
            reaching += reach[n];
            if bytes + begin[n] > self.limit && n > from {
                strips.push([from as u32 * unit, n as u32 * unit]);
                (from, bytes) = (n, 0);
            }
            bytes += begin[n] + if n == from { reaching as u64 } else { 0 };
            most = most.max(bytes);
        }
        strips.push([from as u32 * unit, grid.height]);
        (strips, most)
    }

    /// The features that meet rows, in their order, and maybe some more.
    pub fn read(&mut self, grid: &Grid, rows: [u32; 2]) -> Result<Features, Failure> {
        let Self { wanted, place, .. } = self;
        match place {
            Place::Disk { spilled, .. } => spilled.read(&RowsOfExtent { grid: *grid, rows }, wanted.none_of_inputs()),
            Place::Inputs { .. } => {
                // Two rows more, and a few roundings.
                let y = |row: f64| grid.y0 + row * grid.dy;
                let (a, b) = (y(f64::from(rows[0]) - 2.0), y(f64::from(rows[1]) + 2.0));
                let slack = 1e-15 * a.abs().max(b.abs()).max(grid.y0.abs());
                wanted.read_rows([a.min(b) - slack, a.max(b) + slack])
            }
        }
    }
}
