/*
 * Validation rows at the end of each epoch: accuracy and balanced accuracy (the
 * mean recall of the classes that have rows), and the weights of the epoch with
 * the highest balanced accuracy, of equal ones the first.  Rows change no weight.
 */
#ifndef LT_METHOD_VALIDATION_H
#define LT_METHOD_VALIDATION_H

#include "data/table.h"
#include "method/run.h"

struct lt_validation;

/*
 * net: the network that is measured.  table: its rows, those without a label are
 * left out.  Both are the caller's.  keep_best: remember the best epoch's weights.
 */
int lt_validation_new(struct lt_validation **out, struct lt_network *net,
		      const struct lt_table *table, const struct lt_norm *norm, bool keep_best,
		      struct lt_error *err);
void lt_validation_free(struct lt_validation *validation);

/* Two items behind the *n that are there, or none where no row has a label. */
int lt_validation_report(struct lt_validation *validation, int epoch, struct lt_note_item *item,
			 int *n, struct lt_error *err);

/* The best epoch, and its weights into a network of the same graph; 0: there is none yet. */
int lt_validation_take_best(const struct lt_validation *validation, struct lt_network *to);

/* The best so far in a checkpoint, as tensors best.*; nothing without keep_best. */
int lt_validation_save(const struct lt_validation *validation, struct lt_writer *writer,
		       struct lt_error *err);
/* epochs: of the run.  LT_DATA for tensors that are missing or impossible. */
int lt_validation_load(struct lt_validation *validation, const struct lt_model *model,
		       int epochs, struct lt_error *err);

#endif
