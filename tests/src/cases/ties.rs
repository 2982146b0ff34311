//! What exactly on an edge, and which of two features, is never left to chance.

use crate::{
    Verdict,
    oracle::{
        Feature, Random, Shape,
        scenes::{Size, partition},
    },
    run::{Full, raster, session},
    scene::{Scene, line, polygon, rectangle},
    verdict::{expect, same_pixels},
};
use xr_core::{DataType, Merge, Result, Scalar, ValueTable};

/// By hand: a centre on a left or top edge is in, on a right or bottom edge out.
pub fn ties_go_left_and_up<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let square = rectangle([1.5, 1.5], [4.5, 3.5]);
    let diamond = polygon(&[[3.5, 0.5], [6.5, 3.5], [3.5, 6.5], [0.5, 3.5]]);
    let pictures = [
        (square, ["........", ".###....", ".###....", "........", "........", "........", "........"]),
        (diamond, ["........", "..##....", ".####...", "######..", ".####...", "..##....", "........"]),
    ];
    for (feature, picture) in pictures {
        let scene = Scene::in_pixels(8, 7, &[feature])?;
        let values = ValueTable::uniform(b'#', 1);
        let got = raster(&mut session, &scene.job(&values, Merge::Last, false, Scalar::of(b'.')))?;
        expect(got == picture.concat().as_bytes(), || {
            let rows: Vec<_> = got.chunks(8).map(String::from_utf8_lossy).collect();
            format!("centres on edges:\n{}\ninstead of\n{}", rows.join("\n"), picture.join("\n"))
        })?;
    }
    Ok(())
}

/// By hand: features meet in the order they were given in, whatever their kinds, also where they are many.
pub fn ties_follow_order<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    // All cover the pixel in the middle.
    let kinds = [
        rectangle([0.0, 0.0], [5.0, 5.0]),
        line(&[[0.5, 2.5], [4.5, 2.5]]),
        Shape::Points(vec![[2.5, 2.5]]).into(),
        polygon(&[[1.0, 1.0], [4.0, 1.2], [3.8, 4.4], [0.7, 3.9]]),
    ];
    let middle = |bytes: &[u8]| bytemuck::pod_read_unaligned::<f64>(&bytes[12 * 8..13 * 8]);
    for rotation in 0..kinds.len() {
        for count in [4, 333] {
            let features: Vec<Feature> = kinds.iter().cycle().skip(rotation).take(count).cloned().collect();
            let scene = Scene::in_pixels(5, 5, &features)?;
            // A sum that depends on its order: 1 is lost beside 1e16, and 1e16 goes away again.
            let numbers: Vec<f64> = (0..count).map(|n| [1e16, 1.0, -1e16, 3.0][n % 4]).collect();
            let sum = numbers.iter().fold(0.0, |sum, number| sum + number);
            let rows = [(Merge::First, 1e16), (Merge::Last, numbers[count - 1]), (Merge::Sum, sum)];
            for (merge, want) in rows {
                let values = ValueTable::from_pixels(&numbers);
                let got = middle(&raster(&mut session, &scene.job(&values, merge, false, Scalar::of(-1.0)))?);
                expect(got == want, || {
                    format!("{merge} of {count} features from kind {rotation} on is {got:?} instead of {want:?}")
                })?;
            }
        }
    }
    Ok(())
}

/// Features that share edges give each pixel to exactly one of them, whichever way their rings run.
pub fn neighbours_partition<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let size = Size { width: 61, height: 83, features: 0 };
    let boxes = (0..9 * 11).map(|n| {
        let [x, y] = [n % 9, n / 9].map(|i| f64::from(i) * 8.0 - 4.5);
        rectangle([x, y], [x + 8.0, y + 8.0])
    });
    let mut scenes = vec![("boxes on centres", boxes.collect::<Vec<_>>())];
    scenes.extend((0..3).map(|seed| ("triangles", partition(&mut Random::new(seed), size).features)));
    for (name, mut features) in scenes {
        features.iter_mut().step_by(2).for_each(reverse);
        let scene = Scene::in_pixels(61, 83, &features)?;
        let values = ValueTable::uniform(1u8, scene.features.len());
        let got = raster(&mut session, &scene.job(&values, Merge::Count, false, Scalar::of(0u8)))?;
        same_pixels(&got, &[1; 61 * 83], DataType::U8, 61, || format!("owners of pixels, {name}"))?;
    }
    Ok(())
}

fn reverse(feature: &mut Feature) {
    for shape in &mut feature.shapes {
        if let Shape::Polygon(rings) = shape {
            rings.iter_mut().for_each(|ring| ring.reverse());
        }
    }
}
