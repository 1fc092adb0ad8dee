/* The sweeps, for the table in sweep.c; each source file has those of one model. */
#ifndef LT_THEORY_SWEEP_LIST_H
#define LT_THEORY_SWEEP_LIST_H

#include "theory/sweep.h"

#define LT_SWEEP_COLUMNS_OF(list) .columns = list, .n_columns = sizeof(list) / sizeof *(list)

/* LT_USAGE unless mu1 > mu2. */
int lt_sweep_check_means(const struct lt_theory *theory, struct lt_error *err);

extern const struct lt_sweep lt_sweep_gap, lt_sweep_ratio, lt_sweep_total, lt_sweep_delta;
extern const struct lt_sweep lt_sweep_threshold, lt_sweep_labels;
extern const struct lt_sweep lt_sweep_offset, lt_sweep_best;
extern const struct lt_sweep lt_sweep_dimension, lt_sweep_positives, lt_sweep_beta;

#endif
