//! FlatGeobuf: framing is read here, so that a truncated file is told with its byte offset; tables are verified and read
//! by the `flatgeobuf` crate.

mod index;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use flatgeobuf::packed_r_tree::PackedRTree;
use flatgeobuf::{
    ColumnType, Feature, Geometry as FgbGeometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};
use xr_core::Value;
use xr_crs::Crs;

use self::index::{Index, NODE};
use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer, Kind, MAX_DEPTH, Part};
use crate::scalar::Scalar;
use crate::source::{About, Reader as AnyReader};
use crate::{Column, ColumnKind, Format, OpenOptions, Source, VectorError, Visitor};

const MAGIC: usize = 8;

pub(crate) struct Reader {
    input: BufReader<File>,
    /// Where the input stands, and where the file ends.
    at: u64,
    end: u64,
    columns: Vec<ColumnType>,
    /// [`GeometryType::Unknown`] where features differ.
    kind: GeometryType,
    /// `None`: until the end of the file.
    count: Option<u64>,
    index: Option<Index>,
}

pub(crate) fn open(file: FileName, options: &OpenOptions) -> Result<Source, VectorError> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(&file.0).map_err(|e| file.io(e))?);
    let end = input.get_ref().metadata().map_err(|e| file.io(e))?.len();
    let mut at = input.seek(SeekFrom::Start(MAGIC as u64)).map_err(|e| file.io(e))?;
    let mut bytes = Vec::new();
    if !read_prefixed(&file, &mut input, &mut at, end, None, &mut bytes)? {
        return Err(file.corrupt(None, at, "the file ends before its header"));
    }
    let header = size_prefixed_root_as_header(&bytes).map_err(|e| file.corrupt(None, MAGIC as u64, e))?;
    let mut about = About::new(Format::FlatGeobuf);
    let stem = file.0.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let name = header.name().filter(|name| !name.is_empty());
    about.set_only_layer(name.unwrap_or(&stem), options, &file)?;
    about.columns = Some(columns(&header));
    about.feature_count = Some(header.features_count()).filter(|&count| count > 0);
    about.reordered = header.index_node_size() > 0 && header.features_count() > 0;
    set_crs(&header, &mut about);
    let index_bytes = index_size(&header, end)
        .ok_or_else(|| file.corrupt(None, MAGIC as u64, "the header asks for an index larger than the file"))?;
    let index = (index_bytes > 0).then_some(Index {
        start: at,
        features: header.features_count(),
        node_size: header.index_node_size().into(),
    });
    at = input.seek(SeekFrom::Start(at + index_bytes)).map_err(|e| file.io(e))?;
    let reader = Reader {
        input,
        at,
        end,
        columns: header.columns().into_iter().flatten().map(|column| column.type_()).collect(),
        kind: header.geometry_type(),
        count: about.feature_count,
        index,
    };
    Ok(Source { file, about, reader: AnyReader::FlatGeobuf(reader) })
}

fn columns(header: &Header<'_>) -> Vec<Column> {
    let kind = |column| match column {
        ColumnType::Bool => ColumnKind::Bool,
        ColumnType::Float | ColumnType::Double => ColumnKind::Float,
        ColumnType::String | ColumnType::Json | ColumnType::DateTime => ColumnKind::Text,
        ColumnType::Binary => ColumnKind::Other,
        _ => ColumnKind::Int,
    };
    let columns = header.columns().into_iter().flatten();
    columns.map(|column| Column { name: column.name().to_owned(), kind: kind(column.type_()) }).collect()
}

fn set_crs(header: &Header<'_>, about: &mut About) {
    let Some(crs) = header.crs() else { return };
    let epsg = crs.org().is_none_or(|org| org.is_empty() || org.eq_ignore_ascii_case("EPSG"));
    let code = u32::try_from(crs.code()).ok().filter(|&code| code > 0 && epsg);
    match (code, crs.wkt().filter(|wkt| !wkt.is_empty())) {
        (Some(code), None) => about.set_crs(Crs::from_epsg(code)),
        (Some(code), Some(wkt)) => about.set_crs(Crs::from_epsg(code).or_else(|_| Crs::from_wkt(wkt))),
        (None, Some(wkt)) => about.set_crs(Crs::from_wkt(wkt)),
        (None, None) => {}
    }
}

/// Bytes of the spatial index, `None` if a file of `end` bytes cannot hold it.
fn index_size(header: &Header<'_>, end: u64) -> Option<u64> {
    let (count, node_size) = (header.features_count(), header.index_node_size());
    match (count, node_size) {
        (0, _) | (_, 0) => Some(0),
        (_, 1) => None,
        _ if count > end / NODE => None,
        _ => Some(PackedRTree::index_size(count as usize, node_size) as u64).filter(|&size| size <= end),
    }
}

/// Reads a size-prefixed table, prefix included. False at the end of the file.
fn read_prefixed(
    file: &FileName,
    input: &mut impl Read,
    at: &mut u64,
    end: u64,
    feature: Option<u64>,
    bytes: &mut Vec<u8>,
) -> Result<bool, VectorError> {
    if *at >= end {
        return Ok(false);
    }
    let truncated = || file.corrupt(feature, *at, "the file ends within the table that starts here (truncated?)");
    if end - *at < 4 {
        return Err(truncated());
    }
    let mut prefix = [0; 4];
    input.read_exact(&mut prefix).map_err(|e| file.io(e))?;
    let size = u32::from_le_bytes(prefix);
    if u64::from(size) > end - *at - 4 {
        return Err(truncated());
    }
    if size < 8 {
        return Err(file.corrupt(feature, *at, "a table of less than 8 bytes"));
    }
    bytes.clear();
    bytes.extend(prefix);
    bytes.resize(4 + size as usize, 0);
    input.read_exact(&mut bytes[4..]).map_err(|e| file.io(e))?;
    *at += 4 + u64::from(size);
    Ok(true)
}

/// What is used again for each feature.
#[derive(Default)]
struct Buffers {
    bytes: Vec<u8>,
    geometry: GeometryBuffer,
}

impl Reader {
    pub(crate) fn has_index(&self) -> bool {
        self.index.is_some()
    }

    pub(crate) fn read<V: Visitor>(
        mut self,
        file: &FileName,
        wanted: &[usize],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let mut buffers = Buffers::default();
        let mut index = 0;
        while self.count.is_none_or(|count| index < count) {
            let start = self.at;
            match self.feature(file, index, wanted, &mut buffers, visitor)? {
                Some(flow) => {
                    index += 1;
                    if flow.is_break() {
                        break;
                    }
                }
                None => match self.count {
                    Some(count) => {
                        let reason = format!("the file ends here, but its header promises {count} features");
                        return Err(file.corrupt(index, start, reason));
                    }
                    None => break,
                },
            }
        }
        Ok(index)
    }

    /// Reads the features whose boxes in the index meet the rows, and returns how many there were. All features without
    /// an index.
    pub(crate) fn read_rows<V: Visitor>(
        mut self,
        file: &FileName,
        wanted: &[usize],
        rows: [f64; 2],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let Some(index) = self.index else { return self.read(file, wanted, visitor) };
        let first = self.at;
        let hits = index.search(&mut self.input, rows).map_err(|e| file.io(e))?;
        self.at = self.input.seek(SeekFrom::Start(first)).map_err(|e| file.io(e))?;
        let mut buffers = Buffers::default();
        for hit in &hits {
            let start = first.saturating_add(hit.offset);
            let outside = || file.corrupt(hit.feature, start, "the spatial index points beyond the file");
            if start >= self.end {
                return Err(outside());
            }
            self.input.seek_relative(start as i64 - self.at as i64).map_err(|e| file.io(e))?;
            self.at = start;
            match self.feature(file, hit.feature, wanted, &mut buffers, visitor)? {
                Some(flow) if flow.is_break() => break,
                Some(_) => {}
                None => return Err(outside()),
            }
        }
        Ok(hits.len() as u64)
    }

    /// Reads the feature at hand; `None` at the end of the file.
    fn feature<V: Visitor>(
        &mut self,
        file: &FileName,
        index: u64,
        wanted: &[usize],
        Buffers { bytes, geometry: buffer }: &mut Buffers,
        visitor: &mut V,
    ) -> Result<Option<ControlFlow<()>>, VectorError> {
        let start = self.at;
        if !read_prefixed(file, &mut self.input, &mut self.at, self.end, Some(index), bytes)? {
            return Ok(None);
        }
        let feature = size_prefixed_root_as_feature(bytes).map_err(|e| file.corrupt(index, start, e))?;
        let scalars = self.properties(&feature, wanted).map_err(|reason| file.corrupt(index, start, reason))?;
        let values: Vec<Value<'_>> = scalars.iter().map(Scalar::value).collect();
        buffer.clear();
        Ok(Some(match feature.geometry().map(|geometry| decode(&geometry, self.kind, buffer, 0)) {
            Some(Ok(part)) => visitor.feature(index, Some(&buffer.geometry(part)), &values),
            Some(Err(reason)) => visitor.malformed(index, &reason),
            None => visitor.feature(index, None::<&Geometry<'_>>, &values),
        }))
    }

    /// The wanted attributes. Absent ones are null: the format stores no nulls.
    fn properties<'f>(&self, feature: &Feature<'f>, wanted: &[usize]) -> Result<Vec<Scalar<'f>>, String> {
        let mut values = vec![Scalar::Null; wanted.len()];
        if wanted.is_empty() {
            return Ok(values);
        }
        let mut rest = feature.properties().map_or(&[][..], |bytes| bytes.bytes());
        // Some writers leave a stray byte behind.
        while rest.len() >= 2 {
            let column = usize::from(u16::from_le_bytes(take(&mut rest)?));
            let kind = *self
                .columns
                .get(column)
                .ok_or_else(|| format!("an attribute of column {column}, which is not in the header"))?;
            let value = property(kind, &mut rest)?;
            for (slot, _) in values.iter_mut().zip(wanted).filter(|(_, wanted)| **wanted == column) {
                slot.clone_from(&value);
            }
        }
        Ok(values)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or("the attributes end too early")?;
    *rest = tail;
    Ok(*head)
}

fn property<'f>(kind: ColumnType, rest: &mut &'f [u8]) -> Result<Scalar<'f>, String> {
    Ok(match kind {
        ColumnType::Byte => Scalar::Int(i8::from_le_bytes(take(rest)?).into()),
        ColumnType::UByte => Scalar::Int(u8::from_le_bytes(take(rest)?).into()),
        ColumnType::Bool => Scalar::Bool(take::<1>(rest)? != [0]),
        ColumnType::Short => Scalar::Int(i16::from_le_bytes(take(rest)?).into()),
        ColumnType::UShort => Scalar::Int(u16::from_le_bytes(take(rest)?).into()),
        ColumnType::Int => Scalar::Int(i32::from_le_bytes(take(rest)?).into()),
        ColumnType::UInt => Scalar::Int(u32::from_le_bytes(take(rest)?).into()),
        ColumnType::Long => Scalar::Int(i64::from_le_bytes(take(rest)?)),
        ColumnType::ULong => u64::from_le_bytes(take(rest)?).into(),
        ColumnType::Float => Scalar::Float(f32::from_le_bytes(take(rest)?).into()),
        ColumnType::Double => Scalar::Float(f64::from_le_bytes(take(rest)?)),
        ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
            let length = u32::from_le_bytes(take(rest)?) as usize;
            let (bytes, tail) = rest.split_at_checked(length).ok_or("an attribute is longer than its feature")?;
            *rest = tail;
            if kind == ColumnType::Binary { Scalar::Null } else { Scalar::Text(String::from_utf8_lossy(bytes)) }
        }
        other => return Err(format!("an attribute of unknown type {}", other.0)),
    })
}

/// Appends a geometry to the buffer. `kind` is the header's, or that of a member.
fn decode(
    geometry: &FgbGeometry<'_>,
    kind: GeometryType,
    buffer: &mut GeometryBuffer,
    depth: usize,
) -> Result<Part, String> {
    let kind = if kind == GeometryType::Unknown { geometry.type_() } else { kind };
    let kind = match kind {
        GeometryType::Point => Kind::Point,
        GeometryType::LineString => Kind::LineString,
        GeometryType::Polygon => Kind::Polygon,
        GeometryType::MultiPoint => Kind::MultiPoint,
        GeometryType::MultiLineString => Kind::MultiLineString,
        GeometryType::MultiPolygon => Kind::MultiPolygon,
        GeometryType::GeometryCollection => Kind::Collection,
        other => {
            let name = other.variant_name().map_or_else(|| Cow::Owned(other.0.to_string()), Cow::Borrowed);
            return Err(format!("geometries of type {name} are not supported"));
        }
    };
    let parts = || geometry.parts().into_iter().flatten();
    let (start, end) = match kind {
        Kind::Point | Kind::LineString | Kind::MultiPoint => positions(geometry, buffer)?,
        Kind::Polygon | Kind::MultiLineString => rings(geometry, buffer)?,
        Kind::MultiPolygon => {
            let start = buffer.polygons();
            for part in parts() {
                let (first, last) = rings(&part, buffer)?;
                buffer.push_polygon(first..last);
            }
            (start, buffer.polygons())
        }
        Kind::Collection if depth == MAX_DEPTH => {
            return Err(format!("geometry collections nested deeper than {MAX_DEPTH}"));
        }
        Kind::Collection => {
            let members: Result<Vec<Part>, String> =
                parts().map(|part| decode(&part, GeometryType::Unknown, buffer, depth + 1)).collect();
            return Ok(buffer.push_collection(&members?));
        }
    };
    Ok(Part { kind, start, end })
}

fn positions(geometry: &FgbGeometry<'_>, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
    let start = buffer.positions();
    let bytes = geometry.xy().map_or(&[][..], |xy| xy.bytes());
    if !bytes.len().is_multiple_of(16) {
        return Err("an odd number of coordinates".into());
    }
    buffer.push_le_positions(bytes);
    if let Some(z) = geometry.z().filter(|z| !z.is_empty()) {
        if z.len() != buffer.positions() - start {
            return Err(format!("{} Z for {} positions", z.len(), buffer.positions() - start));
        }
        buffer.set_z(start, z.iter());
    }
    Ok((start, buffer.positions()))
}

/// Rings or lines: `ends` counts positions; without it there is one.
fn rings(geometry: &FgbGeometry<'_>, buffer: &mut GeometryBuffer) -> Result<(usize, usize), String> {
    let (start, end) = positions(geometry, buffer)?;
    let first = buffer.rings();
    match geometry.ends().filter(|ends| !ends.is_empty()) {
        None if start < end => buffer.push_ring(start..end),
        None => {}
        Some(ends) => {
            let mut from = start;
            for to in ends.iter().map(|to| start + to as usize) {
                if to < from || to > end {
                    return Err("ring ends that do not ascend or exceed the coordinates".into());
                }
                buffer.push_ring(from..to);
                from = to;
            }
        }
    }
    Ok((first, buffer.rings()))
}
