//! Writes one GeoTIFF for each sample type and compression, which `scripts/check_geotiff.py` opens with other readers.
//!
//! `cargo run -p xr-geotiff --example write_samples -- FOLDER`
//!
//! Band b, row r, column c holds 7·b + 3·r + c, modulo 120. The image of 70 × 50 pixels has 3 × 2 tiles of 32².

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression as Level, write::ZlibEncoder};
use xr_crs::Crs;
use xr_geotiff::{BigTiff, Compression, GeoTiffWriter, ImageSpec, SampleType};

type Failure = Box<dyn std::error::Error>;

const WIDTH: u32 = 70;
const HEIGHT: u32 = 50;
const TILE: u32 = 32;
const SYSTEMS: [u32; 3] = [5070, 4326, 32613];

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let compressions = [Compression::None, Compression::Deflate, Compression::Zstd];
    for (i, sample_type) in SampleType::ALL.into_iter().enumerate() {
        for (j, compression) in compressions.into_iter().enumerate() {
            let bigtiff = if (i + j) % 2 == 0 { BigTiff::Auto } else { BigTiff::Yes };
            let samples = if j == 2 { 3 } else { 1 };
            write_image(&folder, sample_type, compression, SYSTEMS[(i + j) % 3], samples, bigtiff)?;
        }
    }
    Ok(())
}

fn write_image(
    folder: &Path,
    sample_type: SampleType,
    compression: Compression,
    epsg: u32,
    samples: u16,
    bigtiff: BigTiff,
) -> Result<(), Failure> {
    let spec = ImageSpec {
        samples,
        tile_width: TILE,
        tile_height: TILE,
        compression,
        // The last system has a rotated image, which needs a matrix.
        transform: Some(if epsg == 32613 {
            [5e5, 30.0, 1.0, 4e6, 2.0, -30.0]
        } else {
            [-105.0, 0.25, 0.0, 40.0, 0.0, -0.5]
        }),
        crs: Some(Crs::from_epsg(epsg)?),
        nodata: Some("119".into()),
        bigtiff,
        ..ImageSpec::new(WIDTH, HEIGHT, sample_type)
    };
    let name = format!("{sample_type}-{}-{epsg}-{samples}.tif", format!("{compression:?}").to_lowercase());
    let mut writer = GeoTiffWriter::create(&folder.join(name), &spec, true)?;
    // Backwards, since any order will do.
    for index in (0..spec.tile_count()).rev() {
        let (row, column) = ((index / spec.tiles_across()) as u32 * TILE, (index % spec.tiles_across()) as u32 * TILE);
        let mut raw = Vec::new();
        for (r, c) in (row..row + TILE).flat_map(|r| (column..column + TILE).map(move |c| (r, c))) {
            for band in 0..u32::from(samples) {
                append(&mut raw, sample_type, ((7 * band + 3 * r + c) % 120) as u8);
            }
        }
        writer.write_tile(index, &encode(&raw, compression)?)?;
    }
    writer.finish()?;
    Ok(())
}

fn append(raw: &mut Vec<u8>, sample_type: SampleType, value: u8) {
    match sample_type {
        SampleType::F32 => raw.extend(f32::from(value).to_le_bytes()),
        SampleType::F64 => raw.extend(f64::from(value).to_le_bytes()),
        integer => raw.extend(&u64::from(value).to_le_bytes()[..integer.bytes()]),
    }
}

fn encode(raw: &[u8], compression: Compression) -> Result<Vec<u8>, Failure> {
    match compression {
        Compression::Deflate => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Level::fast());
            encoder.write_all(raw)?;
            Ok(encoder.finish()?)
        }
        Compression::Zstd => Ok(zstd::bulk::compress(raw, 3)?),
        _ => Ok(raw.to_vec()),
    }
}
