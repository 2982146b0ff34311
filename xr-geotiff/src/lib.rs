//! GeoTIFF files: a streaming writer of encoded tiles, and a reader that leaves decoding to a backend.
//!
//! The crate knows no codec and no backend. [`GeoTiffWriter`] takes tiles that are already encoded (predictor and
//! compression applied) in any order, and writes plain files or cloud-optimised ones; [`Pyramid`] makes overviews of
//! rows of pixels. [`Reader`] reads tags and windows of pixels of classic TIFF and BigTIFF files, batches of tiles
//! going through a [`TileDecode`] of the caller, within hard [`Limits`], for files that may be damaged or hostile;
//! [`validate`] says what is wrong with them. Both take local files and, with the feature `http`, URLs.
//!
//! | where | what |
//! |---|---|
//! | [`tag`], `field` | tag numbers, field types |
//! | `verbatim` | tags that are handed on as they are |
//! | `sample`, `encoding` | sample types, codes of compressions and predictors |
//! | `chunks` | how an image is cut into tiles or strips |
//! | `geokeys` | GeoKey directory, and coordinate reference systems to and from it |
//! | `write` | [`ImageSpec`] → tiles of image, overviews, masks → head of the file → finished file under its name |
//! | `overview` | [`Pyramid`]: rows of the image → rows of its overviews |
//! | `validate` | what is wrong with a file, as a TIFF and as a COG |
//! | `read` | bounded reads → typed [`Directory`]; window → tiles → [`TileDecode`] → [`Pixels`] |
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("image.tif");
//! use xr_geotiff::{GeoTiffWriter, ImageSpec, Limits, Reader, SampleType};
//!
//! let spec = ImageSpec {
//!     tile_width: 64,
//!     tile_height: 64,
//!     transform: Some([500_000.0, 30.0, 0.0, 4_000_000.0, 0.0, -30.0]),
//!     crs: Some(xr_crs::Crs::from_epsg(32613)?),
//!     nodata: Some("0".into()),
//!     ..ImageSpec::new(100, 40, SampleType::U8)
//! };
//! let mut writer = GeoTiffWriter::create(&path, &spec, false)?;
//! writer.write_tile(1, &[7; 64 * 64])?;
//! writer.write_tile(0, &[])?;
//! assert_eq!(writer.finish()?.sparse_tiles, 1);
//!
//! let reader = Reader::open(&path, &Limits::default())?;
//! let image = reader.directory(0)?;
//! assert_eq!((image.width(), image.crs()?.and_then(|crs| crs.epsg())), (100, Some(32613)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod chunks;
mod encoding;
mod error;
mod field;
mod geokeys;
mod overview;
mod read;
mod sample;
pub mod tag;
mod validate;
mod verbatim;
mod write;

pub use chunks::ChunkGrid;
pub use encoding::{Compression, Predictor, compression_name};
pub use error::GeoTiffError;
pub use field::FieldType;
pub use geokeys::{GeoKeyValue, GeoKeys, key};
pub use overview::{Masked, Pyramid, Resampling, Sample, overview_sizes};
pub use read::{
    ByteSource, ChunkLayout, ChunkTable, Directory, EncodedChunks, Entry, Interleave, Limits, Metadata, MetadataItem,
    PixelWindow, Pixels, Reader, TileDecode, TileSpec, WindowRequest, open_source, read_directories, url_scheme,
};
#[cfg(feature = "http")]
pub use read::{HttpSource, HttpTraffic};
pub use sample::SampleType;
pub use validate::{Finding, Severity, validate, validate_source};
pub use verbatim::VerbatimTag;
pub use write::{
    BigTiff, CompleteFile, GeoTiffWriter, ImageSpec, Layout, Photometric, Spool, SpoolReader, Statistics, WriteSummary,
};

/// Result of this crate.
pub type Result<T, E = GeoTiffError> = std::result::Result<T, E>;
