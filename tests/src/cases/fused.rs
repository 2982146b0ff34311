//! Burned and encoded in one slab.

use crate::{
    Verdict, decode,
    oracle::{
        Random,
        scenes::{Size, scenes, small_values},
    },
    run::{Full, balanced, codec, raster, session, tiles, traffic},
    scene::{Scene, kind, table},
    verdict::{Failure, expect, same_pixels},
};
use xr_core::{
    DataType, Encoding, Grid, Image, Merge, Predictor, Result, Scalar, StagedGeometry, Window, with_pixel,
};

/// A fused job's tiles hold the pixels of the plain job. Per window nothing goes up, and sizes and packed tiles come
/// back, each in one transfer.
pub fn fused_equals_separate<B: Full, F: Fn() -> Result<B>>(open: &F) -> Verdict {
    let mut session = session(open)?;
    let mut random = Random::new(13);
    let settings = [
        (DataType::F32, Predictor::Float, (32, 32), false),
        (DataType::U8, Predictor::Horizontal, (1000, 16), false),
        (DataType::U8, Predictor::None, (16, 16), true),
        (DataType::I64, Predictor::Horizontal, (48, 1000), true),
    ];
    for (source, (dtype, predictor, window, sparse)) in
        scenes(14, Size { width: 75, height: 90, features: 9 }).iter().cycle().zip(settings)
    {
        let scene = Scene::of(source)?;
        let numbers = small_values(&mut random, kind(dtype), scene.features.len());
        let values = table(dtype, &numbers)?;
        let fill = with_pixel!(dtype, T => Scalar::of(T::default()));
        let mut job = scene.job(&values, Merge::Last, true, fill);
        job.window = window;
        let pixels = raster(&mut session, &job)?;
        let encoding = Encoding {
            codec: codec(&session),
            level: 4,
            predictor,
            dtype,
            samples: 1,
            tile_width: 16,
            tile_height: 16,
            sparse: sparse.then_some(fill),
        };
        let before = traffic(&session);
        let windows = tiles(&mut session, &job, &encoding)?;
        let moved = traffic(&session) - before;
        let count = scene.grid.windows(window.0, window.1).len() as u64;
        let what = || format!("{dtype} in windows of {window:?}");
        let uploads = StagedGeometry::<B>::UPLOADS + 1;
        expect(moved.uploads == uploads && moved.gathers == 0, || format!("{}: {moved:?}", what()))?;
        // A window without bytes needs no readback; the scene may take two probes.
        let full = windows.iter().filter(|(_, tiles)| tiles.iter().any(|tile| !tile.is_empty())).count() as u64;
        expect(moved.downloads == full && (count..=count + 2).contains(&moved.probes), || {
            format!("{}: {count} windows, {full} with bytes: {moved:?}", what())
        })?;
        expect(windows.len() as u64 == count, || format!("{}: {} of {count} windows", what(), windows.len()))?;
        for (window, tiles) in &windows {
            let part = crop(&pixels, &scene.grid, *window, dtype.size());
            let image = Image { pixels: &part, width: window.width, height: window.height };
            for (n, tile) in tiles.iter().enumerate() {
                let what = || format!("{}: {window:?}, tile {n}", what());
                let decoded = decode::tile(&encoding, tile);
                let decoded = decoded.map_err(|detail| Failure::Wrong(format!("{}: {detail}", what())))?;
                same_pixels(&decoded, &decode::padded(&encoding, &image, n), dtype, 16, what)?;
            }
        }
    }
    balanced(&session, "fused jobs")
}

/// The pixels of a window.
pub(super) fn crop(pixels: &[u8], grid: &Grid, window: Window, size: usize) -> Vec<u8> {
    let rows = pixels.chunks_exact(grid.width as usize * size).skip(window.row as usize).take(window.height as usize);
    let columns = window.col as usize * size..(window.col + window.width) as usize * size;
    rows.flat_map(|row| &row[columns.clone()]).copied().collect()
}
