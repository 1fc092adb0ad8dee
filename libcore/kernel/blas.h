/* OpenBLAS, as far as it is used: lt_gemm (kernel.h) and its name. */
#ifndef LT_KERNEL_BLAS_H
#define LT_KERNEL_BLAS_H

/* "openblas-0.3.21-SkylakeX": version and the core it chose.  Static storage. */
const char *lt_blas_name(void);

#endif
