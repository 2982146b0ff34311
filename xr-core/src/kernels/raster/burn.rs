//! Windows: a work-group for each tile, first without exact arithmetic, then the tiles that need it.

use super::{
    scene::Scene,
    source::{BURN_ITEMS, TILE, burn_source},
};
use crate::{
    Base, Burn, Error, Grid, Merge, Rasterize, Result, Rule, Session, Span, StagedGeometry, Window, WindowOutput,
    kernels::{
        Argument, Kernels,
        launch::{not_on_host, slab, staged, value},
    },
};
use bytemuck::{Pod, Zeroable};

/// Work-groups that take tiles with hard crossings, one after the other.
const EXACT_GROUPS: usize = 1024;

/// A window as kernels see it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct KernelWindow {
    column: i32,
    row: i32,
    width: i32,
    height: i32,
}

/// Tiles that a window meets, across and down.
fn tiles_of(window: Window) -> (u32, u32) {
    let count = |from: u32, length: u32| (from + length).div_ceil(TILE) - from / TILE;
    (count(window.col, window.width), count(window.row, window.height))
}

impl<B: Kernels> Rasterize for B {
    type Scene = Scene<B>;

    fn scene(session: &Session<B>, geometry: &StagedGeometry<B>, grid: &Grid, rule: &Rule<'_>) -> Result<Scene<B>> {
        Scene::new(session, geometry, grid, rule)
    }

    fn scratch(&self, window: Window) -> usize {
        // Of hard tiles how many, and which. A window of this size anywhere meets at most one tile more each way.
        let most = |length: u32| length.div_ceil(TILE) as usize + 1;
        (1 + most(window.width) * most(window.height)) * size_of::<u32>()
    }

    fn rasterize(&self, on: &B::Stream, burn: &Burn<'_, B>, window: Window, out: &WindowOutput<'_, B>) -> Result<()> {
        burn.rule.check()?;
        let covers = burn.rule.coverage.is_some();
        if burn.scene.touches_all != burn.rule.touches_all() || burn.scene.covers != covers {
            return Err(Error::Misuse { what: "a scene is made for its rule" });
        }
        for zeroed in [out.status, Span { len: size_of::<u32>(), ..out.scratch }] {
            self.fill(on, out.slab.buffer(), zeroed, 0)?;
        }
        let (across, down) = tiles_of(window);
        let tiles = across as usize * down as usize;
        let kernel_window = KernelWindow {
            column: window.col as i32,
            row: window.row as i32,
            width: window.width as i32,
            height: window.height as i32,
        };
        let scene = burn.scene;
        let first = (window.row / TILE * scene.tiles_across + window.col / TILE) as i32;
        let (grid_across, window_across) = (scene.tiles_across as i32, across as i32);
        let at = [out.pixels.at, out.status.at, out.scratch.at].map(|at| at as u64);
        let fill_is_empty = i32::from(matches!(burn.rule.base, Base::Pixels { fill_is_empty: true }));
        let fill = burn.rule.fill;
        let start = match burn.rule.merge {
            Merge::User(user) => user.init().unwrap_or(fill),
            _ => fill,
        };
        let mut arguments = vec![
            value(&kernel_window),
            value(&first),
            value(&grid_across),
            value(&window_across),
            slab(out.slab),
            value(&at[0]),
            value(&at[1]),
            value(&at[2]),
            Argument::Value(fill.bytes()),
            value(&fill_is_empty),
            Argument::Value(start.bytes()),
            staged(burn.values),
            staged(&burn.geometry.parts),
        ];
        let derived = [
            &scene.kinds,
            &scene.pixels,
            &scene.tile_offsets,
            &scene.lists,
            &scene.part_of_pair,
            &scene.offsets,
            &scene.backdrops,
            &scene.entries,
        ];
        arguments.extend(derived.map(slab));
        arguments.extend(burn.properties.iter().map(staged));
        let passes = [(false, tiles), (true, tiles.min(EXACT_GROUPS))];
        for &(exact, groups) in if covers { &passes[..1] } else { &passes[..] } {
            let program = self.program(&burn_source(&burn.rule, exact))?;
            self.launch(on, &program, "burn", &arguments, groups, BURN_ITEMS)?;
        }
        Ok(())
    }

    fn rasterize_host(&self, _: &Burn<'_, B>, _: Window, _: &mut [u8]) -> Result<u64> {
        Err(not_on_host(self, "burning into the host's memory"))
    }
}
