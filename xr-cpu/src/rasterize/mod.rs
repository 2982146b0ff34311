//! The burn: bands of rows in parallel, features in order within a band, spans into a writer made for merge and type.

mod band;
mod coverage;
mod fill;
mod fold;
mod line;
mod rows;
mod scene;
mod touch;
mod user;

pub use band::burn;
pub use scene::Scene;

use crate::{Cpu, memory::prefix};
use xr_core::{Burn, GeometryView, Grid, Rasterize, Result, Rule, Session, StagedGeometry, Window, WindowOutput};

impl Rasterize for Cpu {
    type Scene = Scene;

    fn scene(session: &Session<Self>, geometry: &StagedGeometry<Self>, grid: &Grid, rule: &Rule<'_>) -> Result<Scene> {
        let all_touched = rule.touches_all();
        with_tables(geometry, |view| session.backend().launch(|| Scene::new(view, grid, all_touched)))
    }

    fn scratch(&self, _: Window) -> usize {
        0
    }

    fn rasterize(&self, (): &(), task: &Burn<'_, Self>, window: Window, out: &WindowOutput<'_, Self>) -> Result<()> {
        let mut memory = out.slab.buffer().write();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
        let status = self.rasterize_host(task, window, &mut bytes[out.pixels.range()])?;
        bytes[out.status.range()].copy_from_slice(&status.to_ne_bytes());
        Ok(())
    }

    fn rasterize_host(&self, task: &Burn<'_, Self>, window: Window, out: &mut [u8]) -> Result<u64> {
        let values = task.values.buffer().read();
        let values = prefix(&values, task.values)?;
        let properties: Vec<_> = task.properties.iter().map(|table| table.buffer().read()).collect();
        let properties = properties.iter().zip(task.properties).map(|(bytes, table)| prefix(bytes, table));
        let properties = properties.collect::<Result<Vec<&[u8]>>>()?;
        with_tables(task.geometry, |view| {
            self.launch(|| burn(view, values, &properties, task.scene, &task.grid, &task.rule, window, out))
        })
    }
}

fn with_tables<R>(geometry: &StagedGeometry<Cpu>, work: impl FnOnce(GeometryView<'_>) -> Result<R>) -> Result<R> {
    let guards = (geometry.vertices.buffer().read(), geometry.paths.buffer().read(), geometry.parts.buffer().read());
    work(GeometryView {
        vertices: prefix(&guards.0, &geometry.vertices)?,
        paths: prefix(&guards.1, &geometry.paths)?,
        parts: prefix(&guards.2, &geometry.parts)?,
    })
}
