//! Every scene that looks for trouble, at many places and scales, pixel by pixel against exact arithmetic.
//!
//! A pixel decided for one feature by one rule counts once. `XR_EXACT_PIXELS` says how many to decide; each test run does
//! half a million.

use xr_conformance::{
    oracle::{
        self, Feature, Random, Shape,
        scenes::{Size, scenes},
    },
    run::raster_in_place,
    scene::Scene,
};
use xr_core::{Grid, Merge, Scalar, Session, ValueTable};
use xr_cpu::Cpu;

/// Pixels to decide.
fn wanted() -> u64 {
    std::env::var("XR_EXACT_PIXELS").ok().and_then(|text| text.parse().ok()).unwrap_or(500_000)
}

/// The same vertices elsewhere.
fn moved(features: &[Feature], world: impl Fn([f64; 2]) -> [f64; 2]) -> Vec<Feature> {
    let mut features = features.to_vec();
    for shape in features.iter_mut().flat_map(|feature| &mut feature.shapes) {
        match shape {
            Shape::Polygon(paths) | Shape::Lines(paths) => {
                paths.iter_mut().flatten().for_each(|point| *point = world(*point));
            }
            Shape::Points(points) => points.iter_mut().for_each(|point| *point = world(*point)),
        }
    }
    features
}

/// Grids over the same pixels: as they are, tiny, huge, flipped, far from the origin, with a side that no double has.
fn grids(width: u32, height: u32) -> [Grid; 6] {
    let grid = |x0, dx, y0, dy| Grid { width, height, x0, y0, dx, dy };
    let power = |n: i64| f64::from_bits(((1023 + n) as u64) << 52);
    [
        grid(0.0, 1.0, 0.0, 1.0),
        grid(0.0, power(-990), 0.0, -power(-990)), // 1e-298
        grid(0.0, power(980), 0.0, power(980)),    // 1e295
        grid(-124.5, 30.0, 49.25, -30.0),
        grid(1e15, 1.0, -3e14, -1.0),
        grid(500_000.1, 0.1, 4_000_000.3, -0.3),
    ]
}

#[test]
fn pixels_are_those_of_exact_arithmetic() {
    let mut session = Session::open(Cpu::open(), 1).unwrap();
    let (mut decided, mut seed) = (0u64, 0);
    while decided < wanted() {
        let size = Size { width: 23 + seed as usize * 7 % 90, height: 19 + seed as usize * 11 % 80, features: 6 };
        for found in scenes(seed, size) {
            let grid = grids(found.width as u32, found.height as u32)[seed as usize % 6];
            let world = moved(&found.features, |[x, y]| [grid.x0 + x * grid.dx, grid.y0 + y * grid.dy]);
            let scene = Scene::new(grid, &world);
            if scene.features.is_empty() {
                continue;
            }
            let indices: Vec<u16> = (1..=scene.features.len() as u16).collect();
            let values = ValueTable::from_pixels(&indices);
            for all_touched in [false, true] {
                let masks = scene.masks(all_touched);
                for merge in [Merge::Last, Merge::First, Merge::Count] {
                    let job = scene.job(&values, merge, all_touched, Scalar::of(0u16));
                    let got = raster_in_place(&mut session, &job).unwrap();
                    let pixel = |n: usize| {
                        let mut touching = (1u16..).zip(&masks).filter(|(_, mask)| mask[n]).map(|(index, _)| index);
                        match merge {
                            Merge::Last => touching.last().unwrap_or(0),
                            Merge::First => touching.next().unwrap_or(0),
                            _ => touching.count() as u16,
                        }
                    };
                    let want: Vec<u16> = (0..masks[0].len()).map(pixel).collect();
                    let same = got == bytemuck::cast_slice::<u16, u8>(&want);
                    assert!(same, "{}, seed {seed}, {merge}, all touched {all_touched}, {grid:?}", found.name);
                }
                decided += (masks.len() * masks[0].len()) as u64;
            }
        }
        seed += 1;
    }
    println!("{decided} pixels decided, none differs");
}

/// Whole pixels cut off the grid cut the raster, wherever pixel space itself is exact: vertices on a fine lattice.
#[test]
fn cropping_the_grid_crops_the_raster() {
    let mut session = Session::open(Cpu::open(), 1).unwrap();
    let mut random = Random::new(5);
    for seed in 0..12 {
        let size = Size { width: 61, height: 47, features: 8 };
        for found in scenes(seed, size) {
            let fine = |v: f64| (v.clamp(-1e6, 1e6) * 65_536.0).round() / 65_536.0;
            let features = moved(&found.features, |[x, y]| [fine(x), fine(y)]);
            let [left, top] = [random.integer(0, 50) as usize, random.integer(0, 40) as usize];
            let [right, bottom] = [random.integer(left as i64 + 1, 61), random.integer(top as i64 + 1, 47)];
            let (width, height) = (right as usize - left, bottom as usize - top);
            let whole = Scene::new(Grid { width: 61, height: 47, x0: 0.0, y0: 0.0, dx: 1.0, dy: 1.0 }, &features);
            let (x0, y0) = (left as f64, top as f64);
            let (w, h) = (width as u32, height as u32);
            let part = Scene::new(Grid { width: w, height: h, x0, y0, dx: 1.0, dy: 1.0 }, &features);
            let values = ValueTable::uniform(1u8, whole.features.len());
            for all_touched in [false, true] {
                let mut burn = |scene: &Scene| {
                    let job = scene.job(&values, Merge::Count, all_touched, Scalar::of(0u8));
                    raster_in_place(&mut session, &job).unwrap()
                };
                let all = burn(&whole);
                let rows = all.chunks_exact(61).skip(top).take(height);
                let want: Vec<u8> = rows.flat_map(|row| &row[left..left + width]).copied().collect();
                assert!(burn(&part) == want, "{}, seed {seed}, all touched {all_touched}", found.name);
            }
        }
    }
}

/// The quick oracle of the first test against the definitions in rational numbers, over the same scales.
#[test]
fn the_oracle_follows_the_definitions_at_every_scale() {
    for seed in 0..1 {
        for found in scenes(seed, Size { width: 13, height: 11, features: 3 }) {
            for grid in grids(found.width as u32, found.height as u32) {
                let world = moved(&found.features, |[x, y]| [grid.x0 + x * grid.dx, grid.y0 + y * grid.dy]);
                for feature in &Scene::new(grid, &world).features {
                    for all_touched in [false, true] {
                        let slow = oracle::definition::mask(feature, found.width, found.height, all_touched);
                        assert!(oracle::mask(feature, found.width, found.height, all_touched) == slow, "{feature:?}");
                    }
                }
            }
        }
    }
}
