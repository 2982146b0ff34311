//! Surfaces that stay on a device: a spline with random weights, its tables there, the time of its pixels alone.

use crate::{
    Failure,
    burn::traffic,
    device::{Full, OnDevice, on_device},
    times::Times,
    workload::Random,
};
use clap::{Args, ValueEnum};
use std::time::Instant;
use xr::{
    DataType, Grid, Interpolation, Layout, Number, Purpose, Quantity, Scalar, Session, Span, Surface, Traffic,
    WindowOutput,
    spline::{Column, Frame, Method, SplineTables, StagedSpline, fmm::Precision},
};

#[derive(Args)]
pub struct Options {
    /// Number of points, at random in a square.
    #[arg(long, default_value_t = 100_000)]
    points: usize,
    /// Pixels a side, over that square.
    #[arg(long, default_value_t = 4000)]
    size: u32,
    /// Type of pixels: f32 or f64.
    #[arg(long, default_value = "f64")]
    dtype: String,
    /// How sums are taken.
    #[arg(long, value_enum, default_value_t = Sums::Fast)]
    method: Sums,
    /// Backends to compare, of devices that have memory of their own.
    #[arg(long, value_delimiter = ',', default_values_t = ["opencl".to_owned()])]
    backends: Vec<String>,
    /// Timed runs.
    #[arg(long, default_value_t = 7)]
    repeat: usize,
    /// Print one JSON object a backend.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sums {
    /// Over all points, term by term.
    Direct,
    /// By a tree.
    Fast,
    /// By a tree of more nodes, whose errors are those of direct sums.
    FastHigh,
}

impl Sums {
    fn method(self) -> Method {
        match self {
            Self::Direct => Method::Direct,
            Self::Fast => Method::Fast(Precision::Standard),
            Self::FastHigh => Method::Fast(Precision::High),
        }
    }
}

/// Pixels that are compared with direct sums on the host.
const CHECKED: usize = 64;

/// Times each backend.
pub fn run(options: &Options) -> Result<(), Failure> {
    let dtype = match &*options.dtype {
        "f32" => DataType::F32,
        "f64" => DataType::F64,
        other => return Err(format!("`{other}` is neither f32 nor f64").into()),
    };
    let mut random = Random::new(options.points as u64);
    let mut numbers =
        |low: f64, high: f64| -> Vec<f64> { (0..options.points).map(|_| random.uniform(low, high)).collect() };
    let [us, vs, weights] = [numbers(0.0, 1.0), numbers(0.0, 1.0), numbers(-1.0, 1.0)];
    let column = Column { polynomial: [0.0; 3], range: [f64::NEG_INFINITY, f64::INFINITY] };
    let frame = Frame { x: 0.0, y: 0.0, scale: 1.0 };
    let tables = SplineTables::new(frame, &us, &vs, &[(&weights, column)])?;
    let step = 1.0 / f64::from(options.size);
    let grid = Grid::new(options.size, options.size, [0.0, step, 1.0, -step])?;
    for backend in &options.backends {
        let work = Painting { tables: &tables, grid, method: options.method.method(), dtype, repeat: options.repeat };
        let painted = on_device(backend, work)?;
        let painted = painted.ok_or_else(|| format!("`{backend}` is no backend of devices in this build"))?;
        report(options, backend, &painted);
    }
    Ok(())
}

struct Painting<'a> {
    tables: &'a SplineTables,
    grid: Grid,
    method: Method,
    dtype: DataType,
    repeat: usize,
}

struct Painted {
    device: String,
    /// Staging, and what is derived once a job.
    prepare: f64,
    /// What that and one painting moved.
    moved: Traffic,
    pixels: Times,
    /// Largest error of a checked pixel, in parts of the surface's magnitude.
    error: f64,
}

impl OnDevice for Painting<'_> {
    type Output = Painted;

    fn run<B: Full>(self, session: &Session<B>) -> Result<Painted, Failure> {
        let (lane, backend, window) = (session.lane(0), session.backend(), self.grid.window());
        let (start, before) = (Instant::now(), session.books().1);
        let spline = StagedSpline::new(session, self.tables)?;
        let field = B::field(session, self.tables, &spline, &self.grid, self.method)?;
        let prepare = start.elapsed().as_secs_f64();
        let surface =
            Surface { quantity: Quantity::Value, fill: Scalar::new(self.dtype, Number::Int(0))?, masked: false };
        let task = Interpolation { spline: &spline, field: &field, grid: self.grid, surface };
        let mut layout = Layout::default();
        let size = self.dtype.size();
        let pixels = layout.add(window.pixels() * size)?;
        let status = layout.add(8)?;
        let slab = session.slab(lane, &layout)?;
        let out = WindowOutput { slab: &slab, pixels, status, scratch: Span { at: 0, len: 0 } };
        let (mut times, mut moved) = (Vec::new(), None);
        for _ in 0..=self.repeat {
            let start = Instant::now();
            backend.interpolate(&lane.stream, &task, window, &out)?;
            session.read(lane, &slab, &[status], Purpose::Probe)?.wait()?;
            times.push(start.elapsed().as_secs_f64());
            moved = moved.or_else(|| Some(session.books().1 - before));
        }
        let checked = |n: usize| n * (window.pixels() / CHECKED) + n;
        let spans: Vec<Span> = (0..CHECKED).map(|n| Span { at: pixels.at + checked(n) * size, len: size }).collect();
        let read = session.read(lane, &slab, &spans, Purpose::Payload)?.wait()?;
        let error = (0..CHECKED)
            .map(|n| {
                let bytes = read.part(n);
                let pixel = match self.dtype {
                    DataType::F32 => f64::from(bytemuck::pod_read_unaligned::<f32>(bytes)),
                    _ => bytemuck::pod_read_unaligned::<f64>(bytes),
                };
                (pixel - self.exactly(checked(n))).abs()
            })
            .fold(0.0, f64::max);
        Ok(Painted {
            device: backend.caps().device.clone(),
            prepare,
            moved: moved.unwrap_or_default(),
            pixels: Times::of(&times[1..]),
            error: error / self.tables.magnitude(0, &self.grid),
        })
    }
}

impl Painting<'_> {
    /// The surface at a pixel by compensated sums.
    fn exactly(&self, pixel: usize) -> f64 {
        let view = self.tables.view();
        let (us, vs) = view.points.split_at(self.tables.points());
        let [row, column] = [pixel / self.grid.width as usize, pixel % self.grid.width as usize];
        let (u, v) = (view.frame.column(&self.grid, column as u32), view.frame.row(&self.grid, row as u32));
        let (mut sum, mut lost) = (0.0f64, 0.0f64);
        for ((pu, pv), half) in us.iter().zip(vs).zip(view.halves) {
            let r2 = (u - pu).powi(2) + (v - pv).powi(2);
            let term = if r2 > 0.0 { half * r2 * r2.ln() } else { 0.0 } - lost;
            let next = sum + term;
            lost = (next - sum) - term;
            sum = next;
        }
        sum
    }
}

fn report(options: &Options, backend: &str, painted: &Painted) {
    let Painted { device, prepare, moved, pixels, error } = painted;
    let pairs = options.points as f64 * f64::from(options.size).powi(2) / pixels.median;
    if options.json {
        let row = serde_json::json!({
            "suite": "surface", "backend": backend, "device": device, "points": options.points, "size": options.size,
            "dtype": options.dtype, "prepare_s": prepare, "median_s": pixels.median, "min_s": pixels.min,
            "max_s": pixels.max, "uploads": moved.uploads, "uploaded_bytes": moved.uploaded_bytes, "pairs_per_s": pairs, "error": error,
        });
        println!("{row}");
        return;
    }
    println!(
        "{} points → {}² {}: {backend} {:.3} ms ({:.3} to {:.3}), {:.0} Gpairs/s, tables {:.1} ms, error {error:.1e} of the \
         magnitude; {device}: {}",
        options.points,
        options.size,
        options.dtype,
        pixels.median * 1e3,
        pixels.min * 1e3,
        pixels.max * 1e3,
        pairs / 1e9,
        prepare * 1e3,
        traffic(moved),
    );
}
