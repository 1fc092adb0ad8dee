/*
 * Validation at the end of each epoch: accuracy and balanced accuracy (the mean recall of the
 * classes that have rows), and the weights of the epoch in which one of them is highest (the
 * first one if several are equal).  Validation does not change the weights.
 */
#ifndef LT_METHOD_VALIDATION_H
#define LT_METHOD_VALIDATION_H

#include "data/table.h"
#include "method/run.h"

struct lt_validation;

/* Which epoch's weights are kept. */
enum lt_keep {
	LT_KEEP_LAST,
	LT_KEEP_BALANCED, /* the best by balanced accuracy */
	LT_KEEP_ACCURACY, /* by accuracy */
};

/*
 * net: the network to measure.  table: the rows; those without a label are left out.  Both are
 * owned by the caller.  Unless keep is LT_KEEP_LAST, the weights of the best epoch are saved.
 */
int lt_validation_new(struct lt_validation **out, struct lt_network *net,
		      const struct lt_table *table, const struct lt_norm *norm,
		      enum lt_keep keep, struct lt_error *err);
void lt_validation_free(struct lt_validation *validation);

/* Adds two items after the existing *n, or none if no row has a label. */
int lt_validation_report(struct lt_validation *validation, int epoch, struct lt_note_item *item,
			 int *n, struct lt_error *err);

/*
 * Copies the weights of the best epoch into a network of the same graph and returns the epoch;
 * 0: there is none yet.
 */
int lt_validation_take_best(const struct lt_validation *validation, struct lt_network *to);

/*
 * Saves the best epoch so far in a checkpoint, as tensors best.*; nothing if the last epoch is
 * kept.
 */
int lt_validation_save(const struct lt_validation *validation, struct lt_writer *writer,
		       struct lt_error *err);
/* epochs: of the run.  LT_DATA for tensors that are missing or impossible. */
int lt_validation_load(struct lt_validation *validation, const struct lt_model *model,
		       int epochs, struct lt_error *err);

#endif
