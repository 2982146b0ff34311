//! The translate workload: compressed GeoTIFFs written and read, in a file system in memory where there is one. Whole
//! programs, uncompressed file to file: `xr translate` and `gdal_translate`. In process, array to file: the library and
//! tifffile.

use crate::{Failure, in_process, landscape, peer::tifffile, scratch, times::Times};
use clap::Args;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};
use xr::{Codec, DataType, Encoding, Predictor};
use xr_geotiff::SampleType;

#[derive(Args)]
pub struct Options {
    /// Pixels a side, a multiple of 16.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u32).range(16..=32768))]
    size: u32,
    /// Pixels a side of a tile.
    #[arg(long, default_value_t = 512)]
    tile: u32,
    /// Timed runs; the programs take turns.
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// The program xr.
    #[arg(long, default_value = "target/release/xr")]
    xr: PathBuf,
    /// Time gdal_translate and tifffile in this run.
    #[arg(long)]
    peers: bool,
    /// Python to run tifffile with.
    #[arg(long, default_value = "python3")]
    python: String,
    /// Folder for the files [default: /dev/shm, or the system's].
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Print one JSON object a row.
    #[arg(long)]
    json: bool,
}

/// A codec with the level that all programs use.
#[derive(Clone, Copy)]
pub struct Named {
    pub name: &'static str,
    pub level: i32,
}

const CODECS: [Named; 3] =
    [Named { name: "deflate", level: 6 }, Named { name: "zstd", level: 9 }, Named { name: "lzw", level: 0 }];

/// One row of the table.
pub struct Task {
    pub dtype: DataType,
    pub codec: Named,
    pub size: u32,
    pub tile: u32,
}

impl Task {
    /// The codec, level and predictor in the engine's words.
    pub fn encoding(&self) -> Encoding {
        let (codec, predictor) = match self.codec.name {
            "deflate" => (Codec::Deflate, self.predictor()),
            "zstd" => (Codec::Zstd, self.predictor()),
            "lzw" => (Codec::Lzw, self.predictor()),
            _ => (Codec::None, 1),
        };
        Encoding {
            codec,
            level: self.codec.level,
            predictor: match predictor {
                3 => Predictor::Float,
                2 => Predictor::Horizontal,
                _ => Predictor::None,
            },
            dtype: self.dtype,
            samples: 1,
            tile_width: self.tile,
            tile_height: self.tile,
            sparse: None,
        }
    }

    /// The TIFF predictor: 3 for floats, 2 otherwise.
    pub fn predictor(&self) -> i32 {
        if self.dtype == DataType::F32 { 3 } else { 2 }
    }

    /// The element type in NumPy's words.
    pub fn numpy_type(&self) -> &'static str {
        match self.dtype {
            DataType::F32 => "<f4",
            DataType::I16 => "<i2",
            _ => "|u1",
        }
    }
}

/// A program's times, and the size of the file that it wrote.
#[derive(Default)]
struct Samples {
    write: Vec<f64>,
    read: Vec<f64>,
    bytes: u64,
}

/// Runs every row: elevation as f32 and i16, land cover as u8, each with deflate, zstd and LZW.
pub fn run(options: &Options) -> Result<(), Failure> {
    scratch::with_folder(options.folder.as_ref(), |folder| rows(options, folder))
}

fn rows(options: &Options, folder: &Path) -> Result<(), Failure> {
    let elevation = landscape::elevation(options.size);
    let metres: Vec<i16> = elevation.iter().map(|&m| m as i16).collect();
    let classes = landscape::land_cover(options.size);
    let rasters: [(DataType, SampleType, &[u8]); 3] = [
        (DataType::F32, SampleType::F32, bytemuck::cast_slice(&elevation)),
        (DataType::I16, SampleType::I16, bytemuck::cast_slice(&metres)),
        (DataType::U8, SampleType::U8, &classes),
    ];
    for (dtype, sample_type, pixels) in rasters {
        let inputs = Inputs::write(options, folder, dtype, sample_type, pixels)?;
        for codec in CODECS {
            let name = format!("{dtype} {}", codec.name);
            if name.contains(&options.only) {
                let task = Task { dtype, codec, size: options.size, tile: options.tile };
                report(options, &name, &time(options, &task, &inputs, folder)?);
            }
        }
    }
    Ok(())
}

/// One raster, uncompressed: as a tiled GeoTIFF of xr, as bare samples in a file and in memory.
struct Inputs<'a> {
    sample_type: SampleType,
    pixels: &'a [u8],
    tiff: PathBuf,
    raw: PathBuf,
}

impl<'a> Inputs<'a> {
    fn write(
        options: &Options,
        folder: &Path,
        dtype: DataType,
        sample_type: SampleType,
        pixels: &'a [u8],
    ) -> Result<Self, Failure> {
        let first = folder.join("first.tif");
        let inputs = Self { sample_type, pixels, tiff: folder.join("input.tif"), raw: folder.join("raw") };
        let task = Task { dtype, codec: Named { name: "none", level: 0 }, size: options.size, tile: options.tile };
        in_process::write(&task, sample_type, pixels, &first)?;
        // Once through the program, so that a file of the same pixels is a file of the same bytes.
        execute(&mut uncompressed(options, &first, &inputs.tiff))?;
        fs::write(&inputs.raw, pixels)?;
        Ok(inputs)
    }
}

fn uncompressed(options: &Options, from: &Path, to: &Path) -> Command {
    let mut command = Command::new(&options.xr);
    command.arg("translate").args([from, to]).args([
        "--compress",
        "none",
        "--predictor",
        "none",
        "--overwrite",
        "--quiet",
    ]);
    command.args(["--tile-size", &options.tile.to_string()]);
    command
}

struct Outcome {
    xr: Samples,
    library: Samples,
    gdal: Option<Samples>,
    tifffile: Option<Samples>,
    versions: String,
}

fn time(options: &Options, task: &Task, inputs: &Inputs, folder: &Path) -> Result<Outcome, Failure> {
    let [ours, library_s, gdals, tifffiles, back] =
        ["xr.tif", "library.tif", "gdal.tif", "tifffile.tif", "back.tif"].map(|n| folder.join(n));
    let [mut xr, mut library, mut gdal, mut tifffile] = std::array::from_fn(|_| Samples::default());
    let mut versions = String::new();
    // The first turn checks pixels and warms the page cache; it is not counted.
    for turn in 0..options.repeat + 1 {
        let count = |samples: &mut Vec<f64>, seconds: f64| {
            if turn > 0 {
                samples.push(seconds);
            }
        };
        count(&mut xr.write, execute(&mut our_translate(options, task, &inputs.tiff, &ours))?);
        count(&mut library.write, in_process::write(task, inputs.sample_type, inputs.pixels, &library_s)?);
        // All read the same file, or tifffile its own of the same settings: GDAL's, if it is there.
        let mut read = ours.as_path();
        if options.peers {
            count(&mut gdal.write, execute(&mut gdal_translate(task, &inputs.tiff, &gdals))?);
            count(&mut gdal.read, execute(&mut gdal_uncompressed(task, &gdals, &back))?);
            let times = tifffile::time(&options.python, task, &inputs.raw, &tifffiles)?;
            count(&mut tifffile.write, times.write);
            count(&mut tifffile.read, times.read);
            versions = times.version;
            read = &gdals;
        }
        count(&mut xr.read, execute(&mut uncompressed(options, read, &back))?);
        count(&mut library.read, in_process::read(read, inputs.pixels)?);
        if turn == 0 {
            let peers = if options.peers { vec![&gdals, &tifffiles] } else { Vec::new() };
            for file in [&ours, &library_s].into_iter().chain(peers) {
                in_process::read(file, inputs.pixels)?; // compares pixels
            }
        }
    }
    (xr.bytes, library.bytes) = (fs::metadata(&ours)?.len(), fs::metadata(&library_s)?.len());
    if !options.peers {
        return Ok(Outcome { xr, library, gdal: None, tifffile: None, versions });
    }
    (gdal.bytes, tifffile.bytes) = (fs::metadata(&gdals)?.len(), fs::metadata(&tifffiles)?.len());
    Ok(Outcome { xr, library, gdal: Some(gdal), tifffile: Some(tifffile), versions })
}

fn our_translate(options: &Options, task: &Task, from: &Path, to: &Path) -> Command {
    let mut command = Command::new(&options.xr);
    command.arg("translate").args([from, to]).args(["--compress", task.codec.name, "--overwrite", "--quiet"]);
    command.args(["--predictor", if task.predictor() == 3 { "float" } else { "horizontal" }]);
    command.args(["--tile-size", &task.tile.to_string()]);
    if task.codec.level > 0 {
        command.args(["--level", &task.codec.level.to_string()]);
    }
    command
}

fn gdal_translate(task: &Task, from: &Path, to: &Path) -> Command {
    let mut command = gdal(task, from, to);
    command.args(["-co", &format!("COMPRESS={}", task.codec.name.to_uppercase())]);
    command.args(["-co", &format!("PREDICTOR={}", task.predictor())]);
    match task.codec.name {
        "deflate" => command.args(["-co", &format!("ZLEVEL={}", task.codec.level)]),
        "zstd" => command.args(["-co", &format!("ZSTD_LEVEL={}", task.codec.level)]),
        _ => &mut command,
    };
    command
}

fn gdal_uncompressed(task: &Task, from: &Path, to: &Path) -> Command {
    let mut command = gdal(task, from, to);
    command.args(["-oo", "NUM_THREADS=ALL_CPUS"]);
    command
}

fn gdal(task: &Task, from: &Path, to: &Path) -> Command {
    let mut command = Command::new("gdal_translate");
    command.args(["-q", "-co", "TILED=YES", "-co", "NUM_THREADS=ALL_CPUS"]).env("GDAL_NUM_THREADS", "ALL_CPUS");
    for side in ["BLOCKXSIZE", "BLOCKYSIZE"] {
        command.args(["-co", &format!("{side}={}", task.tile)]);
    }
    command.args([from, to]);
    command
}

/// Runs a program to its end; seconds.
fn execute(command: &mut Command) -> Result<f64, Failure> {
    let start = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdout(Stdio::null()).status().map_err(|e| format!("{program}: {e}"))?;
    let seconds = start.elapsed().as_secs_f64();
    if status.success() { Ok(seconds) } else { Err(format!("{program}: {status}").into()) }
}

fn report(options: &Options, name: &str, outcome: &Outcome) {
    let programs = [
        ("xr translate", Some(&outcome.xr)),
        ("gdal_translate", outcome.gdal.as_ref()),
        ("xr, in process", Some(&outcome.library)),
        ("tifffile, in process", outcome.tifffile.as_ref()),
    ];
    if options.json {
        let numbers = |samples: &Samples| {
            let times = |t: &[f64]| {
                let times = Times::of(t);
                serde_json::json!({ "median_s": times.median, "min_s": times.min, "max_s": times.max })
            };
            serde_json::json!({ "write": times(&samples.write), "read": times(&samples.read), "bytes": samples.bytes })
        };
        let mut row =
            serde_json::json!({ "suite": "translate", "row": name, "size": options.size, "tile": options.tile });
        for (program, samples) in programs {
            row[program] = samples.map(numbers).into();
        }
        row["tifffile_version"] = outcome.versions.clone().into();
        println!("{row}");
        return;
    }
    println!("{name}, {}², tiles of {}", options.size, options.tile);
    for (program, samples) in programs {
        let Some(samples) = samples else { continue };
        let (write, read) = (Times::of(&samples.write), Times::of(&samples.read));
        println!(
            "  {program:20}  write {:6.3} s ({:.3} to {:.3})   read {:6.3} s ({:.3} to {:.3})   {:>10} bytes",
            write.median, write.min, write.max, read.median, read.min, read.max, samples.bytes
        );
    }
}
