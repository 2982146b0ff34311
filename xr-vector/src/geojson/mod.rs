//! GeoJSON of any length: the file is cut into features chunk by chunk, each chunk's features are parsed in parallel and
//! delivered in order.

mod feature;
mod geometry;
mod json;
mod preamble;
mod properties;
mod split;

use std::io::Read;
use std::ops::ControlFlow;
use std::ops::Range;

use rayon::prelude::*;
use xr_core::Value;
use xr_crs::Crs;

use crate::error::FileName;
use crate::geometry::{Geometry, GeometryBuffer};
use crate::source::{About, Reader as AnyReader};
use crate::{Format, OpenOptions, Source, VectorError, Visitor};
use feature::{Outcome, Parsed};
use preamble::{CrsMember, preamble};
use split::{Batch, Piece, Splitter};

/// Attribute names kept for the message about an unknown column.
const MAX_NAMES: usize = 200;

pub(crate) struct Reader {
    splitter: Splitter,
    first: Batch,
    crs: CrsMember,
}

pub(crate) fn open(file: FileName, input: Box<dyn Read + Send>, options: &OpenOptions) -> Result<Source, VectorError> {
    let mut splitter = Splitter::new(input);
    let first = splitter.next_batch(&file, 0)?;
    let Some((piece, range)) = first.pieces.first().cloned() else {
        return Err(file.corrupt(None, None, "no GeoJSON object"));
    };
    let text = &splitter.buffered()[range];
    let (preamble, format) = match piece {
        Piece::Head => (preamble(&[text, b"]}"].concat()).map_err(|e| file.corrupt(None, 0, e))?, Format::GeoJson),
        // A syntax error in the first feature is reported, with its place, when it is read.
        _ => (preamble(text).unwrap_or_default(), first.sequence_format()),
    };
    let mut about = About::new(format);
    let stem = file.0.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    about.set_only_layer(&preamble.name.unwrap_or(stem), options, &file)?;
    match &preamble.crs {
        CrsMember::Absent => about.crs = Some(Crs::crs84()),
        CrsMember::Null => {}
        CrsMember::Named(name) => about.set_crs(Crs::parse(name)),
        CrsMember::Other(member) => {
            about.crs_problem = Some(format!("the member \"crs\" names no CRS: {member}"));
        }
    }
    let reader = Reader { splitter, first, crs: preamble.crs };
    Ok(Source { file, about, reader: AnyReader::GeoJson(reader) })
}

impl Reader {
    pub(crate) fn read<V: Visitor>(
        mut self,
        file: &FileName,
        columns: &[&str],
        visitor: &mut V,
    ) -> Result<u64, VectorError> {
        let mut batch = std::mem::take(&mut self.first);
        let mut buffers = Vec::new();
        let mut names = Names { seen: vec![false; columns.len()], all: Vec::new() };
        let mut index = 0;
        while !batch.is_end() {
            let features = self.collect_features(file, index, &batch)?;
            if self.deliver(file, columns, &features, &mut buffers, &mut names, &mut index, visitor)?.is_break() {
                return Ok(index);
            }
            batch = self.splitter.next_batch(file, index)?;
        }
        match names.seen.iter().position(|seen| !seen) {
            Some(missing) if index > 0 => Err(VectorError::UnknownColumn {
                file: file.0.clone(),
                column: columns[missing].to_owned(),
                columns: names.all,
            }),
            _ => Ok(index),
        }
    }

    /// The ranges of the features of a batch; what surrounds them is checked.
    fn collect_features(&self, file: &FileName, index: u64, batch: &Batch) -> Result<Vec<Range<usize>>, VectorError> {
        let mut features = Vec::with_capacity(batch.pieces.len());
        for (piece, range) in &batch.pieces {
            let text = &self.splitter.buffered()[range.clone()];
            let around = match piece {
                Piece::Feature | Piece::Value => {
                    features.push(range.clone());
                    continue;
                }
                Piece::Head => [text, b"]}"].concat(),
                Piece::Tail => [b"{\"features\":0", text].concat(),
            };
            let at = self.splitter.offset(range.start);
            let preamble = preamble(&around).map_err(|e| file.corrupt(index + features.len() as u64, at, e))?;
            // Absent from the tail is the rule, and says nothing; a later collection's head must repeat the first's.
            if preamble.crs != CrsMember::Absent && preamble.crs != self.crs {
                return Err(file.unsupported(
                    "a member \"crs\" after the features, or two that differ; move it before \"features\" or remove it",
                ));
            }
        }
        Ok(features)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one loop")]
    fn deliver<V: Visitor>(
        &self,
        file: &FileName,
        columns: &[&str],
        features: &[Range<usize>],
        buffers: &mut Vec<GeometryBuffer>,
        names: &mut Names,
        index: &mut u64,
        visitor: &mut V,
    ) -> Result<ControlFlow<()>, VectorError> {
        let group = features.len().div_ceil(4 * rayon::current_num_threads()).max(1);
        buffers.resize_with(buffers.len().max(features.len().div_ceil(group)), GeometryBuffer::default);
        let collect_names = names.all.is_empty();
        let text = self.splitter.buffered();
        let parsed: Vec<Parsed<'_>> = features
            .par_chunks(group)
            .zip(buffers.par_iter_mut())
            .map(|(ranges, buffer)| {
                let texts = ranges.iter().map(|range| &text[range.clone()]);
                feature::parse(texts, columns, buffer, collect_names)
            })
            .collect();
        for ((group, buffer), ranges) in parsed.iter().zip(buffers.iter()).zip(features.chunks(group)) {
            names.merge(group);
            for (i, outcome) in group.outcomes.iter().enumerate() {
                let values: Vec<Value<'_>> =
                    group.values[i * columns.len()..][..columns.len()].iter().map(|scalar| scalar.value()).collect();
                let flow = match outcome {
                    Outcome::Geometry(part) => visitor.feature(*index, Some(&buffer.geometry(*part)), &values),
                    Outcome::Null => visitor.feature(*index, None::<&Geometry<'_>>, &values),
                    Outcome::Malformed(reason) => visitor.malformed(*index, reason),
                };
                *index += 1;
                if flow.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            if let Some((at, reason)) = &group.error {
                let start = ranges[group.outcomes.len()].start;
                return Err(file.corrupt(*index, self.splitter.offset(start + at), reason));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Which attribute names occur.
struct Names {
    seen: Vec<bool>,
    all: Vec<String>,
}

impl Names {
    fn merge(&mut self, parsed: &Parsed<'_>) {
        for (seen, now) in self.seen.iter_mut().zip(&parsed.seen) {
            *seen |= now;
        }
        for name in &parsed.names {
            if self.all.len() < MAX_NAMES && !self.all.contains(name) {
                self.all.push(name.clone());
            }
        }
    }
}
