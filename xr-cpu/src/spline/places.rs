//! Direct sums at places anywhere: what the fit needs at the points, and the report at random pixels.

use super::{
    direct::{AtPlaces, Points, Values, padded},
    width::Width,
};
use rayon::prelude::*;
use std::marker::PhantomData;
use xr_core::{
    Error, Result,
    spline::{PointSums, direct::Terms},
};

/// Places that a thread takes at a time.
const PLACES: usize = 64;

/// The spline's values at places `(u, v)`, the bits of [`Terms::value`].
pub fn values_at(spline: &Terms<'_>, us: &[f64], vs: &[f64], out: &mut [f64]) -> Result<()> {
    let points = spline.us.len();
    if spline.vs.len() != points || spline.halves.len() != points || us.len() != vs.len() || us.len() != out.len() {
        return Err(Error::Misuse { what: "coordinates, weights and values belong together" });
    }
    let Terms { us: point_us, vs: point_vs, halves, polynomial } = *spline;
    let points = Points { us: point_us, vs: point_vs, halves: [halves], polynomials: [polynomial] };
    let places = us.par_chunks(PLACES).zip(vs.par_chunks(PLACES));
    places.zip(out.par_chunks_mut(PLACES)).for_each(|((us, vs), out)| {
        let pad = |places: &[f64]| {
            let mut padded_places = places.to_vec();
            padded_places.resize(padded(places.len()), 0.0);
            padded_places
        };
        let mut numbers = vec![0.0; padded(us.len())];
        let kernel = AtPlaces::<Values> { term: PhantomData, points, us: &pad(us), vs: &pad(vs), out: &mut numbers };
        Width::best().run(kernel);
        out.copy_from_slice(&numbers[..out.len()]);
    });
    Ok(())
}

/// Sums at a problem's points, term by term.
#[derive(Clone, Copy, Debug)]
pub struct DirectSums<'a> {
    /// First coordinates in the unit box.
    pub us: &'a [f64],
    /// Second coordinates in the unit box.
    pub vs: &'a [f64],
}

impl PointSums for DirectSums<'_> {
    fn all(&mut self, weights: &[f64], sums: &mut [f64]) -> Result<()> {
        let halves: Vec<f64> = weights.iter().map(|weight| weight / 2.0).collect();
        values_at(&self.terms(&halves), self.us, self.vs, sums)
    }

    fn direct(&mut self, weights: &[f64], points: &[usize], sums: &mut [f64]) -> Result<()> {
        let halves: Vec<f64> = weights.iter().map(|weight| weight / 2.0).collect();
        let pick = |from: &[f64]| points.iter().map(|&point| from[point]).collect::<Vec<f64>>();
        values_at(&self.terms(&halves), &pick(self.us), &pick(self.vs), sums)
    }
}

impl DirectSums<'_> {
    fn terms<'a>(&'a self, halves: &'a [f64]) -> Terms<'a> {
        Terms { us: self.us, vs: self.vs, halves, polynomial: [0.0; 3] }
    }
}
