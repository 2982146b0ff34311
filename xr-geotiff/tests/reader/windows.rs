//! What windows cost and what they hold.
#![expect(clippy::single_range_in_vec_init, reason = "requests of one range")]

use crate::file::{Values, open, strips, tiff, tiles, whole, with};
use crate::host::HostDecoder;
use crate::recorder::Recorder;
use xr_geotiff::{Interleave, PixelWindow, Reader, WindowRequest, tag};

/// 128 × 128 pixels in tiles of 16 × 16, each pixel its tile's number.
fn numbered_tiles() -> Vec<u8> {
    tiff(tiles(128, 128, 16), &(0..64).map(|tile| vec![tile; 256]).collect::<Vec<_>>())
}

fn window(column: u32, row: u32, width: u32, height: u32) -> WindowRequest<'static> {
    let window = PixelWindow { column, row, width, height };
    WindowRequest { image: 0, window, bands: None, interleave: Interleave::Band, memory: 1 << 20 }
}

fn read(reader: &Reader, request: &WindowRequest<'_>) -> (Vec<u8>, Vec<usize>) {
    let mut decoder = HostDecoder::default();
    (reader.read_window(request, &mut decoder).unwrap().bytes, decoder.batches)
}

#[test]
fn window_costs_the_head_and_its_tiles() {
    // The head is far shorter than the tiles, as it is in a COG.
    let file = tiff(tiles(1024, 1024, 128), &(0..64).map(|tile| vec![tile; 1 << 14]).collect::<Vec<_>>());
    let data = file.len() as u64 - (1 << 20);
    let source = Recorder::new(file, 1000);
    let reader = open(source.clone()).unwrap();
    assert_eq!(source.take(), [[0..32 << 10]]);
    // Tiles 9 and 10 are neighbours, and 17 and 18 below them; 8 tiles are a row.
    let tile = |index: u64| data + (index << 14);
    let (pixels, batches) = read(&reader, &window(255, 255, 2, 2));
    assert_eq!((pixels, batches), (vec![9, 10, 17, 18], vec![4]));
    assert_eq!(source.take(), [[tile(9)..tile(11), tile(17)..tile(19)]]);
}

#[test]
fn near_ranges_are_one_read_and_far_ones_are_not() {
    let file = numbered_tiles();
    let data = file.len() as u64 - 64 * 256;
    let tile = |index: u64| data + index * 256;
    let column_of_tiles = window(20, 0, 1, 32);
    for (gap, ranges) in [(7 * 256, vec![tile(1)..tile(10)]), (7 * 256 - 1, vec![tile(1)..tile(2), tile(9)..tile(10)])]
    {
        let source = Recorder::new(file.clone(), gap);
        let reader = open(source.clone()).unwrap();
        source.take();
        let (pixels, _) = read(&reader, &column_of_tiles);
        assert_eq!(pixels, [[1; 16], [9; 16]].concat());
        assert_eq!(source.take(), [ranges]);
    }
}

#[test]
fn small_memory_means_small_batches() {
    let reader = open(numbered_tiles()).unwrap();
    let (expected, one) = read(&reader, &whole(&reader, 0));
    let small = WindowRequest { memory: 3000, ..whole(&reader, 0) };
    let (pixels, batches) = read(&reader, &small);
    assert!(pixels == expected);
    assert_eq!(one, [64]);
    // A tile takes 256 bytes encoded, 256 decoded, and less than 100 of bookkeeping.
    assert!(batches.iter().all(|&tiles| (4..=5).contains(&tiles) || tiles < 4 && batches.last() == Some(&tiles)));
    assert_eq!(batches.iter().sum::<usize>(), 64);

    let error = reader.read_window(&WindowRequest { memory: 500, ..small }, &mut HostDecoder::default()).unwrap_err();
    assert!(error.to_string().contains("a single tile takes") && error.to_string().contains("500 are allowed"));
}

#[test]
fn long_raw_strip_is_read_in_parts() {
    // 1000 rows of 1000 16-bit samples in one strip of 2 MB.
    let samples: Vec<u8> = (0..1_000_000u32).flat_map(|i| (i as u16).to_le_bytes()).collect();
    let entries = with(strips(1000, 1000, 1000), &[(tag::BITS_PER_SAMPLE, Values::Shorts(vec![16]))]);
    let file = tiff(entries, &[samples]);
    let data = file.len() as u64 - 2_000_000;
    let source = Recorder::new(file, 0);
    let reader = open(source.clone()).unwrap();
    source.take();
    let request = WindowRequest { memory: 200_000, ..window(7, 500, 2, 1) };
    let (pixels, _) = read(&reader, &request);
    let expected = [500_007u32, 500_008].map(|i| i as u16);
    assert_eq!(pixels, expected.map(u16::to_ne_bytes).concat());
    // 32 rows of 2000 bytes are at most 64 KiB; row 500 is in the 16th part.
    assert_eq!(source.take(), [[data + 15 * 64_000..data + 16 * 64_000]]);
    let (pixels, _) = read(&reader, &WindowRequest { memory: 200_000, ..whole(&reader, 0) });
    assert!(pixels == (0..1_000_000u32).flat_map(|i| (i as u16).to_ne_bytes()).collect::<Vec<_>>());
}

#[test]
fn bands_come_in_the_order_wanted() {
    let bands = |planar: u16| {
        let samples = [
            (tag::SAMPLES_PER_PIXEL, Values::Shorts(vec![3])),
            (tag::PLANAR_CONFIGURATION, Values::Shorts(vec![planar])),
        ];
        with(strips(2, 2, 2), &[&samples[..], &[(tag::BITS_PER_SAMPLE, Values::Shorts(vec![8; 3]))]].concat())
    };
    let together = tiff(bands(1), &[(0..12).map(|i| 10 * (i % 3) + i / 3).collect()]);
    let planes = tiff(bands(2), &[vec![0, 1, 2, 3], vec![10, 11, 12, 13], vec![20, 21, 22, 23]]);
    for file in [together, planes] {
        let reader = open(file).unwrap();
        let request = |bands, interleave| WindowRequest { bands, interleave, ..whole(&reader, 0) };
        let pixels = |bands, interleave| read(&reader, &request(bands, interleave)).0;
        assert_eq!(pixels(None, Interleave::Band), [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
        assert_eq!(pixels(None, Interleave::Pixel), [0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23]);
        assert_eq!(pixels(Some(&[2, 0, 2]), Interleave::Band), [20, 21, 22, 23, 0, 1, 2, 3, 20, 21, 22, 23]);
        assert_eq!(pixels(Some(&[2, 0]), Interleave::Pixel), [20, 0, 21, 1, 22, 2, 23, 3]);
        let one = WindowRequest {
            bands: Some(&[1]),
            window: PixelWindow { column: 1, row: 0, width: 1, height: 2 },
            ..whole(&reader, 0)
        };
        assert_eq!(read(&reader, &one).0, [11, 13]);
    }
}

#[test]
fn sparse_tiles_have_the_nodata_value() {
    let mut chunks = vec![Vec::new(); 4];
    chunks[1] = vec![5; 256];
    for (nodata, expected) in [(None, 0), (Some("77"), 77)] {
        let nodata = nodata.map(|text| (tag::GDAL_NODATA, Values::Text(text)));
        let reader = open(tiff(with(tiles(32, 32, 16), nodata.as_slice()), &chunks)).unwrap();
        let mut out = [9; 4];
        reader.read_window_into(&window(15, 15, 2, 2), &mut HostDecoder::default(), &mut out).unwrap();
        assert_eq!(out, [expected, 5, expected, expected]);
        let error =
            reader.read_window_into(&window(15, 15, 2, 2), &mut HostDecoder::default(), &mut [0; 5]).unwrap_err();
        assert!(error.to_string().contains("5 bytes"), "{error}");
    }
}

#[test]
fn windows_outside_the_image_are_refused() {
    let reader = open(numbered_tiles()).unwrap();
    for request in [window(0, 0, 129, 1), window(128, 0, 1, 1), window(0, u32::MAX, 1, 2), window(5, 5, 0, 1)] {
        let error = reader.read_window(&request, &mut HostDecoder::default()).unwrap_err().to_string();
        assert!(error.contains("of an image of 128 × 128"), "{error}");
    }
    let bands = WindowRequest { bands: Some(&[1]), ..window(0, 0, 1, 1) };
    let error = reader.read_window(&bands, &mut HostDecoder::default()).unwrap_err().to_string();
    assert!(error.contains("band 1") && error.contains("there are 1"), "{error}");
    let image = WindowRequest { image: 1, ..window(0, 0, 1, 1) };
    assert!(reader.read_window(&image, &mut HostDecoder::default()).is_err());
}
