//! The host as a device, and the model for every other backend crate: rayon threads, SIMD-friendly loops, libdeflate
//! and zstd. "Transfers" move ownership of memory where they can, and are counted like any driver's.
//!
//! The operations are plain functions on slices too: [`Scene::new`], [`burn`], [`interpolate`], [`encode`], [`decode`].
#![deny(unsafe_code)] // but in `prefetch` and the vectors of `spline`

mod compress;
mod decompress;
mod lzw;
mod memory;
mod packbits;
mod prefetch;
mod rasterize;
mod spare;
mod spline;

pub use compress::encode;
pub use decompress::{decode, decode_tile};
pub use memory::{Block, Memory};
pub use rasterize::{Scene, burn};
pub use spline::{DirectSums, FarField, FastSums, Field, Fmm, errors_at, interpolate, values_at};

use xr_core::{Backend, Caps, Codec, DeviceBuffer, Error, Meter, Purpose, Result, SharedTable, Span, Traffic};

/// Codecs in either direction.
const CODECS: &[Codec] = &[Codec::None, Codec::Deflate, Codec::Zstd, Codec::Lzw, Codec::PackBits];

/// Granularity of the pool's allocations in bytes.
const PAGE: usize = 4096;

/// The host's cores.
pub struct Cpu {
    caps: Caps,
    meter: Meter,
    /// `None`: rayon's global pool.
    threads: Option<rayon::ThreadPool>,
}

impl Cpu {
    /// All cores.
    pub fn open() -> Self {
        Self::new(None, rayon::current_num_threads())
    }

    /// A number of threads of its own; 0 means all cores.
    ///
    /// # Errors
    /// [`Error::Device`] when the system refuses threads.
    pub fn with_threads(threads: usize) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| Error::Device { backend: "cpu", detail: e.to_string() })?;
        let count = pool.current_num_threads();
        Ok(Self::new(Some(pool), count))
    }

    fn new(threads: Option<rayon::ThreadPool>, count: usize) -> Self {
        let caps = Caps {
            backend: "cpu",
            device: format!("{count} thread{}", if count == 1 { "" } else { "s" }),
            max_alloc: isize::MAX as usize / 2,
            codecs: CODECS,
            decoders: CODECS,
            splines: true,
            host_memory: true,
        };
        Self { caps, meter: Meter::default(), threads }
    }

    /// Runs a kernel on the backend's threads, counted.
    fn launch<R: Send>(&self, kernel: impl FnOnce() -> R + Send) -> R {
        self.meter.launch();
        match &self.threads {
            Some(pool) => pool.install(kernel),
            None => kernel(),
        }
    }
}

impl Backend for Cpu {
    type Buffer = Memory;
    type Stream = ();
    type Host = Block;
    type Transfer = Block;

    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn stream(&self) -> Result<()> {
        Ok(())
    }

    fn alloc(&self, bytes: usize) -> Result<Memory> {
        self.meter.allocation(bytes);
        Memory::new(bytes)
    }

    fn host(&self, bytes: usize) -> Result<Block> {
        Block::new(bytes)
    }

    fn upload(&self, (): &(), src: &[u8], dst: &Memory, at: usize) -> Result<()> {
        self.meter.upload(src.len());
        bytemuck::cast_slice_mut(&mut dst.write())[at..at + src.len()].copy_from_slice(src);
        Ok(())
    }

    fn adopt(&self, table: SharedTable) -> Result<Memory> {
        self.meter.upload((*table).as_ref().len());
        Ok(Memory::of(table))
    }

    fn gather(&self, (): &(), src: &Memory, spans: &[Span], dst: &Memory) -> Result<()> {
        self.meter.gather();
        let (src, mut dst, mut at) = (src.read(), dst.write(), 0);
        let dst: &mut [u8] = bytemuck::cast_slice_mut(&mut dst);
        for span in spans {
            dst[at..at + span.len].copy_from_slice(&src[span.range()]);
            at += span.len;
        }
        Ok(())
    }

    fn download(&self, (): &(), src: &Memory, span: Span, mut dst: Block, why: Purpose) -> Result<Block> {
        self.meter.download(span.len, why);
        // The whole of the memory is handed over; the block's memory takes its place.
        let whole = span.at == 0 && span.len.next_multiple_of(PAGE) == src.size();
        let handed_over = whole && src.swap(&mut dst);
        if !handed_over {
            bytemuck::cast_slice_mut::<u64, u8>(&mut dst.0)[..span.len].copy_from_slice(&src.read()[span.range()]);
        }
        Ok(dst)
    }

    fn sync(&self, (): &()) -> Result<()> {
        Ok(())
    }

    fn traffic(&self) -> Traffic {
        self.meter.snapshot()
    }
}
