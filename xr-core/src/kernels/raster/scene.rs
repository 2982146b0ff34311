//! What is derived from staged geometry, once per job: for each tile the (part, tile) pairs with something to draw.
//!
//! Sizes that only the device knows come back in two probes: how many pairs there are, and then how many entries of edges
//! and how long the lists.

use super::source::{SCAN_EACH, SHORT_LIST, TABLE_ITEMS, TILE, TRANSFORM_EACH, scene_source};
use crate::{
    Error, Grid, Lane, Purpose, Result, Rule, Session, Slab, Span, StagedGeometry,
    kernels::{
        Argument, Kernels,
        launch::{slab, staged, value},
    },
};
use bytemuck::{Pod, Zeroable};
use std::sync::Arc;

/// Work-groups that sort long lists, each one list after the other.
const SORTERS: usize = 256;

/// A grid as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct KernelGrid {
    x0: f64,
    dx: f64,
    y0: f64,
    dy: f64,
    width: i32,
    height: i32,
}

/// Edges, pairs and lists on the device.
pub struct Scene<B: Kernels> {
    pub(super) touches_all: bool,
    /// Whether rows are inside where their upper borders are, instead of their centre lines.
    pub(super) covers: bool,
    pub(super) tiles_across: u32,
    /// Vertices in pixel space.
    pub(super) pixels: Slab<B>,
    /// How each part is drawn.
    pub(super) kinds: Slab<B>,
    /// The part of each pair.
    pub(super) part_of_pair: Slab<B>,
    /// Where each pair's entries begin, and the last end.
    pub(super) offsets: Slab<B>,
    /// Of each pair, the rows that are inside from the tile's left on.
    pub(super) backdrops: Slab<B>,
    /// First vertices of edges and segments, and points.
    pub(super) entries: Slab<B>,
    /// Where each tile's list begins, and the last ends.
    pub(super) tile_offsets: Slab<B>,
    /// Pairs of each tile.
    pub(super) lists: Slab<B>,
}

/// Totals of scans, and how many tiles have long lists.
const TOTALS: usize = 4;
/// Where a total is kept.
const PAIRS: usize = 0;
const ENTRIES: usize = 1;
const LISTED: usize = 2;
const LONG_LISTS: usize = 3;

/// Launches kernels of the scene's program on one lane.
struct Deriving<'a, B: Kernels> {
    session: &'a Session<B>,
    lane: &'a Lane<B>,
    program: B::Program,
    totals: Arc<Slab<B>>,
}

impl<'a, B: Kernels> Deriving<'a, B> {
    fn new(session: &'a Session<B>) -> Result<Self> {
        let lane = session.lane(0);
        let program = session.backend().program(&scene_source())?;
        let totals = session.scratch(lane, TOTALS * size_of::<u64>())?;
        Ok(Self { session, lane, program, totals })
    }

    /// Memory for `count` elements of `size` bytes that the scene keeps.
    fn kept(&self, count: usize, size: usize) -> Result<Slab<B>> {
        self.session.derived(count * size)
    }

    /// Memory that is given back when the scene is made.
    fn array(&self, count: usize, size: usize) -> Result<Arc<Slab<B>>> {
        self.session.scratch(self.lane, count * size)
    }

    /// A kernel with a work-item for each of `count` things, `each` of them a work-item's.
    fn run(&self, name: &'static str, count: usize, each: usize, arguments: &[Argument<'_, B>]) -> Result<()> {
        let groups = count.div_ceil(TABLE_ITEMS * each);
        self.session.backend().launch(&self.lane.stream, &self.program, name, arguments, groups, TABLE_ITEMS)
    }

    /// Prefix sums of `count` numbers, and their total at `slot`.
    fn scan(&self, count: usize, numbers: &Slab<B>, sums: &Slab<B>, slot: usize) -> Result<()> {
        let blocks = count.div_ceil(TABLE_ITEMS * SCAN_EACH);
        let block_sums = self.array(blocks.max(1), size_of::<u64>())?;
        let (n, slot) = (count as u32, slot as u32);
        self.run("scan_blocks", count, SCAN_EACH, &[value(&n), slab(numbers), slab(&block_sums)])?;
        let arguments = [value(&n), slab(numbers), slab(&block_sums), slab(sums), slab(&self.totals), value(&slot)];
        self.run("scan_apply", count.max(1), SCAN_EACH, &arguments)
    }

    /// What was found so far.
    fn probe(&self) -> Result<[u64; TOTALS]> {
        let span = Span { at: 0, len: TOTALS * size_of::<u64>() };
        let view = self.session.read(self.lane, &self.totals, &[span], Purpose::Probe)?.wait()?;
        Ok(bytemuck::pod_read_unaligned(view.part(0)))
    }
}

fn within(what: &'static str, got: u64) -> Result<usize> {
    let limit = u64::from(u32::MAX) - 1;
    if got > limit { Err(Error::Limit { what, got, limit }) } else { Ok(got as usize) }
}

impl<B: Kernels> Scene<B> {
    pub(super) fn new(
        session: &Session<B>,
        geometry: &StagedGeometry<B>,
        grid: &Grid,
        rule: &Rule<'_>,
    ) -> Result<Self> {
        let on = Deriving::new(session)?;
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
        let grid = value(&kernel_grid);
        let [v, p, q] = [vertices, paths, parts].map(|n| n as u32);
        let (vertex_count, path_count, part_count) = (value(&v), value(&p), value(&q));
        let (touches_all, covers) = (rule.touches_all(), rule.coverage.is_some());
        let (touch, offset) = (i32::from(touches_all), if covers { 0.0f64 } else { 0.5 });
        let across = tiles_across as i32;

        let pixels = on.kept(vertices, 2 * size_of::<f64>())?;
        let part_of = on.array(vertices, size_of::<u32>())?;
        let boxes = on.array(parts, 4 * size_of::<i32>())?;
        on.run("begin", parts.max(TOTALS), 1, &[part_count, slab(&boxes), slab(&on.totals)])?;
        let world = staged(&geometry.vertices);
        let (staged_paths, staged_parts) = (staged(&geometry.paths), staged(&geometry.parts));
        on.run(
            "transform",
            vertices,
            TRANSFORM_EACH,
            &[
                vertex_count,
                world,
                path_count,
                staged_paths,
                staged_parts,
                grid,
                slab(&pixels),
                slab(&part_of),
                slab(&boxes),
            ],
        )?;
        let kinds = on.kept(parts, size_of::<u32>())?;
        on.run(
            "kinds",
            parts,
            1,
            &[part_count, staged_parts, path_count, staged_paths, slab(&pixels), value(&touch), slab(&kinds)],
        )?;
        let per_part = on.array(parts, size_of::<u32>())?;
        let bases = on.array(parts + 1, size_of::<u32>())?;
        on.run("count_pairs", parts, 1, &[part_count, slab(&boxes), grid, slab(&per_part)])?;
        on.scan(parts, &per_part, &bases, PAIRS)?;
        let pairs = within("parts times tiles", on.probe()?[PAIRS])?;

        let (pair_count, tile_count) = (pairs as u32, tiles as u32);
        let entry_counts = on.array(pairs, size_of::<u32>())?;
        let backdrops = on.kept(pairs, size_of::<u32>())?;
        let offsets = on.kept(pairs + 1, size_of::<u32>())?;
        let part_of_pair = on.kept(pairs, size_of::<u32>())?;
        let tile_counts = on.array(tiles, size_of::<u32>())?;
        let tile_offsets = on.kept(tiles + 1, size_of::<u32>())?;
        let long_tiles = on.array(pairs / SHORT_LIST as usize + 1, size_of::<u32>())?;
        let cleared =
            [value(&pair_count), slab(&entry_counts), slab(&backdrops), value(&tile_count), slab(&tile_counts)];
        on.run("clear", pairs.max(tiles), 1, &cleared)?;
        let enter = |pass: i32, entries: &Slab<B>| {
            on.run(
                "enter",
                vertices,
                1,
                &[
                    value(&pass),
                    vertex_count,
                    slab(&pixels),
                    slab(&part_of),
                    slab(&kinds),
                    slab(&boxes),
                    slab(&bases),
                    grid,
                    value(&touch),
                    value(&offset),
                    slab(&entry_counts),
                    slab(&backdrops),
                    slab(&offsets),
                    slab(entries),
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
                part_count,
                slab(&bases),
                slab(&boxes),
                grid,
                value(&across),
                slab(&offsets),
                slab(&backdrops),
                slab(&part_of_pair),
                slab(&tile_counts),
                slab(&on.totals),
                value(&long),
                slab(&long_tiles),
            ],
        )?;
        on.scan(tiles, &tile_counts, &tile_offsets, LISTED)?;
        let found = on.probe()?;
        let entry_count = within("edges times tiles", found[ENTRIES])?;
        let listed = within("pairs in tiles' lists", found[LISTED])?;

        let entries = on.kept(entry_count, size_of::<u32>())?;
        enter(1, &entries)?;
        let lists = on.kept(listed, size_of::<u32>())?;
        on.run(
            "list_pairs",
            pairs,
            1,
            &[
                value(&pair_count),
                slab(&bases),
                slab(&boxes),
                grid,
                value(&across),
                slab(&offsets),
                slab(&backdrops),
                slab(&part_of_pair),
                slab(&tile_offsets),
                slab(&tile_counts),
                slab(&lists),
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
                    slab(&on.totals),
                    value(&long),
                    slab(&long_tiles),
                    slab(&tile_offsets),
                    slab(&lists),
                    slab(&spare),
                    value(&passes),
                ],
            )?;
        }
        session.settle()?;
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
