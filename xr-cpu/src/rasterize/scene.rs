//! Edges bucketed by band of rows, once per job.

use rayon::prelude::*;
use xr_core::{
    Error, GeometryView, Grid, Kind, Result,
    crossing::{ceil, collinear, floor},
};

/// Pixels of a band, about: a band and what is folded into it stay in a core's second-level cache.
const BAND_PIXELS: u32 = 1 << 16;
/// Rows of a band, at most.
const MAX_BAND_ROWS: u32 = 64;
/// Vertices that one task buckets, at least.
const CHUNK_VERTICES: usize = 1 << 15;

/// How a part is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// Even-odd fill, with the pixels its edges pass through if all touched pixels are asked for.
    Polygon,
    /// The segments' pixels.
    Line,
    /// The points' pixels.
    Point,
}

/// What the CPU derives from staged tables and a grid: for each band of rows the vertices that begin an edge meeting it,
/// in feature order. Built by counting, chunk by chunk in parallel; a band's list is its lists of all chunks in turn.
pub struct Scene {
    pub(super) all_touched: bool,
    pub(super) band_rows: u32,
    pub(super) chunks: Vec<Chunk>,
    /// Where each part's vertices end.
    pub(super) part_ends: Vec<u32>,
    pub(super) drawn: Vec<Drawn>,
}

/// The buckets of consecutive parts.
pub(super) struct Chunk {
    /// Where the entries of each band begin, and a last one where those of the last band end.
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Chunk {
    /// First vertices of the edges that meet a band, ascending.
    pub(super) fn band(&self, band: usize) -> &[u32] {
        &self.entries[self.starts[band] as usize..self.starts[band + 1] as usize]
    }
}

impl Scene {
    /// Buckets all edges, line segments and points by the rows they can touch.
    ///
    /// # Errors
    /// [`Error::Limit`] if one chunk of geometry meets more bands than 32 bits count.
    pub fn new(view: GeometryView<'_>, grid: &Grid, all_touched: bool) -> Result<Self> {
        Self::with_band_rows(view, grid, all_touched, (BAND_PIXELS / grid.width).clamp(1, MAX_BAND_ROWS))
    }

    fn with_band_rows(view: GeometryView<'_>, grid: &Grid, all_touched: bool, band_rows: u32) -> Result<Self> {
        let paths_of = paths_by_part(view);
        let vertices = |part: usize| start(view, paths_of[part])..start(view, paths_of[part + 1]);
        let parts = view.parts.len();
        let drawn: Vec<Drawn> = (0..parts)
            .into_par_iter()
            .map(|part| match Kind::from_code(view.parts[part].kind) {
                Kind::Polygon if all_touched && no_area(grid, &view.vertices[vertices(part)]) => Drawn::Line,
                Kind::Polygon => Drawn::Polygon,
                Kind::Line => Drawn::Line,
                Kind::Point => Drawn::Point,
            })
            .collect();
        let rows = Rows { view, grid, all_touched, band_rows, drawn: &drawn, paths_of: &paths_of };
        let chunks = split(parts, &vertices).into_par_iter().map(|range| rows.bucket(range)).collect::<Result<_>>()?;
        let part_ends = (0..parts).map(|part| vertices(part).end as u32).collect();
        Ok(Self { all_touched, band_rows, chunks, part_ends, drawn })
    }
}

/// Index of each part's first path, and the number of paths at the end.
fn paths_by_part(view: GeometryView<'_>) -> Vec<usize> {
    let mut first = vec![0; view.parts.len() + 1];
    for path in view.paths {
        first[path.part as usize + 1] += 1;
    }
    for part in 0..view.parts.len() {
        first[part + 1] += first[part];
    }
    first
}

/// Where a path's vertices begin.
fn start(view: GeometryView<'_>, path: usize) -> usize {
    path.checked_sub(1).map_or(0, |before| view.paths[before].end as usize)
}

/// Ranges of parts with about equally many vertices.
fn split(parts: usize, vertices: &impl Fn(usize) -> std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let total = if parts == 0 { 0 } else { vertices(parts - 1).end };
    let most = (total / (4 * rayon::current_num_threads())).max(CHUNK_VERTICES);
    let (mut ranges, mut from, mut begin) = (Vec::new(), 0, 0);
    for part in 0..parts {
        let end = vertices(part).end;
        if end - begin >= most || part + 1 == parts {
            ranges.push(from..part + 1);
            (from, begin) = (part + 1, end);
        }
    }
    ranges
}

/// Whether all vertices lie on one line, decided exactly.
fn no_area(grid: &Grid, vertices: &[[f64; 2]]) -> bool {
    let mut pixels = vertices.iter().map(|&v| grid.to_pixel(v));
    let Some(a) = pixels.next() else { return true };
    let Some(b) = pixels.find(|&p| p != a) else { return true };
    pixels.all(|c| collinear(a, b, c))
}

struct Rows<'a> {
    view: GeometryView<'a>,
    grid: &'a Grid,
    all_touched: bool,
    band_rows: u32,
    drawn: &'a [Drawn],
    paths_of: &'a [usize],
}

impl Rows<'_> {
    fn bucket(&self, parts: std::ops::Range<usize>) -> Result<Chunk> {
        let bands = self.grid.height.div_ceil(self.band_rows) as usize;
        let mut counts = vec![0u64; bands + 1];
        self.each(parts.clone(), |_, bands| bands.for_each(|band| counts[band + 1] += 1));
        for band in 0..bands {
            counts[band + 1] += counts[band];
        }
        if counts[bands] > u64::from(u32::MAX) {
            let limit = u32::MAX.into();
            return Err(Error::Limit { what: "edges times bands of rows", got: counts[bands], limit });
        }
        let starts: Vec<u32> = counts.iter().map(|&n| n as u32).collect();
        let (mut next, mut entries) = (starts.clone(), vec![0; starts[bands] as usize]);
        self.each(parts, |vertex, bands| {
            for band in bands {
                entries[next[band] as usize] = vertex;
                next[band] += 1;
            }
        });
        Ok(Chunk { starts, entries })
    }

    /// Calls `found` with every vertex that begins something visible and the bands it meets.
    fn each(&self, parts: std::ops::Range<usize>, mut found: impl FnMut(u32, std::ops::Range<usize>)) {
        let height = self.grid.height as i32;
        let mut rows = |vertex: usize, first: i32, end: i32| {
            let (first, end) = (first.max(0), end.min(height));
            if first < end {
                let band = |row: i32| (row as u32 / self.band_rows) as usize;
                found(vertex as u32, band(first)..band(end - 1) + 1);
            }
        };
        for part in parts {
            for path in self.paths_of[part]..self.paths_of[part + 1] {
                let range = start(self.view, path)..self.view.paths[path].end as usize;
                let ys = self.view.vertices[range.clone()].iter().map(|v| self.grid.to_row(v[1]));
                match self.drawn[part] {
                    Drawn::Point => {
                        ys.zip(range).for_each(|(y, vertex)| rows(vertex, floor(y), floor(y).saturating_add(1)));
                    }
                    Drawn::Polygon if !self.all_touched => segments(ys, range, |vertex, low, high| {
                        rows(vertex, ceil(low - 0.5), ceil(high - 0.5));
                    }),
                    _ => segments(ys, range, |vertex, low, high| {
                        rows(vertex, floor(low), floor(high).saturating_add(1));
                    }),
                }
            }
        }
    }
}

/// Calls `found` with the first vertex and the smaller and larger y of each segment of a path.
fn segments(ys: impl Iterator<Item = f64>, range: std::ops::Range<usize>, mut found: impl FnMut(usize, f64, f64)) {
    let mut before = f64::NAN;
    for (y, vertex) in ys.zip(range.clone()) {
        if vertex > range.start {
            found(vertex - 1, before.min(y), before.max(y));
        }
        before = y;
    }
}
