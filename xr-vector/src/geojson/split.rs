use std::io::Read;
use std::ops::Range;

use memchr::memchr3;

use crate::error::FileName;
use crate::{Format, VectorError};

/// Bytes read at a time; a feature longer than this makes the buffer grow to hold it.
const CHUNK: usize = 8 << 20;

/// What a slice of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A whole top-level object that holds no array `features`.
    Value,
    /// From the start of a collection to the bracket that opens its `features`.
    Head,
    /// An element of `features`.
    Feature,
    /// From behind the bracket that closes `features` to the end of the collection.
    Tail,
}

/// The pieces found in the bytes buffered; they hold until the next batch is asked for.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) pieces: Vec<(Piece, Range<usize>)>,
}

impl Batch {
    /// Nothing follows.
    pub(super) fn is_end(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The format of a file that starts with a whole object: a lone one is plain GeoJSON.
    pub(super) fn sequence_format(&self) -> Format {
        if self.pieces.len() > 1 { Format::GeoJsonSeq } else { Format::GeoJson }
    }
}

/// Where in the document the scan stands.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Between top-level objects.
    Top,
    /// In an object from `start` on, `depth` braces deep.
    Object { piece: Piece, start: usize, depth: usize },
    /// In an array `features`, between its elements; `ready`: no comma is missing.
    Features { ready: bool, first: bool },
}

/// Cuts a stream into features by counting braces outside of strings.
pub(super) struct Splitter {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// File offset of the buffer's first byte.
    base: u64,
    /// The scan's position in the buffer.
    at: usize,
    state: State,
    ended: bool,
    /// An error behind pieces that are still to be delivered.
    failed: Option<VectorError>,
}

/// What a step of the scan asks for.
enum Step {
    Found(Piece, Range<usize>),
    Moved,
    NeedMore,
}

impl Splitter {
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        Splitter { input, buffer: Vec::new(), base: 0, at: 0, state: State::Top, ended: false, failed: None }
    }

    /// What the ranges of the last batch index.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    /// The file offset of a position in the buffer.
    pub(super) fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// The next pieces, at least one unless the file has ended. `index` is that of the next feature, for messages.
    pub(super) fn next_batch(&mut self, file: &FileName, mut index: u64) -> Result<Batch, VectorError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.discard();
        let mut batch = Batch::default();
        while batch.pieces.is_empty() {
            self.fill(file)?;
            loop {
                match self.step(file, index) {
                    Ok(Step::Found(piece, range)) => {
                        index += u64::from(matches!(piece, Piece::Feature | Piece::Value));
                        batch.pieces.push((piece, range));
                    }
                    Ok(Step::Moved) => {}
                    Ok(Step::NeedMore) => break,
                    Err(error) if batch.pieces.is_empty() => return Err(error),
                    Err(error) => {
                        self.failed = Some(error);
                        return Ok(batch);
                    }
                }
            }
            if self.ended {
                if batch.pieces.is_empty() {
                    self.check_end(file, index)?;
                }
                break;
            }
        }
        Ok(batch)
    }

    /// Drops what earlier batches have covered.
    fn discard(&mut self) {
        let keep = match self.state {
            State::Object { start, .. } => start,
            _ => self.at,
        };
        self.buffer.drain(..keep);
        self.base += keep as u64;
        self.at -= keep;
        if let State::Object { start, .. } = &mut self.state {
            *start = 0;
        }
    }

    /// Reads until a chunk, or twice of what a longer feature has needed so far, is there.
    fn fill(&mut self, file: &FileName) -> Result<(), VectorError> {
        let more = CHUNK.max(self.buffer.len());
        self.buffer.reserve(more);
        let read = self.input.by_ref().take(more as u64).read_to_end(&mut self.buffer).map_err(|e| file.io(e))?;
        self.ended = read < more;
        Ok(())
    }

    fn check_end(&self, file: &FileName, index: u64) -> Result<(), VectorError> {
        match self.state {
            State::Top if self.base == 0 => Err(file.corrupt(None, None, "the file is empty")),
            State::Top => Ok(()),
            State::Object { piece: Piece::Tail, .. } | State::Features { .. } => Err(file.corrupt(
                index,
                self.offset(self.buffer.len()),
                "the file ends within the FeatureCollection (truncated?)",
            )),
            State::Object { start, .. } => Err(file.corrupt(
                index,
                self.offset(start),
                "the file ends within the object that starts here (truncated?)",
            )),
        }
    }

    fn step(&mut self, file: &FileName, index: u64) -> Result<Step, VectorError> {
        match self.state {
            State::Top => self.between_objects(file, index),
            State::Features { ready, first } => self.between_features(file, index, ready, first),
            State::Object { piece, start, depth } => self.within_object(file, index, piece, start, depth),
        }
    }

    /// Moves to the next byte that is neither white space nor one of `also`.
    fn skip(&mut self, also: &[u8]) -> Option<u8> {
        let rest = &self.buffer[self.at..];
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n') || also.contains(byte);
        let found = rest.iter().position(|byte| !blank(byte));
        self.at += found.unwrap_or(rest.len());
        found.map(|_| self.buffer[self.at])
    }

    fn between_objects(&mut self, file: &FileName, index: u64) -> Result<Step, VectorError> {
        const RS: u8 = 0x1e;
        if self.base == 0 && self.at == 0 && self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        match self.skip(&[RS]) {
            None => Ok(Step::NeedMore),
            Some(b'{') => Ok(self.enter(Piece::Value)),
            Some(byte) => Err(self.unexpected(file, index, byte, "the start of a GeoJSON object")),
        }
    }

    fn between_features(&mut self, file: &FileName, index: u64, ready: bool, first: bool) -> Result<Step, VectorError> {
        match self.skip(&[]) {
            None => Ok(Step::NeedMore),
            Some(b'{') if ready => Ok(self.enter(Piece::Feature)),
            Some(b',') if !ready => {
                self.at += 1;
                self.state = State::Features { ready: true, first: false };
                Ok(Step::Moved)
            }
            Some(b']') if first || !ready => {
                self.at += 1;
                self.state = State::Object { piece: Piece::Tail, start: self.at, depth: 1 };
                Ok(Step::Moved)
            }
            Some(byte) => {
                Err(self.unexpected(file, index, byte, if ready { "a feature object" } else { "a comma or ]" }))
            }
        }
    }

    fn enter(&mut self, piece: Piece) -> Step {
        self.state = State::Object { piece, start: self.at, depth: 1 };
        self.at += 1;
        Step::Moved
    }

    fn unexpected(&self, file: &FileName, index: u64, byte: u8, expected: &str) -> VectorError {
        file.corrupt(index, self.offset(self.at), format!("expected {expected}, found '{}'", byte.escape_ascii()))
    }

    fn within_object(
        &mut self,
        file: &FileName,
        index: u64,
        piece: Piece,
        start: usize,
        mut depth: usize,
    ) -> Result<Step, VectorError> {
        loop {
            let Some(found) = memchr3(b'{', b'}', b'"', &self.buffer[self.at..]) else {
                self.at = self.buffer.len();
                self.state = State::Object { piece, start, depth };
                return Ok(Step::NeedMore);
            };
            self.at += found;
            match self.buffer[self.at] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {
                    let string = self.string_end(file, index)?.and_then(|end| {
                        let is_key = piece == Piece::Value && depth == 1;
                        let array = if is_key { self.features_array(end)? } else { None };
                        Some((end, array))
                    });
                    // A token cut off by the end of the chunk is looked at again with the next one.
                    let Some((end, array)) = string else {
                        self.state = State::Object { piece, start, depth };
                        return Ok(Step::NeedMore);
                    };
                    if let Some(array) = array {
                        self.at = array;
                        self.state = State::Features { ready: true, first: true };
                        return Ok(Step::Found(Piece::Head, start..array));
                    }
                    self.at = end;
                    continue;
                }
            }
            self.at += 1;
            if depth == 0 {
                self.state = match piece {
                    Piece::Feature => State::Features { ready: false, first: false },
                    _ => State::Top,
                };
                return Ok(Step::Found(piece, start..self.at));
            }
        }
    }

    /// The end of the string that opens at the scan's position, `None` if it is not in the buffer.
    fn string_end(&self, file: &FileName, index: u64) -> Result<Option<usize>, VectorError> {
        let mut at = self.at + 1;
        loop {
            let Some(found) = self.buffer.get(at..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) else {
                return Ok(None);
            };
            at += found;
            match self.buffer[at] {
                b'"' => return Ok(Some(at + 1)),
                b'\\' => at += 2,
                // JSON has no raw line breaks in strings: without this check one lost quote swallows the file.
                _ => {
                    return Err(file.corrupt(index, self.offset(self.at), "the string that starts here is not closed"));
                }
            }
        }
    }

    /// Behind the bracket of `"features": [`, if the string that ends at `end` is that key. The outer `None` says that the
    /// buffer ends too early to tell.
    fn features_array(&self, end: usize) -> Option<Option<usize>> {
        if &self.buffer[self.at..end] != b"\"features\"" {
            return Some(None);
        }
        let mut rest = (end..).zip(&self.buffer[end..]).filter(|(_, byte)| !byte.is_ascii_whitespace());
        match rest.next() {
            Some((_, b':')) => {}
            Some(_) => return Some(None),
            None => return self.ended.then_some(None),
        }
        match rest.next() {
            Some((at, b'[')) => Some(Some(at + 1)),
            Some(_) => Some(None),
            None => self.ended.then_some(None),
        }
    }
}
