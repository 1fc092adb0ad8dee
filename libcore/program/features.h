/*
 * Rows or scores as features of a model, the input of retrain.  Unlike those of eval and
 * pseudolabel, they are held in memory.
 */
#ifndef LT_PROGRAM_FEATURES_H
#define LT_PROGRAM_FEATURES_H

#include "method/second_stage.h"
#include "program/infer.h"

/*
 * Fills rows from a file or, if path is NULL, from the operands, whose first segment is the
 * model if none was read before.  frozen is read from the model unless it was read already.
 * Features of scores are used as they are, without the network.  LT_DATA for a row without a
 * label, no rows, and scores of another model.
 */
int lt_features_read(struct lt_infer *infer, const char *path, struct lt_frozen *frozen,
		     struct lt_features *rows, struct lt_error *err);

#endif
