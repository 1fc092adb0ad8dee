/*
 * The floating-point type of the networks.  The library is built twice from the same
 * source: with float, for the programs, and with double and only the reference kernels
 * (LT_REAL_DOUBLE), for tests that compare gradients with central differences and whole
 * training steps with PyTorch's float64.
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
