use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use geo_traits::GeometryTrait;
use xr_core::Value;
use xr_crs::Crs;

use crate::delimited;
use crate::error::FileName;
use crate::flatgeobuf;
use crate::format::{HEAD, detect};
use crate::geojson;
#[cfg(feature = "gpkg")]
use crate::geopackage;
#[cfg(feature = "parquet")]
use crate::geoparquet;
use crate::shapefile;
use crate::{Format, VectorError};

/// What the user says about a file beyond its path.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// The layer to read; default: the first. Files of one layer accept only its name.
    pub layer: Option<String>,
    /// CSV: the x column; default: the first of x, lon, lng, long, longitude, easting, in any case.
    pub x: Option<String>,
    /// CSV: the y column; default: the first of y, lat, latitude, northing, in any case.
    pub y: Option<String>,
    /// CSV: the WKT column; default: the first of wkt, geometry, geom, the_geom, in any case.
    pub wkt: Option<String>,
}

/// What an attribute column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Truth values.
    Bool,
    /// Integers of any width.
    Int,
    /// Floating-point or decimal numbers.
    Float,
    /// Text, dates included where the format stores them as text.
    Text,
    /// Anything else, such as binary or nested values.
    Other,
}

/// An attribute column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name as the file spells it.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Takes features one by one. [`ControlFlow::Break`] ends the reading.
pub trait Visitor {
    /// A feature. `index` counts the features of this file from 0 in file order. `geometry` is `None` for a null
    /// geometry; its coordinates have the dimension Xyz where the file gives a Z. `values` are those of the columns asked
    /// for, in that order.
    fn feature<G: GeometryTrait<T = f64>>(
        &mut self,
        index: u64,
        geometry: Option<&G>,
        values: &[Value<'_>],
    ) -> ControlFlow<()>;

    /// A feature whose geometry cannot be decoded; reading goes on with the next.
    fn malformed(&mut self, index: u64, reason: &str) -> ControlFlow<()>;
}

/// An opened vector file.
pub struct Source {
    pub(crate) file: FileName,
    pub(crate) about: About,
    pub(crate) reader: Reader,
}

/// What a file says of itself before its features are read.
pub(crate) struct About {
    pub(crate) format: Format,
    pub(crate) layer: Option<String>,
    pub(crate) other_layers: Vec<String>,
    /// `None` without a schema.
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) crs: Option<Crs>,
    pub(crate) crs_problem: Option<String>,
    pub(crate) feature_count: Option<u64>,
    pub(crate) reordered: bool,
}

impl About {
    pub(crate) fn new(format: Format) -> Self {
        About {
            format,
            layer: None,
            other_layers: Vec::new(),
            columns: None,
            crs: None,
            crs_problem: None,
            feature_count: None,
            reordered: false,
        }
    }

    /// Takes over a CRS that was found, or the reason why it was not understood.
    pub(crate) fn set_crs<E: ToString>(&mut self, crs: Result<Crs, E>) {
        match crs {
            Ok(crs) => self.crs = Some(crs),
            Err(error) => self.crs_problem = Some(error.to_string()),
        }
    }

    /// Checks the layer asked for against the one that a single-layer file has.
    pub(crate) fn set_only_layer(
        &mut self,
        name: &str,
        options: &OpenOptions,
        file: &FileName,
    ) -> Result<(), VectorError> {
        match &options.layer {
            Some(layer) if layer != name => Err(VectorError::UnknownLayer {
                file: file.0.clone(),
                layer: layer.clone(),
                layers: vec![name.to_owned()],
            }),
            _ => {
                self.layer = Some(name.to_owned());
                Ok(())
            }
        }
    }
}

pub(crate) enum Reader {
    GeoJson(geojson::Reader),
    Shapefile(shapefile::Reader),
    FlatGeobuf(flatgeobuf::Reader),
    Csv(delimited::Reader),
    #[cfg(feature = "gpkg")]
    GeoPackage(geopackage::Reader),
    #[cfg(feature = "parquet")]
    GeoParquet(geoparquet::Reader),
}

/// Opens a vector file and reads what precedes its features. `-` is GeoJSON from standard input.
///
/// # Errors
/// The file cannot be read, is of no known format, breaks its format's rules, or lacks the layer or the CSV columns
/// that `options` name.
pub fn open(path: &Path, options: &OpenOptions) -> Result<Source, VectorError> {
    let file = FileName(PathBuf::from(path));
    if path.as_os_str() == "-" {
        return geojson::open(file, Box::new(std::io::stdin()), options);
    }
    let mut input = File::open(path).map_err(|e| file.io(e))?;
    let mut head = Vec::with_capacity(HEAD);
    input.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|e| file.io(e))?;
    let format = detect(path, &head).map_err(|found| VectorError::UnknownFormat { file: file.0.clone(), found })?;
    match format {
        Format::GeoJson | Format::GeoJsonSeq => {
            let input = std::io::Cursor::new(head).chain(input);
            geojson::open(file, Box::new(input), options)
        }
        Format::Shapefile => shapefile::open(file, options),
        Format::FlatGeobuf => flatgeobuf::open(file, options),
        Format::Csv => delimited::open(file, options),
        #[cfg(feature = "gpkg")]
        Format::GeoPackage => geopackage::open(file, options),
        #[cfg(not(feature = "gpkg"))]
        Format::GeoPackage => Err(VectorError::NotCompiledIn { file: file.0, format, feature: "gpkg" }),
        #[cfg(feature = "parquet")]
        Format::GeoParquet => geoparquet::open(file, options),
        #[cfg(not(feature = "parquet"))]
        Format::GeoParquet => Err(VectorError::NotCompiledIn { file: file.0, format, feature: "parquet" }),
    }
}

impl Source {
    /// The format, recognised by content.
    pub fn format(&self) -> Format {
        self.about.format
    }

    /// The name of the layer that will be read.
    pub fn layer(&self) -> Option<&str> {
        self.about.layer.as_deref()
    }

    /// Layers with features that were not chosen; non-empty without [`OpenOptions::layer`] deserves a warning.
    pub fn other_layers(&self) -> &[String] {
        &self.about.other_layers
    }

    /// The attribute columns; `None` for GeoJSON, which has no schema. The kinds of a CSV are those of its first rows.
    pub fn columns(&self) -> Option<&[Column]> {
        self.about.columns.as_deref()
    }

    /// The coordinate reference system that the file states.
    pub fn crs(&self) -> Option<&Crs> {
        self.about.crs.as_ref()
    }

    /// Why a CRS that the file does state was not understood; [`crs`](Self::crs) is `None` then.
    pub fn crs_problem(&self) -> Option<&str> {
        self.about.crs_problem.as_deref()
    }

    /// The number of features where the file states it.
    pub fn feature_count(&self) -> Option<u64> {
        self.about.feature_count
    }

    /// Whether the writer sorted the features in space (FlatGeobuf with an index), so that file order is not the order
    /// of the original data: it matters to merges that depend on order.
    pub fn reordered(&self) -> bool {
        self.about.reordered
    }

    /// Streams all features in file order and returns how many there were. `columns` names the attributes wanted.
    ///
    /// # Errors
    /// A column that does not exist (before the first feature; for GeoJSON, which has no schema, after the last), or a
    /// file that cannot be read on, with the feature and the byte offset where they are known.
    pub fn read<V: Visitor>(self, columns: &[&str], visitor: &mut V) -> Result<u64, VectorError> {
        let Source { file, about, reader } = self;
        let wanted = match &about.columns {
            Some(known) => resolve(&file, known, columns)?,
            None => Vec::new(),
        };
        match reader {
            Reader::GeoJson(reader) => reader.read(&file, columns, visitor),
            Reader::Shapefile(reader) => reader.read(&file, &wanted, visitor),
            Reader::FlatGeobuf(reader) => reader.read(&file, &wanted, visitor),
            Reader::Csv(reader) => reader.read(&file, &wanted, visitor),
            #[cfg(feature = "gpkg")]
            Reader::GeoPackage(reader) => reader.read(&file, &wanted, visitor),
            #[cfg(feature = "parquet")]
            Reader::GeoParquet(reader) => reader.read(&file, &wanted, visitor),
        }
    }
}

impl Source {
    /// Whether [`read_rows`](Self::read_rows) reads less than everything: FlatGeobuf with an index.
    pub fn has_index(&self) -> bool {
        matches!(&self.reader, Reader::FlatGeobuf(reader) if reader.has_index())
    }

    /// Like [`read`](Self::read), but leaves out features of which the file's spatial index says that they lie above or
    /// below the range of y; all features of a file without an index.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_rows<V: Visitor>(self, y: [f64; 2], columns: &[&str], visitor: &mut V) -> Result<u64, VectorError> {
        match self {
            Source { file, about: About { columns: Some(known), .. }, reader: Reader::FlatGeobuf(reader) } => {
                reader.read_rows(&file, &resolve(&file, &known, columns)?, y, visitor)
            }
            other => other.read(columns, visitor),
        }
    }
}

/// Indices into `known` of the columns `wanted`.
fn resolve(file: &FileName, known: &[Column], wanted: &[&str]) -> Result<Vec<usize>, VectorError> {
    wanted
        .iter()
        .map(|name| {
            known.iter().position(|column| column.name == *name).ok_or_else(|| VectorError::UnknownColumn {
                file: file.0.clone(),
                column: (*name).to_owned(),
                columns: known.iter().map(|column| column.name.clone()).collect(),
            })
        })
        .collect()
}
