//! Points as they come become a problem that can be fitted: checked, without duplicates, in the unit box.

use super::SplineError;

/// Points as they come. All columns are as long as the coordinates.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    /// Coordinates.
    pub xs: &'a [f64],
    /// Coordinates.
    pub ys: &'a [f64],
    /// Values to interpolate, one slice a column.
    pub columns: &'a [&'a [f64]],
    /// Standard error of each point's values, if they differ.
    pub errors: Option<&'a [f64]>,
}

/// What becomes of points at one place. They become one whenever their values agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// Different values are an error.
    #[default]
    Refuse,
    /// The mean, weighted by 1/σ², whose variance is 1/Σσ⁻²: a smoothing spline is the same as with each of them.
    Mean,
}

/// From the coordinates of the input to the unit box: the same shift and scale for all, and one scale for both axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// x of the box's lower left corner.
    pub x: f64,
    /// y of the box's lower left corner.
    pub y: f64,
    /// Length of a unit: the longer side of the points' extent, 1 for a single point.
    pub scale: f64,
}

impl Frame {
    /// A place in the unit box.
    pub fn to_unit(&self, x: f64, y: f64) -> [f64; 2] {
        // Adding 0 makes one zero of both.
        [(x - self.x) / self.scale + 0.0, (y - self.y) / self.scale + 0.0]
    }
}

/// How the points lie: what polynomials they determine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// One point: a constant.
    Point,
    /// On one line: the spline of least norm, which changes along that line only.
    Line,
    /// In the plane.
    Plane,
}

/// Distinct finite points in the unit box, ready to be fitted.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where the unit box lies.
    pub frame: Frame,
    /// First coordinates in the unit box.
    pub us: Vec<f64>,
    /// Second coordinates in the unit box.
    pub vs: Vec<f64>,
    /// Values, one vector a column.
    pub columns: Vec<Vec<f64>>,
    /// σ² of each point, the diagonal of D; 1 without standard errors and duplicates.
    pub variances: Vec<f64>,
    /// Position in the input of each point, the first one of duplicates.
    pub origins: Vec<usize>,
    /// How many points of the input are gone into others.
    pub merged: usize,
    /// How the points lie.
    pub spread: Spread,
}

impl Problem {
    /// Checks points, merges duplicates and scales to the unit box. The order of points is kept.
    ///
    /// # Errors
    /// [`SplineError`], naming the point.
    pub fn new(points: &Points<'_>, duplicates: Duplicates) -> Result<Self, SplineError> {
        check(points)?;
        let frame = frame(points)?;
        let count = points.xs.len();
        let units = || points.xs.iter().zip(points.ys).map(|(&x, &y)| frame.to_unit(x, y));
        let (us, vs): (Vec<f64>, Vec<f64>) = units().map(|[u, v]| (u, v)).unzip();
        let mut problem = Self {
            frame,
            us,
            vs,
            columns: points.columns.iter().map(|column| column.to_vec()).collect(),
            variances: points.errors.map_or_else(|| vec![1.0; count], |errors| errors.iter().map(|e| e * e).collect()),
            origins: (0..count).collect(),
            merged: 0,
            spread: Spread::Plane,
        };
        problem.merge(points, duplicates)?;
        problem.spread = spread(&problem.us, &problem.vs, rounding(points, frame.scale));
        Ok(problem)
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.us.len()
    }

    /// Whether there are no points: never.
    pub fn is_empty(&self) -> bool {
        self.us.is_empty()
    }

    /// Makes one of all points at one place of the unit box.
    fn merge(&mut self, points: &Points<'_>, duplicates: Duplicates) -> Result<(), SplineError> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let place = |&i: &usize| (self.us[i], self.vs[i]);
        order.sort_by(|a, b| {
            let ((ua, va), (ub, vb)) = (place(a), place(b));
            ua.total_cmp(&ub).then(va.total_cmp(&vb)).then(a.cmp(b))
        });
        let groups: Vec<&[usize]> =
            order.chunk_by(|a, b| place(a) == place(b)).filter(|group| group.len() > 1).collect();
        if groups.is_empty() {
            return Ok(());
        }
        let mut gone = vec![false; self.len()];
        for group in groups {
            let first = group[0];
            let precision: f64 = group.iter().map(|&i| 1.0 / self.variances[i]).sum();
            for column in &mut self.columns {
                let other = group.iter().find(|&&i| column[i] != column[first]);
                let Some(&second) = other else { continue };
                if duplicates == Duplicates::Refuse {
                    return Err(SplineError::Duplicate {
                        first,
                        second,
                        x: points.xs[first],
                        y: points.ys[first],
                        first_value: column[first],
                        second_value: column[second],
                    });
                }
                column[first] = group.iter().map(|&i| column[i] / self.variances[i]).sum::<f64>() / precision;
            }
            self.variances[first] = 1.0 / precision;
            group[1..].iter().for_each(|&i| gone[i] = true);
        }
        self.merged = gone.iter().filter(|&&gone| gone).count();
        let columns = [&mut self.us, &mut self.vs, &mut self.variances];
        for column in columns.into_iter().chain(&mut self.columns) {
            keep(column, &gone);
        }
        keep(&mut self.origins, &gone);
        Ok(())
    }

    /// The two closest points, by their positions in the input, and their distance in its units: by the order along one axis,
    /// looking ahead as far as needed.
    pub fn closest(&self) -> (usize, usize, f64) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.us[a].total_cmp(&self.us[b]));
        let mut best = (0, 0, f64::INFINITY);
        for (k, &a) in order.iter().enumerate() {
            for &b in &order[k + 1..] {
                let du = self.us[b] - self.us[a];
                if du >= best.2 {
                    break;
                }
                let distance = du.hypot(self.vs[b] - self.vs[a]);
                if distance < best.2 {
                    best = (a, b, distance);
                }
            }
        }
        (self.origins[best.0], self.origins[best.1], best.2 * self.frame.scale)
    }
}

fn keep<T: Copy>(column: &mut Vec<T>, gone: &[bool]) {
    let mut gone = gone.iter();
    column.retain(|_| !gone.next().copied().unwrap_or(false));
}

fn check(points: &Points<'_>) -> Result<(), SplineError> {
    let count = points.xs.len();
    if count == 0 {
        return Err(SplineError::NoPoints);
    }
    let names = (1..=points.columns.len()).map(|n| format!("value column {n}"));
    let values = names.zip(points.columns.iter().copied());
    let errors = points.errors.map(|errors| ("standard error".to_owned(), errors));
    for (what, column) in
        [("x".to_owned(), points.xs), ("y".to_owned(), points.ys)].into_iter().chain(values).chain(errors)
    {
        if column.len() != count {
            return Err(SplineError::Lengths { what, found: column.len(), points: count });
        }
        if let Some(point) = column.iter().position(|v| !v.is_finite()) {
            return Err(SplineError::NotFinite { point, what, value: column[point] });
        }
    }
    // A square that underflows or overflows is no variance either.
    match points.errors.and_then(|errors| errors.iter().position(|&e| e <= 0.0 || !(e * e).is_normal())) {
        Some(point) => {
            Err(SplineError::StandardError { point, value: points.errors.map_or(0.0, |errors| errors[point]) })
        }
        None => Ok(()),
    }
}

fn bounds(values: &[f64]) -> [f64; 2] {
    values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)])
}

fn frame(points: &Points<'_>) -> Result<Frame, SplineError> {
    let ([x, right], [y, top]) = (bounds(points.xs), bounds(points.ys));
    for (low, high) in [(x, right), (y, top)] {
        if !(high - low).is_finite() {
            return Err(SplineError::Extent { low, high });
        }
    }
    let extent = (right - x).max(top - y);
    // A subnormal extent has no reciprocal: as good as one place.
    Ok(Frame { x, y, scale: if extent.is_normal() { extent } else { 1.0 } })
}

/// How far the coordinates' own rounding may move a point, in the unit box.
fn rounding(points: &Points<'_>, scale: f64) -> f64 {
    let largest = bounds(points.xs).into_iter().chain(bounds(points.ys)).fold(0.0, |most: f64, v| most.max(v.abs()));
    4.0 * f64::EPSILON * (1.0 + largest / scale)
}

/// Points count as collinear when none is further than `tolerance` from the line through two that are far apart.
fn spread(us: &[f64], vs: &[f64], tolerance: f64) -> Spread {
    let anchors = super::trend::Anchors::choose(us, vs, tolerance);
    match anchors.points().len() {
        1 => Spread::Point,
        2 => Spread::Line,
        _ => Spread::Plane,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(xs: &[f64], ys: &[f64], zs: &[f64], duplicates: Duplicates) -> Result<Problem, SplineError> {
        Problem::new(&Points { xs, ys, columns: &[zs], errors: None }, duplicates)
    }

    #[test]
    fn both_axes_have_one_scale() {
        let problem = problem(&[10.0, 30.0, 20.0], &[5.0, 5.0, 10.0], &[0.0; 3], Duplicates::Refuse).unwrap();
        assert_eq!(problem.frame, Frame { x: 10.0, y: 5.0, scale: 20.0 });
        assert_eq!((problem.us, problem.vs), (vec![0.0, 1.0, 0.5], vec![0.0, 0.0, 0.25]));
    }

    #[test]
    fn duplicates_that_agree_are_one_and_others_are_named() {
        let (xs, ys) = ([0.0, 1.0, 0.0, 2.0, -0.0], [0.0, 1.0, 0.0, 0.0, 0.0]);
        let agreeing = problem(&xs, &ys, &[7.0, 1.0, 7.0, 2.0, 7.0], Duplicates::Refuse).unwrap();
        assert_eq!((agreeing.origins, agreeing.merged), (vec![0, 1, 3], 2));
        let error = problem(&xs, &ys, &[7.0, 1.0, 7.0, 2.0, 8.0], Duplicates::Refuse).unwrap_err();
        assert!(matches!(error, SplineError::Duplicate { first: 0, second: 4, .. }), "{error}");
        let mean = problem(&xs, &ys, &[7.0, 1.0, 7.0, 2.0, 10.0], Duplicates::Mean).unwrap();
        assert_eq!((mean.columns[0][0], mean.variances[0]), (8.0, 1.0 / 3.0));
    }

    #[test]
    fn numbers_that_are_none_are_named() {
        let error = problem(&[0.0, 1.0], &[0.0, f64::NAN], &[1.0, 2.0], Duplicates::Refuse).unwrap_err();
        assert_eq!(error.to_string(), "point 1: its y is NaN; leave it out or correct it");
        let error = problem(&[0.0, 1.0], &[0.0, 2.0], &[1.0, f64::INFINITY], Duplicates::Refuse).unwrap_err();
        assert_eq!(error.to_string(), "point 1: its value column 1 is inf; leave it out or correct it");
        assert!(matches!(problem(&[], &[], &[], Duplicates::Refuse), Err(SplineError::NoPoints)));
        let wide = problem(&[-1e308, 1e308], &[0.0, 0.0], &[1.0, 2.0], Duplicates::Refuse).unwrap_err();
        assert!(matches!(wide, SplineError::Extent { .. }), "{wide}");
        let points = Points { xs: &[0.0], ys: &[0.0], columns: &[&[1.0]], errors: Some(&[0.0]) };
        let error = Problem::new(&points, Duplicates::Refuse).unwrap_err();
        assert!(matches!(error, SplineError::StandardError { point: 0, .. }), "{error}");
    }

    #[test]
    fn rounded_points_of_a_slanted_line_are_on_it() {
        let xs: Vec<f64> = (0..50).map(|i| 500_000.0 + 0.1 * f64::from(i)).collect();
        let ys: Vec<f64> = (0..50).map(|i| 4_600_000.0 + 0.3 * f64::from(i)).collect();
        assert_eq!(problem(&xs, &ys, &xs, Duplicates::Refuse).unwrap().spread, Spread::Line);
        let mut off = ys.clone();
        off[20] += 1e-5;
        assert_eq!(problem(&xs, &off, &xs, Duplicates::Refuse).unwrap().spread, Spread::Plane);
    }
}
