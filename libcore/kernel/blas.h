/* OpenBLAS, as far as it is used: lt_gemm (kernel.h), its memory and its name. */
#ifndef LT_KERNEL_BLAS_H
#define LT_KERNEL_BLAS_H

#include "base/error.h"

/*
 * Takes the buffers that OpenBLAS needs for that many threads which call lt_gemm at once.
 * To be called before the first of them does: OpenBLAS takes a buffer when a call finds none
 * free, and where there is no memory for it, it tries for ever.  May be called again; only
 * what is missing is taken.  LT_OS: there is not enough memory.  One thread at a time.
 */
int lt_blas_reserve(int threads, struct lt_error *err);

/* "openblas-0.3.21-SkylakeX": version and the core it chose.  Static storage. */
const char *lt_blas_name(void);

#endif
