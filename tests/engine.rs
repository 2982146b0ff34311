//! Sessions as their users see them: memory outlives what needs it, and misuse is an error.

use xr_conformance::{
    mock::{Buffer, Fault, Mock},
    run::{raster, tiles},
    scene::{Scene, polygon, rectangle},
};
use xr_core::{
    Backend, Base, ByteOrder, Codec, Control, DataType, Decoded, Decoding, EncodedTiles, Encoding, Engine, Error, Grid,
    Image, LaneId, Layout, Merge, Pool, Predictor, Purpose, RasterizeJob, Result, Rule, Scalar, Session,
    StagedGeometry, StoredTiles, ValueTable, Window,
};
use xr_cpu::Cpu;

fn mock(depth: usize) -> Result<Session<Mock>> {
    Session::open(Mock::open(None), depth)
}

fn shapes() -> Scene {
    let grid = Grid { width: 50, height: 37, x0: 0.0, y0: 37.0, dx: 1.0, dy: -1.0 };
    let triangle = polygon(&[[12.3, 2.1], [48.6, 17.4], [22.2, 35.3]]);
    Scene::new(grid, &[rectangle([3.3, 4.2], [31.7, 30.9]), triangle])
}

#[test]
fn the_same_job_runs_on_any_engine() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(f64::NAN));
    let engines: [Box<dyn Engine>; 2] = [Box::new(Session::open(Cpu::open(), 2).unwrap()), Box::new(mock(3).unwrap())];
    let [cpu, mock] = engines.map(|mut engine| raster(&mut *engine, &job).unwrap());
    assert!(cpu == mock);
}

#[test]
fn a_download_outlives_its_session() {
    let session = mock(2).unwrap();
    let mut layout = Layout::default();
    let [a, _gap, b] = [0; 3].map(|_| layout.add(8).unwrap());
    let slab = session.slab(session.lane(0), &layout).unwrap();
    session.put(session.lane(0), &[7; 8], &slab, a).unwrap();
    session.put(session.lane(0), &[9; 8], &slab, b).unwrap();
    let download = session.read(session.lane(0), &slab, &[a, b], Purpose::Payload).unwrap();
    drop((slab, session));
    let view = download.wait().unwrap();
    assert_eq!((view.part(0), view.part(1)), (&[7; 8][..], &[9; 8][..]));
}

#[test]
fn a_slab_stays_on_its_lane() {
    let session = mock(2).unwrap();
    let mut layout = Layout::default();
    let span = layout.add(8).unwrap();
    let slab = session.slab(session.lane(0), &layout).unwrap();
    let read = session.read(session.lane(1), &slab, &[span], Purpose::Payload);
    assert!(matches!(read, Err(Error::Misuse { .. })));
}

/// A pool that frees at once breaks the contract of pools; downloads survive even that.
struct EagerPool;

impl Pool<Mock> for EagerPool {
    fn take(&self, _: LaneId, bytes: usize, alloc: &dyn Fn(usize) -> Result<Buffer>) -> Result<Buffer> {
        alloc(bytes)
    }
    fn give(&self, _: LaneId, buffer: Buffer) {
        drop(buffer);
    }
    fn trim(&self, _: usize) {}
}

#[test]
fn nothing_is_freed_under_a_copy() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let mut session = Session::with_pool(Mock::open(None), 4, Box::new(EagerPool)).unwrap();
    let failed = session.rasterize(&job, Control::default(), &mut |window: Window, _: &[u8]| {
        if window.col > 8 { Err(Error::Sink("disk full".into())) } else { Ok(()) }
    });
    assert!(matches!(failed, Err(Error::Sink(_))));
    session.drain().unwrap(); // a fault of the device surfaces here
    raster(&mut session, &job).unwrap();
    session.drain().unwrap();
}

#[test]
fn retired_tables_are_not_overwritten_under_a_reader() {
    let session = mock(2).unwrap();
    let lane = session.lane(1);
    let mut layout = Layout::default();
    let span = layout.add(4096).unwrap();
    let slab = session.slab(lane, &layout).unwrap();
    let old = session.stage(&[1.0f64; 512]).unwrap();
    for _ in 0..50 {
        session.put(lane, &[0; 8], &slab, span).unwrap(); // makes the lane late
    }
    session.backend().gather(&lane.stream, old.buffer(), &[span], slab.buffer()).unwrap();
    drop(old);
    let _new = session.stage(&[2.0f64; 512]).unwrap(); // of the same size: takes the memory over, on another lane
    let view = session.read(lane, &slab, &[span], Purpose::Payload).unwrap().wait().unwrap();
    assert_eq!(view.part(0), bytemuck::bytes_of(&[1.0f64; 512]));
}

#[test]
fn no_more_windows_are_in_flight_than_lanes() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    for depth in 1..4 {
        let mut session = mock(depth).unwrap();
        raster(&mut session, &scene.job(&values, Merge::Last, false, Scalar::of(0.0))).unwrap();
        let tables = StagedGeometry::<Mock>::UPLOADS + 1;
        assert_eq!(session.books().1.allocations, tables + depth as u64);
    }
}

#[test]
fn a_trimmed_pool_starts_afresh() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let job = scene.job(&values, Merge::Last, false, Scalar::of(0.0));
    let mut session = mock(2).unwrap();
    let first = raster(&mut session, &job).unwrap();
    let warm = session.books().1.allocations;
    session.trim(0).unwrap();
    assert!(raster(&mut session, &job).unwrap() == first);
    assert_eq!(session.books().1.allocations, 2 * warm);
}

#[test]
fn tiles_that_a_device_refuses_are_decoded_on_the_host() {
    let pixels: Vec<u8> = (0..60 * 256u32).map(|n| (n * n / 400) as u8).collect();
    let encoding = Encoding {
        codec: Codec::Deflate,
        level: 6,
        predictor: Predictor::Horizontal,
        dtype: DataType::U8,
        samples: 1,
        tile_width: 16,
        tile_height: 16,
        sparse: None,
    };
    let mut session = Session::open(Mock::open(Some(Fault::RefusesEveryThirdTile)), 2).unwrap();
    let encoded = session.compress(&encoding, Image { pixels: &pixels, width: 16, height: 16 * 60 }).unwrap();
    let EncodedTiles { bytes, sizes } = encoded.tiles();
    let end = |n: usize| sizes[..n].iter().map(|&size| u64::from(size)).sum();
    let table: Vec<[u64; 2]> = (0..sizes.len()).map(|n| [end(n), sizes[n].into()]).collect();
    let decoding = encoding.decoding();
    let host = |_: usize, encoded: &[u8], place: &mut [u8]| xr_cpu::decode_tile(&decoding, encoded, place);
    let mut decoded = vec![0; pixels.len()];
    let before = session.books().1;
    let fates = session.decompress(&decoding, StoredTiles { bytes, table: &table }, Some(&host), &mut decoded).unwrap();
    let moved = session.books().1 - before;
    assert!(decoded == pixels);
    assert!(fates.iter().enumerate().all(|(n, fate)| matches!(fate, Decoded::Host) == n.is_multiple_of(3)));
    assert_eq!((moved.probes, moved.downloads, moved.gathers), (1, 2, 1));
}

#[test]
fn an_error_of_the_initial_pixels_ends_the_job() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let mut session = mock(2).unwrap();
    let source = |window: Window, pixels: &mut [u8]| {
        pixels.fill(0);
        if window.row > 8 { Err(Error::Sink("unreadable".into())) } else { Ok(()) }
    };
    let mut job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    job.rule.base = Base::Pixels { fill_is_empty: false };
    job.initial = Some(&source);
    assert!(matches!(raster(&mut session, &job), Err(Error::Sink(_))));
    let fresh = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let zeros = |_: Window, pixels: &mut [u8]| {
        pixels.fill(0);
        Ok(())
    };
    job.initial = Some(&zeros);
    assert!(raster(&mut session, &job).unwrap() == raster(&mut session, &fresh).unwrap());
}

#[test]
fn a_device_lost_between_windows_ends_the_job() {
    let scene = shapes();
    let values = ValueTable::from_pixels(&[2.0, 7.0]);
    let mock = Mock::open(None);
    let lose = mock.breaker();
    let mut session = Session::open(mock, 2).unwrap();
    let mut seen = 0;
    let job = scene.job(&values, Merge::Sum, true, Scalar::of(0.0));
    let lost = session.rasterize(&job, Control::default(), &mut |_: Window, _: &[u8]| {
        seen += 1;
        if seen == 3 {
            lose();
        }
        Ok(())
    });
    assert!(matches!(lost, Err(Error::Device { detail, .. }) if detail == "the device was lost"));
    assert!(seen < 5); // the fourth of twelve was in flight
}

#[test]
fn batches_that_cannot_be_are_refused() {
    let mut session = mock(1).unwrap();
    let decoding = Decoding {
        codec: Codec::None,
        predictor: Predictor::None,
        sample_size: 2,
        byte_order: ByteOrder::Big,
        samples: 1,
        tile_width: 4,
        tile_height: 2,
    };
    let mut decode = |decoding: &Decoding, table: &[[u64; 2]], len: usize| {
        session
            .decompress(decoding, StoredTiles { bytes: &[1; 16], table }, None, &mut vec![0; len])
            .map(|fates| fates.len())
    };
    assert_eq!(decode(&decoding, &[[0, 16]], 16).unwrap(), 1);
    assert_eq!(decode(&decoding, &[], 0).unwrap(), 0);
    assert!(matches!(decode(&decoding, &[[0, 16]], 15), Err(Error::Misuse { .. })));
    for entry in [[1, 16], [0, 17], [17, 0], [u64::MAX, 2], [2, u64::MAX]] {
        let refused = decode(&decoding, &[[0, 16], entry], 32);
        assert!(matches!(refused, Err(Error::Tile { tile: 1, .. })), "{entry:?}: {refused:?}");
    }
    let bytes = Decoding { sample_size: 1, ..decoding };
    for broken in [
        Decoding { sample_size: 3, ..decoding },
        Decoding { samples: 0, ..decoding },
        Decoding { tile_width: 0, ..decoding },
        Decoding { predictor: Predictor::Float, ..bytes },
    ] {
        assert!(matches!(decode(&broken, &[], 0), Err(Error::Misuse { .. })), "{broken:?}");
    }
    let huge = Decoding { tile_width: u32::MAX, tile_height: u32::MAX, samples: u16::MAX, ..decoding };
    assert!(matches!(decode(&huge, &[], 0), Err(Error::Limit { .. })));
}

#[test]
fn jobs_that_cannot_be_are_refused_before_anything_is_staged() {
    let scene = shapes();
    let mut session = mock(2).unwrap();
    let (two, three) = (ValueTable::from_pixels(&[2.0, 7.0]), ValueTable::from_pixels(&[2.0, 7.0, 1.0]));
    let fill = Scalar::of(0.0);
    let job = scene.job(&two, Merge::Last, false, fill);
    let encoding = Encoding {
        codec: Codec::Deflate,
        level: 1,
        predictor: Predictor::None,
        dtype: DataType::F64,
        samples: 1,
        tile_width: 16,
        tile_height: 16,
        sparse: None,
    };
    let integers = Encoding { dtype: DataType::I64, ..encoding };
    let colours = Encoding { samples: 3, ..encoding };
    let onto = Rule { base: Base::Pixels { fill_is_empty: true }, ..job.rule };
    let mean = Rule { merge: Merge::Mean, ..onto };
    let blank = |_: Window, _: &mut [u8]| Ok(());
    let refused = [
        raster(&mut session, &scene.job(&three, Merge::Last, false, fill)).map(drop),
        raster(&mut session, &scene.job(&two, Merge::Last, false, Scalar::of(0.0f32))).map(drop),
        session.rasterize_into(&job, Control::default(), &mut [0; 8]).map(drop),
        tiles(&mut session, &RasterizeJob { window: (24, 16), ..job }, &encoding).map(drop),
        tiles(&mut session, &job, &integers).map(drop),
        tiles(&mut session, &job, &colours).map(drop),
        raster(&mut session, &RasterizeJob { values: &[], ..job }).map(drop),
        raster(&mut session, &RasterizeJob { rule: onto, ..job }).map(drop),
        raster(&mut session, &RasterizeJob { initial: Some(&blank), ..job }).map(drop),
        raster(&mut session, &RasterizeJob { rule: mean, initial: Some(&blank), ..job }).map(drop),
        tiles(&mut session, &RasterizeJob { values: &[two.clone(), two.clone()], ..job }, &encoding).map(drop),
    ];
    for result in refused {
        assert!(matches!(result, Err(Error::Misuse { .. })), "{result:?}");
    }
}
