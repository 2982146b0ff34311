//! Several devices as one engine.
//!
//! Windows are dealt in turn: of *n* devices, device *k* makes windows *k*, *k + n*, *k + 2n* … on a thread of its own. Each
//! has a few buffers that go round between its thread and the caller's, which takes windows in their order; a device that
//! is ahead waits for a buffer. So memory is bounded, and any number of devices gives the bits of one.

use crate::{
    Caps, Control, Decoded, Decoding, Encoding, Engine, Error, HostDecoder, Image, Phases, RasterizeJob, Result,
    SplineJob, StoredTiles, Sweep, TileSink, Traffic, Window, WindowSink,
    batch::EncodedBatch,
    engine::{SHARE, timed},
    job::EncodedTiles,
    pipeline::{check_target, copy},
    spline::PointSums,
};
use std::{
    collections::VecDeque,
    panic,
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

/// Windows of a device that wait to be consumed, at most.
const BUFFERS: usize = 2;

/// Devices that share the windows of a job. What has no windows (batches of tiles, sums of a spline's fit) the first does.
pub struct Several {
    engines: Vec<Box<dyn Engine>>,
    caps: Caps,
}

impl Several {
    /// Of engines that are best on a device each, and of one backend.
    ///
    /// # Errors
    /// [`Error::Misuse`] if there is none.
    pub fn new(engines: Vec<Box<dyn Engine>>) -> Result<Self> {
        let all: Vec<&Caps> = engines.iter().map(|engine| engine.caps()).collect();
        let Some(&first) = all.first() else { return Err(Error::Misuse { what: "there is a device" }) };
        let caps = Caps {
            device: all.iter().map(|caps| &*caps.device).collect::<Vec<_>>().join(", "),
            max_alloc: all.iter().map(|caps| caps.max_alloc).min().unwrap_or(first.max_alloc),
            splines: all.iter().all(|caps| caps.splines),
            ..first.clone()
        };
        Ok(Self { engines, caps })
    }

    /// Makes the windows of a sweep: `worker` says how a device makes its share, `take` consumes a window.
    fn run<W>(
        &mut self,
        sweep: Sweep,
        control: Control<'_>,
        mut worker: impl FnMut(Sweep) -> W,
        mut take: impl FnMut(Window, &Finished) -> Result<()>,
    ) -> Result<Phases>
    where
        W: FnOnce(&mut dyn Engine, &Handover<'_>) -> Result<Phases> + Send,
    {
        let (total, windows) = sweep.windows();
        let count = self.engines.len();
        let is_cancelled = || control.cancel.is_some_and(|cancel| cancel.load(Relaxed));
        let stop = AtomicBool::new(is_cancelled());
        let (mut phases, mut done) = (Phases::default(), 0);
        thread::scope(|scope| {
            // The first one says what is wrong with a job that has no windows.
            let engines = self.engines.iter_mut().enumerate().take(total.max(1));
            let devices = engines.map(|(n, engine)| {
                let worker = worker(Sweep { turns: sweep.turns.share(n, count), ..sweep });
                let ((sender, finished), (back, empty)) = (mpsc::channel(), mpsc::channel());
                (0..BUFFERS).for_each(|_| give_back(&back, Finished::default()));
                let handover = Handover { finished: sender, empty, cancel: control.cancel, stop: &stop };
                Device { finished, back, thread: scope.spawn(move || worker(&mut **engine, &handover)) }
            });
            let devices: Vec<Device<'_>> = devices.collect();
            let consume = || -> Result<(), Failed> {
                let mut next = |n: usize| {
                    let finished = timed(&mut phases.readback, || devices[n % count].finished.recv());
                    finished.map_err(|_| Failed::Device(n % count))
                };
                // A device that lacks memory says so before any window is consumed.
                let mut first = (0..devices.len().min(total)).map(&mut next).collect::<Result<VecDeque<_>, _>>()?;
                for (n, window) in windows.enumerate() {
                    let finished = first.pop_front().map_or_else(|| next(n), Ok)?;
                    if is_cancelled() {
                        return Err(Failed::Caller(Error::Cancelled { done, total }));
                    }
                    timed(&mut phases.sink, || take(window, &finished)).map_err(Failed::Caller)?;
                    give_back(&devices[n % count].back, finished);
                    done = n + 1;
                    if let Some(progress) = control.progress {
                        progress(done, total);
                    }
                }
                Ok(())
            };
            let consumed = consume();
            if consumed.is_err() {
                stop.store(true, Relaxed);
            }
            let mut results: Vec<Result<Phases>> = devices.into_iter().map(Device::join).collect();
            match consumed {
                Ok(()) => results.into_iter().try_fold(phases, |longest, phases| {
                    Ok(longest.longer(Phases { readback: longest.readback, sink: longest.sink, ..phases? }))
                }),
                Err(Failed::Caller(error)) => Err(error),
                Err(Failed::Device(n)) => Err(match results.swap_remove(n) {
                    Err(Error::Cancelled { .. }) => Error::Cancelled { done, total },
                    Err(error) => error,
                    Ok(_) => Error::Misuse { what: "an engine makes every window whose turn it is" },
                }),
            }
        })
    }

    fn windows(
        &mut self,
        sweep: Sweep,
        control: Control<'_>,
        sink: &mut dyn WindowSink,
        make: impl Fn(&mut dyn Engine, Sweep, Control<'_>, &mut dyn WindowSink) -> Result<Phases> + Sync,
    ) -> Result<Phases> {
        let make = &make;
        let worker = |share: Sweep| {
            move |engine: &mut dyn Engine, handover: &Handover<'_>| {
                let mut give = |_: Window, pixels: &[u8]| handover.give(pixels, &[]);
                make(engine, share, handover.control(), &mut give)
            }
        };
        self.run(sweep, control, worker, |window, finished| sink.window(window, &finished.bytes))
    }

    fn tiles(
        &mut self,
        sweep: Sweep,
        control: Control<'_>,
        sink: &mut dyn TileSink,
        make: impl Fn(&mut dyn Engine, Sweep, Control<'_>, &mut dyn TileSink) -> Result<Phases> + Sync,
    ) -> Result<Phases> {
        let make = &make;
        let worker = |share: Sweep| {
            move |engine: &mut dyn Engine, handover: &Handover<'_>| {
                let mut give = |_: Window, tiles: EncodedTiles<'_>| handover.give(tiles.bytes, tiles.sizes);
                make(engine, share, handover.control(), &mut give)
            }
        };
        self.run(sweep, control, worker, |window, Finished { bytes, sizes }| {
            sink.tiles(window, EncodedTiles { bytes, sizes })
        })
    }

    /// Windows of whole rows, which the devices' threads put where they belong: bands of so many bytes a pixel.
    fn whole(
        &mut self,
        sweep: Sweep,
        (size, bands): (usize, usize),
        control: Control<'_>,
        pixels: &mut [u8],
        make: impl Fn(&mut dyn Engine, Sweep, Control<'_>, &mut dyn WindowSink) -> Result<Phases> + Sync,
    ) -> Result<Phases> {
        check_target(&sweep, size * bands, pixels)?;
        let Sweep { grid, rows: [first, end], turns, .. } = sweep;
        let (row, count) = (grid.width as usize * size, self.engines.len());
        // Two for each device at least: one computes while the other comes down.
        let height = (SHARE / (row * bands)).min(((end - first) as usize).div_ceil(2 * count)).max(1);
        let height = height.min(sweep.window.1.max(1) as usize);
        let sweep = Sweep { window: (grid.width, height as u32), ..sweep };
        let rows = |plane| &mut <[u8]>::split_at_mut(plane, end as usize * row).0[first as usize * row..];
        let planes = pixels.chunks_exact_mut(row * grid.height as usize);
        let mut planes: Vec<_> = planes.map(|plane| turns.pick(rows(plane).chunks_mut(height * row))).collect();
        let mut shares: Vec<Vec<Vec<&mut [u8]>>> = (0..count).map(|_| Vec::new()).collect();
        for n in 0..sweep.windows().0 {
            shares[n % count].push(planes.iter_mut().filter_map(Iterator::next).collect());
        }
        let (make, mut shares) = (&make, shares.into_iter());
        let worker = |share: Sweep| {
            let mut places = shares.next().into_iter().flatten();
            move |engine: &mut dyn Engine, handover: &Handover<'_>| {
                let mut put = |window: Window, pixels: &[u8]| {
                    let bands = pixels.chunks_exact(window.pixels() * size);
                    bands.zip(places.next().into_iter().flatten()).for_each(|(band, place)| copy(band, place));
                    handover.give(&[], &[])
                };
                make(engine, share, handover.control(), &mut put)
            }
        };
        self.run(sweep, control, worker, |_, _| Ok(()))
    }
}

/// A window that a device has made: its pixels, or its tiles with their sizes.
#[derive(Default)]
struct Finished {
    bytes: Vec<u8>,
    sizes: Vec<u32>,
}

/// Why windows stopped coming.
enum Failed {
    /// Its thread knows.
    Device(usize),
    Caller(Error),
}

/// A device at work, as the caller's thread sees it.
struct Device<'scope> {
    finished: Receiver<Finished>,
    back: Sender<Finished>,
    thread: thread::ScopedJoinHandle<'scope, Result<Phases>>,
}

impl Device<'_> {
    /// Waits for its end, which it comes to at its next window if it has not made all.
    fn join(self) -> Result<Phases> {
        drop((self.finished, self.back));
        self.thread.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }
}

fn give_back(back: &Sender<Finished>, finished: Finished) {
    let _ = back.send(finished); // to a device that has made all its windows it means nothing
}

/// What a device's thread sees of the caller's.
struct Handover<'a> {
    finished: Sender<Finished>,
    empty: Receiver<Finished>,
    cancel: Option<&'a AtomicBool>,
    stop: &'a AtomicBool,
}

impl Handover<'_> {
    fn control(&self) -> Control<'_> {
        Control { cancel: Some(self.stop), progress: None }
    }

    /// Hands a window on, as soon as there is a buffer for it.
    fn give(&self, bytes: &[u8], sizes: &[u32]) -> Result<()> {
        if self.cancel.is_some_and(|cancel| cancel.load(Relaxed)) {
            self.stop.store(true, Relaxed);
        }
        // Of a caller who does not listen any more, nobody hears this.
        let left = || Error::Cancelled { done: 0, total: 0 };
        let mut finished = self.empty.recv().map_err(|_| left())?;
        finished.bytes.resize(bytes.len(), 0);
        copy(bytes, &mut finished.bytes);
        finished.sizes.clear();
        finished.sizes.extend_from_slice(sizes);
        self.finished.send(finished).map_err(|_| left())
    }
}

impl Engine for Several {
    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn books(&self) -> (Traffic, Traffic) {
        let books = self.engines.iter().map(|engine| engine.books());
        books.fold(Default::default(), |(asked, did), (a, d)| (asked + a, did + d))
    }

    fn rasterize(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases> {
        self.windows(job.sweep(), control, sink, |engine, Sweep { turns, .. }, control, sink| {
            engine.rasterize(&RasterizeJob { turns, ..*job }, control, sink)
        })
    }

    fn rasterize_into(&mut self, job: &RasterizeJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases> {
        job.check()?;
        let planes = (job.rule.fill.dtype().size(), job.values.len());
        self.whole(job.sweep(), planes, control, pixels, |engine, Sweep { window, turns, .. }, control, sink| {
            engine.rasterize(&RasterizeJob { window, turns, ..*job }, control, sink)
        })
    }

    fn rasterize_encoded(
        &mut self,
        job: &RasterizeJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases> {
        self.tiles(job.sweep(), control, sink, |engine, Sweep { turns, .. }, control, sink| {
            engine.rasterize_encoded(&RasterizeJob { turns, ..*job }, encoding, control, sink)
        })
    }

    fn spline(&mut self, job: &SplineJob<'_>, control: Control<'_>, sink: &mut dyn WindowSink) -> Result<Phases> {
        self.windows(job.sweep(), control, sink, |engine, Sweep { turns, .. }, control, sink| {
            engine.spline(&SplineJob { turns, ..*job }, control, sink)
        })
    }

    fn spline_into(&mut self, job: &SplineJob<'_>, control: Control<'_>, pixels: &mut [u8]) -> Result<Phases> {
        job.check()?;
        let planes = (job.fill.dtype().size(), job.bands());
        self.whole(job.sweep(), planes, control, pixels, |engine, Sweep { window, turns, .. }, control, sink| {
            engine.spline(&SplineJob { window, turns, ..*job }, control, sink)
        })
    }

    fn point_sums<'a>(&'a mut self, us: &'a [f64], vs: &'a [f64]) -> Result<Box<dyn PointSums + 'a>> {
        self.engines[0].point_sums(us, vs)
    }

    fn spline_encoded(
        &mut self,
        job: &SplineJob<'_>,
        encoding: &Encoding,
        control: Control<'_>,
        sink: &mut dyn TileSink,
    ) -> Result<Phases> {
        self.tiles(job.sweep(), control, sink, |engine, Sweep { turns, .. }, control, sink| {
            engine.spline_encoded(&SplineJob { turns, ..*job }, encoding, control, sink)
        })
    }

    fn encoded_window_bytes(&self, encoding: &Encoding, width: u32, height: u32) -> Result<usize> {
        let mut all = self.engines.iter().map(|engine| engine.encoded_window_bytes(encoding, width, height));
        all.try_fold(0, |most, bytes| Ok(bytes?.max(most)))
    }

    fn compress(&mut self, encoding: &Encoding, image: Image<'_>) -> Result<EncodedBatch> {
        self.engines[0].compress(encoding, image)
    }

    fn decompress(
        &mut self,
        decoding: &Decoding,
        tiles: StoredTiles<'_>,
        host: Option<HostDecoder<'_>>,
        pixels: &mut [u8],
    ) -> Result<Vec<Decoded>> {
        self.engines[0].decompress(decoding, tiles, host, pixels)
    }
}
