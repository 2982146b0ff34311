//! Edges bucketed by band of rows, once per job.

use rayon::prelude::*;
use std::ops::Range;
use xr_core::{
    Error, GeometryView, Grid, Kind, Result,
    crossing::{ceil, collinear, floor},
};

/// Rows of a band times columns, about. Small polygons meet fewer bands the higher these are; a band and what is folded
/// into it should not leave the caches.
const BAND_PIXELS: u32 = 1 << 17;
/// Rows of a band, at most.
const MAX_BAND_ROWS: u32 = 64;
/// Vertices that one task buckets, at least.
const CHUNK_VERTICES: usize = 1 << 15;
/// Vertices of a part whose edges are not told apart: whoever draws it looks at all of them.
pub(super) const WHOLE_VERTICES: usize = 32;

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

/// What the CPU derives from staged tables and a grid: for each band of rows the parts that meet it, in feature order,
/// large ones with the edges that do. Built by counting, chunk by chunk in parallel; a band's list is its lists of all
/// chunks in turn.
pub struct Scene {
    pub(super) all_touched: bool,
    pub(super) band_rows: u32,
    pub(super) chunks: Vec<Chunk>,
}

/// The buckets of consecutive features.
pub(super) struct Chunk {
    /// Where the runs of each band begin, and a last one where those of the last band end.
    starts: Vec<u32>,
    runs: Vec<Run>,
    /// First vertices of the edges of listed runs.
    entries: Vec<u32>,
}

/// What of one part meets a band.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub feature: u32,
    pub drawn: Drawn,
    /// Whether `from..to` are the part's only path, or else entries.
    whole: bool,
    from: u32,
    to: u32,
}

/// The vertices that begin what a run draws.
pub(super) enum Vertices<'a> {
    /// All vertices of a path, one after the other.
    Path(Range<u32>),
    /// Some, ascending: each begins an edge, or is a point.
    Listed(&'a [u32]),
}

impl Chunk {
    /// The runs that meet a band.
    pub(super) fn band(&self, band: usize) -> &[Run] {
        &self.runs[self.starts[band] as usize..self.starts[band + 1] as usize]
    }

    pub(super) fn vertices(&self, run: &Run) -> Vertices<'_> {
        if run.whole {
            Vertices::Path(run.from..run.to)
        } else {
            Vertices::Listed(&self.entries[run.from as usize..run.to as usize])
        }
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
        let rows = Rows { view, grid, all_touched, band_rows, paths_of: &paths_of };
        let chunks = rows.split().into_par_iter().map(|parts| rows.bucket(parts)).collect::<Result<_>>()?;
        Ok(Self { all_touched, band_rows, chunks })
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
    paths_of: &'a [usize],
}

/// What is found of a part: its only path as a whole, or one edge or point.
struct Found {
    part: u32,
    drawn: Drawn,
    whole: bool,
    vertices: Range<u32>,
    bands: Range<usize>,
}

/// Where the runs and entries of each band go: by their counts first, then by where they begin.
struct Places {
    runs: Vec<u64>,
    entries: Vec<u64>,
    /// The part of each band's last run.
    last: Vec<u32>,
}

impl Places {
    fn new(bands: usize) -> Self {
        Self { runs: vec![0; bands + 1], entries: vec![0; bands + 1], last: vec![u32::MAX; bands] }
    }

    /// Whether a part has no run in a band yet, which it has from now on.
    fn begins(&mut self, band: usize, found: &Found) -> bool {
        found.whole || std::mem::replace(&mut self.last[band], found.part) != found.part
    }

    /// From counts of the band before to sums of all before.
    fn sum(&mut self) {
        for counts in [&mut self.runs, &mut self.entries] {
            for band in 1..counts.len() {
                counts[band] += counts[band - 1];
            }
        }
        self.last.fill(u32::MAX);
    }
}

impl Rows<'_> {
    fn vertices(&self, part: usize) -> Range<usize> {
        start(self.view, self.paths_of[part])..start(self.view, self.paths_of[part + 1])
    }

    /// Ranges of parts of whole features with about equally many vertices.
    fn split(&self) -> Vec<Range<usize>> {
        let parts = self.view.parts;
        let total = parts.len().checked_sub(1).map_or(0, |last| self.vertices(last).end);
        let most = (total / (4 * rayon::current_num_threads())).max(CHUNK_VERTICES);
        let (mut ranges, mut from, mut begin) = (Vec::new(), 0, 0);
        for part in 0..parts.len() {
            let end = self.vertices(part).end;
            let last_of_feature = parts.get(part + 1).is_none_or(|next| next.feature != parts[part].feature);
            if last_of_feature && (end - begin >= most || part + 1 == parts.len()) {
                ranges.push(from..part + 1);
                (from, begin) = (part + 1, end);
            }
        }
        ranges
    }

    fn bucket(&self, parts: Range<usize>) -> Result<Chunk> {
        let bands = self.grid.height.div_ceil(self.band_rows) as usize;
        let mut places = Places::new(bands);
        self.each(parts.clone(), |found| {
            for band in found.bands.clone() {
                places.runs[band + 1] += u64::from(places.begins(band, &found));
                places.entries[band + 1] += u64::from(!found.whole);
            }
        });
        places.sum();
        let most = places.runs[bands].max(places.entries[bands]);
        if most > u64::from(u32::MAX) {
            return Err(Error::Limit { what: "edges times bands of rows", got: most, limit: u32::MAX.into() });
        }
        let starts = places.runs.iter().map(|&n| n as u32).collect();
        let none = Run { feature: 0, drawn: Drawn::Point, whole: true, from: 0, to: 0 };
        let mut runs = vec![none; places.runs[bands] as usize];
        let mut entries = vec![0; places.entries[bands] as usize];
        self.each(parts, |found| {
            for band in found.bands.clone() {
                let begins = places.begins(band, &found);
                let (run, entry) = (&mut places.runs[band], &mut places.entries[band]);
                if begins {
                    let Found { part, drawn, whole, ref vertices, .. } = found;
                    let feature = self.view.parts[part as usize].feature;
                    let (from, to) =
                        if whole { (vertices.start, vertices.end) } else { (*entry as u32, *entry as u32) };
                    runs[*run as usize] = Run { feature, drawn, whole, from, to };
                    *run += 1;
                }
                if !found.whole {
                    entries[*entry as usize] = found.vertices.start;
                    *entry += 1;
                    runs[*run as usize - 1].to = *entry as u32;
                }
            }
        });
        Ok(Chunk { starts, runs, entries })
    }

    /// Calls `found` with everything visible and the bands it meets.
    fn each(&self, parts: Range<usize>, mut found: impl FnMut(Found)) {
        let height = self.grid.height as i32;
        for part in parts {
            let (all, drawn) = (self.vertices(part), self.drawn(part));
            let mut meets = |whole: bool, vertices: Range<usize>, low: f64, high: f64| {
                let (first, end) = match drawn {
                    Drawn::Polygon if !self.all_touched => (ceil(low - 0.5), ceil(high - 0.5)),
                    _ => (floor(low), floor(high).saturating_add(1)),
                };
                let (first, end) = (first.max(0), end.min(height));
                if first < end {
                    let band = |row: i32| (row as u32 / self.band_rows) as usize;
                    let (vertices, bands) =
                        (vertices.start as u32..vertices.end as u32, band(first)..band(end - 1) + 1);
                    found(Found { part: part as u32, drawn, whole, vertices, bands });
                }
            };
            let paths = self.paths_of[part]..self.paths_of[part + 1];
            if paths.len() == 1 && all.len() <= WHOLE_VERTICES {
                let (low, high) = self.rows(&self.view.vertices[all.clone()]);
                meets(true, all, low, high);
                continue;
            }
            for path in paths {
                let range = start(self.view, path)..self.view.paths[path].end as usize;
                let ys = self.view.vertices[range.clone()].iter().map(|v| self.grid.to_row(v[1]));
                match drawn {
                    Drawn::Point => ys.zip(range).for_each(|(y, vertex)| meets(false, vertex..vertex + 1, y, y)),
                    _ => segments(ys, range, |vertex, low, high| meets(false, vertex..vertex + 1, low, high)),
                }
            }
        }
    }

    fn drawn(&self, part: usize) -> Drawn {
        match Kind::from_code(self.view.parts[part].kind) {
            Kind::Polygon if self.all_touched && no_area(self.grid, &self.view.vertices[self.vertices(part)]) => {
                Drawn::Line
            }
            Kind::Polygon => Drawn::Polygon,
            Kind::Line => Drawn::Line,
            Kind::Point => Drawn::Point,
        }
    }

    /// Smallest and largest y in pixel space: the way there keeps or reverses the order, so two vertices tell.
    fn rows(&self, vertices: &[[f64; 2]]) -> (f64, f64) {
        let [low, high] =
            vertices.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v[1]), high.max(v[1])]);
        let (a, b) = (self.grid.to_row(low), self.grid.to_row(high));
        (a.min(b), a.max(b))
    }
}
/// Calls `found` with the first vertex and the smaller and larger y of each segment of a path.
fn segments(ys: impl Iterator<Item = f64>, range: Range<usize>, mut found: impl FnMut(usize, f64, f64)) {
    let mut before = f64::NAN;
    for (y, vertex) in ys.zip(range.clone()) {
        if vertex > range.start {
            found(vertex - 1, before.min(y), before.max(y));
        }
        before = y;
    }
}
