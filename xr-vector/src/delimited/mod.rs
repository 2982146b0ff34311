//! CSV and its relatives: a header line, then features whose geometry is a WKT column or two coordinate columns.

mod kinds;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, Position, ReaderBuilder};
use rayon::prelude::*;
use xr_core::Value;

use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer, Kind, Part};
use crate::scalar::Scalar;
use crate::source::{About, Reader as AnyReader};
use crate::wkt;
use crate::{Column, Format, OpenOptions, Source, VectorError, Visitor};
use kinds::{guess_kinds, scalar};

/// Rows and bytes of text parsed at a time.
const BATCH_ROWS: usize = 4096;
const BATCH_BYTES: usize = 8 << 20;

pub(crate) struct Reader {
    input: csv::Reader<File>,
    columns: Vec<Column>,
    geometry: GeometryColumns,
}

/// Which columns hold the geometry.
#[derive(Clone, Copy)]
enum GeometryColumns {
    Wkt(usize),
    Xy(usize, usize),
}

pub(crate) fn open(file: FileName, options: &OpenOptions) -> Result<Source, VectorError> {
    let delimiter = delimiter(&file)?;
    let read = || -> Result<_, VectorError> {
        let input = File::open(&file.0).map_err(|e| file.io(e))?;
        Ok(ReaderBuilder::new().delimiter(delimiter).buffer_capacity(1 << 20).from_reader(input))
    };
    let mut input = read()?;
    let headers = input.byte_headers().map_err(|e| broken(&file, 0, &e))?;
    let names: Vec<String> = headers.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let geometry = geometry_columns(&file, &names, options)?;
    let kinds = guess_kinds(read()?, names.len());
    let columns: Vec<Column> = names.into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect();
    let mut about = About::new(Format::Csv);
    let stem = file.0.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    about.set_only_layer(&stem, options, &file)?;
    about.columns = Some(columns.clone());
    Ok(Source { file, about, reader: AnyReader::Csv(Reader { input, columns, geometry }) })
}

/// The delimiter that occurs most in the header line.
fn delimiter(file: &FileName) -> Result<u8, VectorError> {
    let mut header = Vec::new();
    let input = BufReader::new(File::open(&file.0).map_err(|e| file.io(e))?);
    input.take(1 << 16).read_until(b'\n', &mut header).map_err(|e| file.io(e))?;
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, &header).count();
    // The last of equals wins, so the comma comes last.
    Ok(*b"|\t;,".iter().max_by_key(|delimiter| count(**delimiter)).unwrap_or(&b','))
}

fn geometry_columns(file: &FileName, names: &[String], options: &OpenOptions) -> Result<GeometryColumns, VectorError> {
    let named = |name: &String| {
        names.iter().position(|column| column == name).ok_or_else(|| VectorError::UnknownColumn {
            file: file.0.clone(),
            column: name.clone(),
            columns: names.to_vec(),
        })
    };
    let usual =
        |usual: &[&str]| usual.iter().find_map(|usual| names.iter().position(|name| name.eq_ignore_ascii_case(usual)));
    let x = options.x.as_ref().map(named).transpose()?;
    let y = options.y.as_ref().map(named).transpose()?;
    if let Some(wkt) = &options.wkt {
        return named(wkt).map(GeometryColumns::Wkt);
    }
    if x.is_none()
        && y.is_none()
        && let Some(wkt) = usual(&["wkt", "geometry", "geom", "the_geom"])
    {
        return Ok(GeometryColumns::Wkt(wkt));
    }
    let x = x.or_else(|| usual(&["x", "lon", "lng", "long", "longitude", "easting"]));
    let y = y.or_else(|| usual(&["y", "lat", "latitude", "northing"]));
    match (x, y) {
        (Some(x), Some(y)) => Ok(GeometryColumns::Xy(x, y)),
        _ => Err(file.unsupported(format!(
            "no column of WKT and no two of coordinates are recognised among {}; name the x and y columns",
            names.join(", ")
        ))),
    }
}

fn broken(file: &FileName, index: u64, error: &csv::Error) -> VectorError {
    file.corrupt(index, error.position().map(Position::byte), error)
}

impl Reader {
    pub(crate) fn read<V: Visitor>(
        mut self,
        file: &FileName,
        wanted: &[usize],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let mut rows: Vec<ByteRecord> = Vec::new();
        let mut buffers: Vec<GeometryBuffer> = Vec::new();
        let mut index = 0;
        loop {
            // Rows before a broken one are still delivered.
            let (count, end) = self.fill(&mut rows);
            let group = count.div_ceil(4 * rayon::current_num_threads()).max(1);
            buffers.resize_with(buffers.len().max(count.div_ceil(group)), GeometryBuffer::default);
            let parsed: Vec<Vec<RowGeometry>> = rows[..count]
                .par_chunks(group)
                .zip(&mut buffers)
                .map(|(rows, buffer)| {
                    buffer.clear();
                    rows.iter().map(|row| row_geometry(row, self.geometry, buffer)).collect()
                })
                .collect();
            let geometries = parsed.iter().zip(&buffers).flat_map(|(group, buffer)| {
                group.iter().map(move |part| part.as_ref().map(|part| part.map(|part| buffer.geometry(part))))
            });
            for (row, geometry) in rows.iter().zip(geometries) {
                let scalars: Vec<Scalar<'_>> =
                    wanted.iter().map(|&i| scalar(row.get(i).unwrap_or_default(), self.columns[i].kind)).collect();
                let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
                let flow = match geometry {
                    Ok(geometry) => visitor.feature::<Geometry<'_>>(index, geometry.as_ref(), &values),
                    Err(reason) => visitor.malformed(index, reason),
                };
                index += 1;
                if flow.is_break() {
                    return Ok(index);
                }
            }
            match end {
                Ok(true) => {}
                Ok(false) => return Ok(index),
                Err(error) => return Err(broken(file, index, &error)),
            }
        }
    }

    /// Reads a batch of rows; also says whether more may follow.
    fn fill(&mut self, rows: &mut Vec<ByteRecord>) -> (usize, csv::Result<bool>) {
        let mut bytes = 0;
        for count in 0..BATCH_ROWS {
            if bytes >= BATCH_BYTES {
                return (count, Ok(true));
            }
            if count == rows.len() {
                rows.push(ByteRecord::new());
            }
            match self.input.read_byte_record(&mut rows[count]) {
                Ok(true) => bytes += rows[count].as_slice().len(),
                Ok(false) => return (count, Ok(false)),
                Err(error) => return (count, Err(error)),
            }
        }
        (BATCH_ROWS, Ok(true))
    }
}

/// `None` is a null geometry.
type RowGeometry = Result<Option<Part>, String>;

fn row_geometry(row: &ByteRecord, columns: GeometryColumns, buffer: &mut GeometryBuffer) -> RowGeometry {
    let cell = |column| String::from_utf8_lossy(row.get(column).unwrap_or_default().trim_ascii());
    match columns {
        GeometryColumns::Wkt(column) => match cell(column) {
            text if text.is_empty() => Ok(None),
            text => wkt::parse(&text, buffer).map(Some),
        },
        GeometryColumns::Xy(x, y) => match (cell(x), cell(y)) {
            (x, y) if x.is_empty() && y.is_empty() => Ok(None),
            (x, y) => {
                let start = buffer.positions();
                buffer.push_position(coordinate("x", &x)?, coordinate("y", &y)?);
                Ok(Some(Part { kind: Kind::Point, start, end: start + 1 }))
            }
        },
    }
}

fn coordinate(axis: &str, text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{axis} is \"{text}\", not a number"))
}
