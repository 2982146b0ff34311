//! What is derived from staged geometry, once per job: for each tile the (part, tile) pairs with something to draw.
//!
//! Sizes that only the device knows come back in two probes: how many pairs there are, and then how many entries of edges
//! and how long the lists.

use crate::{
    OpenCl, Stream,
    raw::{Argument, value},
};
use bytemuck::{Pod, Zeroable};
use ocl::core::Program;
use std::sync::Arc;
use xr_core::{
    Error, Grid, Lane, Layout, Purpose, Result, Rule, Session, Slab, Span, StagedGeometry,
    kernels::{OPENCL_PRELUDE, SCAN_EACH, SHORT_LIST, TABLE_ITEMS, TILE, TRANSFORM_EACH, scene_source},
};

/// Work-groups that sort long lists, each one list after the other.
const SORTERS: usize = 256;

/// A grid as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct KernelGrid {
    x0: f64,
    dx: f64,
    y0: f64,
    dy: f64,
    width: i32,
    height: i32,
}

/// Edges, pairs and lists on the device.
pub struct Scene {
    pub(super) touches_all: bool,
    /// Whether rows are inside where their upper borders are, instead of their centre lines.
    pub(super) covers: bool,
    pub(super) tiles_across: u32,
    /// Vertices in pixel space.
    pub(super) pixels: Slab<OpenCl>,
    /// How each part is drawn.
    pub(super) kinds: Slab<OpenCl>,
    /// The part of each pair.
    pub(super) part_of_pair: Slab<OpenCl>,
    /// Where each pair's entries begin, and the last end.
    pub(super) offsets: Slab<OpenCl>,
    /// Of each pair, the rows that are inside from the tile's left on.
    pub(super) backdrops: Slab<OpenCl>,
    /// First vertices of edges and segments, and points.
    pub(super) entries: Slab<OpenCl>,
    /// Where each tile's list begins, and the last ends.
    pub(super) tile_offsets: Slab<OpenCl>,
    /// Pairs of each tile.
    pub(super) lists: Slab<OpenCl>,
}

/// Totals of scans, and how many tiles have long lists.
const TOTALS: usize = 4;

/// Launches kernels of the scene's program on one lane.
struct Deriving<'a> {
    session: &'a Session<OpenCl>,
    lane: &'a Lane<OpenCl>,
    program: Arc<Program>,
    totals: Arc<Slab<OpenCl>>,
}

impl Deriving<'_> {
    fn stream(&self) -> &Stream {
        &self.lane.stream
    }

    /// Memory for `count` elements of `size` bytes.
    fn array(&self, count: usize, size: usize) -> Result<Slab<OpenCl>> {
        self.session.derived(count * size)
    }

    fn fill(&self, array: &Slab<OpenCl>, byte: u8) -> Result<()> {
        let buffer = array.buffer();
        self.session.backend().device.fill(&self.stream().queue, buffer, Span { at: 0, len: buffer.bytes }, byte)
    }

    /// A kernel with a work-item for each of `count` things, `each` of them a work-item's.
    fn run(&self, name: &'static str, count: usize, each: usize, arguments: &[Argument<'_>]) -> Result<()> {
        let groups = count.div_ceil(TABLE_ITEMS * each);
        let device = &self.session.backend().device;
        self.stream().launch(device, (&self.program, name), arguments, groups, TABLE_ITEMS)
    }

    /// Prefix sums of `count` numbers, and their total at `slot`.
    fn scan(&self, count: usize, numbers: &Slab<OpenCl>, sums: &Slab<OpenCl>, slot: usize) -> Result<()> {
        let blocks = count.div_ceil(TABLE_ITEMS * SCAN_EACH);
        let block_sums = self.array(blocks.max(1), size_of::<u64>())?;
        let (n, b) = (count as u32, blocks as u32);
        self.run("scan_blocks", count, SCAN_EACH, &[value(&n), array(numbers), array(&block_sums)])?;
        let (count_at, slot) = (count as u32, slot as u32);
        self.run(
            "scan_sums",
            1,
            1,
            &[value(&b), array(&block_sums), array(sums), value(&count_at), array(&self.totals), value(&slot)],
        )?;
        self.run("scan_apply", count, SCAN_EACH, &[value(&n), array(numbers), array(&block_sums), array(sums)])
    }

    /// What was found so far.
    fn probe(&self) -> Result<[u64; TOTALS]> {
        let span = Span { at: 0, len: TOTALS * size_of::<u64>() };
        let view = self.session.read(self.lane, &self.totals, &[span], Purpose::Probe)?.wait()?;
        Ok(bytemuck::pod_read_unaligned(view.part(0)))
    }
}

fn array<'a>(slab: &'a Slab<OpenCl>) -> Argument<'a> {
    Argument::Buffer(slab.buffer())
}

/// Where a total is kept.
const PAIRS: usize = 0;
const ENTRIES: usize = 1;
const LISTED: usize = 2;
const LONG_LISTS: usize = 3;

fn within(what: &'static str, got: u64) -> Result<usize> {
    let limit = u64::from(u32::MAX) - 1;
    if got > limit { Err(Error::Limit { what, got, limit }) } else { Ok(got as usize) }
}

impl Scene {
    pub(super) fn new(
        session: &Session<OpenCl>,
        geometry: &StagedGeometry<OpenCl>,
        grid: &Grid,
        rule: &Rule<'_>,
    ) -> Result<Self> {
        let lane = session.lane(0);
        let mut layout = Layout::default();
        layout.add(TOTALS * size_of::<u64>())?;
        let totals = session.slab(lane, &layout)?;
        let program = session.backend().device.program([OPENCL_PRELUDE, &scene_source()].join("\n"))?;
        let on = Deriving { session, lane, program, totals };
        on.fill(&on.totals, 0)?;

        let (vertices, paths, parts) = (geometry.vertices.len(), geometry.paths.len(), geometry.parts.len());
        let (tiles_across, tiles_down) = (grid.width.div_ceil(TILE), grid.height.div_ceil(TILE));
        let tiles = within("tiles of the grid", u64::from(tiles_across) * u64::from(tiles_down))?;
        let kernel_grid = KernelGrid {
            x0: grid.x0,
            dx: grid.dx,
            y0: grid.y0,
            dy: grid.dy,
            width: grid.width as i32,
            height: grid.height as i32,
        };
        let counts = [vertices, paths, parts].map(|n| n as u32);
        let [v, p, q] = counts.each_ref().map(value);
        let grid = || value(&kernel_grid);
        let (touches_all, covers) = (rule.touches_all(), rule.coverage.is_some());
        let (touch, offset) = (i32::from(touches_all), if covers { 0.0f64 } else { 0.5 });
        let across = tiles_across as i32;

        let pixels = on.array(vertices, 2 * size_of::<f64>())?;
        let part_of = on.array(vertices, size_of::<u32>())?;
        let boxes = on.array(parts, 4 * size_of::<i32>())?;
        on.fill(&boxes, 0x7f)?; // larger than any pixel index
        on.run(
            "transform",
            vertices,
            TRANSFORM_EACH,
            &[
                v,
                Argument::Buffer(geometry.vertices.buffer()),
                p,
                Argument::Buffer(geometry.paths.buffer()),
                Argument::Buffer(geometry.parts.buffer()),
                grid(),
                array(&pixels),
                array(&part_of),
                array(&boxes),
            ],
        )?;
        let kinds = on.array(parts, size_of::<u32>())?;
        let first_paths = on.array(parts + 1, size_of::<u32>())?;
        let per_part = on.array(parts, size_of::<u32>())?;
        on.fill(&per_part, 0)?;
        on.run(
            "count_paths",
            paths,
            1,
            &[value(&counts[1]), Argument::Buffer(geometry.paths.buffer()), array(&per_part)],
        )?;
        on.scan(parts, &per_part, &first_paths, PAIRS)?;
        on.run(
            "kinds",
            parts,
            1,
            &[
                q,
                Argument::Buffer(geometry.parts.buffer()),
                Argument::Buffer(geometry.paths.buffer()),
                array(&first_paths),
                array(&pixels),
                value(&touch),
                array(&kinds),
            ],
        )?;

        let bases = on.array(parts + 1, size_of::<u32>())?;
        on.run("count_pairs", parts, 1, &[value(&counts[2]), array(&boxes), grid(), array(&per_part)])?;
        on.scan(parts, &per_part, &bases, PAIRS)?;
        let pairs = within("parts times tiles", on.probe()?[PAIRS])?;

        let pair_count = pairs as u32;
        let entry_counts = on.array(pairs, size_of::<u32>())?;
        let backdrops = on.array(pairs, size_of::<u32>())?;
        let offsets = on.array(pairs + 1, size_of::<u32>())?;
        let part_of_pair = on.array(pairs, size_of::<u32>())?;
        let tile_counts = on.array(tiles, size_of::<u32>())?;
        let tile_offsets = on.array(tiles + 1, size_of::<u32>())?;
        let long_tiles = on.array(pairs / SHORT_LIST as usize + 1, size_of::<u32>())?;
        for zeroed in [&entry_counts, &backdrops, &tile_counts] {
            on.fill(zeroed, 0)?;
        }
        let enter = |pass: i32, entries: &Slab<OpenCl>| {
            on.run(
                "enter",
                vertices,
                1,
                &[
                    value(&pass),
                    value(&counts[0]),
                    array(&pixels),
                    array(&part_of),
                    array(&kinds),
                    array(&boxes),
                    array(&bases),
                    grid(),
                    value(&touch),
                    value(&offset),
                    array(&entry_counts),
                    array(&backdrops),
                    array(&offsets),
                    array(entries),
                ],
            )
        };
        enter(0, &part_of)?; // writes no entries
        on.scan(pairs, &entry_counts, &offsets, ENTRIES)?;
        let long = LONG_LISTS as u32;
        on.run(
            "backdrops",
            pairs,
            1,
            &[
                value(&pair_count),
                value(&counts[2]),
                array(&bases),
                array(&boxes),
                grid(),
                value(&across),
                array(&offsets),
                array(&backdrops),
                array(&part_of_pair),
                array(&tile_counts),
                array(&on.totals),
                value(&long),
                array(&long_tiles),
            ],
        )?;
        on.scan(tiles, &tile_counts, &tile_offsets, LISTED)?;
        let found = on.probe()?;
        let entry_count = within("edges times tiles", found[ENTRIES])?;
        let listed = within("pairs in tiles' lists", found[LISTED])?;

        let entries = on.array(entry_count, size_of::<u32>())?;
        enter(1, &entries)?;
        let lists = on.array(listed, size_of::<u32>())?;
        on.run(
            "list_pairs",
            pairs,
            1,
            &[
                value(&pair_count),
                array(&bases),
                array(&boxes),
                grid(),
                value(&across),
                array(&offsets),
                array(&backdrops),
                array(&part_of_pair),
                array(&tile_offsets),
                array(&tile_counts),
                array(&lists),
            ],
        )?;
        if found[LONG_LISTS] > 0 {
            let spare = on.array(listed, size_of::<u32>())?;
            let digits = (u32::BITS - pair_count.leading_zeros()).div_ceil(4);
            let passes = digits.next_multiple_of(2) as i32;
            let groups = (found[LONG_LISTS] as usize).min(SORTERS) * TABLE_ITEMS;
            on.run(
                "sort_long",
                groups,
                1,
                &[
                    array(&on.totals),
                    value(&long),
                    array(&long_tiles),
                    array(&tile_offsets),
                    array(&lists),
                    array(&spare),
                    value(&passes),
                ],
            )?;
        }
        session.drain()?;
        Ok(Self {
            touches_all,
            covers,
            tiles_across,
            pixels,
            kinds,
            part_of_pair,
            offsets,
            backdrops,
            entries,
            tile_offsets,
            lists,
        })
    }
}
