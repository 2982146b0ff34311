//! Features on disk, to be read again by rows.
//!
//! Features come in portions of a few megabytes. Those of a portion are sorted by height and by where they begin in y, and
//! written in blocks, of which few meet the rows of a strip; what is read of a portion is put in order again.

use super::{
    features::Features,
    strips::{Extent, RowsOfExtent},
};
use crate::failure::Failure;
use bytemuck::{Pod, Zeroable};
use std::path::Path;
use xr::{FeatureView, GeometryBuilder, Number};
use xr_geotiff::{Spool, SpoolReader};

/// Bytes of a portion's geometry.
const PORTION: usize = 8 << 20;
/// Words of a block, about.
const BLOCK: usize = 1 << 12;

/// What precedes a feature's numbers and geometry.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Head {
    /// Words of the feature, these included.
    words: u64,
    /// Position among all features.
    number: u64,
    /// Number of its file, and its index there.
    file: u64,
    index: u64,
    low: f64,
    high: f64,
}

/// Words of a head.
const HEAD: usize = size_of::<Head>() / 8;

/// Writes features.
pub struct Spill {
    spool: Spool,
    blocks: Vec<Block>,
    features: u64,
    portions: usize,
}

/// Reads them again.
pub struct Spilled {
    spool: SpoolReader,
    blocks: Vec<Block>,
}

struct Block {
    extent: Extent,
    portion: usize,
    offset: u64,
    words: usize,
}

/// A feature of a portion, with its numbers.
struct Member<'a> {
    geometry: FeatureView<'a>,
    head: Head,
    row: usize,
}

impl Member<'_> {
    /// How high it is, to a factor of 16: high features would make blocks high that lie beside low ones.
    fn class(&self) -> u64 {
        (self.head.high - self.head.low).to_bits() >> 54
    }
}

impl Spill {
    /// Beside an output.
    pub fn create(output: &Path) -> Result<Self, Failure> {
        Ok(Self { spool: Spool::create(output)?, blocks: Vec::new(), features: 0, portions: 0 })
    }

    /// Takes the next features.
    pub fn write(&mut self, features: &Features) -> Result<(), Failure> {
        let (mut portion, mut bytes) = (Vec::new(), 0);
        for (row, (geometry, (file, index))) in
            features.geometry.view().features().zip(features.origins.places()).enumerate()
        {
            let bounds = geometry.bounds();
            let (low, high) = (bounds.min[1], bounds.max[1]);
            let head = Head { words: 0, number: self.features, file: file as u64, index, low, high };
            self.features += 1;
            bytes += geometry.bytes();
            portion.push(Member { geometry, head, row });
            if bytes >= PORTION {
                self.write_portion(features, std::mem::take(&mut portion))?;
                bytes = 0;
            }
        }
        self.write_portion(features, portion)
    }

    fn write_portion(&mut self, features: &Features, mut members: Vec<Member<'_>>) -> Result<(), Failure> {
        members.sort_by(|a, b| a.class().cmp(&b.class()).then(a.head.low.total_cmp(&b.head.low)));
        let mut rest = &members[..];
        while !rest.is_empty() {
            let (mut words, mut count, mut extent) = (Vec::with_capacity(BLOCK), 0, Extent::EMPTY);
            let class = rest[0].class();
            let fits = |member: &&Member, words: &[u64]| words.len() < BLOCK && member.class() == class;
            while let Some(member) = rest.get(count).filter(|member| fits(member, &words)) {
                let from = words.len();
                words.extend_from_slice(&[0; HEAD]);
                let tables = features.numbers.iter().chain(&features.properties);
                tables.for_each(|numbers| words.extend(to_words(numbers[member.row])));
                member.geometry.write(&mut words);
                let head = Head { words: (words.len() - from) as u64, ..member.head };
                words[from..from + HEAD].copy_from_slice(&bytemuck::cast::<Head, [u64; HEAD]>(head));
                extent.include(&member.geometry, features);
                count += 1;
            }
            rest = &rest[count..];
            let offset = self.spool.append(bytemuck::cast_slice(&words))?;
            self.blocks.push(Block { extent, portion: self.portions, offset, words: words.len() });
        }
        self.portions += 1;
        Ok(())
    }

    pub fn finish(self) -> Result<Spilled, Failure> {
        Ok(Spilled { spool: self.spool.into_reader()?, blocks: self.blocks })
    }
}

impl Spilled {
    pub fn extents(&self) -> impl Iterator<Item = &Extent> {
        self.blocks.iter().map(|block| &block.extent)
    }

    /// Adds the features that meet the rows, in their order, to none.
    pub fn read(&mut self, rows: &RowsOfExtent, mut features: Features) -> Result<Features, Failure> {
        let Self { spool, blocks } = self;
        let mut builder = GeometryBuilder::default();
        for portion in blocks.chunk_by(|a, b| a.portion == b.portion) {
            let mut words = Vec::new();
            for block in portion.iter().filter(|block| rows.meet(block.extent.low, block.extent.high)) {
                let from = words.len();
                words.resize(from + block.words, 0);
                spool.read(block.offset, bytemuck::cast_slice_mut(&mut words[from..]))?;
            }
            let mut members = members(&words).filter(|(head, _)| rows.meet(head.low, head.high)).collect::<Vec<_>>();
            members.sort_unstable_by_key(|(head, _)| head.number);
            for (head, mut words) in members {
                for numbers in features.numbers.iter_mut().chain(&mut features.properties) {
                    let Some((&number, rest)) = words.split_first_chunk() else { break };
                    numbers.push(from_words(number));
                    words = rest;
                }
                builder.append(words)?;
                features.origins.push(head.file as usize, head.index);
            }
        }
        features.geometry = builder.finish();
        Ok(features)
    }
}

/// The features of blocks: head, and the words after it.
fn members(mut words: &[u64]) -> impl Iterator<Item = (Head, &[u64])> {
    std::iter::from_fn(move || {
        let head: Head = bytemuck::cast(*words.first_chunk::<HEAD>()?);
        let (member, rest) = words.split_at_checked(head.words as usize)?;
        words = rest;
        Some((head, member.get(HEAD..)?))
    })
}

fn to_words(number: Number) -> [u64; 2] {
    match number {
        Number::Int(v) => [0, v as u64],
        Number::UInt(v) => [1, v],
        Number::Float(v) => [2, v.to_bits()],
    }
}

fn from_words([kind, bits]: [u64; 2]) -> Number {
    match kind {
        0 => Number::Int(bits as i64),
        1 => Number::UInt(bits),
        _ => Number::Float(f64::from_bits(bits)),
    }
}
