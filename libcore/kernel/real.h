/*
 * The engine's number.  The library is built twice from the same source: with
 * lt_real a float, which the programs use, and with lt_real a double and the
 * reference kernels alone (LT_REAL_DOUBLE), in which gradients are checked
 * against central differences and whole training steps against PyTorch's float64.
 */
#ifndef LT_KERNEL_REAL_H
#define LT_KERNEL_REAL_H

#include "stream/header.h"

#ifdef LT_REAL_DOUBLE
typedef double lt_real;
#define LT_REAL_DTYPE LT_F8
#else
typedef float lt_real;
#define LT_REAL_DTYPE LT_F4
#endif

#endif
