//! Seeded polygons.

use geo_types::{LineString, Polygon};

/// SplitMix64 (Steele, Lea, Flood 2014): the same workload on every machine.
pub struct Random(u64);

impl Random {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// Star-shaped polygons of `vertices` vertices at random angles, centres uniform over `size × size` pixels.
pub fn stars(
    count: usize,
    vertices: usize,
    radius: (f64, f64),
    jitter: f64,
    size: f64,
    seed: u64,
) -> Vec<Polygon<f64>> {
    let mut random = Random::new(seed);
    let mut star = || {
        let (x, y) = (random.uniform(0.0, size), random.uniform(0.0, size));
        let radius = random.uniform(radius.0, radius.1);
        let mut angles: Vec<f64> = (0..vertices).map(|_| random.uniform(0.0, std::f64::consts::TAU)).collect();
        angles.sort_by(f64::total_cmp);
        let ring = angles.iter().map(|angle| {
            let r = radius * random.uniform(1.0 - jitter, 1.0);
            (x + r * angle.cos(), y + r * angle.sin())
        });
        Polygon::new(LineString::from(ring.collect::<Vec<_>>()), Vec::new())
    };
    (0..count).map(|_| star()).collect()
}
