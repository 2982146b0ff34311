//! Every width against the definition, bit by bit.

use super::{
    direct::{OnLattice, Points, Slopes, Values, padded},
    width::Width,
};
use std::marker::PhantomData;
use xr_core::spline::direct::Terms;

const POLYNOMIALS: [[f64; 3]; 3] = [[0.3, -1.7, 2.9], [1e6, 0.1, 0.0], [0.0; 3]];

struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn many(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.next()).collect()
    }
}

/// Points at random, two of them at places of the lattice; places on points, near by, and as far as they may be.
struct Case {
    us: Vec<f64>,
    vs: Vec<f64>,
    halves: [Vec<f64>; 3],
    place_us: Vec<f64>,
    place_vs: Vec<f64>,
}

fn case(points: usize, across: usize, down: usize) -> Case {
    let mut random = Random(points as u64);
    let mut us = random.many(points);
    let mut vs = random.many(points);
    let halves = std::array::from_fn(|_| random.many(points).iter().map(|w| w - 0.5).collect());
    let mut place_us: Vec<f64> = (0..across).map(|c| (c as f64 + 0.5) / across as f64).collect();
    let mut place_vs: Vec<f64> = (0..down).map(|r| (r as f64 + 0.5) / down as f64).collect();
    place_us.resize(padded(across), 0.5);
    place_us[1] = -180.0;
    place_us[2] = us[0].next_up();
    place_vs[0] = 180.0;
    (us[points - 1], vs[points - 1]) = (place_us[3], place_vs[down - 1]);
    (us[points / 2], vs[points / 2]) = (place_us[3] + 1e-9, place_vs[down - 1] - 1e-10);
    Case { us, vs, halves, place_us, place_vs }
}

impl Case {
    fn terms(&self, column: usize) -> Terms<'_> {
        Terms { us: &self.us, vs: &self.vs, halves: &self.halves[column], polynomial: POLYNOMIALS[column] }
    }

    fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        self.place_vs.iter().flat_map(|&v| self.place_us.iter().map(move |&u| (u, v)))
    }
}

#[test]
fn every_width_gives_the_values_of_the_definition() {
    for (points, across, down) in [(3, 20, 3), (256, 17, 2), (700, 40, 5)] {
        let case = case(points, across, down);
        let Case { us, vs, halves, place_us, place_vs } = &case;
        let expected: Vec<f64> = (0..3)
            .flat_map(|column| case.places().map(move |at| (column, at)))
            .map(|(column, (u, v))| case.terms(column).value(u, v))
            .collect();
        for &width in Width::all() {
            let mut sums = vec![0.0; expected.len()];
            let points = Points { us, vs, halves: halves.each_ref().map(|h| &h[..]), polynomials: POLYNOMIALS };
            width.run(OnLattice { term: PhantomData::<Values>, points, us: place_us, vs: place_vs, out: &mut sums });
            assert!(
                sums.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()),
                "{width:?}, {} points",
                us.len()
            );
        }
    }
}

#[test]
fn every_width_gives_the_slopes_of_the_definition() {
    let case = case(300, 33, 3);
    let Case { us, vs, halves, place_us, place_vs } = &case;
    let slopes: Vec<[f64; 2]> = case.places().map(|(u, v)| case.terms(0).gradient(u, v)).collect();
    for &width in Width::all() {
        let mut sums = vec![0.0; 2 * slopes.len()];
        let points = Points { us, vs, halves: [&halves[0]], polynomials: [POLYNOMIALS[0]] };
        width.run(OnLattice { term: PhantomData::<Slopes>, points, us: place_us, vs: place_vs, out: &mut sums });
        let (du, dv) = sums.split_at(slopes.len());
        for ((du, dv), expected) in du.iter().zip(dv).zip(&slopes) {
            assert_eq!([du.to_bits(), dv.to_bits()], expected.map(f64::to_bits), "{width:?}");
        }
    }
}

#[test]
fn places_anywhere_give_the_values_of_the_definition() {
    let case = case(700, 40, 5);
    let (us, vs): (Vec<f64>, Vec<f64>) = case.places().take(201).unzip();
    let mut values = vec![0.0; us.len()];
    super::values_at(&case.terms(0), &us, &vs, &mut values).unwrap();
    for ((&u, &v), value) in us.iter().zip(&vs).zip(values) {
        assert_eq!(value.to_bits(), case.terms(0).value(u, v).to_bits(), "({u}, {v})");
    }
}
