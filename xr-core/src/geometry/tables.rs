//! The tables, a borrowed view of them for host kernels, and their staged form.

use crate::{Backend, Result, Session, Staged};
use bytemuck::{Pod, Zeroable};
use std::sync::Arc;

/// What a part's paths are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Closed rings; inside is the even-odd rule over all rings of the part.
    Polygon,
    /// Line strings.
    Line,
    /// One path of points.
    Point,
}

impl Kind {
    /// The kind a table entry stands for; anything unknown is `Point`, which touches least.
    pub fn from_code(code: u32) -> Self {
        match code {
            0 => Self::Polygon,
            1 => Self::Line,
            _ => Self::Point,
        }
    }
}

/// A ring, a line string, or a set of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Path {
    /// Where its vertices end; they begin where those of the path before it end.
    pub end: u32,
    /// Index of its part.
    pub part: u32,
}

/// One geometry of one kind (a MultiPolygon is one part). Members of a collection are parts of one feature, whose
/// pixels are the union over its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Part {
    /// Index of its feature, which is an index into the value table; ascending.
    pub feature: u32,
    /// A [`Kind`] as number, see [`Kind::from_code`].
    pub kind: u32,
}

/// Smallest axis-parallel box around all vertices, in world coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Smallest x and y.
    pub min: [f64; 2],
    /// Largest x and y.
    pub max: [f64; 2],
}

impl Bounds {
    pub(super) const EMPTY: Self = Self { min: [f64::INFINITY; 2], max: [f64::NEG_INFINITY; 2] };

    /// The smallest box around both.
    pub fn union(self, other: Self) -> Self {
        let mut all = self;
        all.include(&[other.min, other.max]);
        all
    }

    pub(super) fn include(&mut self, vertices: &[[f64; 2]]) {
        for &[x, y] in vertices {
            self.min = [self.min[0].min(x), self.min[1].min(y)];
            self.max = [self.max[0].max(x), self.max[1].max(y)];
        }
    }
}

/// Vertices, paths and parts of all features, in feature order. Made by [`GeometryBuilder`](super::GeometryBuilder).
#[derive(Clone, Debug, Default)]
pub struct GeometryTables {
    pub(super) vertices: Arc<Vec<[f64; 2]>>,
    pub(super) paths: Arc<Vec<Path>>,
    pub(super) parts: Arc<Vec<Part>>,
    pub(super) features: u32,
}

impl GeometryTables {
    /// One feature, a polygon of one ring, which is closed if it is not yet.
    pub fn polygon(ring: &[[f64; 2]]) -> Self {
        let mut vertices = ring.to_vec();
        if ring.first() != ring.last() {
            vertices.extend(ring.first());
        }
        let path = Path { end: vertices.len() as u32, part: 0 };
        let part = Part { feature: 0, kind: Kind::Polygon as u32 };
        Self { vertices: vertices.into(), paths: vec![path].into(), parts: vec![part].into(), features: 1 }
    }

    /// Number of features, those without any part included.
    pub fn features(&self) -> usize {
        self.features as usize
    }

    /// Number of vertices, ring closures included.
    pub fn vertices(&self) -> usize {
        self.vertices.len()
    }

    /// Box around all vertices, `None` if there are none.
    pub fn bounds(&self) -> Option<Bounds> {
        let mut bounds = Bounds::EMPTY;
        bounds.include(&self.vertices);
        (!self.vertices.is_empty()).then_some(bounds)
    }

    /// Bytes that staging moves.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.vertices[..]) + size_of_val(&self.paths[..]) + size_of_val(&self.parts[..])
    }

    /// The tables as host kernels see them.
    pub fn view(&self) -> GeometryView<'_> {
        GeometryView { vertices: &self.vertices, paths: &self.paths, parts: &self.parts }
    }
}

/// One feature as it lies in its tables, whose indices count from their beginning.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeatureView<'a> {
    /// World coordinates of its paths.
    pub vertices: &'a [[f64; 2]],
    /// Its paths.
    pub paths: &'a [Path],
    /// Its parts.
    pub parts: &'a [Part],
    /// Vertices and parts before it.
    pub before: [u32; 2],
}

impl FeatureView<'_> {
    /// Box around its vertices.
    pub fn bounds(&self) -> Bounds {
        let mut bounds = Bounds::EMPTY;
        bounds.include(self.vertices);
        bounds
    }

    /// Bytes in the tables.
    pub fn bytes(&self) -> usize {
        size_of_val(self.vertices) + size_of_val(self.paths) + size_of_val(self.parts)
    }
}

/// Borrowed tables.
#[derive(Clone, Copy, Debug)]
pub struct GeometryView<'a> {
    /// World coordinates. Rings are closed: the last vertex repeats the first.
    pub vertices: &'a [[f64; 2]],
    /// Paths in vertex order.
    pub paths: &'a [Path],
    /// Parts in path order.
    pub parts: &'a [Part],
}

impl<'a> GeometryView<'a> {
    /// The features in turn; each has parts.
    pub fn features(self) -> impl Iterator<Item = FeatureView<'a>> {
        let (mut paths_before, mut before) = (0, [0, 0]);
        self.parts.chunk_by(|a, b| a.feature == b.feature).map(move |parts| {
            let end = before[1] + parts.len() as u32;
            let paths = &self.paths[paths_before..];
            let paths = &paths[..paths.partition_point(|path| path.part < end)];
            let vertices_end = paths.last().map_or(before[0], |path| path.end);
            let vertices = &self.vertices[before[0] as usize..vertices_end as usize];
            let feature = FeatureView { vertices, paths, parts, before };
            paths_before += paths.len();
            before = [vertices_end, end];
            feature
        })
    }
}

/// [`GeometryTables`] on a device: the only geometry that a launch ever sees.
pub struct StagedGeometry<B: Backend> {
    /// World coordinates.
    pub vertices: Staged<B, [f64; 2]>,
    /// Paths in vertex order.
    pub paths: Staged<B, Path>,
    /// Parts in path order.
    pub parts: Staged<B, Part>,
}

impl<B: Backend> StagedGeometry<B> {
    /// Uploads that geometry costs a job, at any number of windows and for either touch rule. Values are one more, and each property of a user merge is.
    pub const UPLOADS: u64 = 3;

    /// Exactly [`Self::UPLOADS`] uploads.
    ///
    /// # Errors
    /// Those of the device.
    pub fn new(session: &Session<B>, tables: &GeometryTables) -> Result<Self> {
        let staged = Self {
            vertices: session.send_shared(&tables.vertices)?,
            paths: session.send_shared(&tables.paths)?,
            parts: session.send_shared(&tables.parts)?,
        };
        session.settle()?;
        Ok(staged)
    }

    /// The same of tables that lie elsewhere, such as in page-locked memory.
    ///
    /// # Errors
    /// Those of the device.
    pub fn of_view(session: &Session<B>, view: GeometryView<'_>) -> Result<Self> {
        let staged = Self {
            vertices: session.send(view.vertices)?,
            paths: session.send(view.paths)?,
            parts: session.send(view.parts)?,
        };
        session.settle()?;
        Ok(staged)
    }
}
