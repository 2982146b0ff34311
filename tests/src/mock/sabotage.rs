//! Faults that change what kernels are given.

use super::{Fault, words::Words};
use xr_core::{
    DataType, Encoding, GeometryView, Grid, Kind, Predictor,
    geometry::{Part, Path},
};

/// Pixels by which a tie is decided the wrong way.
const NUDGE: f64 = 1e-9;

/// Tables that a kernel sees instead of the staged ones.
pub(super) struct Tables {
    vertices: Vec<[f64; 2]>,
    paths: Vec<Path>,
    parts: Vec<Part>,
    /// The feature of each of these features.
    features: Option<Vec<u32>>,
}

impl Tables {
    pub(super) fn view(&self) -> GeometryView<'_> {
        GeometryView { vertices: &self.vertices, paths: &self.paths, parts: &self.parts }
    }

    /// The values of these features.
    pub(super) fn values(&self, values: &[u8], dtype: DataType) -> Words {
        let Some(features) = &self.features else { return Words::of(values) };
        let values: Vec<&[u8]> = values.chunks_exact(dtype.size()).collect();
        Words::of(&features.iter().map(|&feature| values[feature as usize]).collect::<Vec<_>>().concat())
    }

    /// Ranges of vertices and what they are.
    fn paths(&self) -> Vec<(std::ops::Range<usize>, Kind)> {
        let mut from = 0;
        let range = |path: &Path| {
            let range = from..path.end as usize;
            from = range.end;
            (range, Kind::from_code(self.parts[path.part as usize].kind))
        };
        self.paths.iter().map(range).collect()
    }
}

/// What a fault makes of the tables; `None` for faults elsewhere.
pub(super) fn geometry(fault: Fault, staged: GeometryView<'_>, grid: &Grid) -> Option<Tables> {
    let mut tables = Tables {
        vertices: staged.vertices.to_vec(),
        paths: staged.paths.to_vec(),
        parts: staged.parts.to_vec(),
        features: None,
    };
    let nudge = |[x, y]: [f64; 2]| [x + NUDGE * grid.dx, y + NUDGE * grid.dy];
    match fault {
        Fault::TiesGoRightAndDown => tables.vertices.iter_mut().for_each(|v| *v = nudge(*v)),
        Fault::TiesFollowWinding => {
            for (range, _) in tables.paths() {
                let ring = &mut tables.vertices[range];
                if twice_area(ring) > 0.0 {
                    ring.iter_mut().for_each(|v| *v = nudge(*v));
                }
            }
        }
        Fault::SinglePrecision => tables.vertices.iter_mut().for_each(|v| *v = v.map(|c| f64::from(c as f32))),
        Fault::DropsLastSegment => {
            for (range, _) in tables.paths().into_iter().filter(|(_, kind)| *kind == Kind::Line) {
                if let [.., before, last] = &mut tables.vertices[range] {
                    *last = *before;
                }
            }
        }
        Fault::CountsParts => {
            tables.features = Some(tables.parts.iter().map(|part| part.feature).collect());
            tables.parts.iter_mut().zip(0..).for_each(|(part, index)| part.feature = index);
        }
        Fault::ClearsSceneAtLastWindow => {} // a copy, which goes stale with the scene
        _ => return None,
    }
    Some(tables)
}

fn twice_area(ring: &[[f64; 2]]) -> f64 {
    ring.windows(2).map(|pair| pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1]).sum()
}

/// What a fault makes of values.
pub(super) fn values(fault: Fault, mut values: Words, dtype: DataType) -> Words {
    match (fault, dtype) {
        (Fault::DetourThroughF64, DataType::I64) => each::<i64>(&mut values, |v| v as f64 as i64),
        (Fault::DetourThroughF64, DataType::U64) => each::<u64>(&mut values, |v| v as f64 as u64),
        (Fault::NanIsZero, DataType::F32) => each::<f32>(&mut values, |v| if v.is_nan() { 0.0 } else { v }),
        (Fault::NanIsZero, DataType::F64) => each::<f64>(&mut values, |v| if v.is_nan() { 0.0 } else { v }),
        _ => {}
    }
    values
}

/// Floats as multiples of 1/256.
pub(super) fn quantised(pixels: &mut [u8], dtype: DataType) {
    match dtype {
        DataType::F32 => each::<f32>(pixels, |v| (v * 256.0).round() / 256.0),
        _ => each::<f64>(pixels, |v| (v * 256.0).round() / 256.0),
    }
}

fn each<T: bytemuck::Pod>(values: &mut [u8], change: impl Fn(T) -> T) {
    bytemuck::cast_slice_mut(values).iter_mut().for_each(|value| *value = change(*value));
}

/// An image to encode.
pub(super) struct Raster {
    pub(super) pixels: Words,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What a fault makes of an image, so that the sound encoder gives what the faulty one would. Those of the predictor
/// concern predictor 2 on bytes.
pub(super) fn image(fault: Fault, encoding: &Encoding, raster: Raster) -> Raster {
    let size = encoding.dtype.size();
    let predicted = encoding.pixel_bytes() == 1 && encoding.predictor == Predictor::Horizontal;
    match fault {
        Fault::PadsWithZeros => zero_padded(encoding, &raster),
        Fault::PredictorMissesLastRow if predicted => {
            each_tile(encoding, raster, |tile| {
                if let Some(row) = tile.last_mut() {
                    // Sums of the pixels: their differences are the pixels as they are.
                    row.iter_mut().fold(0u8, |sum, pixel| {
                        *pixel = pixel.wrapping_add(sum);
                        *pixel
                    });
                }
            })
        }
        Fault::PredictorWrapsRows if predicted => each_tile(encoding, raster, |tile| {
            let mut above = 0u8;
            for row in tile {
                let last = row.last().copied().unwrap_or_default();
                row.iter_mut().for_each(|pixel| *pixel = pixel.wrapping_sub(above));
                above = last;
            }
        }),
        Fault::SparseByFirstPixel => match encoding.sparse {
            Some(sparse) => each_tile(encoding, raster, |tile| {
                if tile[0].starts_with(sparse.bytes()) {
                    let pixels = tile.iter_mut().flat_map(|row| row.chunks_exact_mut(size));
                    pixels.for_each(|pixel| pixel.copy_from_slice(sparse.bytes()));
                }
            }),
            None => raster,
        },
        _ => raster,
    }
}

fn zero_padded(encoding: &Encoding, raster: &Raster) -> Raster {
    let (width, height) =
        (raster.width.next_multiple_of(encoding.tile_width), raster.height.next_multiple_of(encoding.tile_height));
    let size = encoding.pixel_bytes();
    let mut pixels = Words::filled(0, width as usize * height as usize * size);
    let rows = pixels.chunks_exact_mut(width as usize * size);
    for (to, from) in rows.zip(raster.pixels.chunks_exact(raster.width as usize * size)) {
        to[..from.len()].copy_from_slice(from);
    }
    Raster { pixels, width, height }
}

/// Changes each tile's rows, as far as they lie in the image.
fn each_tile(encoding: &Encoding, mut raster: Raster, change: impl Fn(&mut [&mut [u8]])) -> Raster {
    let size = encoding.pixel_bytes();
    let (row_bytes, tile_bytes) = (raster.width as usize * size, encoding.tile_width as usize * size);
    for band in raster.pixels.chunks_mut(encoding.tile_height as usize * row_bytes) {
        let mut rows: Vec<_> = band.chunks_exact_mut(row_bytes).map(|row| row.chunks_mut(tile_bytes)).collect();
        loop {
            let mut tile: Vec<&mut [u8]> = rows.iter_mut().filter_map(Iterator::next).collect();
            if tile.is_empty() {
                break;
            }
            change(&mut tile);
        }
    }
    raster
}
