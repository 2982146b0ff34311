//! A job and its oracle from the same features.

use crate::{
    oracle::{self, Feature, Number, Shape},
    verdict::{Failure, Verdict},
};
use geo_types::{Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, Point, Polygon};
use xr_core::{
    Coverage, DataType, GeometryBuilder, GeometryTables, Grid, Merge, Number as Value, RasterizeJob, Rule, Scalar,
    ValueTable,
};

/// Coordinates of smaller magnitude are zero in pixel space, by `Grid::to_pixel`'s definition.
const SNAP: f64 = f64::from_bits((1023 - 300) << 52);
/// Coordinates of larger magnitude are clamped to it.
const FAR: f64 = f64::from_bits((1023 + 500) << 52);

/// Features over a grid.
#[derive(Debug)]
pub struct Scene {
    /// The grid.
    pub grid: Grid,
    /// The features as a job takes them.
    pub tables: GeometryTables,
    /// The same features in pixel space, as the oracle takes them. Those that are skipped are left out.
    pub features: Vec<Feature>,
}

impl Scene {
    /// Features in world coordinates over `grid`.
    pub fn new(grid: Grid, world: &[Feature]) -> Self {
        let mut builder = GeometryBuilder::default();
        let accepted = world.iter().filter(|feature| builder.push(&geometry(feature)).is_ok());
        let features = accepted.map(|feature| in_pixel_space(feature, &grid)).collect();
        Self { grid, tables: builder.finish(), features }
    }

    /// Features in pixel space, over a grid whose pixels have side 1.
    ///
    /// # Errors
    /// For an impossible grid.
    pub fn in_pixels(width: u32, height: u32, features: &[Feature]) -> Verdict<Self> {
        Ok(Self::new(Grid::new(width, height, [0.0, 1.0, 0.0, 1.0])?, features))
    }

    /// A scene of the oracle.
    ///
    /// # Errors
    /// For an impossible grid.
    pub fn of(scene: &oracle::scenes::Scene) -> Verdict<Self> {
        Self::in_pixels(scene.width as u32, scene.height as u32, &scene.features)
    }

    /// A job over the whole grid in windows of 16 × 16.
    pub fn job<'a>(
        &'a self,
        values: &'a ValueTable,
        merge: Merge<'a>,
        all_touched: bool,
        fill: Scalar,
    ) -> RasterizeJob<'a> {
        let rule = Rule { all_touched, ..Rule::new(merge, fill) };
        let values = std::slice::from_ref(values);
        RasterizeJob { window: (16, 16), ..RasterizeJob::new(&self.tables, values, self.grid, rule) }
    }

    /// A job of coverage over the whole grid in windows of 16 × 16.
    pub fn coverage_job<'a>(
        &'a self,
        values: &'a ValueTable,
        merge: Merge<'a>,
        coverage: Coverage,
        fill: Scalar,
    ) -> RasterizeJob<'a> {
        let job = self.job(values, merge, false, fill);
        RasterizeJob { rule: Rule { coverage: Some(coverage), ..job.rule }, ..job }
    }

    /// For each feature, the fraction of each pixel that it covers; `None` for pixels that its polygons do not touch.
    pub fn fractions(&self) -> Vec<Vec<Option<f64>>> {
        let (width, height) = (self.grid.width as usize, self.grid.height as usize);
        let one = |feature| {
            let touched = oracle::coverage::touched(feature, width, height);
            let fractions = oracle::coverage::fractions(feature, width, height);
            fractions.into_iter().zip(touched).map(|(fraction, touched)| touched.then_some(fraction)).collect()
        };
        self.features.iter().map(one).collect()
    }

    /// The pixels that each feature touches.
    pub fn masks(&self, all_touched: bool) -> Vec<Vec<bool>> {
        let (width, height) = (self.grid.width as usize, self.grid.height as usize);
        self.features.iter().map(|feature| oracle::mask(feature, width, height, all_touched)).collect()
    }

    /// How many features touch each pixel, as the bytes of a `u8` raster.
    pub fn counts(&self, all_touched: bool) -> Vec<u8> {
        let mut counts = vec![0; self.grid.pixels() as usize];
        for mask in self.masks(all_touched) {
            mask.iter().zip(&mut counts).for_each(|(set, count)| *count += u8::from(*set));
        }
        counts
    }
}

/// What the oracle says of features with these masks, as a raster's bytes; `None` if a sum or count does not fit.
///
/// # Errors
/// For a value or fill that does not fit, which no case means.
pub fn expected(
    masks: &[Vec<bool>],
    values: &[Number],
    merge: Merge<'_>,
    dtype: DataType,
    fill: Number,
) -> Verdict<Option<Vec<u8>>> {
    let pixels = masks.first().map_or(0, Vec::len);
    let features = masks.iter().cloned().zip(values.iter().copied());
    match oracle::merge(features, pixels, rule(merge)?, kind(dtype), fill) {
        Ok(raster) => Ok(Some(kind(dtype).bytes(&raster))),
        Err(oracle::MergeError::Pixel { .. }) => Ok(None),
        Err(error) => Err(Failure::Wrong(error.to_string())),
    }
}

/// The oracle's values as a job's table.
///
/// # Errors
/// For a value that does not fit.
pub fn table(dtype: DataType, values: &[Number]) -> Verdict<ValueTable> {
    Ok(ValueTable::new(dtype, values.iter().map(|&number| value(number)))?)
}

/// The oracle's number as the product's.
pub fn value(number: Number) -> Value {
    match number {
        Number::Float(value) => Value::Float(value),
        Number::Int(value) => i64::try_from(value).map_or(Value::UInt(value as u64), Value::Int),
    }
}

/// The oracle's name of a merge.
///
/// # Errors
/// For a user merge, which only its own case can judge.
pub fn rule(merge: Merge<'_>) -> Verdict<oracle::Merge> {
    Ok(match merge {
        Merge::Last => oracle::Merge::Last,
        Merge::First => oracle::Merge::First,
        Merge::Min => oracle::Merge::Min,
        Merge::Max => oracle::Merge::Max,
        Merge::Sum => oracle::Merge::Sum,
        Merge::Count => oracle::Merge::Count,
        Merge::Mean => oracle::Merge::Mean,
        Merge::User(_) => return Err(Failure::Wrong("the oracle has no user merges".into())),
    })
}

/// The oracle's name of a type.
pub fn kind(dtype: DataType) -> oracle::Type {
    match dtype {
        DataType::U8 => oracle::Type::U8,
        DataType::I8 => oracle::Type::I8,
        DataType::U16 => oracle::Type::U16,
        DataType::I16 => oracle::Type::I16,
        DataType::U32 => oracle::Type::U32,
        DataType::I32 => oracle::Type::I32,
        DataType::U64 => oracle::Type::U64,
        DataType::I64 => oracle::Type::I64,
        DataType::F32 => oracle::Type::F32,
        DataType::F64 => oracle::Type::F64,
    }
}

/// A rectangle, wound the other way round if its corners are swapped in one axis.
pub fn rectangle([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> Feature {
    polygon(&[[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
}

/// A polygon of one ring.
pub fn polygon(ring: &[[f64; 2]]) -> Feature {
    Shape::Polygon(vec![ring.to_vec()]).into()
}

/// A line string.
pub fn line(points: &[[f64; 2]]) -> Feature {
    Shape::Lines(vec![points.to_vec()]).into()
}

fn geometry(feature: &Feature) -> Geometry {
    match &feature.shapes[..] {
        [shape] => of_shape(shape),
        shapes => {
            Geometry::GeometryCollection(GeometryCollection::from(shapes.iter().map(of_shape).collect::<Vec<_>>()))
        }
    }
}

fn of_shape(shape: &Shape) -> Geometry {
    let line = |points: &Vec<[f64; 2]>| LineString::from(points.clone());
    match shape {
        Shape::Polygon(rings) => {
            let mut rings = rings.iter().map(line);
            let exterior = rings.next().unwrap_or_else(LineString::empty);
            Polygon::new(exterior, rings.collect()).into()
        }
        Shape::Lines(lines) => match &lines[..] {
            [single] => line(single).into(),
            lines => MultiLineString::new(lines.iter().map(line).collect()).into(),
        },
        Shape::Points(points) => match points[..] {
            [point] => Point::from(point).into(),
            _ => MultiPoint::from(points.clone()).into(),
        },
    }
}

fn in_pixel_space(feature: &Feature, grid: &Grid) -> Feature {
    let bounded = |v: f64| if v.abs() < SNAP { 0.0 } else { v.clamp(-FAR, FAR) };
    let point = |[x, y]: &[f64; 2]| [bounded((x - grid.x0) / grid.dx), bounded((y - grid.y0) / grid.dy)];
    let path = |points: &Vec<[f64; 2]>| points.iter().map(point).collect();
    let shape = |shape: &Shape| match shape {
        Shape::Polygon(rings) => Shape::Polygon(rings.iter().map(path).collect()),
        Shape::Lines(lines) => Shape::Lines(lines.iter().map(path).collect()),
        Shape::Points(points) => Shape::Points(path(points)),
    };
    Feature { shapes: feature.shapes.iter().map(shape).collect() }
}
