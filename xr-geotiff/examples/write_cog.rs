//! Turns a NumPy array into a cloud-optimised GeoTIFF with overviews, without a backend: what a program does that
//! brings its own encoder.
//!
//! `cargo run -p xr-geotiff --example write_cog -- IN.npy OUT.tif [KEY=VALUE ...]`
//!
//! The array has the shape (rows, columns) or (rows, columns, bands), little-endian, in C order. Keys: `nodata`,
//! `resampling`, `codec` (none, lzw, deflate, zstd), `tile`, `layout` (plain, cog), `interleave` (pixel, band),
//! `bigtiff` (yes), `mask` (yes: where the first band is not 0), `photometric` (rgb, palette), `point` (yes).

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::str::FromStr;

use flate2::{Compression as Level, write::ZlibEncoder};
use xr_geotiff::{
    BigTiff, Compression, GeoTiffWriter, ImageSpec, Interleave, Layout, MetadataItem, Photometric, Pyramid, Resampling,
    Sample, Statistics, overview_sizes,
};

type Failure = Box<dyn std::error::Error>;

/// A level: width, height, samples.
type Image<T> = (u32, u32, Vec<T>);

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let (Some(input), Some(output)) = (args.next(), args.next()) else { return Err("name input and output".into()) };
    let options: HashMap<String, String> =
        args.filter_map(|arg| arg.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()))).collect();
    let (kind, shape, data) = read_npy(&std::fs::read(input)?)?;
    let path = Path::new(&output);
    macro_rules! write_as {
        ($($name:literal $type:ident;)*) => {
            match kind.as_str() {
                $($name => write(path, &shape, data.chunks_exact(size_of::<$type>()).map(|bytes| {
                    <$type>::from_le_bytes(std::array::from_fn(|i| bytes[i]))
                }).collect(), |value: $type| value.to_le_bytes().to_vec(), &options),)*
                other => Err(format!("an array of type {other}").into()),
            }
        };
    }
    write_as! { "|u1" u8; "|i1" i8; "<u2" u16; "<i2" i16; "<u4" u32; "<i4" i32; "<u8" u64; "<i8" i64; "<f4" f32; "<f8" f64; }
}

/// Type, shape and data of an array file.
fn read_npy(file: &[u8]) -> Result<(String, Vec<u32>, Vec<u8>), Failure> {
    let length = usize::from(u16::from_le_bytes([file[8], file[9]]));
    let header = std::str::from_utf8(&file[10..10 + length])?;
    let between = |from: &str, to: &str| header.split(from).nth(1).and_then(|rest| rest.split(to).next());
    let kind = between("'descr': '", "'").ok_or("no type")?;
    let shape = between("'shape': (", ")").ok_or("no shape")?.split(',').filter_map(|n| n.trim().parse().ok());
    Ok((kind.to_owned(), shape.collect(), file[10 + length..].to_vec()))
}

fn write<T: Sample + FromStr>(
    path: &Path,
    shape: &[u32],
    samples: Vec<T>,
    to_bytes: fn(T) -> Vec<u8>,
    options: &HashMap<String, String>,
) -> Result<(), Failure> {
    let option = |key: &str| options.get(key).map(String::as_str).unwrap_or_default();
    let (height, width, bands) = (shape[0], shape[1], shape.get(2).copied().unwrap_or(1) as u16);
    let tile = option("tile").parse().unwrap_or(256);
    let nodata = option("nodata").parse::<T>().ok();
    let resampling = Resampling::ALL.into_iter().find(|r| r.name() == option("resampling"));
    let resampling = resampling.unwrap_or(Resampling::Average);
    let spec = ImageSpec {
        samples: bands,
        tile_width: tile,
        tile_height: tile,
        interleave: if option("interleave") == "band" { Interleave::Band } else { Interleave::Pixel },
        compression: match option("codec") {
            "lzw" => Compression::Lzw,
            "deflate" => Compression::Deflate,
            "zstd" => Compression::Zstd,
            _ => Compression::None,
        },
        photometric: match option("photometric") {
            "rgb" => Photometric::Rgb,
            "palette" => Photometric::Palette((0..=255).map(|i| [i, 255 - i, i / 2].map(|v| v * 257)).collect()),
            _ => Photometric::Gray,
        },
        transform: Some([500_000.0, 30.0, 0.0, 4_000_000.0, 0.0, -30.0]),
        pixel_is_point: option("point") == "yes",
        crs: Some(xr_crs::Crs::from_epsg(32613)?),
        nodata: nodata.map(|_| option("nodata").to_owned()),
        metadata: vec![
            MetadataItem::band_description(0, "first & best"),
            MetadataItem::band_scale(0, 0.5),
            MetadataItem::band_offset(0, -1.5),
            MetadataItem::band_unit(0, "m"),
        ],
        statistics: true,
        overviews: overview_sizes(width, height, tile),
        mask: option("mask") == "yes",
        layout: if option("layout") == "plain" { Layout::Plain } else { Layout::Cog },
        bigtiff: if option("bigtiff") == "yes" { BigTiff::Yes } else { BigTiff::Auto },
        ..ImageSpec::new(width, height, T::TYPE)
    };
    let mut writer = GeoTiffWriter::create(path, &spec, true)?;
    let zero = to_bytes(samples[0]).iter().map(|_| 0).collect::<Vec<u8>>();
    let mask: Vec<u8> =
        samples.chunks(usize::from(bands)).map(|pixel| if to_bytes(pixel[0]) == zero { 0 } else { 255 }).collect();

    let planes = if spec.interleave == Interleave::Band { usize::from(bands) } else { 1 };
    let levels = with_overviews((width, height, samples), bands, nodata, resampling, spec.overviews.len())?;
    for (number, level) in levels.iter().enumerate() {
        let tiles = (0..planes).flat_map(|plane| cut(level, usize::from(bands), plane, planes, tile));
        for (index, tile) in (0..).zip(tiles) {
            let all_nodata = nodata.is_some_and(|nodata| tile.iter().all(|&value| value == nodata));
            let raw: Vec<u8> = tile.iter().flat_map(|&value| to_bytes(value)).collect();
            let encoded = if all_nodata { Vec::new() } else { encode(&raw, spec.compression)? };
            writer.write_level_tile(number, index, &encoded)?;
        }
    }
    if spec.mask {
        // The mask's own overviews, 0 being invalid: valid where any pixel below is, or the nearest.
        for (number, level) in
            with_overviews((width, height, mask), 1, Some(0), resampling, spec.overviews.len())?.iter().enumerate()
        {
            for (index, tile) in (0..).zip(cut(level, 1, 0, 1, tile)) {
                let bit = |eight: &[u8]| eight.iter().fold(0, |byte, &value| byte << 1 | u8::from(value > 0));
                let packed: Vec<u8> = tile.chunks(8).map(bit).collect();
                writer.write_mask_tile(number, index, &encode(&packed, spec.compression)?)?;
            }
        }
    }
    let known =
        Statistics { minimum: 0.0, maximum: 200.0, mean: 1.0 / 3.0, standard_deviation: 1e-300, valid_percent: 50.0 };
    writer.set_statistics(bands - 1, known)?;
    writer.finish()?;
    Ok(())
}

fn with_overviews<T: Sample>(
    full: Image<T>,
    bands: u16,
    nodata: Option<T>,
    resampling: Resampling,
    count: usize,
) -> Result<Vec<Image<T>>, Failure> {
    let mut pyramid = Pyramid::new((full.0, full.1), bands, nodata, resampling, count)?;
    let mut levels: Vec<Image<T>> = pyramid.sizes().into_iter().map(|(w, h)| (w, h, Vec::new())).collect();
    for rows in full.2.chunks(full.0 as usize * usize::from(bands) * 64) {
        pyramid.push(rows, |level, _, rows| levels[level - 1].2.extend_from_slice(rows))?;
    }
    levels.insert(0, full);
    Ok(levels)
}

/// Tiles of a plane, row by row; the first sample fills what lies beyond the image.
fn cut<T: Sample>(
    (width, height, samples): &Image<T>,
    bands: usize,
    plane: usize,
    planes: usize,
    tile: u32,
) -> Vec<Vec<T>> {
    let chosen = if planes > 1 { plane..plane + 1 } else { 0..bands };
    let corners =
        (0..*height).step_by(tile as usize).flat_map(|y| (0..*width).step_by(tile as usize).map(move |x| (x, y)));
    let tiles = corners.map(|(x0, y0)| {
        let pixels = (y0..y0 + tile).flat_map(|y| (x0..x0 + tile).map(move |x| (x, y)));
        let sample = |(x, y), band| samples[((y * *width + x) as usize) * bands + band];
        let inside = |&(x, y): &(u32, u32)| (x.min(width - 1), y.min(height - 1));
        pixels.flat_map(|pixel| chosen.clone().map(move |band| sample(inside(&pixel), band))).collect()
    });
    tiles.collect()
}

fn encode(raw: &[u8], compression: Compression) -> Result<Vec<u8>, Failure> {
    match compression {
        Compression::Lzw => {
            let mut encoder = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
            encoder.encode(raw).map_err(|error| error.to_string().into())
        }
        Compression::Deflate => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Level::fast());
            encoder.write_all(raw)?;
            Ok(encoder.finish()?)
        }
        Compression::Zstd => Ok(zstd::bulk::compress(raw, 3)?),
        _ => Ok(raw.to_vec()),
    }
}
