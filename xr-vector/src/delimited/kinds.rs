use std::io::Read;

use csv::{ByteRecord, Reader};

use crate::ColumnKind;
use crate::scalar::{Scalar, parse_number};

/// Rows that decide the kinds of columns.
const SAMPLE: usize = 1000;

/// The kind of each column by its first rows: text as soon as one cell is no number. Leading zeros make text, so that
/// codes such as `04013` keep them.
pub(super) fn guess_kinds<R: Read>(mut input: Reader<R>, columns: usize) -> Vec<ColumnKind> {
    let mut kinds = vec![None; columns];
    let mut row = ByteRecord::new();
    for _ in 0..SAMPLE {
        // A broken row is reported when it is read.
        if !input.read_byte_record(&mut row).unwrap_or(false) {
            break;
        }
        for (kind, cell) in kinds.iter_mut().zip(row.iter()) {
            *kind = match (*kind, number(cell.trim_ascii())) {
                (known, Some(Scalar::Null)) => known,
                (Some(ColumnKind::Text), _) | (_, None) => Some(ColumnKind::Text),
                (Some(ColumnKind::Float), _) | (_, Some(Scalar::Float(_))) => Some(ColumnKind::Float),
                _ => Some(ColumnKind::Int),
            };
        }
    }
    kinds.into_iter().map(|kind| kind.unwrap_or(ColumnKind::Text)).collect()
}

/// A cell of a column of some kind: null if blank; text where the column is text or the cell is no number.
pub(super) fn scalar(cell: &[u8], kind: ColumnKind) -> Scalar<'_> {
    let cell = cell.trim_ascii();
    match number(cell) {
        Some(Scalar::Null) => Scalar::Null,
        Some(number) if kind != ColumnKind::Text => number,
        _ => Scalar::Text(String::from_utf8_lossy(cell)),
    }
}

/// The number in a trimmed cell, null for a blank one; `None` if it is neither.
fn number<'a>(cell: &[u8]) -> Option<Scalar<'a>> {
    match cell.strip_prefix(b"-").unwrap_or(cell) {
        [] if cell.is_empty() => Some(Scalar::Null),
        [b'0', b'0'..=b'9', ..] => None,
        _ => parse_number(std::str::from_utf8(cell).ok()?),
    }
}
