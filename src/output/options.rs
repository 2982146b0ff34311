//! Options of every command that writes a GeoTIFF.

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use xr::{Codec, DataType, Encoding, Grid, Predictor, Scalar};
use xr_crs::Crs;
use xr_geotiff::{Compression, ImageSpec, Layout, MetadataItem, Resampling, SampleType, overview_sizes};

/// How the file is laid out and compressed.
#[derive(Clone, Args)]
#[command(next_help_heading = "File")]
pub struct OutputOptions {
    /// Replace existing outputs
    #[arg(long)]
    pub overwrite: bool,
    /// Compression of tiles [default: deflate]
    #[arg(long, value_enum)]
    pub compress: Option<CodecName>,
    /// Compression level, 1 to 12 for deflate, 1 to 22 for zstd [default: 6, or 9 for zstd]
    #[arg(long, value_name = "N")]
    pub level: Option<i32>,
    /// Transform before compression [default: auto]
    #[arg(long, value_enum)]
    pub predictor: Option<PredictorName>,
    /// Columns and rows of a tile, a multiple of 16 [default: 512]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=16384))]
    pub tile_size: Option<u32>,
    /// Cloud Optimized GeoTIFF: overviews, directories first, tiles in reading order
    #[arg(long)]
    pub cog: bool,
    /// Smaller copies of the image: none, auto (until one fits in a tile), or factors such as 2,4,8 [default: none, or
    /// auto with --cog]
    #[arg(long, value_name = "none|auto|2,4,8", value_parser = overviews)]
    pub overviews: Option<Overviews>,
    /// How overviews are made
    #[arg(long, value_enum, default_value = "nearest")]
    pub resampling: ResamplingName,
    /// Compute statistics of each band and keep them in the file
    #[arg(long)]
    pub stats: bool,
    /// 64-bit offsets; auto when the file could pass 4 GiB
    #[arg(long, value_enum, default_value = "auto")]
    pub bigtiff: BigTiffName,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodecName {
    None,
    Deflate,
    Zstd,
    Lzw,
    Packbits,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PredictorName {
    None,
    /// Differences of neighbouring pixels
    Horizontal,
    /// Differences of the bytes of floats
    Float,
    Auto,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ResamplingName {
    Nearest,
    Average,
    Mode,
    Bilinear,
    Cubic,
    Gauss,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum BigTiffName {
    Auto,
    Yes,
    No,
}

impl From<BigTiffName> for xr_geotiff::BigTiff {
    fn from(name: BigTiffName) -> Self {
        match name {
            BigTiffName::Auto => Self::Auto,
            BigTiffName::Yes => Self::Yes,
            BigTiffName::No => Self::No,
        }
    }
}

/// Which overviews are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overviews {
    None,
    Auto,
    /// Powers of two, ascending.
    Factors(Vec<u32>),
}

fn overviews(text: &str) -> Result<Overviews, String> {
    match text {
        "none" => return Ok(Overviews::None),
        "auto" => return Ok(Overviews::Auto),
        _ => {}
    }
    let factors: Option<Vec<u32>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let ascending = |f: &Vec<u32>| f.iter().all(|n| *n > 1 && n.is_power_of_two()) && f.is_sorted_by(|a, b| a < b);
    factors
        .filter(ascending)
        .map(Overviews::Factors)
        .ok_or_else(|| "write none, auto, or powers of two such as 2,4,8".into())
}

/// An overview to write: how often the image is halved for it, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overview {
    pub halvings: u32,
    pub size: (u32, u32),
}

impl OutputOptions {
    pub fn predictor(&self) -> PredictorName {
        self.predictor.unwrap_or(PredictorName::Auto)
    }

    fn tile_size(&self) -> u32 {
        self.tile_size.unwrap_or(512)
    }

    fn codec(&self) -> CodecName {
        self.compress.unwrap_or(CodecName::Deflate)
    }

    /// The overviews of an image.
    pub fn overviews(&self, width: u32, height: u32) -> Vec<Overview> {
        let factors: Vec<u32> = match &self.overviews {
            Some(Overviews::Factors(factors)) => factors.iter().map(|f| f.trailing_zeros()).collect(),
            Some(Overviews::None) => Vec::new(),
            None if !self.cog => Vec::new(),
            Some(Overviews::Auto) | None => {
                (1..=overview_sizes(width, height, self.tile_size()).len() as u32).collect()
            }
        };
        let halved = |side: u32, n: u32| (0..n).fold(side, |side, _| side.div_ceil(2));
        let overview = |n: u32| Overview { halvings: n, size: (halved(width, n), halved(height, n)) };
        factors.into_iter().map(overview).collect()
    }

    /// A raster as the writer takes it. Several bands are called by `names`.
    pub fn image_spec(
        &self,
        grid: &Grid,
        encoding: &Encoding,
        crs: Option<Crs>,
        overviews: &[Overview],
        nodata: Option<String>,
        names: &[String],
    ) -> Result<ImageSpec, Failure> {
        let named = names.len() > 1;
        let names = (0..).zip(names).filter(|_| named);
        Ok(ImageSpec {
            samples: encoding.samples,
            metadata: names.map(|(band, name)| MetadataItem::band_description(band, name)).collect(),
            tile_width: encoding.tile_width,
            tile_height: encoding.tile_height,
            compression: compression(encoding.codec)?,
            predictor: predictor(encoding.predictor),
            transform: Some([grid.x0, grid.dx, 0.0, grid.y0, 0.0, grid.dy]),
            crs,
            nodata,
            statistics: self.stats,
            overviews: overviews.iter().map(|overview| overview.size).collect(),
            layout: self.layout(),
            bigtiff: self.bigtiff.into(),
            ..ImageSpec::new(grid.width, grid.height, sample_type(encoding.dtype))
        })
    }

    /// How tiles are encoded. `auto` is the predictor that `--predictor auto` stands for here.
    pub fn encoding(
        &self,
        dtype: DataType,
        samples: u16,
        nodata: Option<Scalar>,
        auto: Predictor,
    ) -> Result<Encoding, Failure> {
        let tile = self.tile_size();
        if !tile.is_multiple_of(16) {
            return Err(Failure::usage(
                format!("--tile-size {tile} is not a multiple of 16"),
                format!("TIFF asks for multiples of 16: pass {}", tile.next_multiple_of(16)),
            ));
        }
        let codec = match self.codec() {
            CodecName::None => Codec::None,
            CodecName::Deflate => Codec::Deflate,
            CodecName::Zstd => Codec::Zstd,
            CodecName::Lzw => Codec::Lzw,
            CodecName::Packbits => Codec::PackBits,
        };
        let predictor = match self.predictor() {
            // TIFF has predictors for deflate, zstd and LZW only.
            _ if matches!(codec, Codec::None | Codec::PackBits) => Predictor::None,
            PredictorName::None => Predictor::None,
            PredictorName::Auto => auto,
            PredictorName::Horizontal => Predictor::Horizontal,
            PredictorName::Float if dtype.is_float() => Predictor::Float,
            PredictorName::Float => {
                return Err(Failure::usage(
                    format!("--predictor float is not for {dtype}"),
                    "pass --predictor horizontal",
                ));
            }
        };
        let level = self.level.unwrap_or(if self.codec() == CodecName::Zstd { 9 } else { 6 });
        let encoding =
            Encoding { codec, level, predictor, dtype, samples, tile_width: tile, tile_height: tile, sparse: nodata };
        encoding.check().map_err(|e| Failure::usage(e.to_string(), "see --help for the ranges"))?;
        Ok(encoding)
    }

    pub fn layout(&self) -> Layout {
        if self.cog { Layout::Cog } else { Layout::Plain }
    }

    pub fn resampling(&self) -> Resampling {
        match self.resampling {
            ResamplingName::Nearest => Resampling::Nearest,
            ResamplingName::Average => Resampling::Average,
            ResamplingName::Mode => Resampling::Mode,
            ResamplingName::Bilinear => Resampling::Bilinear,
            ResamplingName::Cubic => Resampling::Cubic,
            ResamplingName::Gauss => Resampling::Gauss,
        }
    }
}

/// The file's name of a codec.
pub fn compression(codec: Codec) -> Result<Compression, Failure> {
    match codec {
        Codec::None => Ok(Compression::None),
        Codec::Deflate => Ok(Compression::Deflate),
        Codec::Zstd => Ok(Compression::Zstd),
        Codec::Lzw => Ok(Compression::Lzw),
        Codec::PackBits => Ok(Compression::PackBits),
        other => Err(Failure::usage(format!("GeoTIFF has no codec {other}"), "pass another --compress")),
    }
}

/// The file's name of a predictor.
pub fn predictor(predictor: Predictor) -> xr_geotiff::Predictor {
    match predictor {
        Predictor::None => xr_geotiff::Predictor::None,
        Predictor::Horizontal => xr_geotiff::Predictor::Horizontal,
        Predictor::Float => xr_geotiff::Predictor::Float,
    }
}

/// The file's name of a pixel type.
pub fn sample_type(dtype: DataType) -> SampleType {
    match dtype {
        DataType::U8 => SampleType::U8,
        DataType::I8 => SampleType::I8,
        DataType::U16 => SampleType::U16,
        DataType::I16 => SampleType::I16,
        DataType::U32 => SampleType::U32,
        DataType::I32 => SampleType::I32,
        DataType::U64 => SampleType::U64,
        DataType::I64 => SampleType::I64,
        DataType::F32 => SampleType::F32,
        DataType::F64 => SampleType::F64,
    }
}

/// The pixel type of a file's sample type.
pub fn data_type(sample: SampleType) -> DataType {
    match sample {
        SampleType::U8 => DataType::U8,
        SampleType::I8 => DataType::I8,
        SampleType::U16 => DataType::U16,
        SampleType::I16 => DataType::I16,
        SampleType::U32 => DataType::U32,
        SampleType::I32 => DataType::I32,
        SampleType::U64 => DataType::U64,
        SampleType::I64 => DataType::I64,
        SampleType::F32 => DataType::F32,
        SampleType::F64 => DataType::F64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overviews_are_powers_of_two() {
        assert_eq!(overviews("auto"), Ok(Overviews::Auto));
        assert_eq!(overviews("2, 8"), Ok(Overviews::Factors(vec![2, 8])));
        assert!(overviews("3").is_err());
        assert!(overviews("4,2").is_err());
        assert!(overviews("1").is_err());
    }
}
