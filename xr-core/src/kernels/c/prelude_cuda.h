/* What the kernels are written in, for CUDA C++ as NVRTC compiles it, without headers and with contraction off.
   `prelude_opencl.h` says the same for OpenCL C. */
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;

/* A kernel over work-groups of ITEMS work-items. */
#define KERNEL(items) extern "C" __global__ void __launch_bounds__(items)
/* One that may spill to have that many groups at once on a multiprocessor. */
#define DENSE_KERNEL(items, groups) extern "C" __global__ void __launch_bounds__(items, groups)
#define FN static __device__ __forceinline__
/* A function that is worth a call: what it needs must not take registers from its caller. */
#define FAR_FN static __device__ __noinline__
#define GLOBAL
/* Variables of a group and of a program, and pointers to them. */
#define LOCAL __shared__
#define LOCAL_PTR
#define CONSTANT static __constant__
#define CONSTANT_PTR

#define GROUP blockIdx.x
#define GROUPS gridDim.x
#define ITEM threadIdx.x
#define GLOBAL_ITEM (blockIdx.x * blockDim.x + threadIdx.x)
/* All work-items of the group, with what they wrote to local and global memory. */
#define BARRIER __syncthreads()

#define ATOMIC_ADD(p, v) atomicAdd(p, v)
#define ATOMIC_SUB(p, v) atomicSub(p, v)
#define ATOMIC_MIN(p, v) atomicMin(p, v)
#define ATOMIC_MAX(p, v) atomicMax(p, v)
#define ATOMIC_OR(p, v) atomicOr(p, v)
#define ATOMIC_XOR(p, v) atomicXor(p, v)

/* As OpenCL C defines `min` and `max`. */
template <typename T> FN T lesser(T a, T b) { return b < a ? b : a; }
template <typename T> FN T greater(T a, T b) { return a < b ? b : a; }
#define MIN(a, b) lesser(a, b)
#define MAX(a, b) greater(a, b)
/* The upper half of the product of two 64-bit numbers. */
#define MUL_HIGH(a, b) __umul64hi(a, b)

/* Zeros above the highest and below the lowest set bit of a 32-bit number, which is not 0. */
#define LEADING_ZEROS(v) ((uint)__clz((int)(v)))
#define TRAILING_ZEROS(v) ((uint)__ffs((int)(v)) - 1u)

/* The bits of numbers. */
#define BITS32(v) __float_as_uint(v)
#define BITS64(v) ((unsigned long long)__double_as_longlong(v))
#define DOUBLE_OF(bits) __longlong_as_double((long long)(bits))
#define HIGH_WORD(v) ((uint)__double2hiint(v))

#ifndef INFINITY
#define INFINITY __longlong_as_double(0x7ff0000000000000LL)
#endif
