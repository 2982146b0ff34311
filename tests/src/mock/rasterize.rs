//! The burn, by `xr_cpu`'s plain functions on the mock's memory.

use super::{
    Fault, Mock, Stream,
    memory::{Allocations, POISON, Table},
    sabotage::{self, Tables},
    words::Words,
};
use std::sync::{Arc, PoisonError};
use xr_core::{
    Base, Burn, Coverage, GeometryView, Grid, Merge, Number, Rasterize, Result, Rule, STATUS_OVERFLOW, Scalar, Session,
    Span, StagedGeometry, Window, WindowOutput, expr::UserMerge,
};

/// What the device derives from tables.
#[derive(Clone)]
pub struct MockScene(Arc<Derived>);

struct Derived {
    scene: xr_cpu::Scene,
    /// What a fault made of the tables.
    altered: Option<Tables>,
}

/// The staged tables as kernel arguments.
#[derive(Clone, Copy)]
struct Geometry {
    vertices: Table,
    paths: Table,
    parts: Table,
}

impl Geometry {
    fn new(geometry: &StagedGeometry<Mock>) -> Self {
        Self {
            vertices: Table::new(&geometry.vertices),
            paths: Table::new(&geometry.paths),
            parts: Table::new(&geometry.parts),
        }
    }

    fn view(self, memory: &Allocations) -> Option<GeometryView<'_>> {
        Some(GeometryView {
            vertices: memory.table(self.vertices)?,
            paths: memory.table(self.paths)?,
            parts: memory.table(self.parts)?,
        })
    }
}

impl Rasterize for Mock {
    type Scene = MockScene;

    fn scene(
        session: &Session<Self>,
        geometry: &StagedGeometry<Self>,
        grid: &Grid,
        rule: &Rule<'_>,
    ) -> Result<MockScene> {
        let all_touched = rule.touches_all();
        let mock = session.backend();
        if mock.has(Fault::HidesReadback) {
            mock.heap.meter.download(8, xr_core::Purpose::Probe);
        }
        if mock.has(Fault::AllocatesWholeRaster) {
            mock.heap.meter.allocation(grid.pixels() as usize * size_of::<u32>());
        }
        if let Some(scene) = mock.left_behind().clone() {
            return Ok(scene);
        }
        let (geometry, grid, fault) = (Geometry::new(geometry), *grid, mock.fault);
        let derived = session.lane(0).stream.call(move |heap| {
            let mut derived = None;
            heap.run("scene", |memory| {
                let staged = geometry.view(memory)?;
                let altered = fault.and_then(|fault| sabotage::geometry(fault, staged, &grid));
                let view = altered.as_ref().map_or(staged, Tables::view);
                derived = Some(xr_cpu::Scene::new(view, &grid, all_touched).map(|scene| Derived { scene, altered }));
                Some(())
            });
            heap.check()?;
            derived.transpose()
        })?;
        let derived = derived.ok_or_else(|| super::memory::device_fault("no scene"))?;
        let scene = MockScene(Arc::new(derived));
        if mock.has(Fault::ClearsSceneAtLastWindow) {
            *mock.left_behind() = Some(scene.clone());
        }
        Ok(scene)
    }

    fn scratch(&self, _: Window) -> usize {
        0
    }

    fn rasterize(
        &self,
        on: &Stream,
        burn: &Burn<'_, Self>,
        window: Window,
        out: &WindowOutput<'_, Self>,
    ) -> Result<()> {
        self.heap.meter.launch();
        if self.has(Fault::UploadsTablesPerWindow) {
            self.heap.meter.upload(burn.values.len());
            burn.properties.iter().for_each(|table| self.heap.meter.upload(table.len()));
        }
        if self.has(Fault::AllocatesPerWindow) {
            self.heap.meter.allocation(window.pixels());
        }
        let is_last = window.col + window.width == burn.grid.width && window.row + window.height == burn.grid.height;
        if is_last {
            *self.left_behind() = None;
        }
        let (rule, user) = self.rule(burn.rule)?;
        let mut properties: Vec<Table> = burn.properties.iter().map(Table::new).collect();
        if self.has(Fault::SwapsProperties) {
            properties.reverse();
        }
        let kernel = Kernel {
            geometry: Geometry::new(burn.geometry),
            values: Table::new(burn.values),
            properties,
            scene: burn.scene.clone(),
            grid: burn.grid,
            rule,
            user,
            is_last,
            fault: self.fault,
        };
        let (slab, pixels, status) = (out.slab.buffer().id, out.pixels, out.status);
        on.push(move |heap| {
            heap.run("rasterize", |memory| {
                let (burned, bits) = match kernel.burn(memory, window, (slab, pixels))? {
                    Ok(result) => result,
                    Err(error) => {
                        heap.fail(error.to_string());
                        return Some(());
                    }
                };
                if !kernel.leaves_out(&burned) {
                    memory.write(slab, kernel.place(pixels), &burned)?;
                }
                memory.write(slab, status.at, &bits.to_ne_bytes())
            });
        });
        Ok(())
    }

    fn rasterize_host(&self, _: &Burn<'_, Self>, _: Window, _: &mut [u8]) -> Result<u64> {
        if self.has(Fault::ClaimsHostMemory) {
            return Ok(0);
        }
        Err(Self::unsupported("kernels that write to the host's memory".into()))
    }
}

impl Mock {
    fn left_behind(&self) -> std::sync::MutexGuard<'_, Option<MockScene>> {
        self.left_behind.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rule as a kernel keeps it: without a user merge, and that.
    fn rule(&self, rule: Rule<'_>) -> Result<(Rule<'static>, Option<UserMerge>)> {
        let Rule { all_touched, coverage, fill, .. } = rule;
        let (all_touched, coverage) = match coverage {
            Some(Coverage::Weight) if self.has(Fault::WeightsByTouch) => (true, None),
            _ => (all_touched, coverage),
        };
        let (merge, user) = match rule.merge {
            Merge::User(user) if self.has(Fault::FoldsFromZero) => {
                let zero = Scalar::new(fill.dtype(), Number::Int(0))?;
                (Merge::Last, Some(user.clone().with_init(user.init().unwrap_or(zero))?))
            }
            Merge::User(user) => (Merge::Last, Some(user.clone())),
            Merge::Last if self.has(Fault::LastIsFirst) => (Merge::First, None),
            // One that is not a user's.
            merge => (Merge::ALL.into_iter().find(|built_in| *built_in == merge).unwrap_or(Merge::Last), None),
        };
        let base = match rule.base {
            Base::Pixels { .. } if self.has(Fault::ForgetsInitialPixels) => Base::Fill,
            Base::Pixels { .. } if self.has(Fault::FillIsAValue) => Base::Pixels { fill_is_empty: false },
            base => base,
        };
        Ok((Rule { merge, all_touched, coverage, fill, base }, user))
    }
}

/// A launch.
struct Kernel {
    geometry: Geometry,
    values: Table,
    properties: Vec<Table>,
    scene: MockScene,
    grid: Grid,
    rule: Rule<'static>,
    user: Option<UserMerge>,
    is_last: bool,
    fault: Option<Fault>,
}

impl Kernel {
    /// Pixels and status of a window; `None` for memory that is gone.
    fn burn(&self, memory: &Allocations, window: Window, pixels: (u64, Span)) -> Option<Result<(Words, u64)>> {
        let staged = self.geometry.view(memory)?;
        let values: &[u8] = memory.table(self.values)?;
        let properties: Option<Vec<&[u8]>> = self.properties.iter().map(|&table| memory.table(table)).collect();
        let properties = properties?;
        let Derived { scene, altered } = &*self.scene.0;
        let view = altered.as_ref().map_or(staged, Tables::view);
        let dtype = self.rule.fill.dtype();
        let values = altered.as_ref().map_or(Words::of(values), |tables| tables.values(values, dtype));
        let values = self.fault.map_or(values.clone(), |fault| sabotage::values(fault, values, dtype));
        let rule = Rule { merge: self.user.as_ref().map_or(self.rule.merge, Merge::User), ..self.rule };
        let mut out = match rule.base {
            Base::Fill => Words::filled(POISON, pixels.1.len),
            Base::Pixels { .. } => Words::of(memory.span(pixels.0, pixels.1)?),
        };
        let status = if self.fault == Some(Fault::LocalCoordinates) {
            let grid = local(&self.grid, window);
            xr_cpu::Scene::new(view, &grid, rule.touches_all()).and_then(|scene| {
                xr_cpu::burn(view, &values, &properties, &scene, &grid, &rule, grid.window(), &mut out)
            })
        } else {
            xr_cpu::burn(view, &values, &properties, scene, &self.grid, &rule, window, &mut out)
        };
        if self.fault == Some(Fault::SupersamplesCoverage) && self.rule.coverage.is_some() {
            sabotage::quantised(&mut out, dtype);
        }
        let cleared = if self.fault == Some(Fault::LosesOverflow) { STATUS_OVERFLOW } else { 0 };
        Some(status.map(|status| (out, status & !cleared)))
    }

    /// Where the pixels go.
    fn place(&self, pixels: Span) -> usize {
        if self.fault == Some(Fault::BandsOverlap) { 0 } else { pixels.at }
    }

    /// Whether the pixels are not written.
    fn leaves_out(&self, pixels: &[u8]) -> bool {
        let fill = self.rule.fill.bytes();
        match self.fault {
            Some(Fault::DropsLastWindow) => self.is_last,
            Some(Fault::SkipsEmptyWindows) => pixels.chunks_exact(fill.len()).all(|pixel| pixel == fill),
            _ => false,
        }
    }
}

/// The grid of a window by itself.
pub(super) fn local(grid: &Grid, window: Window) -> Grid {
    Grid {
        width: window.width,
        height: window.height,
        x0: grid.x0 + f64::from(window.col) * grid.dx,
        y0: grid.y0 + f64::from(window.row) * grid.dy,
        ..*grid
    }
}
