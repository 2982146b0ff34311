//! Kinds of geometry other than plain polygons.

use crate::{
    Verdict,
    oracle::{Feature, Shape},
    run::{Full, raster, session},
    scene::{Scene, line, polygon, rectangle},
    verdict::expect,
};
use std::slice::from_ref;
use xr_core::{Merge, Result, Scalar, Session, ValueTable};

/// Burns how many features touch each pixel and compares with digits; `.` is none.
fn counts<B: Full>(
    session: &mut Session<B>,
    features: &[Feature],
    all_touched: bool,
    picture: &[&str],
    what: &str,
) -> Verdict {
    let width = picture[0].len();
    let scene = Scene::in_pixels(width as u32, picture.len() as u32, features)?;
    let values = ValueTable::uniform(1u8, features.len());
    let got = raster(session, &scene.job(&values, Merge::Sum, all_touched, Scalar::of(0u8)))?;
    let digit = |count: &u8| if *count == 0 { '.' } else { char::from(b'0'.saturating_add(*count)) };
    let rows: Vec<String> = got.chunks(width).map(|row| row.iter().map(digit).collect()).collect();
    expect(rows == picture, || {
        format!("{what}, all touched {all_touched}:\n{}\ninstead of\n{}", rows.join("\n"), picture.join("\n"))
    })
}

/// By hand: lines step along their longer axis, a tie going to the smaller row or column in either direction; points
/// belong to the pixel whose left and top sides they may lie on.
pub fn lines_and_points<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let gentle = [[0.5, 0.5], [4.5, 2.5]];
    let steep = [[0.5, 0.5], [2.5, 4.5]];
    for backwards in [false, true] {
        let directed = |mut points: Vec<[f64; 2]>| {
            if backwards {
                points.reverse();
            }
            line(&points)
        };
        let what = if backwards { "backwards" } else { "forwards" };
        let picture = ["11....", "..11..", "....1.", "......", "......"];
        counts(&mut session, &[directed(gentle.to_vec())], false, &picture, what)?;
        let picture = ["1.....", "1.....", ".1....", ".1....", "..1..."];
        counts(&mut session, &[directed(steep.to_vec())], false, &picture, what)?;
        // The line passes (1.5, 1) and (3.5, 2).
        let picture = ["11....", ".111..", "...11.", "......", "......"];
        counts(&mut session, &[directed(gentle.to_vec())], true, &picture, what)?;
        // Both segments have the corner's pixel; it counts once.
        let corner = directed(vec![[0.2, 0.9], [4.9, 0.1], [4.2, 4.4]]);
        let picture = ["11111.", "....1.", "....1.", "....1.", "....1."];
        counts(&mut session, &[corner], false, &picture, what)?;
        // On a pixel's side: half-open boxes have their left and top sides.
        let border = directed(vec![[1.0, 1.0], [5.0, 1.0]]);
        let picture = ["......", ".11111", "......", "......", "......"];
        counts(&mut session, &[border], true, &picture, what)?;
    }
    let points = vec![[0.0, 0.0], [3.0, 2.0], [3.0f64.next_down(), 2.0], [6.0, 1.0], [1.0, 5.0], [-0.1, 1.0], [3.5, 2.5]];
    for all_touched in [false, true] {
        let picture = ["1.....", "......", "..11..", "......", "......"];
        for points in [points.clone(), points.repeat(40)] {
            counts(&mut session, &[Shape::Points(points).into()], all_touched, &picture, "points")?;
        }
    }
    Ok(())
}

/// By hand: a feature counts once per pixel, however many of its parts and edges touch it; the parts of a MultiPolygon
/// are one even-odd area, the members of a collection a union.
pub fn collections_are_unions<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let ring = |[x0, y0]: [f64; 2], [x1, y1]: [f64; 2]| vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    let (left, right) = (ring([0.0, 0.0], [4.0, 3.0]), ring([2.0, 1.0], [6.0, 4.0]));
    let overlapping = Shape::Polygon(vec![left.clone(), right.clone()]);
    let picture = ["1111..", "11..11", "11..11", "..1111", "......"];
    counts(&mut session, &[overlapping.into()], false, &picture, "a polygon of overlapping rings")?;
    let members = |shapes: Vec<Shape>| Feature { shapes };
    let union = members(vec![Shape::Polygon(vec![left]), Shape::Polygon(vec![right])]);
    let picture = ["1111..", "111111", "111111", "..1111", "......"];
    counts(&mut session, &[union], false, &picture, "a collection of overlapping polygons")?;
    let mixed = members(vec![
        Shape::Lines(vec![vec![[0.5, 2.5], [5.5, 2.5]], vec![[2.5, 0.5], [2.5, 4.5]]]),
        Shape::Polygon(vec![ring([1.0, 1.0], [4.0, 4.0])]),
        Shape::Points(vec![[2.5, 2.5], [2.5, 2.5], [5.5, 4.5]]),
    ]);
    let picture = ["..1...", ".111..", "111111", ".111..", "..1..1"];
    counts(&mut session, from_ref(&mixed), false, &picture, "a collection of all kinds")?;
    counts(&mut session, from_ref(&mixed), true, &picture, "a collection of all kinds")?;
    let twice = ["..2...", ".222..", "222222", ".222..", "..2..2"];
    counts(&mut session, &[mixed.clone(), mixed], false, &twice, "two features")?;
    let hole = Shape::Polygon(vec![ring([0.0, 0.0], [6.0, 5.0]), ring([1.0, 1.0], [5.0, 4.0])]);
    let picture = ["111111", "1....1", "1....1", "1....1", "111111"];
    counts(&mut session, &[hole.clone().into()], false, &picture, "a hole")?;
    counts(&mut session, &[hole.into()], true, &picture, "a hole aligned with pixels")?;
    let flat = polygon(&[[0.5, 0.5], [4.5, 2.5], [2.5, 1.5]]);
    counts(&mut session, from_ref(&flat), false, &["......"; 5], "a polygon without area")?;
    let picture = ["11....", ".111..", "...11.", "......", "......"];
    counts(&mut session, &[flat, rectangle([9.0, 9.0], [9.5, 9.5])], true, &picture, "a polygon without area")
}
