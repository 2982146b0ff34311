//! Options of a file that takes the place of another: what is not asked for stays as it is there.

use super::options::{BigTiffName, CodecName, OutputOptions, Overviews, PredictorName};
use crate::failure::Failure;
use std::{collections::BTreeSet, path::Path};
use xr_geotiff::{ChunkLayout, Compression, Directory, Predictor, Reader, open_source};

impl OutputOptions {
    /// These options, and those of the file that `reader` has open at `path` where nothing else was asked for.
    pub fn or_like(&self, reader: &Reader, path: &Path) -> Result<Self, Failure> {
        let image = reader.directory(0)?;
        let keeps_codec = self.compress.is_none();
        let mut like = self.clone();
        like.compress = self.compress.or(codec(image));
        if keeps_codec {
            like.predictor = self.predictor.or(predictor(image));
        }
        like.tile_size = self.tile_size.or(tile_size(image));
        like.overviews = self.overviews.clone().or_else(|| overviews(reader, image));
        if like.overviews.is_none() && !self.cog {
            like.overviews = Some(Overviews::None);
        }
        like.cog |= is_cog(path)?;
        if image.is_bigtiff() && matches!(self.bigtiff, BigTiffName::Auto) {
            like.bigtiff = BigTiffName::Yes;
        }
        Ok(like)
    }
}

fn codec(image: &Directory) -> Option<CodecName> {
    let code = image.compression_code();
    let is = |codec: Compression| codec.code() == code;
    Some(match () {
        () if is(Compression::None) => CodecName::None,
        () if is(Compression::Zstd) => CodecName::Zstd,
        () if is(Compression::Lzw) => CodecName::Lzw,
        () if is(Compression::PackBits) => CodecName::Packbits,
        () => return None,
    })
}

fn predictor(image: &Directory) -> Option<PredictorName> {
    Some(match image.predictor()? {
        Predictor::None => PredictorName::None,
        Predictor::Horizontal => PredictorName::Horizontal,
        Predictor::Float => PredictorName::Float,
        _ => return None,
    })
}

/// The side of square tiles that can be written again.
fn tile_size(image: &Directory) -> Option<u32> {
    match image.layout() {
        ChunkLayout::Tiles { width, height } if width == height && width % 16 == 0 && width <= 16384 => Some(width),
        _ => None,
    }
}

/// The factors of the file's overviews, the nearest powers of two.
fn overviews(reader: &Reader, image: &Directory) -> Option<Overviews> {
    let factor = |number: usize| {
        let overview = reader.directories().get(number)?;
        let ratio = f64::from(image.width()) / f64::from(overview.width().max(1));
        Some(1 << (ratio.log2().round().clamp(1.0, 30.0) as u32))
    };
    let factors: BTreeSet<u32> = reader.overviews(0).into_iter().filter_map(factor).collect();
    (!factors.is_empty()).then(|| Overviews::Factors(factors.into_iter().collect()))
}

/// Whether the file says so in its ghost area, which follows the header.
fn is_cog(path: &Path) -> Result<bool, Failure> {
    let source = open_source(path)?;
    let io = |source| Failure::Io { path: path.to_owned(), source };
    let (mut head, start) = (Vec::new(), 0..source.size().map_err(io)?.min(256));
    source.read_ranges(std::slice::from_ref(&start), &mut head).map_err(io)?;
    Ok(head.windows(23).any(|bytes| bytes == b"LAYOUT=IFDS_BEFORE_DATA"))
}
