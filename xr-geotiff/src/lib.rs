//! GeoTIFF files: a streaming writer of encoded tiles and a reader of directories.
//!
//! The crate knows no codec and no backend. [`GeoTiffWriter`] takes tiles that are already encoded (predictor and
//! compression applied) in any order and writes them as they come; [`read_directories`] reads the tags of classic
//! TIFF and BigTIFF files within hard [`Limits`], for files that may be damaged or hostile.
//!
//! | where | what |
//! |---|---|
//! | [`tag`], `field` | tag numbers, field types |
//! | `sample`, `encoding` | sample types, codes of compressions and predictors |
//! | `chunks` | how an image is cut into tiles or strips |
//! | `geokeys` | GeoKey directory, and coordinate reference systems to and from it |
//! | `write` | [`ImageSpec`] → head of the file → tiles → finished file under its name |
//! | `read` | bounded reads → raw directory → typed [`Directory`] |
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("image.tif");
//! use xr_geotiff::{BigTiff, Compression, GeoTiffWriter, ImageSpec, Limits, Predictor, SampleType, open_directories};
//!
//! let spec = ImageSpec {
//!     width: 100,
//!     height: 40,
//!     samples: 1,
//!     sample_type: SampleType::U8,
//!     tile_width: 64,
//!     tile_height: 64,
//!     compression: Compression::None,
//!     predictor: Predictor::None,
//!     transform: [500_000.0, 30.0, 0.0, 4_000_000.0, 0.0, -30.0],
//!     crs: Some(xr_crs::Crs::from_epsg(32613)?),
//!     nodata: Some("0".into()),
//!     description: None,
//!     bigtiff: BigTiff::Auto,
//! };
//! let mut writer = GeoTiffWriter::create(&path, &spec, false)?;
//! writer.write_tile(1, &[7; 64 * 64])?;
//! writer.write_tile(0, &[])?;
//! assert_eq!(writer.finish()?.sparse_tiles, 1);
//!
//! let image = &open_directories(&path, &Limits::default())?[0];
//! assert_eq!((image.width(), image.crs()?.and_then(|crs| crs.epsg())), (100, Some(32613)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod chunks;
mod encoding;
mod error;
mod field;
mod geokeys;
mod read;
mod sample;
pub mod tag;
mod write;

pub use chunks::ChunkGrid;
pub use encoding::{Compression, Predictor, compression_name};
pub use error::GeoTiffError;
pub use field::FieldType;
pub use geokeys::{GeoKeyValue, GeoKeys, key};
pub use read::{ChunkLayout, ChunkTable, Directory, Entry, Limits, open_directories, read_directories};
pub use sample::SampleType;
pub use write::{BigTiff, GeoTiffWriter, ImageSpec, WriteSummary};

/// Result of this crate.
pub type Result<T> = std::result::Result<T, GeoTiffError>;
