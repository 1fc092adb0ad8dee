/*
 * The effective number of samples (Cui et al., "Class-balanced loss based on
 * effective number of samples", CVPR 2019, equation 2), shared by weights and samplers.
 */
#ifndef LT_BASE_EFFECTIVE_H
#define LT_BASE_EFFECTIVE_H

#include <stdint.h>

/*
 * (1 - beta) / (1 - beta^n), a class's weight before any scaling, computed without
 * cancellation near beta = 1.  0 ≤ beta < 1; n = 0 gives 0.
 */
double lt_effective_weight(double beta, uint64_t n);

#endif
