//! Batches of chunks, each compressed or decompressed by itself, all at once.

use crate::{
    Nvcomp, Version,
    bindings::{
        cudaStream_t, nvcompAlignmentRequirements_t, nvcompBatchedDeflateCompressOpts_t,
        nvcompBatchedDeflateDecompressOpts_t, nvcompBatchedZstdCompressOpts_t, nvcompBatchedZstdDecompressOpts_t,
        nvcompDecompressBackend_t, nvcompStatus_t,
    },
};
use std::{ffi::c_void, fmt, ptr};

/// A multiple of the alignments that both codecs want of every input, output and temporary memory, in bytes; asked for by
/// [`Nvcomp::check_alignment`].
pub const ALIGNMENT: usize = 16;

/// What compresses chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Raw deflate streams (RFC 1951).
    Deflate {
        /// 0 entropy coding alone, 1 fast, 2 medium, 4 and 5 slow; decompression ignores it.
        algorithm: i32,
    },
    /// Zstandard frames (RFC 8878).
    Zstd,
}

/// What nvCOMP answers if it did not do what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(nvcompStatus_t);

impl Status {
    pub(crate) fn check(status: nvcompStatus_t) -> Result<(), Self> {
        if status == nvcompStatus_t::nvcompSuccess { Ok(()) } else { Err(Self(status)) }
    }

    /// Whether chunks are longer than nvCOMP takes.
    pub fn is_too_large(self) -> bool {
        self.0 == nvcompStatus_t::nvcompErrorChunkSizeTooLarge
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0 {
            nvcompStatus_t::nvcompErrorInvalidValue => "an argument is invalid",
            nvcompStatus_t::nvcompErrorNotSupported => "it is not supported on this device",
            nvcompStatus_t::nvcompErrorAlignment => "memory is not aligned",
            nvcompStatus_t::nvcompErrorChunkSizeTooLarge => "chunks are too large",
            nvcompStatus_t::nvcompErrorBatchSizeTooLarge => "there are too many chunks",
            nvcompStatus_t::nvcompErrorCudaError => "CUDA failed",
            nvcompStatus_t(other) => return write!(f, "nvCOMP answers {other}"),
        };
        write!(f, "nvCOMP says that {what}")
    }
}

/// A stream of the CUDA driver: `CUstream` or `cudaStream_t`. Null is the default stream.
#[derive(Clone, Copy)]
pub struct Stream(pub *mut c_void);

impl Stream {
    fn raw(self) -> cudaStream_t {
        self.0.cast()
    }
}

/// How large chunks are before compression.
#[derive(Clone, Copy, Debug)]
pub struct Chunks {
    /// How many.
    pub count: usize,
    /// Bytes of the longest.
    pub longest: usize,
}

impl Chunks {
    fn total(self) -> usize {
        self.count.saturating_mul(self.longest)
    }
}

/// Addresses of tables and temporary memory, all on the device. Tables have an element for each chunk.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// Pointers to inputs.
    pub inputs: u64,
    /// Bytes of inputs, 64 bits each.
    pub input_bytes: u64,
    /// Pointers to outputs.
    pub outputs: u64,
    /// Bytes there is room for in outputs, 64 bits each; compression needs none.
    pub output_room: u64,
    /// Becomes the bytes of outputs, 64 bits each.
    pub output_bytes: u64,
    /// Becomes statuses, 32 bits each, 0 for success.
    pub statuses: u64,
    /// Temporary memory.
    pub temp: u64,
    /// Bytes of it.
    pub temp_bytes: usize,
}

/// A device's address as a pointer, which nobody here follows.
fn at<T>(address: u64) -> *mut T {
    ptr::without_provenance_mut(address as usize)
}

fn deflate(algorithm: i32) -> nvcompBatchedDeflateCompressOpts_t {
    nvcompBatchedDeflateCompressOpts_t { algorithm, reserved: [0; 60] }
}

const ZSTD: nvcompBatchedZstdCompressOpts_t = nvcompBatchedZstdCompressOpts_t { reserved: [0; 64] };

/// Kernels, never the decompression engine: what corrupt streams do there nobody can tell.
const INFLATE: nvcompBatchedDeflateDecompressOpts_t = nvcompBatchedDeflateDecompressOpts_t {
    backend: nvcompDecompressBackend_t::NVCOMP_DECOMPRESS_BACKEND_CUDA,
    sort_before_hw_decompress: 0,
    reserved: [0; 56],
};
const UNZSTD: nvcompBatchedZstdDecompressOpts_t = nvcompBatchedZstdDecompressOpts_t {
    backend: nvcompDecompressBackend_t::NVCOMP_DECOMPRESS_BACKEND_CUDA,
    reserved: [0; 60],
};

impl Nvcomp {
    /// Whether [`ALIGNMENT`] is enough for a codec either way.
    ///
    /// # Errors
    /// What nvCOMP answers.
    pub fn check_alignment(&self, codec: Codec) -> Result<bool, Status> {
        let mut wanted = [nvcompAlignmentRequirements_t { input: 1, output: 1, temp: 1 }; 2];
        let [compress, decompress] = &mut wanted;
        let f = &self.functions;
        // SAFETY: the functions write a struct each.
        let statuses = unsafe {
            match codec {
                Codec::Deflate { algorithm } => [
                    f.nvcompBatchedDeflateCompressGetRequiredAlignments(deflate(algorithm), compress),
                    f.nvcompBatchedDeflateDecompressGetRequiredAlignments(INFLATE, decompress),
                ],
                Codec::Zstd => [
                    f.nvcompBatchedZstdCompressGetRequiredAlignments(ZSTD, compress),
                    f.nvcompBatchedZstdDecompressGetRequiredAlignments(UNZSTD, decompress),
                ],
            }
        };
        statuses.into_iter().try_for_each(Status::check)?;
        Ok(wanted.iter().flat_map(|of| [of.input, of.output, of.temp]).all(|n| n > 0 && ALIGNMENT.is_multiple_of(n)))
    }

    /// Bytes that a chunk has after compression, at most.
    ///
    /// # Errors
    /// What nvCOMP answers, for chunks that are too large.
    pub fn bound(&self, codec: Codec, longest: usize) -> Result<usize, Status> {
        let (mut bound, f) = (0, &self.functions);
        // SAFETY: the functions write a number.
        let status = unsafe {
            match codec {
                Codec::Deflate { algorithm } => {
                    f.nvcompBatchedDeflateCompressGetMaxOutputChunkSize(longest, deflate(algorithm), &raw mut bound)
                }
                Codec::Zstd => f.nvcompBatchedZstdCompressGetMaxOutputChunkSize(longest, ZSTD, &raw mut bound),
            }
        };
        Status::check(status).map(|()| bound)
    }

    /// Bytes of temporary memory that [`compress`](Self::compress) takes. The device's context is current.
    ///
    /// # Errors
    /// What nvCOMP answers.
    pub fn compress_temp(&self, codec: Codec, chunks: Chunks) -> Result<usize, Status> {
        match codec {
            Codec::Deflate { algorithm } => self.temp.deflate.ask(chunks, deflate(algorithm)),
            Codec::Zstd => self.temp.zstd.ask(chunks, ZSTD),
        }
    }

    /// Bytes of temporary memory that [`decompress`](Self::decompress) takes. The device's context is current.
    ///
    /// # Errors
    /// What nvCOMP answers.
    pub fn decompress_temp(&self, codec: Codec, chunks: Chunks) -> Result<usize, Status> {
        match codec {
            Codec::Deflate { .. } => self.temp.inflate.ask(chunks, INFLATE),
            Codec::Zstd => self.temp.unzstd.ask(chunks, UNZSTD),
        }
    }

    /// Enqueues compression.
    ///
    /// # Safety
    /// The stream is one of the current context; places hold tables and memory as they say, at multiples of
    /// [`ALIGNMENT`], until the stream is done: outputs of [`bound`](Self::bound) bytes, temporary memory of
    /// [`compress_temp`](Self::compress_temp).
    ///
    /// # Errors
    /// What nvCOMP answers; chunks have statuses of their own.
    pub unsafe fn compress(&self, codec: Codec, chunks: Chunks, places: &Places, on: Stream) -> Result<(), Status> {
        let f = &self.functions;
        macro_rules! call {
            ($function:ident, $options:expr) => {
                // SAFETY: the caller's.
                unsafe {
                    f.$function(
                        at(places.inputs),
                        at(places.input_bytes),
                        chunks.longest,
                        chunks.count,
                        at(places.temp),
                        places.temp_bytes,
                        at(places.outputs),
                        at(places.output_bytes),
                        $options,
                        at(places.statuses),
                        on.raw(),
                    )
                }
            };
        }
        Status::check(match codec {
            Codec::Deflate { algorithm } => call!(nvcompBatchedDeflateCompressAsync, deflate(algorithm)),
            Codec::Zstd => call!(nvcompBatchedZstdCompressAsync, ZSTD),
        })
    }

    /// Enqueues decompression.
    ///
    /// # Safety
    /// As for [`compress`](Self::compress), with temporary memory of [`decompress_temp`](Self::decompress_temp). nvCOMP's
    /// headers call what a corrupt stream does undefined.
    ///
    /// # Errors
    /// What nvCOMP answers; chunks have statuses of their own.
    pub unsafe fn decompress(&self, codec: Codec, chunks: Chunks, places: &Places, on: Stream) -> Result<(), Status> {
        let f = &self.functions;
        macro_rules! call {
            ($function:ident, $options:expr) => {
                // SAFETY: the caller's.
                unsafe {
                    f.$function(
                        at(places.inputs),
                        at(places.input_bytes),
                        at(places.output_room),
                        at(places.output_bytes),
                        chunks.count,
                        at(places.temp),
                        places.temp_bytes,
                        at(places.outputs),
                        $options,
                        at(places.statuses),
                        on.raw(),
                    )
                }
            };
        }
        Status::check(match codec {
            Codec::Deflate { .. } => call!(nvcompBatchedDeflateDecompressAsync, INFLATE),
            Codec::Zstd => call!(nvcompBatchedZstdDecompressAsync, UNZSTD),
        })
    }
}

/// The functions that changed their names and arguments between 5 and 6.
pub(crate) struct TempSizes {
    deflate: TempSize<nvcompBatchedDeflateCompressOpts_t>,
    inflate: TempSize<nvcompBatchedDeflateDecompressOpts_t>,
    zstd: TempSize<nvcompBatchedZstdCompressOpts_t>,
    unzstd: TempSize<nvcompBatchedZstdDecompressOpts_t>,
}

impl TempSizes {
    /// # Safety
    /// The library is an nvCOMP of that version, and outlives this.
    pub(crate) unsafe fn of(library: &libloading::Library, version: Version) -> Result<Self, libloading::Error> {
        // SAFETY: the caller's.
        unsafe {
            Ok(Self {
                deflate: TempSize::of(library, version, "DeflateCompress")?,
                inflate: TempSize::of(library, version, "DeflateDecompress")?,
                zstd: TempSize::of(library, version, "ZstdCompress")?,
                unzstd: TempSize::of(library, version, "ZstdDecompress")?,
            })
        }
    }
}

/// `nvcompBatched…GetTempSizeAsync` of nvCOMP 5, and `…GetTempSize` of 6.
enum TempSize<T> {
    Five(unsafe extern "C" fn(usize, usize, T, *mut usize, usize) -> nvcompStatus_t),
    Six(unsafe extern "C" fn(usize, usize, T, *mut usize, usize, cudaStream_t) -> nvcompStatus_t),
}

impl<T> TempSize<T> {
    /// # Safety
    /// As for [`TempSizes::of`]; the function takes options of this type.
    unsafe fn of(library: &libloading::Library, version: Version, of: &str) -> Result<Self, libloading::Error> {
        let suffix = if version.major() < 6 { "Async" } else { "" };
        let name = format!("nvcompBatched{of}GetTempSize{suffix}");
        // SAFETY: the caller's.
        unsafe {
            if version.major() < 6 { Ok(Self::Five(*library.get(name)?)) } else { Ok(Self::Six(*library.get(name)?)) }
        }
    }

    fn ask(&self, chunks: Chunks, options: T) -> Result<usize, Status> {
        let (mut bytes, total) = (0, chunks.total());
        // SAFETY: the functions enqueue nothing and write a number.
        let status = unsafe {
            match self {
                Self::Five(ask) => ask(chunks.count, chunks.longest, options, &raw mut bytes, total),
                Self::Six(ask) => ask(chunks.count, chunks.longest, options, &raw mut bytes, total, ptr::null_mut()),
            }
        };
        Status::check(status).map(|()| bytes)
    }
}
