//! The OpenCL library, found when the program runs instead of when it is linked.
//!
//! The crate `ocl` has the linker look for libOpenCL, and a program so linked does not start without it. This crate takes
//! its place: the build script offers an empty archive of that name, and the functions here, which have the names that the
//! linker looks for, call those of the system's library, if there is one.
//!
//! That is so on Unix; elsewhere the linker finds what it finds.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![allow(unsafe_code, reason = "the crate is nothing but calls of C")]
#![allow(non_snake_case, reason = "names are OpenCL's")]
#![allow(clippy::missing_safety_doc, reason = "OpenCL says what its functions ask for")]

use libloading::Library;
use std::sync::OnceLock;

/// Names of the library, the most specific first.
const NAMES: [&str; 2] = ["libOpenCL.so.1", "libOpenCL.so"];

/// Why the library cannot be called.
///
/// # Errors
/// What the system says about it.
pub fn find() -> Result<(), &'static str> {
    // The linker keeps what is mentioned.
    std::hint::black_box((called::ENTRIES, uncalled::ENTRIES));
    library().map(|_| ())
}

fn library() -> Result<&'static Library, &'static str> {
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    let open = || {
        let mut reason = String::new();
        for name in NAMES {
            // SAFETY: initialisers of an OpenCL library have no conditions.
            match unsafe { Library::new(name) } {
                Ok(library) => return Ok(library),
                Err(error) if reason.is_empty() => reason = error.to_string(),
                Err(_) => {}
            }
        }
        Err(reason)
    };
    LIBRARY.get_or_init(open).as_ref().map_err(String::as_str)
}

/// What a function answers that the library does not have.
trait Missing {
    const ANSWER: Self;
}

impl Missing for cl_sys::cl_int {
    const ANSWER: Self = -59; // CL_INVALID_OPERATION
}

impl Missing for *mut cl_sys::c_void {
    const ANSWER: Self = std::ptr::null_mut();
}

/// Functions that forward their arguments.
mod called {
    use super::{Missing, library};
    use cl_sys::*;
    use std::sync::OnceLock;

    macro_rules! forward {
        ($(fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty;)*) => {
            pub(super) static ENTRIES: &[fn()] = &[$({
                // SAFETY: never called through this type; it is only there to be mentioned.
                unsafe { std::mem::transmute::<unsafe extern "C" fn($($type),*) -> $result, fn()>($name) }
            }),*];
            $(
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name($($argument: $type),*) -> $result {
                    type Function = unsafe extern "C" fn($($type),*) -> $result;
                    static FUNCTION: OnceLock<Option<Function>> = OnceLock::new();
                    let find = || {
                        // SAFETY: the signature is that of the OpenCL headers, by way of cl-sys.
                        unsafe { library().ok()?.get::<Function>(stringify!($name).as_bytes()).ok().map(|f| *f) }
                    };
                    match FUNCTION.get_or_init(find) {
                        // SAFETY: the caller's promises are passed on.
                        Some(function) => unsafe { function($($argument),*) },
                        None => Missing::ANSWER,
                    }
                }
            )*
        };
    }

    forward! {
        fn clGetPlatformIDs(num_entries: cl_uint, platforms: *mut cl_platform_id, num_platforms: *mut cl_uint) -> cl_int;
        fn clGetPlatformInfo(platform: cl_platform_id, param_name: cl_platform_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clGetDeviceIDs(platform: cl_platform_id, device_type: cl_device_type, num_entries: cl_uint, devices: *mut cl_device_id, num_devices: *mut cl_uint) -> cl_int;
        fn clGetDeviceInfo(device: cl_device_id, param_name: cl_device_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clRetainDevice(device: cl_device_id) -> cl_int;
        fn clReleaseDevice(device: cl_device_id) -> cl_int;
        fn clCreateContext(properties: *const cl_context_properties, num_devices: cl_uint, devices: *const cl_device_id, pfn_notify: Option<extern "C" fn(*const c_char, *const c_void, size_t, *mut c_void)>, user_data: *mut c_void, errcode_ret: *mut cl_int) -> cl_context;
        fn clRetainContext(context: cl_context) -> cl_int;
        fn clReleaseContext(context: cl_context) -> cl_int;
        fn clGetContextInfo(context: cl_context, param_name: cl_context_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clCreateCommandQueue(context: cl_context, device: cl_device_id, properties: cl_command_queue_properties, errcode_ret: *mut cl_int) -> cl_command_queue;
        fn clRetainCommandQueue(command_queue: cl_command_queue) -> cl_int;
        fn clReleaseCommandQueue(command_queue: cl_command_queue) -> cl_int;
        fn clGetCommandQueueInfo(command_queue: cl_command_queue, param_name: cl_command_queue_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clCreateBuffer(context: cl_context, flags: cl_mem_flags, size: size_t, host_ptr: *mut c_void, errcode_ret: *mut cl_int) -> cl_mem;
        fn clRetainMemObject(memobj: cl_mem) -> cl_int;
        fn clReleaseMemObject(memobj: cl_mem) -> cl_int;
        fn clGetMemObjectInfo(memobj: cl_mem, param_name: cl_mem_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clCreateProgramWithSource(context: cl_context, count: cl_uint, strings: *const *const c_char, lengths: *const size_t, errcode_ret: *mut cl_int) -> cl_program;
        fn clCreateProgramWithBinary(context: cl_context, num_devices: cl_uint, device_list: *const cl_device_id, lengths: *const size_t, binaries: *const *const c_uchar, binary_status: *mut cl_int, errcode_ret: *mut cl_int) -> cl_program;
        fn clBuildProgram(program: cl_program, num_devices: cl_uint, device_list: *const cl_device_id, options: *const c_char, pfn_notify: Option<extern "C" fn(cl_program, *mut c_void)>, user_data: *mut c_void) -> cl_int;
        fn clRetainProgram(program: cl_program) -> cl_int;
        fn clReleaseProgram(program: cl_program) -> cl_int;
        fn clGetProgramInfo(program: cl_program, param_name: cl_program_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clGetProgramBuildInfo(program: cl_program, device: cl_device_id, param_name: cl_program_build_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clCreateKernel(program: cl_program, kernel_name: *const c_char, errcode_ret: *mut cl_int) -> cl_kernel;
        fn clRetainKernel(kernel: cl_kernel) -> cl_int;
        fn clReleaseKernel(kernel: cl_kernel) -> cl_int;
        fn clSetKernelArg(kernel: cl_kernel, arg_index: cl_uint, arg_size: size_t, arg_value: *const c_void) -> cl_int;
        fn clGetKernelInfo(kernel: cl_kernel, param_name: cl_kernel_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clGetKernelArgInfo(kernel: cl_kernel, arg_indx: cl_uint, param_name: cl_kernel_arg_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clGetKernelWorkGroupInfo(kernel: cl_kernel, device: cl_device_id, param_name: cl_kernel_work_group_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clWaitForEvents(num_events: cl_uint, event_list: *const cl_event) -> cl_int;
        fn clGetEventInfo(event: cl_event, param_name: cl_event_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clRetainEvent(event: cl_event) -> cl_int;
        fn clReleaseEvent(event: cl_event) -> cl_int;
        fn clGetEventProfilingInfo(event: cl_event, param_name: cl_profiling_info, param_value_size: size_t, param_value: *mut c_void, param_value_size_ret: *mut size_t) -> cl_int;
        fn clFlush(command_queue: cl_command_queue) -> cl_int;
        fn clFinish(command_queue: cl_command_queue) -> cl_int;
        fn clEnqueueReadBuffer(command_queue: cl_command_queue, buffer: cl_mem, blocking_read: cl_bool, offset: size_t, cb: size_t, ptr: *mut c_void, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
        fn clEnqueueWriteBuffer(command_queue: cl_command_queue, buffer: cl_mem, blocking_write: cl_bool, offset: size_t, cb: size_t, ptr: *const c_void, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
        fn clEnqueueFillBuffer(command_queue: cl_command_queue, buffer: cl_mem, pattern: *const c_void, pattern_size: size_t, offset: size_t, size: size_t, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
        fn clEnqueueCopyBuffer(command_queue: cl_command_queue, src_buffer: cl_mem, dst_buffer: cl_mem, src_offset: size_t, dst_offset: size_t, cb: size_t, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
        fn clEnqueueMapBuffer(command_queue: cl_command_queue, buffer: cl_mem, blocking_map: cl_bool, map_flags: cl_map_flags, offset: size_t, size: size_t, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event, errorcode_ret: *mut cl_int) -> *mut c_void;
        fn clEnqueueUnmapMemObject(command_queue: cl_command_queue, memobj: cl_mem, mapped_ptr: *mut c_void, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
        fn clEnqueueNDRangeKernel(command_queue: cl_command_queue, kernel: cl_kernel, work_dim: cl_uint, global_work_offset: *const size_t, global_work_dims: *const size_t, local_work_dims: *const size_t, num_events_in_wait_list: cl_uint, event_wait_list: *const cl_event, event: *mut cl_event) -> cl_int;
    }
}

/// Functions that `ocl` mentions, and that nothing in this project leads to: images, samplers, sub-buffers, GL.
mod uncalled {
    macro_rules! refuse {
        ($answer:ty: $($name:ident)*) => {
            pub(super) static ENTRIES: &[extern "C" fn() -> $answer] = &[$($name),*];
            $(
                #[unsafe(no_mangle)]
                extern "C" fn $name() -> $answer {
                    <$answer as super::Missing>::ANSWER
                }
            )*
        };
    }

    refuse! {
        cl_sys::cl_int:
            clCompileProgram clCreateContextFromType clCreateImage clCreateKernelsInProgram
            clCreateProgramWithIL clCreateSampler clCreateSubBuffer clCreateUserEvent
            clEnqueueBarrierWithWaitList clEnqueueCopyBufferRect clEnqueueCopyBufferToImage
            clEnqueueCopyImage clEnqueueCopyImageToBuffer clEnqueueFillImage clEnqueueMapImage
            clEnqueueMarkerWithWaitList clEnqueueMigrateMemObjects clEnqueueNativeKernel
            clEnqueueReadBufferRect clEnqueueReadImage clEnqueueTask clEnqueueWriteBufferRect
            clEnqueueWriteImage clGetExtensionFunctionAddressForPlatform clGetImageInfo clGetSamplerInfo
            clGetSupportedImageFormats clLinkProgram clReleaseSampler clRetainSampler clSetEventCallback
            clSetMemObjectDestructorCallback clSetUserEventStatus
    }
}
