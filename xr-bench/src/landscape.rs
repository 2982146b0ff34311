//! Seeded rasters that look like elevation and land cover.

use std::thread;

/// Fractal value noise (Perlin 1985, on a lattice of random values with cubic easing): 8 octaves, amplitude halving, the
/// coarsest 1/4 of the raster. Metres, row by row.
pub fn elevation(size: u32) -> Vec<f32> {
    let side = f64::from(size);
    of_rows(size, |row, column| {
        let (x, y) = (f64::from(column) / side, f64::from(row) / side);
        let octave = |n: u32| value_noise(x, y, 4 << n, n) / f64::from(1u32 << n);
        (1500.0 * (0..8).map(octave).sum::<f64>()) as f32
    })
}

/// Sixteen classes of land cover: bands of an elevation, with patches of their own.
pub fn land_cover(size: u32) -> Vec<u8> {
    let side = f64::from(size);
    of_rows(size, |row, column| {
        let (x, y) = (f64::from(column) / side, f64::from(row) / side);
        let height = value_noise(x, y, 12, 20) + 0.3 * value_noise(x, y, 96, 21) + 0.1 * value_noise(x, y, 700, 22);
        let patch = value_noise(x, y, 200, 23) > 0.7;
        ((height / 1.4 * 8.0) as u8).min(7) + 8 * u8::from(patch)
    })
}

/// A square of pixels by row and column, by all cores.
fn of_rows<T: Copy + Default + Send>(size: u32, pixel: impl Fn(u32, u32) -> T + Sync) -> Vec<T> {
    let mut pixels = vec![T::default(); size as usize * size as usize];
    let rows = size.div_ceil(thread::available_parallelism().map_or(1, |cores| cores.get() as u32)).max(1);
    thread::scope(|scope| {
        for (n, share) in (0u32..).zip(pixels.chunks_mut(rows as usize * size as usize)) {
            let pixel = &pixel;
            scope.spawn(move || {
                for (row, line) in (n * rows..).zip(share.chunks_mut(size as usize)) {
                    (0..).zip(line).for_each(|(column, place)| *place = pixel(row, column));
                }
            });
        }
    });
    pixels
}

/// Noise of `cells` lattice cells over the unit square, 0 to 1.
fn value_noise(x: f64, y: f64, cells: u32, seed: u32) -> f64 {
    let (x, y) = (x * f64::from(cells), y * f64::from(cells));
    let (column, row) = (x as u32, y as u32);
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - f64::from(column)), ease(y - f64::from(row)));
    let corner = |dx: u32, dy: u32| lattice(column + dx, row + dy, seed);
    let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
    mix(mix(corner(0, 0), corner(1, 0), u), mix(corner(0, 1), corner(1, 1), u), v)
}

/// A random value of a lattice point, 0 to 1 (the finaliser of MurmurHash3, Appleby 2011).
fn lattice(column: u32, row: u32, seed: u32) -> f64 {
    let mut hash = column.wrapping_mul(0x9e37_79b1) ^ row.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    f64::from(hash ^ (hash >> 16)) / f64::from(u32::MAX)
}
