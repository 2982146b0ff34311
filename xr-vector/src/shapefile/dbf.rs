use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::error::FileName;
use crate::scalar::{Scalar, parse_number};
use crate::{Column, ColumnKind, VectorError};

/// A dBase table, read record by record.
pub(super) struct Table {
    file: FileName,
    input: BufReader<File>,
    fields: Vec<Field>,
    encoding: &'static Encoding,
    records: u64,
    header: u64,
    record: Vec<u8>,
}

struct Field {
    name: String,
    /// The type letter.
    kind: u8,
    decimals: u8,
    bytes: Range<usize>,
}

impl Table {
    /// Opens a table; `label` is the content of the `.cpg`.
    pub(super) fn open(file: FileName, label: Option<&str>) -> Result<Self, VectorError> {
        let mut input = BufReader::with_capacity(1 << 18, File::open(&file.0).map_err(|e| file.io(e))?);
        let mut head = [0; 32];
        input.read_exact(&mut head).map_err(|_| file.corrupt(None, 0, "the file ends within its header"))?;
        let records = u32::from_le_bytes([head[4], head[5], head[6], head[7]]).into();
        let header: u64 = u16::from_le_bytes([head[8], head[9]]).into();
        let record: usize = u16::from_le_bytes([head[10], head[11]]).into();
        let encoding = encoding(label, head[29]);
        let mut descriptors = vec![0; (header as usize).saturating_sub(32)];
        input
            .read_exact(&mut descriptors)
            .map_err(|_| file.corrupt(None, 32, "the file ends within its field descriptors"))?;
        let fields = fields(&descriptors, encoding);
        if record == 0 || fields.last().is_some_and(|field| field.bytes.end > record) {
            return Err(file.corrupt(None, 10, format!("the fields do not fit a record of {record} bytes")));
        }
        input.seek(SeekFrom::Start(header)).map_err(|e| file.io(e))?;
        Ok(Table { file, input, fields, encoding, records, header, record: vec![0; record] })
    }

    pub(super) fn records(&self) -> u64 {
        self.records
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let kind = |field: &Field| match field.kind {
            b'N' if field.decimals == 0 => ColumnKind::Int,
            b'I' | b'+' => ColumnKind::Int,
            b'N' | b'F' | b'B' | b'O' | b'Y' => ColumnKind::Float,
            b'L' => ColumnKind::Bool,
            b'C' | b'D' => ColumnKind::Text,
            _ => ColumnKind::Other,
        };
        self.fields.iter().map(|field| Column { name: field.name.clone(), kind: kind(field) }).collect()
    }

    /// The wanted fields of the next record, which is number `index`; `None` if it is marked as deleted.
    pub(super) fn next_record(&mut self, index: u64, wanted: &[usize]) -> Result<Option<Vec<Scalar<'_>>>, VectorError> {
        if index >= self.records {
            let reason = format!("the table has {} records, but there are more shapes", self.records);
            return Err(self.file.corrupt(index, None, reason));
        }
        let at = self.header + index * self.record.len() as u64;
        self.input.read_exact(&mut self.record).map_err(|_| {
            let reason = format!("the file ends within this record; its header promises {}", self.records);
            self.file.corrupt(index, at, reason)
        })?;
        const DELETED: u8 = b'*';
        if self.record[0] == DELETED {
            return Ok(None);
        }
        Ok(Some(wanted.iter().map(|&field| self.scalar(&self.fields[field])).collect()))
    }

    fn scalar(&self, field: &Field) -> Scalar<'_> {
        let bytes = &self.record[field.bytes.clone()];
        let text = bytes.trim_ascii_end();
        match (field.kind, bytes) {
            (b'N' | b'F', _) => {
                let text = bytes.trim_ascii();
                if text.iter().all(|byte| matches!(byte, b'*' | 0)) {
                    return Scalar::Null;
                }
                let text = String::from_utf8_lossy(text);
                parse_number(&text).unwrap_or_else(|| Scalar::Text(Cow::Owned(text.into_owned())))
            }
            (b'L', [b'T' | b't' | b'Y' | b'y']) => Scalar::Bool(true),
            (b'L', [b'F' | b'f' | b'N' | b'n']) => Scalar::Bool(false),
            (b'I' | b'+', &[a, b, c, d]) => Scalar::Int(i32::from_le_bytes([a, b, c, d]).into()),
            (b'B' | b'O', _) => bytes.try_into().map_or(Scalar::Null, |bytes| Scalar::Float(f64::from_le_bytes(bytes))),
            // Currency counts ten-thousandths.
            (b'Y', _) => {
                let units = bytes.try_into().map(i64::from_le_bytes);
                units.map_or(Scalar::Null, |units| Scalar::Float(units as f64 / 1e4))
            }
            (b'C' | b'D', _) => match text.iter().position(|byte| *byte == 0).map_or(text, |end| &text[..end]) {
                [] => Scalar::Null,
                text => Scalar::Text(self.encoding.decode_without_bom_handling(text).0),
            },
            _ => Scalar::Null,
        }
    }
}

/// Field descriptors of 32 bytes each, up to a carriage return.
fn fields(descriptors: &[u8], encoding: &'static Encoding) -> Vec<Field> {
    const END: u8 = b'\r';
    const DELETION_MARK: usize = 1;
    let mut at = DELETION_MARK;
    let (descriptors, _) = descriptors.as_chunks::<32>();
    descriptors
        .iter()
        .take_while(|descriptor| descriptor[0] != END)
        .map(|descriptor| {
            let name = descriptor[..11].split(|byte| *byte == 0).next().unwrap_or_default();
            let start = at;
            at += usize::from(descriptor[16]);
            Field {
                name: encoding.decode_without_bom_handling(name).0.trim().to_owned(),
                kind: descriptor[11].to_ascii_uppercase(),
                decimals: descriptor[17],
                bytes: start..at,
            }
        })
        .collect()
}

/// The encoding that the `.cpg` names, or else the table's language driver; Windows-1252 if neither says.
fn encoding(label: Option<&str>, driver: u8) -> &'static Encoding {
    if let Some(label) = label.map(str::trim).filter(|label| !label.is_empty()) {
        let digits: String = label.chars().filter(char::is_ascii_digit).collect();
        let of_label = Encoding::for_label(label.as_bytes()).or_else(|| match digits.strip_prefix("8859") {
            Some(part) => Encoding::for_label(format!("iso-8859-{part}").as_bytes()),
            None if digits == "65001" => Some(UTF_8),
            None => Encoding::for_label(format!("windows-{digits}").as_bytes()),
        });
        if let Some(encoding) = of_label {
            return encoding;
        }
    }
    let name: &[u8] = match driver {
        0x13 => b"shift_jis",
        0x4d => b"gbk",
        0x4e => b"euc-kr",
        0x4f => b"big5",
        0x65 => b"ibm866",
        0xc8 => b"windows-1250",
        0xc9 => b"windows-1251",
        0xca => b"windows-1254",
        0xcb => b"windows-1253",
        _ => b"windows-1252",
    };
    Encoding::for_label(name).unwrap_or(WINDOWS_1252)
}
