//! Seeded geometry that looks for trouble: ties, lattices, slivers, huge and tiny coordinates.

use std::f64::consts::TAU;

use super::{Feature, Number, Random, Shape, Type};

/// Features over a grid, in pixel space.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What the scene is about.
    pub name: &'static str,
    /// Columns of the grid.
    pub width: usize,
    /// Rows of the grid.
    pub height: usize,
    /// Features in order.
    pub features: Vec<Feature>,
}

/// The size of a scene.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Columns of the grid.
    pub width: usize,
    /// Rows of the grid.
    pub height: usize,
    /// Features of each scene; `oddities` and `partition` have as many as they need.
    pub features: usize,
}

impl Size {
    fn side(&self) -> f64 {
        self.width.max(self.height) as f64
    }

    /// A point up to `margin` pixels outside the grid.
    fn point(&self, random: &mut Random, margin: f64) -> [f64; 2] {
        [self.width, self.height].map(|side| random.uniform(-margin, side as f64 + margin))
    }

    /// A point of the lattice with the given step.
    fn lattice_point(&self, random: &mut Random, step: f64) -> [f64; 2] {
        [self.width, self.height].map(|side| random.integer(-4, (side as f64 / step) as i64 + 4) as f64 * step)
    }
}

type Make = fn(&mut Random, Size) -> Feature;

/// Every scene, each from its own part of the seed's sequence.
pub fn scenes(seed: u64, size: Size) -> Vec<Scene> {
    let makes: [(&'static str, Make); 14] = [
        ("stars", |random, size| star_anywhere(random, size)),
        ("several rings", several_rings),
        ("half-pixel lattice", |random, size| polygon(lattice_ring(random, size, 0.5))),
        ("integer lattice", |random, size| polygon(lattice_ring(random, size, 1.0))),
        ("lattice and a few ulp", nearly_lattice),
        ("aligned boxes", aligned_box),
        ("slivers", sliver),
        ("near-horizontal and near-vertical", nearly_axis_parallel),
        ("far vertices", far_vertices),
        ("self-intersections", self_intersecting),
        ("duplicate vertices", duplicate_vertices),
        ("lines", lines),
        ("points", points),
        ("collections", collection),
    ];
    let Size { width, height, features } = size;
    let mut seeds = Random::new(seed);
    let mut scenes: Vec<Scene> = makes
        .into_iter()
        .map(|(name, make)| {
            let mut random = Random::new(seeds.bits());
            let features = (0..features).map(|_| make(&mut random, size)).collect();
            Scene { name, width, height, features }
        })
        .collect();
    scenes.push(Scene { name: "oddities", width, height, features: oddities(size) });
    scenes.push(partition(&mut seeds, size));
    scenes
}

/// Triangles that cover the grid without gap or overlap: by the default rule each pixel belongs to exactly one.
pub fn partition(random: &mut Random, size: Size) -> Scene {
    const CELL: f64 = 4.0;
    let [columns, rows] = [size.width, size.height].map(|side| (side as f64 / CELL) as usize + 3);
    let mut vertex = |i: usize, step: f64| {
        let steps = (1.0 / step) as i64;
        (i as f64 - 1.0) * CELL + random.integer(-steps, steps) as f64 * step
    };
    // Steps of one pixel, half a pixel, and one that no centre falls on.
    let step = |i: usize, j: usize| [1.0, 0.5, 1.0 / 1024.0][(i + j) % 3];
    let vertices: Vec<Vec<[f64; 2]>> =
        (0..=rows).map(|j| (0..=columns).map(|i| [vertex(i, step(i, j)), vertex(j, step(i, j))]).collect()).collect();
    let mut features = Vec::new();
    for (upper, lower) in vertices.iter().zip(&vertices[1..]) {
        for (a, b) in upper.windows(2).zip(lower.windows(2)) {
            features.push(polygon(vec![a[0], a[1], b[0]]));
            features.push(polygon(vec![a[1], b[1], b[0]]));
        }
    }
    Scene { name: "partition", width: size.width, height: size.height, features }
}

/// A value for each of `n` features: any of the type, its limits, and for floats now and then NaN, ±0, ±∞.
pub fn values(random: &mut Random, ty: Type, n: usize) -> Vec<Number> {
    let one = |random: &mut Random| match ty.limits() {
        Some((low, high)) if random.chance(0.1) => Number::Int(random.choose(&[low, high])),
        Some((low, high)) => Number::Int(low + i128::from(random.bits()) % (high - low + 1)),
        None if random.chance(0.2) => {
            Number::Float(random.choose(&[f64::NAN, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY]))
        }
        None => {
            let value = random.uniform(-50.0, 50.0);
            Number::Float(if ty == Type::F32 { f64::from(value as f32) } else { value })
        }
    };
    (0..n).map(|_| one(random)).collect()
}

/// Values of a type so small that `n` of them can be summed in it.
pub fn small_values(random: &mut Random, ty: Type, n: usize) -> Vec<Number> {
    let Some((low, high)) = ty.limits() else { return values(random, ty, n) };
    let share = n.max(1) as i128;
    let (low, high) = ((low / share).max(-1000) as i64, (high / share).min(1000) as i64);
    (0..n).map(|_| Number::Int(random.integer(low, high).into())).collect()
}

fn polygon(ring: Vec<[f64; 2]>) -> Feature {
    Shape::Polygon(vec![ring]).into()
}

/// A star-shaped ring, closed.
fn star(random: &mut Random, [x, y]: [f64; 2], radius: f64, vertices: usize) -> Vec<[f64; 2]> {
    let mut angles: Vec<f64> = (0..vertices).map(|_| random.uniform(0.0, TAU)).collect();
    angles.sort_by(f64::total_cmp);
    let mut ring: Vec<[f64; 2]> = angles
        .into_iter()
        .map(|angle| {
            let distance = radius * random.uniform(0.35, 1.0);
            [x + distance * angle.cos(), y + distance * angle.sin()]
        })
        .collect();
    ring.extend(ring.first().copied());
    ring
}

fn star_ring(random: &mut Random, size: Size) -> Vec<[f64; 2]> {
    let centre = size.point(random, 5.0);
    let (radius, vertices) = (random.uniform(0.3, 4.0 + size.side() / 5.0), random.integer(3, 14) as usize);
    star(random, centre, radius, vertices)
}

fn star_anywhere(random: &mut Random, size: Size) -> Feature {
    polygon(star_ring(random, size))
}

fn several_rings(random: &mut Random, size: Size) -> Feature {
    let rings = random.integer(1, 4);
    Shape::Polygon((0..rings).map(|_| star_ring(random, size)).collect()).into()
}

fn lattice_ring(random: &mut Random, size: Size, step: f64) -> Vec<[f64; 2]> {
    let vertices = random.integer(3, 8);
    (0..vertices).map(|_| size.lattice_point(random, step)).collect()
}

/// Estimates in floating point land within their error bound here, on either side.
fn nearly_lattice(random: &mut Random, size: Size) -> Feature {
    let mut ring = lattice_ring(random, size, 0.5);
    ring.iter_mut().flatten().for_each(|value| {
        for _ in 0..random.integer(0, 3) {
            *value = if random.chance(0.5) { value.next_up() } else { value.next_down() };
        }
    });
    polygon(ring)
}

fn aligned_box(random: &mut Random, size: Size) -> Feature {
    let [x, y] = size.lattice_point(random, 1.0);
    let offset = random.choose(&[0.0, 0.5, 0.25]);
    let [right, bottom] = [x, y].map(|low| low + offset + random.integer(0, 8) as f64);
    let [left, top] = [x + offset, y + offset];
    polygon(vec![[left, top], [right, top], [right, bottom], [left, bottom]])
}

fn sliver(random: &mut Random, size: Size) -> Feature {
    let mut origin = size.point(random, 0.0);
    let angle = random.uniform(0.0, TAU);
    let length = random.uniform(1.0, size.side());
    let (mut direction, width) =
        ([length * angle.cos(), length * angle.sin()], 10_f64.powf(random.uniform(-9.0, -0.3)));
    if random.chance(0.4) {
        origin = origin.map(|value| (value * 2.0).round() / 2.0);
        direction = [0; 2].map(|_| random.integer(-20, 20) as f64);
    }
    let across = [-angle.sin() * width, angle.cos() * width];
    let at = |along: f64, aside: f64| [0, 1].map(|axis| origin[axis] + along * direction[axis] + aside * across[axis]);
    let end = random.uniform(0.0, 1.0);
    polygon(vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, end)])
}

/// Edges that rise by next to nothing over the whole grid, near a centre line or a pixel's side.
fn nearly_axis_parallel(random: &mut Random, size: Size) -> Feature {
    let nudge =
        |random: &mut Random| random.choose(&[-1.0, 0.0, 1.0]) * random.choose(&[1e-15, 1e-13, 1e-10, 1e-6, 1e-3]);
    let [_, base] = size.lattice_point(random, 0.5);
    let near = |random: &mut Random, base: f64| base + nudge(random);
    let far = base + random.choose(&[0.0, 0.5, 3.0]);
    let (left, right) = (random.uniform(-3.0, 3.0), size.side() + random.uniform(-3.0, 3.0));
    let mut ring = vec![
        [left, near(random, base)],
        [right, near(random, base)],
        [right, near(random, far)],
        [left, near(random, far)],
    ];
    if random.chance(0.5) {
        ring.iter_mut().for_each(|vertex| vertex.reverse());
    }
    polygon(ring)
}

fn far_vertices(random: &mut Random, size: Size) -> Feature {
    let vertices = random.integer(3, 5);
    let mut ring: Vec<[f64; 2]> = Vec::new();
    for _ in 0..vertices {
        let near = size.point(random, 5.0);
        let reach = 10_f64.powf(random.uniform(2.0, 15.0));
        ring.push(if random.chance(0.6) { near.map(|value| value + random.uniform(-reach, reach)) } else { near });
    }
    polygon(ring)
}

fn self_intersecting(random: &mut Random, size: Size) -> Feature {
    let vertices = random.integer(4, 12);
    polygon((0..vertices).map(|_| size.point(random, 3.0)).collect())
}

/// Vertices repeated, spikes there and back, and an edge walked twice.
fn duplicate_vertices(random: &mut Random, size: Size) -> Feature {
    let mut ring = Vec::new();
    for vertex in star_ring(random, size) {
        let spike = size.lattice_point(random, 0.5);
        match random.integer(0, 3) {
            0 => ring.extend([vertex, vertex, vertex]),
            1 => ring.extend([vertex, spike, vertex]),
            _ => ring.push(vertex),
        }
    }
    polygon(ring)
}

/// A polyline of two to six points of one character.
fn line(random: &mut Random, size: Size) -> Vec<[f64; 2]> {
    let character = random.integer(0, 4);
    let points = random.integer(2, 6);
    let reach = 10_f64.powi(random.integer(0, 15) as i32);
    let point = |random: &mut Random| match character {
        0 => size.lattice_point(random, 0.5),
        1 => size.lattice_point(random, 1.0),
        2 => size.point(random, reach),
        3 => size.point(random, 0.0).map(|value| (value * 8.0).round() / 8.0),
        _ => size.point(random, 4.0),
    };
    (0..points).map(|_| point(random)).collect()
}

fn lines(random: &mut Random, size: Size) -> Feature {
    let parts = random.integer(1, 3);
    Shape::Lines((0..parts).map(|_| line(random, size)).collect()).into()
}

fn points(random: &mut Random, size: Size) -> Feature {
    let n = random.integer(1, 6);
    let point = |random: &mut Random| match random.integer(0, 2) {
        0 => size.lattice_point(random, 1.0),
        1 => size.lattice_point(random, 1.0).map(|value| value.next_down()),
        _ => size.point(random, 2.0),
    };
    Shape::Points((0..n).map(|_| point(random)).collect()).into()
}

/// Members of all kinds that overlap each other.
fn collection(random: &mut Random, size: Size) -> Feature {
    let makes: [Make; 4] = [star_anywhere, several_rings, lines, points];
    let members = random.integer(1, 5);
    Feature { shapes: (0..members).flat_map(|_| random.choose(&makes)(random, size).shapes).collect() }
}

/// Single cases that have caught somebody.
fn oddities(size: Size) -> Vec<Feature> {
    let [w, h] = [size.width as f64, size.height as f64];
    let square = |x: f64, y: f64, side: f64| vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
    let polygons = [
        vec![vec![[3.0, 3.0]; 3]],
        vec![vec![[3.5, 3.5]; 4]],
        vec![vec![[5.3, 5.3], [w - 2.0, 8.7], [5.3, 5.3]]],
        vec![vec![[2.0, 1.0], [2.0, h - 1.0], [2.0, 3.0]]],
        vec![vec![[2.5, 7.2], [9.3, 7.2], [4.0, 7.2]]],
        vec![vec![[0.0, 0.0], [4.0, 4.0], [2.0, 2.0]], vec![[6.0, 6.0], [9.0, 9.0], [7.0, 7.0]]],
        vec![vec![[1e15, 5.0], [-1e15, 6.5], [3.0, 40.0]]],
        vec![vec![[7e12, -3e12], [-5e12, 4e12], [1.0, 1.0]]],
        vec![square(-1e9, -1e9, 2e9)],
        vec![vec![[-50.0, 1.0], [-20.0, 9.0], [-30.0, 60.0]]],
        vec![vec![[w + 5.0, 1.0], [w + 9.0, 9.0], [w + 30.0, 60.0]]],
        vec![square(1.0, 1.0, 9.0), square(3.0, 3.0, 3.0)],
        vec![square(1.0, 1.0, 6.0), square(4.0, 4.0, 6.0)],
        vec![square(1.0, 1.0, 4.0), square(5.0, 1.0, 4.0)],
        vec![vec![[0.0, 0.0], [w, h], [w, 0.0], [0.0, h]]],
        vec![vec![[2.5, 2.5], [2.5, h - 0.5], [w - 0.5, h - 0.5], [w - 0.5, 2.5]]],
        vec![vec![[1.0, 5.5], [9.0, 5.5], [9.0, 5.5 + 1e-13], [1.0, 5.5 + 1e-13]]],
        vec![vec![[1e-300, 1e-300], [8.0, 1e-300], [1e-200, 8.0]]],
        vec![vec![[-1e-17, -1e-17], [5.5, 0.5], [0.5, 5.5]]],
        vec![vec![[-0.0, -0.0], [w, 0.0], [w, h], [0.0, h]]],
        vec![vec![[f64::NAN, 1.0], [5.0, 5.0], [1.0, 9.0]]],
        vec![vec![[1.0, 1.0], [f64::INFINITY, 5.0], [1.0, 9.0]]],
        vec![],
        vec![vec![]],
    ];
    let lines = [
        vec![[1.0, 1.0], [1.0, 1.0]],
        vec![[0.0, 0.0], [w, h]],
        vec![[w, 0.0], [0.0, h]],
        vec![[2.0, 3.0], [9.0, 3.0]],
        vec![[9.0, 3.0], [9.0, 0.0]],
        vec![[-1e15, -1e15], [1e15, 1e15]],
        vec![[-1e15, 3.0], [1e15, 3.5]],
        vec![[0.5, 0.5], [6.5, 3.5], [0.5, 6.5]],
        vec![[1e-300, 0.0], [0.0, 5.0]],
        vec![[4.0, 4.0]],
        vec![],
    ];
    let points = [vec![[0.0, 0.0], [w, h], [w.next_down(), h.next_down()], [-0.0, 2.0], [-1e-300, 3.0]], vec![]];
    let polygons = polygons.into_iter().map(Shape::Polygon);
    let lines = lines.into_iter().map(|line| Shape::Lines(vec![line]));
    let points = points.into_iter().map(Shape::Points);
    let mut features: Vec<Feature> = polygons.chain(lines).chain(points).map(Feature::from).collect();
    features.push(Feature::default());
    features
}
