/* The use of OpenBLAS: its memory and its name; lt_gemm is declared in kernel.h. */
#ifndef LT_KERNEL_BLAS_H
#define LT_KERNEL_BLAS_H

#include "base/error.h"

/*
 * Allocates the buffers that OpenBLAS needs if that many threads call lt_gemm at the same
 * time.  Call it before the first of them does: OpenBLAS allocates a buffer when no buffer is
 * free, and without memory it retries for ever.  May be called again; only missing buffers are
 * allocated.  LT_OS: not enough memory.  Not thread-safe.
 */
int lt_blas_reserve(int threads, struct lt_error *err);

/* "openblas-0.3.21-SkylakeX": version and the core it chose.  Static storage. */
const char *lt_blas_name(void);

#endif
