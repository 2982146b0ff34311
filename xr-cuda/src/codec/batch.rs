//! A batch of nvCOMP's: its tables and temporary memory in the slab, so that nothing is uploaded or allocated for it.

use crate::{Buffer, Cuda, NAME, Stream};
use bytemuck::{Pod, Zeroable, bytes_of};
use nvcomp_sys::{Chunks, Places, Status};
use xr_core::{
    Error, FAILED, Layout, Result, Span,
    kernels::{Argument, Kernels, Source},
};

/// Work-items of a group.
const ITEMS: usize = 256;

/// Temporary memory and unpacked streams of a batch, at most, unless one tile alone takes more: then tiles go one by one.
const BUDGET: usize = 1 << 30;

/// Where a batch has its tables.
pub struct Batch {
    /// Tiles at a time, at most.
    pub tiles: usize,
    inputs: Span,
    input_bytes: Span,
    outputs: Span,
    output_room: Span,
    output_bytes: Span,
    statuses: Span,
    idle: Span,
    temp: Span,
}

/// What goes in and where it goes.
pub struct Task {
    /// The first tile.
    pub first: usize,
    /// How many.
    pub tiles: usize,
    /// The input of tile `first + i` is from byte `i × from.1` of `from.0` on.
    pub from: (Span, usize),
    /// Its output likewise.
    pub to: (Span, usize),
    /// Bytes there is room for in it.
    pub room: usize,
    /// Bytes of all inputs.
    pub length: usize,
    /// In place of that one u32 for each tile of the job, perhaps [`FAILED`]: such tiles are passed over and fail.
    pub lengths: Option<Span>,
    /// One u32 for each tile of the job: tiles with another than 0 are passed over, with any result.
    pub empty: Option<Span>,
    /// The only right length of an output.
    pub wanted: Option<usize>,
    /// What stands in for tiles that are passed over.
    pub idle: Idle,
    /// One u32 for each tile of the job: the length of its output, or [`FAILED`].
    pub results: Span,
}

/// A harmless input.
#[derive(Clone, Copy)]
pub struct Idle {
    /// Its bytes, little-endian.
    pub words: [u32; 3],
    /// How many of them count.
    pub bytes: u32,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct KernelTables {
    from: u64,
    from_stride: u64,
    lengths: u64,
    empty: u64,
    to: u64,
    to_stride: u64,
    idle: u64,
    inputs: u64,
    input_bytes: u64,
    outputs: u64,
    output_room: u64,
    first: u32,
    count: u32,
    length: u32,
    room: u32,
    idle_length: u32,
    idle_words: [u32; 3],
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct KernelResults {
    output_bytes: u64,
    statuses: u64,
    lengths: u64,
    results: u64,
    first: u32,
    count: u32,
    room: u32,
    wanted: u32,
}

/// What nvCOMP did not do.
pub fn refused(status: Status) -> Error {
    Error::Device { backend: NAME, detail: status.to_string() }
}

/// How many of `tiles` go at a time so that they take no more than the budget.
pub fn most(tiles: usize, takes: impl Fn(usize) -> Result<usize>) -> Result<usize> {
    let mut batch = tiles.max(1);
    while batch > 1 && takes(batch)? > BUDGET {
        batch = batch.div_ceil(2);
    }
    Ok(batch)
}

impl Batch {
    /// Reserves memory for so many tiles at a time.
    pub fn reserve(layout: &mut Layout, tiles: usize, temp: usize) -> Result<Self> {
        let mut table = |size: usize| layout.add(tiles * size);
        Ok(Self {
            tiles,
            inputs: table(size_of::<u64>())?,
            input_bytes: table(size_of::<u64>())?,
            outputs: table(size_of::<u64>())?,
            output_room: table(size_of::<u64>())?,
            output_bytes: table(size_of::<u64>())?,
            statuses: table(size_of::<u32>())?,
            idle: layout.add(size_of::<[u32; 3]>())?,
            temp: layout.add(temp)?,
        })
    }

    /// Parts of a job, one after the other: the first tile of each, and how many.
    pub fn parts(&self, tiles: usize) -> impl Iterator<Item = (usize, usize)> {
        let batch = self.tiles;
        (0..tiles).step_by(batch).map(move |first| (first, batch.min(tiles - first)))
    }

    /// Enqueues a task; `call` is what nvCOMP does with it.
    pub fn run(
        &self,
        cuda: &Cuda,
        on: &Stream,
        slab: &Buffer,
        task: &Task,
        call: impl FnOnce(Chunks, &Places, nvcomp_sys::Stream) -> Result<(), Status>,
    ) -> Result<()> {
        let at = |span: Span| span.at as u64;
        let perhaps = |span: Option<Span>| span.map_or(0, at);
        let tables = KernelTables {
            from: at(task.from.0),
            from_stride: task.from.1 as u64,
            lengths: perhaps(task.lengths),
            empty: perhaps(task.empty),
            to: at(task.to.0),
            to_stride: task.to.1 as u64,
            idle: at(self.idle),
            inputs: at(self.inputs),
            input_bytes: at(self.input_bytes),
            outputs: at(self.outputs),
            output_room: at(self.output_room),
            first: task.first as u32,
            count: task.tiles as u32,
            length: task.length as u32,
            room: task.room as u32,
            idle_length: task.idle.bytes,
            idle_words: task.idle.words,
        };
        let results = KernelResults {
            output_bytes: at(self.output_bytes),
            statuses: at(self.statuses),
            lengths: perhaps(task.lengths),
            results: at(task.results),
            first: tables.first,
            count: tables.count,
            room: tables.room,
            wanted: task.wanted.map_or(0, |bytes| bytes as u32),
        };
        let places = Places {
            inputs: slab.address(self.inputs)?,
            input_bytes: slab.address(self.input_bytes)?,
            outputs: slab.address(self.outputs)?,
            output_room: slab.address(self.output_room)?,
            output_bytes: slab.address(self.output_bytes)?,
            statuses: slab.address(self.statuses)?,
            temp: slab.address(self.temp)?,
            temp_bytes: self.temp.len,
        };
        let program = cuda.program(&source())?;
        let launch = |name, value| {
            let arguments = [Argument::Value(value), Argument::Buffer(slab)];
            cuda.launch(on, &program, name, &arguments, task.tiles.div_ceil(ITEMS), ITEMS)
        };
        launch("fill_tables", bytes_of(&tables))?;
        cuda.device.context.enter()?;
        cuda.device.meter.launch();
        let chunks = Chunks { count: task.tiles, longest: task.length };
        call(chunks, &places, nvcomp_sys::Stream(on.queue.raw().cast())).map_err(refused)?;
        launch("read_results", bytes_of(&results))
    }
}

/// The kernels around nvCOMP.
pub fn source() -> Source {
    let definitions = format!("#define ITEMS {ITEMS}u\n#define FAILED {FAILED}u\n");
    Source::new(definitions, vec![include_str!("tables.c")])
}
