//! GeoParquet: a WKB column, described by the `geo` entry of the file's metadata.

mod attribute;
mod metadata;

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use xr_core::Value;

use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer};
use crate::scalar::Scalar;
use crate::source::{About, Reader as AnyReader};
use crate::wkb;
use crate::{Column, Format, OpenOptions, Source, VectorError, Visitor};
use attribute::{Attribute, kind};

/// Rows decoded at a time.
const BATCH: usize = 2048;

pub(crate) struct Reader {
    input: File,
    metadata: ArrowReaderMetadata,
    /// Root column of the geometry.
    geometry: usize,
    /// Root column of each attribute.
    roots: Vec<usize>,
}

pub(crate) fn open(file: FileName, options: &OpenOptions) -> Result<Source, VectorError> {
    let input = File::open(&file.0).map_err(|e| file.io(e))?;
    // The writer's Arrow schema would only add views and dictionaries of the same values.
    let arrow = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&input, arrow).map_err(|e| file.corrupt(None, None, e))?;
    let mut about = About::new(Format::GeoParquet);
    let stem = file.0.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    about.set_only_layer(&stem, options, &file)?;
    let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let primary = metadata::apply(&file, metadata.metadata().file_metadata(), &names, &mut about)?;
    let geometry = names.iter().position(|name| *name == primary).ok_or_else(|| {
        file.corrupt(None, None, format!("the metadata names a geometry column \"{primary}\" that does not exist"))
    })?;
    let roots: Vec<usize> = (0..names.len()).filter(|&root| root != geometry).collect();
    let column = |&root: &usize| {
        let field = metadata.schema().field(root);
        Column { name: field.name().clone(), kind: kind(field.data_type()) }
    };
    about.columns = Some(roots.iter().map(column).collect());
    about.feature_count = u64::try_from(metadata.metadata().file_metadata().num_rows()).ok();
    let reader = Reader { input, metadata, geometry, roots };
    Ok(Source { file, about, reader: AnyReader::GeoParquet(reader) })
}

impl Reader {
    pub(crate) fn read<V: Visitor>(
        self,
        file: &FileName,
        wanted: &[usize],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let wanted: Vec<usize> = wanted.iter().map(|&column| self.roots[column]).collect();
        let mask = ProjectionMask::roots(
            self.metadata.metadata().file_metadata().schema_descr(),
            wanted.iter().copied().chain([self.geometry]),
        );
        // A projection keeps the file's order of columns.
        let position = |root: usize| {
            let mut before: Vec<usize> = wanted.iter().copied().chain([self.geometry]).filter(|&r| r < root).collect();
            before.sort_unstable();
            before.dedup();
            before.len()
        };
        let geometry = position(self.geometry);
        let wanted: Vec<usize> = wanted.iter().map(|&root| position(root)).collect();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.input, self.metadata)
            .with_projection(mask)
            .with_batch_size(BATCH);
        let mut batches = guarded(file, None, || builder.build())?.map_err(|e| file.corrupt(None, None, e))?;
        let mut index = 0;
        while let Some(batch) = guarded(file, index, || batches.next())? {
            let batch = batch.map_err(|e| file.corrupt(index, None, e))?;
            if deliver(file, &batch, geometry, &wanted, &mut index, visitor)? {
                break;
            }
        }
        Ok(index)
    }
}

/// Runs a call of the parquet library, which asserts its way through damaged data in places.
fn guarded<T>(file: &FileName, feature: impl Into<Option<u64>>, call: impl FnOnce() -> T) -> Result<T, VectorError> {
    // A reader that panicked is not used again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call))
        .map_err(|_| file.corrupt(feature, None, "the data pages are damaged"))
}

/// Hands the rows of a batch over; true if the visitor has had enough.
fn deliver<V: Visitor>(
    file: &FileName,
    batch: &RecordBatch,
    geometry: usize,
    wanted: &[usize],
    index: &mut u64,
    visitor: &mut V,
) -> Result<bool, VectorError> {
    let attributes = wanted
        .iter()
        .map(|&column| {
            Attribute::new(batch.column(column)).map_err(|found| {
                let schema = batch.schema();
                file.unsupported(format!("column \"{}\" of type {found} is no scalar", schema.field(column).name()))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let Some(geometries) = batch.column(geometry).as_binary_opt::<i32>() else {
        return Err(file.unsupported("the geometry column is not binary; only WKB is supported"));
    };
    let mut buffer = GeometryBuffer::default();
    for row in 0..batch.num_rows() {
        let scalars: Vec<Scalar<'_>> = attributes.iter().map(|attribute| attribute.scalar(row)).collect();
        let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
        buffer.clear();
        let flow = match geometries.is_valid(row).then(|| wkb::decode(geometries.value(row), &mut buffer)) {
            None => visitor.feature(*index, None::<&Geometry<'_>>, &values),
            Some(Ok(part)) => visitor.feature(*index, Some(&buffer.geometry(part)), &values),
            Some(Err(reason)) => visitor.malformed(*index, &reason),
        };
        *index += 1;
        if flow.is_break() {
            return Ok(true);
        }
    }
    Ok(false)
}
