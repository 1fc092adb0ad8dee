/*
 * Rows or scores as features of a model: what retrain learns from.  Unlike
 * eval's and pseudolabel's, they are held in memory.
 */
#ifndef LT_PROGRAM_FEATURES_H
#define LT_PROGRAM_FEATURES_H

#include "method/second_stage.h"
#include "program/infer.h"

/*
 * Fills rows from a file, or with path NULL from the operands, whose first
 * segment is the model where none was read before.  frozen is read from the
 * model unless that was done.  Of scores the features are taken as they are, and the
 * network is not run.  LT_DATA for a row without a label, no rows at all, and
 * scores that are not of such a model.
 */
int lt_features_read(struct lt_infer *infer, const char *path, struct lt_frozen *frozen,
		     struct lt_features *rows, struct lt_error *err);

#endif
