//! The convex hull of points.

use robust::{Coord, orient2d};

/// Corners of the smallest convex polygon around points, counterclockwise; fewer than three if they are on one line.
///
/// Andrew's monotone chain, decided by exact orientations.
pub fn convex_hull(xs: &[f64], ys: &[f64]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = xs.iter().zip(ys).map(|(&x, &y)| [x, y]).collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut hull = chain(points.iter());
    hull.pop();
    let mut upper = chain(points.iter().rev());
    upper.pop();
    hull.append(&mut upper);
    hull
}

/// The right-hand boundary of points in order.
fn chain<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> Vec<[f64; 2]> {
    let coord = |[x, y]: [f64; 2]| Coord { x, y };
    let mut chain: Vec<[f64; 2]> = Vec::new();
    for &point in points {
        while let [.., a, b] = chain[..]
            && orient2d(coord(a), coord(b), coord(point)) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::convex_hull;

    #[test]
    fn only_corners_are_left() {
        let xs = [0.0, 2.0, 1.0, 2.0, 0.0, 1.0, 0.5, 0.0];
        let ys = [0.0, 0.0, 1.0, 2.0, 2.0, 0.0, 0.5, 0.0];
        assert_eq!(convex_hull(&xs, &ys), [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
    }

    #[test]
    fn a_line_has_no_area() {
        assert_eq!(convex_hull(&[3.0, 1.0, 2.0], &[3.0, 1.0, 2.0]).len(), 2);
    }
}
