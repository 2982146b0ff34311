/* What the kernels are written in, for OpenCL C 1.2 with double precision. `prelude_cuda.h` says the same for CUDA. */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

/* A kernel over work-groups of ITEMS work-items. */
#define KERNEL(items) __kernel __attribute__((reqd_work_group_size(items, 1, 1))) void
/* One that may spill to have that many groups at once on a multiprocessor: where a language can say so. */
#define DENSE_KERNEL(items, groups) KERNEL(items)
/* PoCL 3 loses what calls write to local memory: they are never left to the compiler. */
#define FN static inline __attribute__((always_inline))
/* A function that is worth a call: what it needs must not take registers from its caller. */
#define FAR_FN static __attribute__((noinline))
#define GLOBAL __global
/* Variables of a group and of a program, and pointers to them. */
#define LOCAL __local
#define LOCAL_PTR __local
#define CONSTANT __constant
#define CONSTANT_PTR __constant

#define GROUP ((uint)get_group_id(0))
#define GROUPS ((uint)get_num_groups(0))
#define ITEM ((uint)get_local_id(0))
#define GLOBAL_ITEM ((uint)get_global_id(0))
/* All work-items of the group, with what they wrote to local and global memory. */
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)

#define ATOMIC_ADD(p, v) atomic_add(p, v)
#define ATOMIC_SUB(p, v) atomic_sub(p, v)
#define ATOMIC_MIN(p, v) atomic_min(p, v)
#define ATOMIC_MAX(p, v) atomic_max(p, v)
#define ATOMIC_OR(p, v) atomic_or(p, v)
#define ATOMIC_XOR(p, v) atomic_xor(p, v)

#define MIN(a, b) min(a, b)
#define MAX(a, b) max(a, b)
/* The upper half of the product of two 64-bit numbers. */
#define MUL_HIGH(a, b) mul_hi(a, b)

/* Zeros above the highest and below the lowest set bit of a 32-bit number, which is not 0. */
#define LEADING_ZEROS(v) clz((uint)(v))
#define TRAILING_ZEROS(v) popcount(((uint)(v) & -(uint)(v)) - 1u)

/* The bits of numbers. */
#define BITS32(v) as_uint(v)
#define BITS64(v) as_ulong(v)
#define DOUBLE_OF(bits) as_double(bits)
#define HIGH_WORD(v) as_uint2(v).y
