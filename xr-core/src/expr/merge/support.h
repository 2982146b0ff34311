#if defined(__OPENCL_VERSION__)
#pragma OPENCL FP_CONTRACT OFF
typedef char xr_i8; typedef short xr_i16; typedef int xr_i32; typedef long xr_i64;
typedef uchar xr_u8; typedef ushort xr_u16; typedef uint xr_u32; typedef ulong xr_u64;
#define XR_FN static inline
#define XR_ADD(a, b) ((a) + (b))
#define XR_SUB(a, b) ((a) - (b))
#define XR_MUL(a, b) ((a) * (b))
#elif defined(__CUDACC__)
typedef signed char xr_i8; typedef short xr_i16; typedef int xr_i32; typedef long long xr_i64;
typedef unsigned char xr_u8; typedef unsigned short xr_u16; typedef unsigned int xr_u32; typedef unsigned long long xr_u64;
#define XR_FN static __device__ inline
#define XR_ADD(a, b) __dadd_rn(a, b)
#define XR_SUB(a, b) __dsub_rn(a, b)
#define XR_MUL(a, b) __dmul_rn(a, b)
#else
#include <math.h>
#include <stdint.h>
typedef int8_t xr_i8; typedef int16_t xr_i16; typedef int32_t xr_i32; typedef int64_t xr_i64;
typedef uint8_t xr_u8; typedef uint16_t xr_u16; typedef uint32_t xr_u32; typedef uint64_t xr_u64;
#define XR_FN static inline
#define XR_ADD(a, b) ((a) + (b))
#define XR_SUB(a, b) ((a) - (b))
#define XR_MUL(a, b) ((a) * (b))
#endif
typedef float xr_f32; typedef double xr_f64;

XR_FN xr_f64 xr_min_f(xr_f64 a, xr_f64 b) { return b < a || b != b ? b : a; }
XR_FN xr_f64 xr_max_f(xr_f64 a, xr_f64 b) { return b > a || b != b ? b : a; }
XR_FN xr_i64 xr_min_i(xr_i64 a, xr_i64 b) { return b < a ? b : a; }
XR_FN xr_i64 xr_max_i(xr_i64 a, xr_i64 b) { return b > a ? b : a; }
XR_FN xr_u64 xr_min_u(xr_u64 a, xr_u64 b) { return b < a ? b : a; }
XR_FN xr_u64 xr_max_u(xr_u64 a, xr_u64 b) { return b > a ? b : a; }

XR_FN xr_i64 xr_add_i(xr_i64 a, xr_i64 b, int *failed) {
    xr_i64 r = (xr_i64)((xr_u64)a + (xr_u64)b);
    if (((a ^ r) & (b ^ r)) < 0) *failed = 1;
    return r;
}
XR_FN xr_i64 xr_sub_i(xr_i64 a, xr_i64 b, int *failed) {
    xr_i64 r = (xr_i64)((xr_u64)a - (xr_u64)b);
    if (((a ^ b) & (a ^ r)) < 0) *failed = 1;
    return r;
}
XR_FN xr_i64 xr_mul_i(xr_i64 a, xr_i64 b, int *failed) {
    xr_i64 r = (xr_i64)((xr_u64)a * (xr_u64)b);
    if (a == -1 ? b < -0x7fffffffffffffff : a != 0 && r / a != b) *failed = 1; /* MIN / -1 would trap */
    return r;
}
XR_FN xr_i64 xr_rem_i(xr_i64 a, xr_i64 b, int *failed) {
    if (b == 0) *failed = 1;
    return b == 0 || b == -1 ? 0 : a % b;
}
XR_FN xr_i64 xr_neg_i(xr_i64 a, int *failed) { return xr_sub_i(0, a, failed); }
XR_FN xr_i64 xr_abs_i(xr_i64 a, int *failed) { return a < 0 ? xr_sub_i(0, a, failed) : a; }

XR_FN xr_u64 xr_add_u(xr_u64 a, xr_u64 b, int *failed) {
    if (a + b < a) *failed = 1;
    return a + b;
}
XR_FN xr_u64 xr_sub_u(xr_u64 a, xr_u64 b, int *failed) {
    if (a < b) *failed = 1;
    return a - b;
}
XR_FN xr_u64 xr_mul_u(xr_u64 a, xr_u64 b, int *failed) {
    if (a != 0 && (a * b) / a != b) *failed = 1;
    return a * b;
}
XR_FN xr_u64 xr_rem_u(xr_u64 a, xr_u64 b, int *failed) {
    if (b == 0) *failed = 1;
    return b == 0 ? 0 : a % b;
}
