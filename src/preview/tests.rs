//! Whole pictures, decoded again.

use super::*;

/// A decoded picture.
struct Decoded {
    width: u32,
    height: u32,
    rgb: Vec<[u8; 3]>,
}

impl Decoded {
    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        self.rgb[(y * self.width + x) as usize]
    }

    fn count(&self, colour: [u8; 3]) -> usize {
        self.rgb.iter().filter(|&&pixel| pixel == colour).count()
    }
}

fn decode(file: &[u8]) -> Decoded {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let rgb = pixels[..info.buffer_size()].chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect();
    Decoded { width: info.width, height: info.height, rgb }
}

fn picture(width: u32, height: u32, values: &[f64]) -> Decoded {
    decode(&encode(&Picture { width, height, values, title: "area_km2, last, EPSG:5070" }).unwrap())
}

const WHITE: [u8; 3] = [255, 255, 255];
const GREY: [u8; 3] = [226, 228, 232];
/// The ends of viridis as its authors published them: #440154 and #fde725.
const VIRIDIS_LOW: [u8; 3] = [0x44, 0x01, 0x54];
const VIRIDIS_HIGH: [u8; 3] = [0xfd, 0xe7, 0x25];

#[test]
fn the_largest_grid_fits_within_the_bound() {
    for (width, height) in [(20_000, 10_000), (10_000, 20_000), (5_000, 5_000), (1_000_000, 3)] {
        let (width, height) = size(width, height, MAX_SIDE);
        let values: Vec<f64> = (0..width * height).map(f64::from).collect();
        let picture = picture(width, height, &values);
        assert!(picture.width <= MAX_SIDE && picture.height <= MAX_SIDE);
        assert!(picture.width >= width && picture.height > height);
        assert_eq!(picture.at(0, 0), WHITE);
    }
}

#[test]
fn a_small_raster_is_enlarged_by_a_whole_factor() {
    let values: Vec<f64> = (0..1500).map(f64::from).collect();
    let picture = picture(50, 30, &values);
    // 19 × 50 is the most that fits in 1024 less the margins.
    assert!((950..=MAX_SIDE).contains(&picture.width));
    assert!(picture.count(VIRIDIS_LOW) >= 19 * 19);
}

#[test]
fn pixels_without_data_look_like_their_swatch_and_like_no_value() {
    let mut values: Vec<f64> = (0..10_000).map(f64::from).collect();
    let whole = picture(100, 100, &values);
    assert_eq!(whole.count(GREY), 0);
    values[..5000].fill(f64::NAN);
    let half = picture(100, 100, &values);
    let zoom = MAX_SIDE as usize / 100 - 1;
    assert!(half.count(GREY) > 5000 * zoom * zoom / 2, "{}", half.count(GREY));
    assert!(half.count(VIRIDIS_LOW) > 0 && half.count(VIRIDIS_HIGH) > 0);
}

#[test]
fn classes_get_the_ends_and_the_middle_of_the_ramp() {
    let picture = picture(6, 1, &[7.0, 7.0, 3.0, 3.0, 9.0, 9.0]);
    let middle = picture.height / 2;
    let thirds = [1, 3, 5].map(|sixth| picture.at(picture.width * sixth / 6, middle));
    assert_eq!((thirds[1], thirds[2]), (VIRIDIS_LOW, VIRIDIS_HIGH));
    assert!(thirds[0] != VIRIDIS_LOW && thirds[0] != VIRIDIS_HIGH);
}

#[test]
fn odd_input_gives_a_picture_all_the_same() {
    let odd: [&[f64]; 8] = [
        &[f64::NAN; 4],
        &[f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.5],
        &[f64::INFINITY; 4],
        &[0.0, -0.0, 0.0, -0.0],
        &[f64::MAX, -f64::MAX, 0.5, f64::NAN],
        &[5e-324, 0.0, 1e-320, f64::MIN_POSITIVE],
        &[1e300, 1e-300, -1e300, 0.1],
        &[1e15, 1e15 + 0.125, 1e15 + 0.25, 1e15 + 0.5],
    ];
    for values in odd {
        for (width, height) in [(2, 2), (1, 4), (4, 1)] {
            let picture = picture(width, height, values);
            assert!(picture.width <= MAX_SIDE && picture.height <= MAX_SIDE, "{values:?}");
        }
        picture(1, 1, &values[..1]);
    }
}

#[test]
fn any_title_fits() {
    for title in ["", "é漢\n\u{0}", &"long title ".repeat(100)] {
        let file = encode(&Picture { width: 2, height: 1, values: &[1.0, 2.0], title }).unwrap();
        assert!(decode(&file).width <= MAX_SIDE);
    }
}

#[test]
fn a_raster_that_cannot_be_shown_is_an_error() {
    let encode = |width, height, values| encode(&Picture { width, height, values, title: "" });
    assert!(matches!(encode(0, 3, &[]), Err(PreviewError::Empty { .. })));
    assert!(matches!(encode(2, 2, &[1.0]), Err(PreviewError::Values { values: 1, .. })));
    assert!(matches!(encode(u32::MAX, u32::MAX, &[]), Err(PreviewError::Values { .. })));
    assert!(matches!(encode(MAX_SIDE, 1, &[0.0; MAX_SIDE as usize]), Err(PreviewError::TooLarge { .. })));
}
