/* The kernel sets that a build may have; dispatch.c selects one. */
#ifndef LT_KERNEL_SETS_H
#define LT_KERNEL_SETS_H

#include "kernel/kernel.h"

extern const struct lt_kernels lt_kernels_ref;
#ifndef LT_REAL_DOUBLE
#if defined(__x86_64__)
extern const struct lt_kernels lt_x86_64_kernels, lt_v3_kernels, lt_v4_kernels,
	lt_v4bf16_kernels, lt_v4amx_kernels;
#elif defined(__aarch64__)
extern const struct lt_kernels lt_neon_kernels;
#endif
#endif

#endif
