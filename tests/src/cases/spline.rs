//! Surfaces through points.

use super::fused::crop;
use crate::{
    Verdict, decode,
    oracle::{Random, spline::Spline},
    run::{Full, balanced, codec, session, surface, surface_in_place, surface_tiles, traffic},
    scene::{Scene, polygon, rectangle},
    verdict::{Failure, expect, same_pixels},
};
use xr_cpu::Cpu;
use xr_core::{
    DataType, Encoding, Engine, Error, Grid, Image, Predictor, Quantity, Result, Scalar, Session, SplineJob, StagedGeometry,
    spline::{Column, Frame, Method, SplineTables, StagedSpline, direct::Terms, fit::DIRECT_SUMS, fmm::{Precision, Tree}},
};

/// Splines at random over a grid, one for each column; some of their points are at pixel centres.
struct Surfaces {
    grid: Grid,
    frame: Frame,
    splines: Vec<Spline>,
    ranges: Vec<[f64; 2]>,
    tables: SplineTables,
}

/// Whatever the values are.
const FREE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

fn surfaces(points: usize, ranges: &[[f64; 2]]) -> Verdict<Surfaces> {
    let grid = Grid::new(61, 43, [499_980.0, 0.7, 5_100_020.0, -0.7])?;
    let frame = Frame { x: 499_990.0, y: 5_100_000.0, scale: 20.0 };
    let mut random = Random::new(points as u64);
    let mut places: Vec<[f64; 2]> = (0..points).map(|_| [0; 2].map(|_| random.uniform(0.0, 1.0))).collect();
    for (n, place) in places.iter_mut().step_by(7).enumerate() {
        let [u, v] = unit(&grid, frame, 15 + n % 28, 1 + n / 28);
        *place = [u.clamp(0.0, 1.0), v.clamp(0.0, 1.0)];
    }
    let mut splines = Vec::new();
    for column in 0..ranges.len() {
        let weights = (0..points).map(|_| random.uniform(-1.0, 1.0)).collect();
        splines.push(Spline { points: places.clone(), weights, polynomial: [3.0 + column as f64, -1.25, 0.5] });
    }
    let (us, vs): (Vec<f64>, Vec<f64>) = places.iter().map(|&[u, v]| (u, v)).unzip();
    let columns: Vec<(&[f64], Column)> = splines
        .iter()
        .zip(ranges)
        .map(|(spline, &range)| (&spline.weights[..], Column { polynomial: spline.polynomial, range }))
        .collect();
    let tables = SplineTables::new(frame, &us, &vs, &columns)?;
    Ok(Surfaces { grid, frame, splines, ranges: ranges.to_vec(), tables })
}

/// A pixel's centre in the unit box, by the definition.
fn unit(grid: &Grid, frame: Frame, column: usize, row: usize) -> [f64; 2] {
    let (x, y) = (grid.x0 + (column as f64 + 0.5) * grid.dx, grid.y0 + (row as f64 + 0.5) * grid.dy);
    [(x - frame.x) / frame.scale, (y - frame.y) / frame.scale]
}

impl Surfaces {
    fn job(&self, quantity: Quantity, dtype: DataType) -> Result<SplineJob<'_>> {
        let fill = Scalar::new(dtype, xr_core::Number::Float(-9999.0))?;
        Ok(SplineJob { window: (16, 16), ..SplineJob::new(&self.tables, self.grid, quantity, fill) })
    }

    /// Every pixel's place, band after band.
    fn places(&self) -> impl Iterator<Item = (usize, [f64; 2])> {
        let (width, height) = (self.grid.width as usize, self.grid.height as usize);
        (0..width * height).map(move |n| (n, unit(&self.grid, self.frame, n % width, n / width)))
    }
}

fn numbers(raster: &[u8]) -> Vec<f64> {
    raster.chunks_exact(size_of::<f64>()).map(bytemuck::pod_read_unaligned).collect()
}

/// All ways to sum.
const METHODS: [Method; 3] = [Method::Direct, Method::Fast(Precision::Standard), Method::Fast(Precision::High)];

/// Points, weights and polynomials go up once a job, at any number of windows and columns, and a tree with at most one upload
/// more.
pub fn spline_three_uploads<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let jobs =
        [(1, 999, Quantity::Value), (1, 16, Quantity::Value), (3, 9, Quantity::Value), (2, 16, Quantity::Gradient)];
    for (method, (columns, window, quantity)) in METHODS.into_iter().flat_map(|method| jobs.map(|job| (method, job))) {
        let scene = surfaces(300, &vec![FREE; columns])?;
        let mut job = scene.job(quantity, DataType::F64)?;
        (job.method, job.window) = (method, (window, window));
        let before = traffic(&session);
        surface(&mut session, &job)?;
        let moved = traffic(&session) - before;
        let what = || format!("{method:?}, {columns} columns in windows of {window}: {moved:?}");
        let (bytes, of_tree) = (scene.tables.bytes() as u64, moved.uploads.saturating_sub(StagedSpline::<B>::UPLOADS));
        let most = u64::from(method != Method::Direct);
        let expected = moved.uploads == StagedSpline::<B>::UPLOADS + of_tree && of_tree <= most;
        expect(expected, || format!("three uploads and {most} of a tree, {}", what()))?;
        let none_else = if of_tree == 0 { moved.uploaded_bytes == bytes } else { moved.uploaded_bytes > bytes };
        expect(none_else, || format!("{bytes} bytes of the spline are to go up, {}", what()))?;
        let windows = job.grid.windows(window, window).len() as u64;
        expect(moved.downloads == windows && moved.gathers == 0, || format!("one readback a window, {}", what()))?;
        expect(moved.probes == 0, || format!("nothing to probe, {}", what()))?;
    }
    balanced(&session, "splines")
}

/// Values and slopes are those of the formula, up to rounding.
pub fn spline_oracle_agrees<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    for points in [3, 256, 700] {
        let scene = surfaces(points, &[FREE; 2])?;
        let pixels = scene.grid.pixels() as usize;
        let values = numbers(&surface(&mut session, &scene.job(Quantity::Value, DataType::F64)?)?);
        let slopes = numbers(&surface(&mut session, &scene.job(Quantity::Gradient, DataType::F64)?)?);
        for (column, spline) in scene.splines.iter().enumerate() {
            for (n, place) in scene.places() {
                let value = spline.value(place);
                let [du, dv] = spline.gradient(place);
                let bands = [
                    ("value", values[column * pixels + n], value.value, value.scale),
                    ("∂f/∂x", slopes[2 * column * pixels + n] * scene.frame.scale, du.value, du.scale),
                    ("∂f/∂y", slopes[(2 * column + 1) * pixels + n] * scene.frame.scale, dv.value, dv.scale),
                ];
                for (what, got, wanted, scale) in bands {
                    expect((got - wanted).abs() <= 4e-15 * scale, || {
                        format!("{what} of column {column} with {points} points at pixel {n}: {got:e}, not {wanted:e}")
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// Fast sums are those of the formula within their bound, whatever the number of columns.
pub fn spline_fast_agrees<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    for (points, method) in [(3, METHODS[1]), (900, METHODS[1]), (900, METHODS[2])] {
        let scene = surfaces(points, &[FREE; 5])?;
        let pixels = scene.grid.pixels() as usize;
        let mut job = scene.job(Quantity::Value, DataType::F64)?;
        job.method = method;
        let values = numbers(&surface(&mut session, &job)?);
        job.quantity = Quantity::Gradient;
        let slopes = numbers(&surface(&mut session, &job)?);
        for (column, spline) in scene.splines.iter().enumerate() {
            // Pixels are at most 2.5 from points, where φ and its slope are below 6 and 8.
            let weights = spline.weights.iter().map(|w| w.abs()).sum::<f64>();
            let value_error = 6.0 * weights * method.error(points);
            // Only the best trees are made for derivatives.
            let best = method == Method::Fast(Precision::High);
            let slope_error = if best { 8e-12 * weights } else { f64::INFINITY };
            for (n, place) in scene.places() {
                let [du, dv] = spline.gradient(place);
                let bands = [
                    ("value", values[column * pixels + n], spline.value(place).value, value_error),
                    ("∂f/∂x", slopes[2 * column * pixels + n] * scene.frame.scale, du.value, slope_error),
                    ("∂f/∂y", slopes[(2 * column + 1) * pixels + n] * scene.frame.scale, dv.value, slope_error),
                ];
                for (what, got, wanted, error) in bands {
                    expect((got - wanted).abs() <= error, || {
                        format!("{what} of column {column}, {points} points, {method:?}, pixel {n}: {got:e}, not {wanted:e}")
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// Every bit is the definition's: its logarithm, points in order, sums of 256.
pub fn spline_bits_are_defined<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = surfaces(600, &[FREE; 5])?;
    let view = scene.tables.view();
    let (us, vs) = view.points.split_at(view.points.len() / 2);
    let values = surface(&mut session, &scene.job(Quantity::Value, DataType::F64)?)?;
    let slopes = surface(&mut session, &scene.job(Quantity::Gradient, DataType::F64)?)?;
    let (mut wanted, mut wanted_slopes) = (Vec::new(), Vec::new());
    for (halves, column) in view.halves.chunks_exact(us.len()).zip(view.columns) {
        let terms = Terms { us, vs, halves, polynomial: column.polynomial };
        wanted.extend(scene.places().map(|(_, [u, v])| terms.value(u, v)));
        let gradients: Vec<[f64; 2]> = scene.places().map(|(_, [u, v])| terms.gradient(u, v)).collect();
        for axis in [0, 1] {
            wanted_slopes.extend(gradients.iter().map(|gradient| gradient[axis] / scene.frame.scale));
        }
    }
    let width = scene.grid.width;
    same_pixels(&values, bytemuck::cast_slice(&wanted), DataType::F64, width, || "values".into())?;
    same_pixels(&slopes, bytemuck::cast_slice(&wanted_slopes), DataType::F64, width, || "slopes".into())?;
    let single = surface(&mut session, &scene.job(Quantity::Value, DataType::F32)?)?;
    let rounded: Vec<f32> = wanted.iter().map(|&value| value as f32).collect();
    same_pixels(&single, bytemuck::cast_slice(&rounded), DataType::F32, width, || "rounded values".into())
}

/// Fast sums have the bits of the host's, with 16 and with 8 nodes along a leaf's side.
pub fn spline_fast_bits_are_defined<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (mut session, mut host) = (session(open)?, Session::open(Cpu::open(), 1)?);
    let scene = surfaces(3000, &[FREE; 2])?;
    for crowding in [1.0, 0.05] {
        // The same places, as a small part of a larger box: so leaves become small.
        let view = scene.tables.view();
        let points: Vec<f64> = view.points.iter().map(|coordinate| coordinate * crowding).collect();
        let (us, vs) = points.split_at(points.len() / 2);
        let weights = view.halves.chunks_exact(us.len());
        let columns: Vec<(&[f64], Column)> = weights.zip(view.columns.iter().copied()).collect();
        let frame = Frame { scale: scene.frame.scale / crowding, ..scene.frame };
        let tables = SplineTables::new(frame, us, vs, &columns)?;
        let tree = Tree::over_grid(&frame, &scene.grid, us, vs);
        let side = Precision::Standard.leaf_side(&tree);
        expect((side == 8) == (crowding < 1.0), || format!("leaves of {side} nodes at {crowding}"))?;
        for (&method, quantity) in METHODS[1..].iter().flat_map(|m| [Quantity::Value, Quantity::Gradient].map(|q| (m, q))) {
            let mut job = scene.job(quantity, DataType::F64)?;
            (job.tables, job.method) = (&tables, method);
            let (got, wanted) = (surface(&mut session, &job)?, surface(&mut host, &job)?);
            let what = || format!("{method:?}, {quantity:?}, points in {crowding} of the box");
            same_pixels(&got, &wanted, DataType::F64, scene.grid.width, what)?;
        }
    }
    Ok(())
}

/// What a fit multiplies has the bits of the host's: few points and many, all of them and some.
pub fn point_sums_are_defined<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let (mut session, mut host) = (session(open)?, Session::open(Cpu::open(), 1)?);
    for points in [300, DIRECT_SUMS + 500] {
        let scene = surfaces(points, &[FREE])?;
        let view = scene.tables.view();
        let (us, vs) = view.points.split_at(points);
        let sums = |engine: &mut dyn Engine| -> Result<Vec<f64>> {
            let mut sums = engine.point_sums(us, vs)?;
            let (mut all, mut again) = (vec![0.0; points], vec![0.0; points]);
            let some: Vec<usize> = (0..points).rev().step_by(3).collect();
            let mut direct = vec![0.0; some.len()];
            sums.all(view.halves, &mut all)?;
            sums.direct(view.halves, &some, &mut direct)?;
            sums.all(&all, &mut again)?;
            Ok([all, direct, again].concat())
        };
        let (got, wanted) = (sums(&mut session)?, sums(&mut host)?);
        let what = || format!("sums at {points} points");
        same_pixels(bytemuck::cast_slice(&got), bytemuck::cast_slice(&wanted), DataType::F64, points as u32, what)?;
    }
    balanced(&session, "sums at points")
}

/// Any window and any number of windows in flight gives the same bits.
pub fn spline_tiling_keeps_bits<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let scene = surfaces(300, &[FREE; 2])?;
    let hole = mask(&scene);
    let shown = [(Quantity::Value, false), (Quantity::Gradient, true)];
    for (method, (quantity, masked)) in METHODS.into_iter().flat_map(|method| shown.map(|shown| (method, shown))) {
        let mut job = scene.job(quantity, DataType::F64)?;
        job.method = method;
        job.mask = masked.then_some(&hole.tables);
        job.window = (scene.grid.width, scene.grid.height);
        let whole = surface(&mut session(open)?, &job)?;
        for (shape, depth) in [((7, 5), 1), ((16, 16), 2), ((61, 1), 3), ((3, 43), 2), ((1000, 1000), 5)] {
            job.window = shape;
            let got = surface(&mut Session::open(open()?, depth)?, &job)?;
            let what = || format!("{method:?}, {quantity:?}, masked {masked}, windows of {shape:?}, {depth} in flight");
            same_pixels(&got, &whole, DataType::F64, scene.grid.width, what)?;
        }
    }
    Ok(())
}

/// A surface written into the caller's memory is the one that comes in windows.
pub fn spline_in_place_equals_windows<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = surfaces(100, &[FREE; 2])?;
    let hole = mask(&scene);
    for (quantity, masked) in [(Quantity::Value, true), (Quantity::Gradient, false)] {
        let mut job = scene.job(quantity, DataType::F32)?;
        job.mask = masked.then_some(&hole.tables);
        let windows = surface(&mut session, &job)?;
        let before = traffic(&session).downloads;
        let in_place = surface_in_place(&mut session, &job)?;
        same_pixels(&in_place, &windows, DataType::F32, scene.grid.width, || format!("{quantity:?} in place"))?;
        let downloads = traffic(&session).downloads - before;
        let copies = if session.backend().caps().host_memory { 0 } else { 12 };
        expect(downloads == copies, || format!("{downloads} downloads for a raster in place, not {copies}"))?;
    }
    Ok(())
}

/// A fused job's tiles hold the pixels of the plain job; per window nothing goes up.
pub fn spline_fused_equals_separate<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = surfaces(100, &[FREE])?;
    let hole = mask(&scene);
    for (dtype, predictor, window, masked) in [
        (DataType::F32, Predictor::Float, (32, 16), false),
        (DataType::F64, Predictor::None, (1000, 16), true),
    ] {
        let mut job = scene.job(Quantity::Value, dtype)?;
        job.window = window;
        job.mask = masked.then_some(&hole.tables);
        let pixels = surface(&mut session, &job)?;
        let encoding = Encoding {
            codec: codec(&session),
            level: 4,
            predictor,
            dtype,
            samples: 1,
            tile_width: 16,
            tile_height: 16,
            sparse: Some(job.fill),
        };
        let before = traffic(&session);
        let windows = surface_tiles(&mut session, &job, &encoding)?;
        let moved = traffic(&session) - before;
        let uploads = StagedSpline::<B>::UPLOADS + if masked { StagedGeometry::<B>::UPLOADS + 1 } else { 0 };
        expect(moved.uploads == uploads && moved.gathers == 0, || format!("{dtype}, masked {masked}: {moved:?}"))?;
        for (window, tiles) in &windows {
            let part = crop(&pixels, &scene.grid, *window, dtype.size());
            let image = Image { pixels: &part, width: window.width, height: window.height };
            for (n, tile) in tiles.iter().enumerate() {
                let what = || format!("{dtype}: {window:?}, tile {n}");
                let decoded = decode::tile(&encoding, tile);
                let decoded = decoded.map_err(|detail| Failure::Wrong(format!("{}: {detail}", what())))?;
                same_pixels(&decoded, &decode::padded(&encoding, &image, n), dtype, 16, what)?;
            }
        }
    }
    balanced(&session, "fused splines")
}

/// A mask over a part of the grid: two polygons that overlap.
fn mask(scene: &Surfaces) -> Scene {
    let world = |[c, r]: [f64; 2]| [scene.grid.x0 + c * scene.grid.dx, scene.grid.y0 + r * scene.grid.dy];
    let triangle = polygon(&[[12.3, 2.1], [58.6, 17.4], [22.2, 41.3]].map(world));
    Scene::new(scene.grid, &[triangle, rectangle(world([3.3, 4.2]), world([31.7, 30.9]))])
}

/// Outside the mask there is the fill, inside the surface, within its column's range.
pub fn masks_and_ranges_hold<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = surfaces(150, &[[1.0, 4.0], FREE])?;
    let free = surfaces(150, &[FREE; 2])?;
    let (hole, pixels) = (mask(&scene), scene.grid.pixels() as usize);
    let masks = hole.masks(false);
    let inside: Vec<bool> = (0..pixels).map(|n| masks.iter().any(|mask| mask[n])).collect();
    for fill in [f64::NAN, 0.0, -9999.0] {
        let mut job = scene.job(Quantity::Value, DataType::F64)?;
        (job.fill, job.mask) = (Scalar::of(fill), Some(&hole.tables));
        let got = surface(&mut session, &job)?;
        let whole = numbers(&surface(&mut session, &free.job(Quantity::Value, DataType::F64)?)?);
        let wanted: Vec<f64> = whole
            .iter()
            .enumerate()
            .map(|(n, &value)| {
                let [low, high] = scene.ranges[n / pixels];
                if inside[n % pixels] { value.max(low).min(high) } else { fill }
            })
            .collect();
        let what = || format!("masked by {fill} and clamped");
        same_pixels(&got, bytemuck::cast_slice(&wanted), DataType::F64, scene.grid.width, what)?;
    }
    Ok(())
}

/// A pixel that its type does not hold ends the job with an error that names the window, and a grid beyond the
/// definition is refused.
pub fn spline_overflow_is_an_error<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let scene = surfaces(20, &[FREE])?;
    let steep = Column { polynomial: [0.0, 2e38, 0.0], range: FREE };
    let tables = SplineTables::new(scene.frame, &[], &[], &[(&[], steep)])?;
    let mut job = scene.job(Quantity::Value, DataType::F32)?;
    job.tables = &tables;
    // u passes 1.7 at column 62.
    job.grid.width = 80;
    match surface(&mut session, &job) {
        Err(Error::Overflow { window, .. }) if window.col == 48 => {}
        other => return Err(Failure::Wrong(format!("values beyond f32: {:?}", other.map(|bytes| bytes.len())))),
    }
    let mut far = scene.job(Quantity::Value, DataType::F64)?;
    far.grid.x0 += 4000.0;
    match surface(&mut session, &far) {
        Err(Error::Grid(_)) => Ok(()),
        other => Err(Failure::Wrong(format!("a grid far away: {:?}", other.map(|bytes| bytes.len())))),
    }
}
