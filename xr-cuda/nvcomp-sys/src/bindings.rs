// Made by the feature `bindgen` from the headers of nvCOMP 6.0.0.12.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct CUstream_st {
    _unused: [u8; 0],
}
pub type cudaStream_t = *mut CUstream_st;
impl nvcompStatus_t {
    pub const nvcompSuccess: nvcompStatus_t = nvcompStatus_t(0);
    pub const nvcompErrorInvalidValue: nvcompStatus_t = nvcompStatus_t(10);
    pub const nvcompErrorNotSupported: nvcompStatus_t = nvcompStatus_t(11);
    pub const nvcompErrorCannotDecompress: nvcompStatus_t = nvcompStatus_t(12);
    pub const nvcompErrorBadChecksum: nvcompStatus_t = nvcompStatus_t(13);
    pub const nvcompErrorCannotVerifyChecksums: nvcompStatus_t = nvcompStatus_t(14);
    pub const nvcompErrorOutputBufferTooSmall: nvcompStatus_t = nvcompStatus_t(15);
    pub const nvcompErrorWrongHeaderLength: nvcompStatus_t = nvcompStatus_t(16);
    pub const nvcompErrorAlignment: nvcompStatus_t = nvcompStatus_t(17);
    pub const nvcompErrorChunkSizeTooLarge: nvcompStatus_t = nvcompStatus_t(18);
    pub const nvcompErrorCannotCompress: nvcompStatus_t = nvcompStatus_t(19);
    pub const nvcompErrorWrongInputLength: nvcompStatus_t = nvcompStatus_t(20);
    pub const nvcompErrorBatchSizeTooLarge: nvcompStatus_t = nvcompStatus_t(21);
    pub const nvcompErrorSubChunkCountTooLarge: nvcompStatus_t = nvcompStatus_t(22);
    pub const nvcompErrorSubChunkCountTooSmall: nvcompStatus_t = nvcompStatus_t(23);
    pub const nvcompErrorOutputBufferAlignmentTooSmall: nvcompStatus_t = nvcompStatus_t(24);
    pub const nvcompErrorCudaError: nvcompStatus_t = nvcompStatus_t(1000);
    pub const nvcompErrorInternal: nvcompStatus_t = nvcompStatus_t(10000);
}
#[repr(transparent)]
#[derive(Debug, Copy, Clone, Hash, PartialEq, Eq)]
pub struct nvcompStatus_t(pub ::std::os::raw::c_uint);
impl nvcompDecompressBackend_t {
    pub const NVCOMP_DECOMPRESS_BACKEND_DEFAULT: nvcompDecompressBackend_t = nvcompDecompressBackend_t(0);
    pub const NVCOMP_DECOMPRESS_BACKEND_HARDWARE: nvcompDecompressBackend_t = nvcompDecompressBackend_t(1);
    pub const NVCOMP_DECOMPRESS_BACKEND_CUDA: nvcompDecompressBackend_t = nvcompDecompressBackend_t(2);
}
#[repr(transparent)]
#[derive(Debug, Copy, Clone, Hash, PartialEq, Eq)]
pub struct nvcompDecompressBackend_t(pub ::std::os::raw::c_uint);
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompProperties_t {
    pub version: u32,
    pub cudart_version: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompProperties_t"][::std::mem::size_of::<nvcompProperties_t>() - 8usize];
    ["Alignment of nvcompProperties_t"][::std::mem::align_of::<nvcompProperties_t>() - 4usize];
    ["Offset of field: nvcompProperties_t::version"][::std::mem::offset_of!(nvcompProperties_t, version) - 0usize];
    ["Offset of field: nvcompProperties_t::cudart_version"]
        [::std::mem::offset_of!(nvcompProperties_t, cudart_version) - 4usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompAlignmentRequirements_t {
    pub input: usize,
    pub output: usize,
    pub temp: usize,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompAlignmentRequirements_t"][::std::mem::size_of::<nvcompAlignmentRequirements_t>() - 24usize];
    ["Alignment of nvcompAlignmentRequirements_t"][::std::mem::align_of::<nvcompAlignmentRequirements_t>() - 8usize];
    ["Offset of field: nvcompAlignmentRequirements_t::input"]
        [::std::mem::offset_of!(nvcompAlignmentRequirements_t, input) - 0usize];
    ["Offset of field: nvcompAlignmentRequirements_t::output"]
        [::std::mem::offset_of!(nvcompAlignmentRequirements_t, output) - 8usize];
    ["Offset of field: nvcompAlignmentRequirements_t::temp"]
        [::std::mem::offset_of!(nvcompAlignmentRequirements_t, temp) - 16usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompBatchedDeflateCompressOpts_t {
    pub algorithm: ::std::os::raw::c_int,
    pub reserved: [::std::os::raw::c_char; 60usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompBatchedDeflateCompressOpts_t"]
        [::std::mem::size_of::<nvcompBatchedDeflateCompressOpts_t>() - 64usize];
    ["Alignment of nvcompBatchedDeflateCompressOpts_t"]
        [::std::mem::align_of::<nvcompBatchedDeflateCompressOpts_t>() - 4usize];
    ["Offset of field: nvcompBatchedDeflateCompressOpts_t::algorithm"]
        [::std::mem::offset_of!(nvcompBatchedDeflateCompressOpts_t, algorithm) - 0usize];
    ["Offset of field: nvcompBatchedDeflateCompressOpts_t::reserved"]
        [::std::mem::offset_of!(nvcompBatchedDeflateCompressOpts_t, reserved) - 4usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompBatchedDeflateDecompressOpts_t {
    pub backend: nvcompDecompressBackend_t,
    pub sort_before_hw_decompress: ::std::os::raw::c_int,
    pub reserved: [::std::os::raw::c_char; 56usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompBatchedDeflateDecompressOpts_t"]
        [::std::mem::size_of::<nvcompBatchedDeflateDecompressOpts_t>() - 64usize];
    ["Alignment of nvcompBatchedDeflateDecompressOpts_t"]
        [::std::mem::align_of::<nvcompBatchedDeflateDecompressOpts_t>() - 4usize];
    ["Offset of field: nvcompBatchedDeflateDecompressOpts_t::backend"]
        [::std::mem::offset_of!(nvcompBatchedDeflateDecompressOpts_t, backend) - 0usize];
    ["Offset of field: nvcompBatchedDeflateDecompressOpts_t::sort_before_hw_decompress"]
        [::std::mem::offset_of!(nvcompBatchedDeflateDecompressOpts_t, sort_before_hw_decompress) - 4usize];
    ["Offset of field: nvcompBatchedDeflateDecompressOpts_t::reserved"]
        [::std::mem::offset_of!(nvcompBatchedDeflateDecompressOpts_t, reserved) - 8usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompBatchedZstdCompressOpts_t {
    pub reserved: [::std::os::raw::c_char; 64usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompBatchedZstdCompressOpts_t"][::std::mem::size_of::<nvcompBatchedZstdCompressOpts_t>() - 64usize];
    ["Alignment of nvcompBatchedZstdCompressOpts_t"]
        [::std::mem::align_of::<nvcompBatchedZstdCompressOpts_t>() - 1usize];
    ["Offset of field: nvcompBatchedZstdCompressOpts_t::reserved"]
        [::std::mem::offset_of!(nvcompBatchedZstdCompressOpts_t, reserved) - 0usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nvcompBatchedZstdDecompressOpts_t {
    pub backend: nvcompDecompressBackend_t,
    pub reserved: [::std::os::raw::c_char; 60usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of nvcompBatchedZstdDecompressOpts_t"][::std::mem::size_of::<nvcompBatchedZstdDecompressOpts_t>() - 64usize];
    ["Alignment of nvcompBatchedZstdDecompressOpts_t"]
        [::std::mem::align_of::<nvcompBatchedZstdDecompressOpts_t>() - 4usize];
    ["Offset of field: nvcompBatchedZstdDecompressOpts_t::backend"]
        [::std::mem::offset_of!(nvcompBatchedZstdDecompressOpts_t, backend) - 0usize];
    ["Offset of field: nvcompBatchedZstdDecompressOpts_t::reserved"]
        [::std::mem::offset_of!(nvcompBatchedZstdDecompressOpts_t, reserved) - 4usize];
};
pub struct Functions {
    __library: ::libloading::Library,
    pub nvcompBatchedDeflateCompressGetRequiredAlignments: unsafe extern "C" fn(
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedDeflateCompressGetMaxOutputChunkSize: unsafe extern "C" fn(
        max_uncompressed_chunk_bytes: usize,
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        max_compressed_chunk_bytes: *mut usize,
    ) -> nvcompStatus_t,
    pub nvcompBatchedDeflateCompressAsync: unsafe extern "C" fn(
        device_uncompressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_uncompressed_chunk_bytes: *const usize,
        max_uncompressed_chunk_bytes: usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_compressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *mut usize,
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedDeflateDecompressGetRequiredAlignments: unsafe extern "C" fn(
        decompress_opts: nvcompBatchedDeflateDecompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedDeflateDecompressAsync: unsafe extern "C" fn(
        device_compressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *const usize,
        device_uncompressed_buffer_bytes: *const usize,
        device_uncompressed_chunk_bytes: *mut usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_uncompressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        decompress_opts: nvcompBatchedDeflateDecompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedZstdCompressGetRequiredAlignments: unsafe extern "C" fn(
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedZstdCompressGetMaxOutputChunkSize: unsafe extern "C" fn(
        max_uncompressed_chunk_bytes: usize,
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        max_compressed_chunk_bytes: *mut usize,
    ) -> nvcompStatus_t,
    pub nvcompBatchedZstdCompressAsync: unsafe extern "C" fn(
        device_uncompressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_uncompressed_chunk_bytes: *const usize,
        max_uncompressed_chunk_bytes: usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_compressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *mut usize,
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedZstdDecompressGetRequiredAlignments: unsafe extern "C" fn(
        decompress_opts: nvcompBatchedZstdDecompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t,
    pub nvcompBatchedZstdDecompressAsync: unsafe extern "C" fn(
        device_compressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *const usize,
        device_uncompressed_buffer_bytes: *const usize,
        device_uncompressed_chunk_bytes: *mut usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_uncompressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        decompress_opts: nvcompBatchedZstdDecompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t,
    pub nvcompGetProperties: unsafe extern "C" fn(properties: *mut nvcompProperties_t) -> nvcompStatus_t,
}
impl Functions {
    pub unsafe fn new<P>(path: P) -> Result<Self, ::libloading::Error>
    where
        P: ::libloading::AsFilename,
    {
        let library = unsafe { ::libloading::Library::new(path) }?;
        unsafe { Self::from_library(library) }
    }
    pub unsafe fn from_library<L>(library: L) -> Result<Self, ::libloading::Error>
    where
        L: Into<::libloading::Library>,
    {
        let __library = library.into();
        let nvcompBatchedDeflateCompressGetRequiredAlignments =
            unsafe { __library.get(b"nvcompBatchedDeflateCompressGetRequiredAlignments\0") }.map(|sym| *sym)?;
        let nvcompBatchedDeflateCompressGetMaxOutputChunkSize =
            unsafe { __library.get(b"nvcompBatchedDeflateCompressGetMaxOutputChunkSize\0") }.map(|sym| *sym)?;
        let nvcompBatchedDeflateCompressAsync =
            unsafe { __library.get(b"nvcompBatchedDeflateCompressAsync\0") }.map(|sym| *sym)?;
        let nvcompBatchedDeflateDecompressGetRequiredAlignments =
            unsafe { __library.get(b"nvcompBatchedDeflateDecompressGetRequiredAlignments\0") }.map(|sym| *sym)?;
        let nvcompBatchedDeflateDecompressAsync =
            unsafe { __library.get(b"nvcompBatchedDeflateDecompressAsync\0") }.map(|sym| *sym)?;
        let nvcompBatchedZstdCompressGetRequiredAlignments =
            unsafe { __library.get(b"nvcompBatchedZstdCompressGetRequiredAlignments\0") }.map(|sym| *sym)?;
        let nvcompBatchedZstdCompressGetMaxOutputChunkSize =
            unsafe { __library.get(b"nvcompBatchedZstdCompressGetMaxOutputChunkSize\0") }.map(|sym| *sym)?;
        let nvcompBatchedZstdCompressAsync =
            unsafe { __library.get(b"nvcompBatchedZstdCompressAsync\0") }.map(|sym| *sym)?;
        let nvcompBatchedZstdDecompressGetRequiredAlignments =
            unsafe { __library.get(b"nvcompBatchedZstdDecompressGetRequiredAlignments\0") }.map(|sym| *sym)?;
        let nvcompBatchedZstdDecompressAsync =
            unsafe { __library.get(b"nvcompBatchedZstdDecompressAsync\0") }.map(|sym| *sym)?;
        let nvcompGetProperties = unsafe { __library.get(b"nvcompGetProperties\0") }.map(|sym| *sym)?;
        Ok(Functions {
            __library,
            nvcompBatchedDeflateCompressGetRequiredAlignments,
            nvcompBatchedDeflateCompressGetMaxOutputChunkSize,
            nvcompBatchedDeflateCompressAsync,
            nvcompBatchedDeflateDecompressGetRequiredAlignments,
            nvcompBatchedDeflateDecompressAsync,
            nvcompBatchedZstdCompressGetRequiredAlignments,
            nvcompBatchedZstdCompressGetMaxOutputChunkSize,
            nvcompBatchedZstdCompressAsync,
            nvcompBatchedZstdDecompressGetRequiredAlignments,
            nvcompBatchedZstdDecompressAsync,
            nvcompGetProperties,
        })
    }
    pub unsafe fn nvcompBatchedDeflateCompressGetRequiredAlignments(
        &self,
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t {
        unsafe { (self.nvcompBatchedDeflateCompressGetRequiredAlignments)(compress_opts, alignment_requirements) }
    }
    pub unsafe fn nvcompBatchedDeflateCompressGetMaxOutputChunkSize(
        &self,
        max_uncompressed_chunk_bytes: usize,
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        max_compressed_chunk_bytes: *mut usize,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedDeflateCompressGetMaxOutputChunkSize)(
                max_uncompressed_chunk_bytes,
                compress_opts,
                max_compressed_chunk_bytes,
            )
        }
    }
    pub unsafe fn nvcompBatchedDeflateCompressAsync(
        &self,
        device_uncompressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_uncompressed_chunk_bytes: *const usize,
        max_uncompressed_chunk_bytes: usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_compressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *mut usize,
        compress_opts: nvcompBatchedDeflateCompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedDeflateCompressAsync)(
                device_uncompressed_chunk_ptrs,
                device_uncompressed_chunk_bytes,
                max_uncompressed_chunk_bytes,
                num_chunks,
                device_temp_ptr,
                temp_bytes,
                device_compressed_chunk_ptrs,
                device_compressed_chunk_bytes,
                compress_opts,
                device_statuses,
                stream,
            )
        }
    }
    pub unsafe fn nvcompBatchedDeflateDecompressGetRequiredAlignments(
        &self,
        decompress_opts: nvcompBatchedDeflateDecompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t {
        unsafe { (self.nvcompBatchedDeflateDecompressGetRequiredAlignments)(decompress_opts, alignment_requirements) }
    }
    pub unsafe fn nvcompBatchedDeflateDecompressAsync(
        &self,
        device_compressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *const usize,
        device_uncompressed_buffer_bytes: *const usize,
        device_uncompressed_chunk_bytes: *mut usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_uncompressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        decompress_opts: nvcompBatchedDeflateDecompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedDeflateDecompressAsync)(
                device_compressed_chunk_ptrs,
                device_compressed_chunk_bytes,
                device_uncompressed_buffer_bytes,
                device_uncompressed_chunk_bytes,
                num_chunks,
                device_temp_ptr,
                temp_bytes,
                device_uncompressed_chunk_ptrs,
                decompress_opts,
                device_statuses,
                stream,
            )
        }
    }
    pub unsafe fn nvcompBatchedZstdCompressGetRequiredAlignments(
        &self,
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t {
        unsafe { (self.nvcompBatchedZstdCompressGetRequiredAlignments)(compress_opts, alignment_requirements) }
    }
    pub unsafe fn nvcompBatchedZstdCompressGetMaxOutputChunkSize(
        &self,
        max_uncompressed_chunk_bytes: usize,
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        max_compressed_chunk_bytes: *mut usize,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedZstdCompressGetMaxOutputChunkSize)(
                max_uncompressed_chunk_bytes,
                compress_opts,
                max_compressed_chunk_bytes,
            )
        }
    }
    pub unsafe fn nvcompBatchedZstdCompressAsync(
        &self,
        device_uncompressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_uncompressed_chunk_bytes: *const usize,
        max_uncompressed_chunk_bytes: usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_compressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *mut usize,
        compress_opts: nvcompBatchedZstdCompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedZstdCompressAsync)(
                device_uncompressed_chunk_ptrs,
                device_uncompressed_chunk_bytes,
                max_uncompressed_chunk_bytes,
                num_chunks,
                device_temp_ptr,
                temp_bytes,
                device_compressed_chunk_ptrs,
                device_compressed_chunk_bytes,
                compress_opts,
                device_statuses,
                stream,
            )
        }
    }
    pub unsafe fn nvcompBatchedZstdDecompressGetRequiredAlignments(
        &self,
        decompress_opts: nvcompBatchedZstdDecompressOpts_t,
        alignment_requirements: *mut nvcompAlignmentRequirements_t,
    ) -> nvcompStatus_t {
        unsafe { (self.nvcompBatchedZstdDecompressGetRequiredAlignments)(decompress_opts, alignment_requirements) }
    }
    pub unsafe fn nvcompBatchedZstdDecompressAsync(
        &self,
        device_compressed_chunk_ptrs: *const *const ::std::os::raw::c_void,
        device_compressed_chunk_bytes: *const usize,
        device_uncompressed_buffer_bytes: *const usize,
        device_uncompressed_chunk_bytes: *mut usize,
        num_chunks: usize,
        device_temp_ptr: *mut ::std::os::raw::c_void,
        temp_bytes: usize,
        device_uncompressed_chunk_ptrs: *const *mut ::std::os::raw::c_void,
        decompress_opts: nvcompBatchedZstdDecompressOpts_t,
        device_statuses: *mut nvcompStatus_t,
        stream: cudaStream_t,
    ) -> nvcompStatus_t {
        unsafe {
            (self.nvcompBatchedZstdDecompressAsync)(
                device_compressed_chunk_ptrs,
                device_compressed_chunk_bytes,
                device_uncompressed_buffer_bytes,
                device_uncompressed_chunk_bytes,
                num_chunks,
                device_temp_ptr,
                temp_bytes,
                device_uncompressed_chunk_ptrs,
                decompress_opts,
                device_statuses,
                stream,
            )
        }
    }
    pub unsafe fn nvcompGetProperties(&self, properties: *mut nvcompProperties_t) -> nvcompStatus_t {
        unsafe { (self.nvcompGetProperties)(properties) }
    }
}
