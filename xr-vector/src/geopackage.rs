//! GeoPackage: SQLite tables whose geometry column holds WKB behind a short header.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use xr_core::Value;
use xr_crs::Crs;

use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer};
use crate::scalar::Scalar;
use crate::source::{About, Reader as AnyReader};
use crate::wkb;
use crate::{Column, ColumnKind, Format, OpenOptions, Source, VectorError, Visitor};

pub(crate) struct Reader {
    connection: Connection,
    table: String,
    geometry: String,
    columns: Vec<Column>,
}

/// A row of `gpkg_geometry_columns`.
struct Layer {
    table: String,
    geometry: String,
    srs: i64,
}

pub(crate) fn open(file: FileName, options: &OpenOptions) -> Result<Source, VectorError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = |error: rusqlite::Error| file.corrupt(None, None, error);
    let connection = Connection::open_with_flags(&file.0, flags).map_err(sql)?;
    let mut layers =
        layers(&connection).map_err(|e| file.corrupt(None, None, format!("not a readable GeoPackage: {e}")))?;
    let names: Vec<String> = layers.iter().map(|layer| layer.table.clone()).collect();
    let chosen = match &options.layer {
        Some(name) => names.iter().position(|layer| layer == name).ok_or_else(|| VectorError::UnknownLayer {
            file: file.0.clone(),
            layer: name.clone(),
            layers: names,
        })?,
        None if layers.is_empty() => return Err(file.unsupported("the GeoPackage has no layer of features")),
        None => 0,
    };
    let Layer { table, geometry, srs } = layers.remove(chosen);
    let mut about = About::new(Format::GeoPackage);
    about.other_layers = layers.into_iter().map(|layer| layer.table).collect();
    about.layer = Some(table.clone());
    set_crs(&connection, srs, &mut about).map_err(sql)?;
    let columns = columns(&connection, &table, &geometry).map_err(sql)?;
    about.columns = Some(columns.clone());
    let count = format!("SELECT count(*) FROM {}", quoted(&table));
    let count: i64 = connection.query_row(&count, [], |row| row.get(0)).map_err(sql)?;
    about.feature_count = u64::try_from(count).ok();
    let reader = Reader { connection, table, geometry, columns };
    Ok(Source { file, about, reader: AnyReader::GeoPackage(reader) })
}

fn layers(connection: &Connection) -> rusqlite::Result<Vec<Layer>> {
    let mut statement = connection.prepare(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c \
         JOIN gpkg_geometry_columns g ON g.table_name = c.table_name WHERE c.data_type = 'features' ORDER BY c.rowid",
    )?;
    let rows =
        statement.query_map([], |row| Ok(Layer { table: row.get(0)?, geometry: row.get(1)?, srs: row.get(2)? }))?;
    rows.collect()
}

fn set_crs(connection: &Connection, srs: i64, about: &mut About) -> rusqlite::Result<()> {
    const UNDEFINED: [i64; 2] = [-1, 0];
    if UNDEFINED.contains(&srs) {
        return Ok(());
    }
    let row = connection
        .query_row(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
            [srs],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)),
        )
        .optional()?;
    match row {
        None => about.crs_problem = Some(format!("srs_id {srs} is not in gpkg_spatial_ref_sys")),
        Some((organization, code, wkt)) => {
            let code = u32::try_from(code).ok().filter(|_| organization.eq_ignore_ascii_case("EPSG"));
            about.set_crs(match code {
                Some(code) => Crs::from_epsg(code).or_else(|_| Crs::from_wkt(&wkt)),
                None => Crs::from_wkt(&wkt),
            });
        }
    }
    Ok(())
}

fn columns(connection: &Connection, table: &str, geometry: &str) -> rusqlite::Result<Vec<Column>> {
    let mut statement = connection.prepare("SELECT name, type FROM pragma_table_info(?1)")?;
    let rows = statement.query_map([table], |row| {
        let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(Column { name, kind: kind(&declared) })
    })?;
    rows.filter(|column| !column.as_ref().is_ok_and(|column| column.name.eq_ignore_ascii_case(geometry))).collect()
}

/// The kind of a declared type, such as `TEXT(20)`.
fn kind(declared: &str) -> ColumnKind {
    match declared.split('(').next().unwrap_or_default().trim().to_ascii_uppercase().as_str() {
        "BOOLEAN" => ColumnKind::Bool,
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "INTEGER" | "BIGINT" => ColumnKind::Int,
        "FLOAT" | "DOUBLE" | "REAL" | "NUMERIC" => ColumnKind::Float,
        "TEXT" | "DATE" | "DATETIME" | "VARCHAR" => ColumnKind::Text,
        _ => ColumnKind::Other,
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

impl Reader {
    pub(crate) fn read<V: Visitor>(
        self,
        file: &FileName,
        wanted: &[usize],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let mut select = format!("SELECT {}", quoted(&self.geometry));
        for &column in wanted {
            select.push_str(", ");
            select.push_str(&quoted(&self.columns[column].name));
        }
        select.push_str(" FROM ");
        select.push_str(&quoted(&self.table));
        let mut statement = self.connection.prepare(&select).map_err(|e| file.corrupt(None, None, e))?;
        let mut rows = statement.query([]).map_err(|e| file.corrupt(None, None, e))?;
        let mut buffer = GeometryBuffer::default();
        let mut index = 0;
        while let Some(row) = rows.next().map_err(|e| file.corrupt(index, None, e))? {
            let scalars = self.attributes(row, wanted).map_err(|e| file.corrupt(index, None, e))?;
            let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
            let blob = row.get_ref(0).map_err(|e| file.corrupt(index, None, e))?;
            let flow = match geometry_wkb(blob) {
                Ok(None) => visitor.feature(index, None::<&Geometry<'_>>, &values),
                Ok(Some(bytes)) => {
                    buffer.clear();
                    match wkb::decode(bytes, &mut buffer) {
                        Ok(part) => visitor.feature(index, Some(&buffer.geometry(part)), &values),
                        Err(reason) => visitor.malformed(index, &reason),
                    }
                }
                Err(reason) => visitor.malformed(index, &reason),
            };
            index += 1;
            if flow.is_break() {
                break;
            }
        }
        Ok(index)
    }

    fn attributes<'r>(&self, row: &'r Row<'_>, wanted: &[usize]) -> rusqlite::Result<Vec<Scalar<'r>>> {
        let scalar = |(i, &column): (usize, &usize)| {
            Ok(match row.get_ref(i + 1)? {
                ValueRef::Null | ValueRef::Blob(_) => Scalar::Null,
                ValueRef::Integer(value) if self.columns[column].kind == ColumnKind::Bool => Scalar::Bool(value != 0),
                ValueRef::Integer(value) => Scalar::Int(value),
                ValueRef::Real(value) => Scalar::Float(value),
                ValueRef::Text(text) => Scalar::Text(String::from_utf8_lossy(text)),
            })
        };
        wanted.iter().enumerate().map(scalar).collect()
    }
}

/// The WKB in a geometry blob, `None` for a null or empty geometry.
/// Layout: "GP", version, flags, srs_id, envelope, WKB (GeoPackage 1.3, clause 2.1.3).
fn geometry_wkb(value: ValueRef<'_>) -> Result<Option<&[u8]>, String> {
    const FIXED: usize = 8;
    const EMPTY: u8 = 1 << 4;
    const EXTENDED: u8 = 1 << 5;
    let blob = match value {
        ValueRef::Null => return Ok(None),
        ValueRef::Blob(blob) => blob,
        _ => return Err("the geometry column holds no blob".into()),
    };
    let Some(&[b'G', b'P', _, flags]) = blob.first_chunk() else {
        return Err("the geometry blob does not start with GP".into());
    };
    if flags & EXTENDED != 0 {
        return Err("extended geometry encodings are not supported".into());
    }
    if flags & EMPTY != 0 {
        return Ok(None);
    }
    let envelope = match flags >> 1 & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => return Err(format!("invalid envelope code {other} in the geometry header")),
    };
    blob.get(FIXED + envelope..).map(Some).ok_or_else(|| "the geometry blob ends within its header".into())
}
