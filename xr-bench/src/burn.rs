//! The burn workload: random polygons in memory in, raster in memory out.

use crate::{
    Failure,
    device::on_device,
    rasterize,
    resident::{Resident, Stay},
    times::Times,
    usage, workload,
};
use clap::Args;
use std::{path::PathBuf, time::Instant};
use xr::{
    Control, Coverage, DataType, GeometryBuilder, Grid, Merge, Number, RasterizeJob, Rule, Scalar, Traffic, ValueTable,
    expr::MergeExpr,
};

#[derive(Args)]
pub struct Options {
    /// Number of polygons.
    #[arg(long, default_value_t = 10_000)]
    polygons: usize,
    /// Vertices of each.
    #[arg(long, default_value_t = 12)]
    vertices: usize,
    /// Smallest and largest radius in pixels.
    #[arg(long, value_delimiter = ',', default_values_t = [10.0, 30.0])]
    radius: Vec<f64>,
    /// Largest shortening of a vertex's radius, as a fraction.
    #[arg(long, default_value_t = 0.5)]
    jitter: f64,
    /// Pixels a side.
    #[arg(long, default_value_t = 4000)]
    size: u32,
    /// Polygons of a file in degrees instead, into a raster of the world that is twice as wide as high.
    #[arg(long, value_name = "FILE")]
    source: Option<PathBuf>,
    /// Merge: last, first, min, max, sum, count or mean.
    #[arg(long, default_value = "last")]
    merge: String,
    /// Merge by an expression instead, such as "max(acc, value)".
    #[arg(long, conflicts_with = "merge")]
    merge_expr: Option<String>,
    /// Pixel type, u8 to f64.
    #[arg(long, default_value = "f64")]
    dtype: String,
    /// Every pixel that a polygon touches.
    #[arg(long)]
    all_touched: bool,
    /// Fractions of pixels that polygons cover, merged in place of values.
    #[arg(long)]
    coverage: bool,
    /// Timed runs.
    #[arg(long, default_value_t = 7)]
    repeat: usize,
    /// CPU threads; 0 means all.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Backends to compare; all are to make the pixels of the first.
    #[arg(long, value_delimiter = ',', default_values_t = ["cpu".to_owned()])]
    backends: Vec<String>,
    /// Print one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// Bytes of a burn.
struct Memory {
    /// What it added to the process's peak.
    beyond_inputs: u64,
    output: u64,
    /// Values as the engine holds them.
    staged: u64,
}

impl Memory {
    /// Beyond output and values.
    fn working(&self) -> f64 {
        self.beyond_inputs as f64 - (self.output + self.staged) as f64
    }
}

/// Times the burn.
pub fn run(options: &Options) -> Result<(), Failure> {
    let merge = named(&Merge::ALL, Merge::name, &options.merge)?;
    let dtype = named(&DataType::ALL, DataType::name, &options.dtype)?;
    let &[low, high] = options.radius.as_slice() else { return Err("--radius takes two numbers".into()) };
    let side = f64::from(options.size);
    let (geometry, grid) = match &options.source {
        Some(source) => {
            let step = 180.0 / side;
            (rasterize::read(source, None)?.0, Grid::new(2 * options.size, options.size, [-180.0, step, 90.0, -step])?)
        }
        None => {
            let radius = (low, high);
            let polygons = workload::stars(options.polygons, options.vertices, radius, options.jitter, side, 1);
            let mut builder = GeometryBuilder::default();
            for polygon in &polygons {
                builder.push(polygon)?;
            }
            (builder.finish(), Grid::new(options.size, options.size, [0.0, 1.0, side, -1.0])?)
        }
    };
    let values = ValueTable::new(dtype, (0..geometry.features()).map(|i| Number::Int(i as i64 % 100 + 1)))?;
    let user = options.merge_expr.as_deref().map(|text| MergeExpr::parse(text).and_then(|e| e.check(dtype, &[])));
    let user = user.transpose()?;
    let merge = user.as_ref().map_or(merge, Merge::User);
    let rule = Rule {
        all_touched: options.all_touched,
        coverage: options.coverage.then_some(Coverage::Fraction),
        ..Rule::new(merge, Scalar::new(dtype, Number::Int(0))?)
    };
    let values = &[values];
    let job = RasterizeJob::new(&geometry, values, grid, rule);

    let mut expected: Option<Vec<u64>> = None;
    for backend in &options.backends {
        let inputs = usage::now();
        let mut engine =
            xr::engine(backend, xr::OpenOptions { threads: options.threads, ..xr::OpenOptions::default() })?;
        let mut words = vec![0u64; (grid.pixels() as usize * dtype.size()).div_ceil(8)];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        let pixels = &mut bytes[..grid.pixels() as usize * dtype.size()];
        let (mut times, mut processor, mut moved) = (Vec::new(), Vec::new(), Traffic::default());
        for _ in 0..options.repeat + 1 {
            let (start, used, before) = (Instant::now(), usage::cpu(), engine.books().1);
            engine.rasterize_into(&job, Control::default(), pixels)?;
            times.push(start.elapsed().as_secs_f64());
            processor.push(usage::cpu() - used);
            moved = engine.books().1 - before;
        }
        // Geometry stays where it is, on the CPU.
        let staged = values.iter().map(|table| table.bytes().len() as u64).sum();
        let output = pixels.len() as u64;
        let result = Burned {
            backend,
            device: engine.caps().device.clone(),
            width: grid.width,
            first: times[0],
            memory: Memory { beyond_inputs: usage::peak().saturating_sub(inputs), output, staged },
            ours: Times::of(&times[1..]),
            processor: Times::of(&processor[1..]),
            resident: on_device(backend, Resident { job: &job, repeat: options.repeat })?,
            moved,
        };
        match &expected {
            Some(expected) if *expected != words => return Err(format!("{backend} burns other pixels").into()),
            Some(_) => {}
            None => expected = Some(words),
        }
        report(options, &rule.merge.to_string(), &result);
    }
    Ok(())
}

/// A backend's figures.
struct Burned<'a> {
    backend: &'a str,
    device: String,
    /// Columns of pixels.
    width: u32,
    first: f64,
    memory: Memory,
    ours: Times,
    processor: Times,
    /// With the raster left on the device.
    resident: Option<Stay>,
    /// By the last run.
    moved: Traffic,
}

fn named<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str, wanted: &str) -> Result<T, Failure> {
    let known = all.iter().map(|&t| name(t)).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|&t| name(t) == wanted).ok_or_else(|| format!("`{wanted}` is none of {known}").into())
}

fn report(options: &Options, merge: &str, result: &Burned<'_>) {
    let Burned { backend, device, width, first, memory, ours, processor, resident, moved } = result;
    let (first, resident_times) = (*first, resident.map(|stay| [stay.pageable, stay.pinned].map(|times| times.median)));
    if options.json {
        let report = serde_json::json!({
            "suite": "burn", "backend": backend, "device": device, "polygons": options.polygons, "vertices": options.vertices, "size": options.size,
            "merge": merge, "dtype": options.dtype, "all_touched": options.all_touched, "coverage": options.coverage,
            "first_s": first, "median_s": ours.median, "min_s": ours.min, "max_s": ours.max,
            "processor_min_s": processor.min,
            "memory": memory.beyond_inputs, "output": memory.output, "staged": memory.staged,
            "resident_s": resident_times.map(|[pageable, _]| pageable),
            "resident_pinned_s": resident_times.map(|[_, pinned]| pinned), "uploads": moved.uploads,
            "uploaded_bytes": moved.uploaded_bytes, "downloads": moved.downloads,
            "downloaded_bytes": moved.downloaded_bytes, "allocations": moved.allocations,
        });
        println!("{report}");
        return;
    }
    let ms = |s: f64| s * 1e3;
    let what = match &options.source {
        Some(source) => source.display().to_string(),
        None => format!("{} polygons × {} vertices", options.polygons, options.vertices),
    };
    println!(
        "{what} → {width} × {} {} {merge}{}",
        options.size,
        options.dtype,
        if options.coverage {
            ", coverage"
        } else if options.all_touched {
            ", all touched"
        } else {
            ""
        }
    );
    println!(
        "  {backend:9} {:9.2} ms  ({:.2} to {:.2}; first call {:.2}; {:.2} of all cores at least)  {:.2} bytes per pixel beyond the inputs: the output, {:.1} MB of staged values, and {:.1} % of the output",
        ms(ours.median),
        ms(ours.min),
        ms(ours.max),
        ms(first),
        ms(processor.min),
        memory.beyond_inputs as f64 / (f64::from(*width) * f64::from(options.size)),
        memory.staged as f64 / 1e6,
        100.0 * memory.working() / memory.output as f64
    );
    println!("            {device}: {}", traffic(moved));
    if let Some(Stay { pageable, pinned, moved }) = resident {
        println!(
            "  left there {:8.3} ms  ({:.3} to {:.3}), {:.3} ms ({:.3} to {:.3}) from page-locked tables: {}",
            ms(pageable.median),
            ms(pageable.min),
            ms(pageable.max),
            ms(pinned.median),
            ms(pinned.min),
            ms(pinned.max),
            traffic(moved)
        );
    }
}

/// What a device was asked for, in words.
pub fn traffic(moved: &Traffic) -> String {
    let Traffic { uploads, uploaded_bytes, downloads, probes, downloaded_bytes, launches, allocations, .. } = moved;
    format!(
        "{uploads} uploads of {uploaded_bytes} bytes, {downloads} readbacks and {probes} probes of {downloaded_bytes}, {launches} \
         kernels, {allocations} allocations"
    )
}
