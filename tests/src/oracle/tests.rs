use super::merge::{Merge, MergeError, Number, Type, merge};
use super::scenes::{Size, partition, scenes, small_values, values};
use super::{Feature, Random, Shape, definition, mask, picture};

const SMALL: Size = Size { width: 12, height: 9, features: 5 };

#[test]
fn rows_equal_the_definition() {
    for scene in scenes(1, SMALL) {
        for (index, feature) in scene.features.iter().enumerate() {
            for all_touched in [false, true] {
                let fast = mask(feature, scene.width, scene.height, all_touched);
                let slow = definition::mask(feature, scene.width, scene.height, all_touched);
                assert!(
                    fast == slow,
                    "{} {index}, all touched {all_touched}: {feature:?}\n{}\n\n{}",
                    scene.name,
                    picture(&fast, scene.width),
                    picture(&slow, scene.width)
                );
            }
        }
    }
}

#[test]
fn a_partition_gives_each_pixel_to_one() {
    for seed in 0..3 {
        let scene = partition(&mut Random::new(seed), Size { width: 90, height: 70, features: 0 });
        let mut owners = vec![0; 90 * 70];
        for feature in &scene.features {
            mask(feature, 90, 70, false).iter().zip(&mut owners).for_each(|(set, n)| *n += usize::from(*set));
        }
        assert!(owners.iter().all(|n| *n == 1), "{owners:?}");
    }
}

fn check(shape: Shape, all_touched: bool, expected: [&str; 5]) {
    let feature = Feature::from(shape);
    assert_eq!(picture(&mask(&feature, 6, 5, all_touched), 6), expected.join("\n"));
    assert_eq!(picture(&definition::mask(&feature, 6, 5, all_touched), 6), expected.join("\n"));
}

fn ring(points: &[[f64; 2]]) -> Shape {
    Shape::Polygon(vec![points.to_vec()])
}

fn polyline(points: &[[f64; 2]]) -> Shape {
    Shape::Lines(vec![points.to_vec()])
}

/// By hand. Corners on centres: left and top edges are in, right and bottom edges out.
#[test]
fn centres_on_edges() {
    let square = ring(&[[1.5, 1.5], [4.5, 1.5], [4.5, 3.5], [1.5, 3.5]]);
    check(square.clone(), false, ["......", ".###..", ".###..", "......", "......"]);
    check(square, true, ["......", ".####.", ".####.", ".####.", "......"]);
}

/// By hand. All touched adds no ring around a polygon that ends on pixel sides.
#[test]
fn an_aligned_polygon_burns_its_own_pixels() {
    for all_touched in [false, true] {
        let square = ring(&[[1.0, 1.0], [4.0, 1.0], [4.0, 3.0], [1.0, 3.0]]);
        check(square, all_touched, ["......", ".###..", ".###..", "......", "......"]);
    }
}

/// By hand. The hypotenuse of the upper left triangle goes through the centres of the diagonal: its right edge, out.
#[test]
fn a_diagonal_through_centres() {
    check(ring(&[[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]]), false, ["####..", "###...", "##....", "#.....", "......"]);
    check(ring(&[[5.0, 0.0], [5.0, 5.0], [0.0, 5.0]]), false, ["....#.", "...##.", "..###.", ".####.", "#####."]);
    check(ring(&[[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]]), true, ["#####.", "####..", "###...", "##....", "#....."]);
}

/// From a Python script in `fractions.Fraction`: centres by a vertical ray, touched pixels as those whose intersection
/// with the polygon, clipped side by side, has an area.
#[test]
fn a_star_agrees_with_clipping() {
    let star =
        ring(&[[1.3, 0.7], [9.6, 2.15], [13.85, 0.4], [12.05, 4.9], [14.7, 8.2], [8.9, 6.55], [3.45, 9.3], [4.1, 5.2]]);
    let filled = [
        "................",
        "..####.....##...",
        "..###########...",
        "...##########...",
        "....########....",
        "....#########...",
        "....#########...",
        "....###.....##..",
        "....#...........",
        "................",
    ];
    let touched = [
        ".###........##..",
        ".#############..",
        "..############..",
        "..###########...",
        "...##########...",
        "...##########...",
        "...###########..",
        "...######.#####.",
        "...####......##.",
        "...##...........",
    ];
    assert_eq!(picture(&mask(&star.clone().into(), 16, 10, false), 16), filled.join("\n"));
    assert_eq!(picture(&mask(&star.into(), 16, 10, true), 16), touched.join("\n"));
}

/// By hand. Rings of one geometry cancel where they overlap; members of a collection do not.
#[test]
fn even_odd_within_a_geometry_and_union_between() {
    let a = vec![[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]];
    let b = vec![[2.0, 1.0], [6.0, 1.0], [6.0, 5.0], [2.0, 5.0], [2.0, 1.0]];
    check(Shape::Polygon(vec![a.clone(), b.clone()]), false, ["####..", "##..##", "##..##", "..####", "..####"]);
    let members = Feature { shapes: vec![Shape::Polygon(vec![a]), Shape::Polygon(vec![b])] };
    assert_eq!(picture(&mask(&members, 6, 5, false), 6), "####..\n######\n######\n..####\n..####");
}

/// By hand. Along x the line falls half a pixel per step: every second step is a tie, and the upper row gets it.
#[test]
fn line_ties_go_to_the_smaller_index_whatever_the_direction() {
    let (a, b) = ([0.5, 0.5], [4.5, 2.5]);
    let falling = ["##....", "..##..", "....#.", "......", "......"];
    check(polyline(&[a, b]), false, falling);
    check(polyline(&[b, a]), false, falling);
    let (a, b) = ([0.5, 2.5], [4.5, 0.5]);
    let rising = ["...##.", ".##...", "#.....", "......", "......"];
    check(polyline(&[a, b]), false, rising);
    check(polyline(&[b, a]), false, rising);
    let (a, b) = ([2.9, 0.1], [0.1, 4.9]);
    let steep = ["..#...", ".#....", ".#....", "#.....", "#....."];
    check(polyline(&[a, b]), false, steep);
    check(polyline(&[b, a]), false, steep);
}

/// By hand. A half-open box has its left and top side and their common corner only.
#[test]
fn touched_lines_on_sides_and_corners() {
    check(polyline(&[[1.0, 2.0], [4.0, 2.0]]), true, ["......", "......", ".####.", "......", "......"]);
    check(polyline(&[[2.0, 1.0], [2.0, 3.0]]), true, ["......", "..#...", "..#...", "..#...", "......"]);
    check(polyline(&[[0.0, 0.0], [3.0, 3.0]]), true, ["#.....", ".#....", "..#...", "...#..", "......"]);
    // Downwards to the left it meets each corner's own box, (1, 3) .. (4, 0), beside those it runs through.
    check(polyline(&[[4.0, 0.0], [1.0, 3.0]]), true, ["...##.", "..##..", ".##...", ".#....", "......"]);
    check(polyline(&[[0.5, 1.25], [3.5, 2.75]]), true, ["......", "##....", "..##..", "......", "......"]);
}

/// By hand.
#[test]
fn a_polygon_without_area_is_its_boundary_when_all_touched() {
    let flat = ring(&[[1.0, 2.0], [4.0, 2.0], [2.0, 2.0]]);
    check(flat.clone(), false, ["......"; 5]);
    check(flat, true, ["......", "......", ".####.", "......", "......"]);
    check(ring(&[[3.0, 3.0]; 3]), true, ["......", "......", "......", "...#..", "......"]);
    // Not flat: the edge along the row's side passes through no open box.
    check(ring(&[[1.0, 2.0], [4.0, 2.0], [2.0, 2.25]]), true, ["......", "......", ".###..", "......", "......"]);
}

/// By hand.
#[test]
fn points_belong_to_the_box_that_contains_them() {
    let points = Shape::Points(vec![[0.0, 0.0], [1.0, 0.999], [5.0, 4.0], [6.0, 1.0], [-1e-300, 1.0], [2.5, 5.0]]);
    for all_touched in [false, true] {
        check(points.clone(), all_touched, ["##....", "......", "......", "......", ".....#"]);
    }
}

#[test]
fn a_feature_with_a_coordinate_that_is_not_finite_is_nothing() {
    let square = ring(&[[0.0, 0.0], [6.0, 0.0], [6.0, 5.0], [0.0, 5.0]]);
    let feature = Feature { shapes: vec![square, Shape::Points(vec![[1.0, f64::NAN]])] };
    assert!(!mask(&feature, 6, 5, true).contains(&true));
}

fn all(values: &[Number], rule: Merge, ty: Type) -> Result<Number, MergeError> {
    let features = values.iter().map(|value| (vec![true, false], *value));
    let pixels = merge(features, 2, rule, ty, Number::Int(9))?;
    assert_eq!(Some(pixels[1]), ty.hold(Number::Int(9)), "nothing touched it");
    Ok(pixels[0])
}

fn ints(values: &[i128]) -> Vec<Number> {
    values.iter().copied().map(Number::Int).collect()
}

fn floats(values: &[f64]) -> Vec<Number> {
    values.iter().copied().map(Number::Float).collect()
}

/// By hand.
#[test]
fn merges_of_integers() {
    let values = ints(&[3, -5, 4, 3]);
    let results = [
        (Merge::Last, 3),
        (Merge::First, 3),
        (Merge::Min, -5),
        (Merge::Max, 4),
        (Merge::Sum, 5),
        (Merge::Count, 4),
        (Merge::Mean, 1),
    ];
    for (rule, expected) in results {
        assert_eq!(all(&values, rule, Type::I16), Ok(Number::Int(expected)), "{rule:?}");
    }
    for (values, expected) in [([0, 1], 0), ([1, 2], 2), ([-1, 0], 0), ([-2, -1], -2), ([2, 3], 2)] {
        assert_eq!(all(&ints(&values), Merge::Mean, Type::I8), Ok(Number::Int(expected)), "{values:?}");
    }
    let big = i128::from(i64::MAX);
    assert_eq!(all(&ints(&[big - 1, 1]), Merge::Sum, Type::I64), Ok(Number::Int(big)));
    assert_eq!(
        all(&ints(&[100, 100, 56]), Merge::Sum, Type::U8),
        Err(MergeError::Pixel { pixel: 0, value: Number::Int(256) })
    );
    assert_eq!(all(&ints(&[100, 100, -100]), Merge::Sum, Type::I8), Ok(Number::Int(100)));
    assert_eq!(
        all(&ints(&[big, 1, -1]), Merge::Sum, Type::I64),
        Err(MergeError::Pixel { pixel: 0, value: Number::Int(big + 1) })
    );
    assert_eq!(
        all(&ints(&[0; 256]), Merge::Count, Type::U8),
        Err(MergeError::Pixel { pixel: 0, value: Number::Int(256) })
    );
}

/// By hand: (1 + 2⁻⁵³) + 2⁻⁵³ stays 1 in f64; 1e308 + 1e308 is infinite there; 2²⁴ + 1 + 1 is 2²⁴ + 2 in f32 if rounded once.
#[test]
fn merges_of_floats() {
    let ulp = 2_f64.powi(-53);
    let sum = |values: &[f64], ty| all(&floats(values), Merge::Sum, ty);
    assert_eq!(sum(&[1.0, ulp, ulp], Type::F64), Ok(Number::Float(1.0)));
    assert_eq!(sum(&[ulp, ulp, 1.0], Type::F64), Ok(Number::Float(1.0 + 2.0 * ulp)));
    assert_eq!(sum(&[16_777_216.0, 1.0, 1.0], Type::F32), Ok(Number::Float(16_777_218.0)));
    assert_eq!(sum(&[1e308, 1e308], Type::F64), Ok(Number::Float(f64::INFINITY)));
    assert!(sum(&[3e38, 3e38], Type::F32).is_err());
    assert_eq!(all(&floats(&[1.0, 2.0, 4.0]), Merge::Mean, Type::F64), Ok(Number::Float(7.0 / 3.0)));
    assert_eq!(all(&floats(&[0.1]), Merge::Last, Type::F32), Ok(Number::Float(f64::from(0.1_f32))));

    let values = floats(&[f64::NAN, 2.0, f64::NAN, 5.0, f64::NAN]);
    let results = [(Merge::Min, 2.0), (Merge::Max, 5.0), (Merge::Sum, 7.0), (Merge::Mean, 3.5), (Merge::Count, 5.0)];
    for (rule, expected) in results {
        assert_eq!(all(&values, rule, Type::F64), Ok(Number::Float(expected)), "{rule:?}");
    }
    for rule in [Merge::Last, Merge::First] {
        assert!(matches!(all(&values, rule, Type::F64), Ok(Number::Float(value)) if value.is_nan()));
    }
    assert_eq!(all(&values[..1], Merge::Sum, Type::F64), Ok(Number::Float(9.0)), "only NaN is nothing");
    let zeros = floats(&[-0.0, 0.0]);
    for rule in [Merge::Min, Merge::Max, Merge::First] {
        assert!(matches!(all(&zeros, rule, Type::F64), Ok(Number::Float(value)) if value.is_sign_negative()));
    }
}

/// By hand.
#[test]
fn types_hold_what_they_hold() {
    assert_eq!(Type::U8.hold(Number::Int(256)), None);
    assert_eq!(Type::I8.hold(Number::Int(-128)), Some(Number::Int(-128)));
    assert_eq!(Type::U64.hold(Number::Float(18_446_744_073_709_551_616.0)), None);
    assert_eq!(Type::I64.hold(Number::Float(-9_223_372_036_854_775_808.0)), Some(Number::Int(i64::MIN.into())));
    assert_eq!(Type::I32.hold(Number::Float(1.5)), None);
    assert_eq!(Type::I32.hold(Number::Float(f64::NAN)), None);
    assert_eq!(Type::I32.hold(Number::Float(f64::INFINITY)), None);
    assert_eq!(Type::F32.hold(Number::Int(16_777_217)), Some(Number::Float(16_777_216.0)));
    assert_eq!(Type::F32.hold(Number::Float(1e39)), None);
    assert_eq!(
        all(&ints(&[7, 300]), Merge::Last, Type::U8),
        Err(MergeError::Value { feature: 1, value: Number::Int(300) })
    );
    assert_eq!(Type::I16.bytes(&ints(&[-2])), (-2_i16).to_ne_bytes());
    assert_eq!(Type::U64.bytes(&ints(&[u64::MAX.into()])), [255; 8]);
    assert_eq!(Type::F32.bytes(&floats(&[0.5])), 0.5_f32.to_ne_bytes());
}

#[test]
fn generated_values_fit_their_type() {
    let mut random = Random::new(3);
    for ty in Type::ALL {
        let all_values = values(&mut random, ty, 200);
        let small = small_values(&mut random, ty, 50);
        for value in all_values.iter().chain(&small) {
            let same = |held: Number| match (held, value) {
                (Number::Float(a), Number::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
                (held, value) => held == *value,
            };
            assert!(ty.hold(*value).is_some_and(same), "{ty:?} {value:?}");
        }
        assert!(all(&small, Merge::Sum, ty).is_ok(), "{ty:?}");
    }
}

/// Reference values of splitmix64 for seed 1234567 (Vigna's C code).
#[test]
fn the_random_sequence_is_splitmix64() {
    let mut random = Random::new(1_234_567);
    let bits: Vec<u64> = (0..3).map(|_| random.bits()).collect();
    assert_eq!(bits, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
}
