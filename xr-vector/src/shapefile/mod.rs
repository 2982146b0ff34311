//! ESRI Shapefile: geometry (`.shp`), attributes (`.dbf`), CRS (`.prj`) and text encoding (`.cpg`).

mod dbf;
mod shp;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use xr_core::Value;
use xr_crs::Crs;

use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer};
use crate::scalar::Scalar;
use crate::source::{About, Reader as AnyReader};
use crate::{Format, OpenOptions, Source, VectorError, Visitor};
use dbf::Table;
use shp::{Record, Shapes};

pub(crate) struct Reader {
    shapes: Shapes,
    table: Option<Table>,
}

pub(crate) fn open(file: FileName, options: &OpenOptions) -> Result<Source, VectorError> {
    let shapes = Shapes::open(&file)?;
    let mut about = About::new(Format::Shapefile);
    let stem = file.0.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    about.set_only_layer(&stem, options, &file)?;
    if let Some(path) = side_file(&file.0, "prj") {
        match fs::read(&path) {
            Ok(wkt) => about.set_crs(Crs::from_wkt(&String::from_utf8_lossy(&wkt))),
            Err(error) => about.crs_problem = Some(format!("{}: {error}", path.display())),
        }
    }
    let label = side_file(&file.0, "cpg").and_then(|path| fs::read_to_string(path).ok());
    let table = match side_file(&file.0, "dbf") {
        Some(path) => Some(Table::open(FileName(path), label.as_deref())?),
        None => None,
    };
    about.columns = Some(table.as_ref().map_or_else(Vec::new, Table::columns));
    about.feature_count = table.as_ref().map(Table::records);
    Ok(Source { file, about, reader: AnyReader::Shapefile(Reader { shapes, table }) })
}

/// The side file with `extension` in lower or upper case, if there is one.
fn side_file(shp: &Path, extension: &str) -> Option<PathBuf> {
    [extension.to_owned(), extension.to_ascii_uppercase()]
        .iter()
        .map(|extension| shp.with_extension(extension))
        .find(|path| path.is_file())
}

impl Reader {
    pub(crate) fn read<V: Visitor>(
        mut self,
        file: &FileName,
        wanted: &[usize],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let mut buffer = GeometryBuffer::default();
        let mut index = 0;
        while let Some(record) = self.shapes.next_record(file, index, &mut buffer)? {
            let scalars = match &mut self.table {
                Some(table) => table.next_record(index, wanted)?,
                None => Some(Vec::new()),
            };
            let flow = match (&scalars, record) {
                // Marked as deleted in the table.
                (None, _) => ControlFlow::Continue(()),
                (_, Record::Malformed(reason)) => visitor.malformed(index, &reason),
                (Some(scalars), Record::Shape(part)) => {
                    let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
                    visitor.feature(index, Some(&buffer.geometry(part)), &values)
                }
                (Some(scalars), Record::Null) => {
                    let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
                    visitor.feature(index, None::<&Geometry<'_>>, &values)
                }
            };
            index += 1;
            if flow.is_break() {
                break;
            }
        }
        Ok(index)
    }
}
