//! On devices that lack memory, or break.

use super::*;
use crate::output::Levels;
use std::{cell::Cell, fs};
use tempfile::TempDir;
use xr::{Backend, Codec, Merge, Pool, Predictor, Scalar, Session, ValueTable};
use xr_conformance::{
    capped::CappedPool,
    mock::Mock,
    scene::{Scene, rectangle},
};
use xr_geotiff::{Compression, ImageSpec, Resampling, SampleType};

const ENCODING: Encoding = Encoding {
    codec: Codec::Deflate,
    level: 1,
    predictor: Predictor::None,
    dtype: xr::DataType::F64,
    samples: 1,
    tile_width: 16,
    tile_height: 16,
    sparse: None,
};

/// Burns 128 × 128 pixels in windows of all rows, encoded where they are burned or elsewhere, and reads the file.
fn burned(
    engine: &mut dyn Engine,
    elsewhere: bool,
    folder: &TempDir,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<u8>, Failure> {
    let scene = Scene::in_pixels(128, 128, &[rectangle([3.3, 4.2], [99.0, 120.0])]).unwrap();
    let values = ValueTable::from_pixels(&[2.5]);
    let job = scene.job(&values, Merge::Last, false, Scalar::of(0.0));
    let spec = ImageSpec {
        tile_width: 16,
        tile_height: 16,
        compression: Compression::Deflate,
        ..ImageSpec::new(128, 128, SampleType::F64)
    };
    let path = folder.path().join("out.tif");
    let writer = GeoTiffWriter::create(&path, &spec, true)?;
    let levels = Levels {
        size: (128, 128),
        overviews: &[],
        nodata: None,
        resampling: Resampling::Nearest,
        mask: false,
        statistics: false,
    };
    let mut encoder = Session::open(Mock::open(None), 2)?;
    let canvas = Canvas::blank(1, ENCODING.dtype);
    let mut out = if elsewhere {
        Output::Pixels { writer: WindowWriter::new(&mut encoder, ENCODING, writer, levels, None)?, canvas: &canvas }
    } else {
        Output::Tiles { writer: Box::new(writer), encoding: ENCODING }
    };
    let task = Task::Burn(RasterizeJob { window: (128, 128), ..job });
    out.make(engine, task, Control { progress: Some(progress), ..Control::default() }, &mut Phases::default())?;
    out.finish()?.0.finish()?;
    Ok(fs::read(path).unwrap())
}

fn session(bytes: usize) -> Session<Mock> {
    let pool: Box<dyn Pool<Mock>> = Box::new(CappedPool::new(bytes));
    Session::with_pool(Mock::open(None), 2, pool).unwrap()
}

#[test]
fn a_device_that_lacks_memory_gets_smaller_windows() {
    for elsewhere in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let windows = Cell::new(0);
        let count = |_: usize, total: usize| windows.set(total);
        let mut roomy = session(usize::MAX);
        let whole = burned(&mut roomy, elsewhere, &folder, &count).unwrap();
        assert_eq!(windows.get(), 1);
        let bytes = roomy.backend().traffic().allocated_bytes as usize;
        // A quarter of the one window for each of two, and what the tables take.
        let parts = burned(&mut session(bytes / 2 + 16384), elsewhere, &folder, &count).unwrap();
        assert_eq!(windows.get(), 4, "encoded elsewhere: {elsewhere}");
        assert!(parts == whole);
    }
}

#[test]
fn a_device_without_room_for_tables_is_an_error_and_no_file() {
    for elsewhere in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let failure = burned(&mut session(4096), elsewhere, &folder, &|_, _| ()).unwrap_err();
        assert!(failure.to_string().contains("out of memory"), "{failure}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_device_lost_between_windows_is_an_error_and_no_file() {
    for elsewhere in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mock = Mock::open(None);
        let lose = mock.breaker();
        // Room for windows of 16 rows, of which there are eight.
        let mut session = Session::with_pool(mock, 2, Box::new(CappedPool::new(120_000))).unwrap();
        let windows = Cell::new(0);
        let progress = |done: usize, _: usize| {
            windows.set(done);
            if done == 2 {
                lose();
            }
        };
        let failure = burned(&mut session, elsewhere, &folder, &progress).unwrap_err();
        assert!(failure.to_string().contains("the device was lost"), "{failure}");
        assert!((2..4).contains(&windows.get()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
