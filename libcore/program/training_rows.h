/*
 * What train learns from: labelled rows, the rows of --unlabeled in the same table, the model
 * of --init, and beside them the rows of --val; with the class counts of both kinds.
 */
#ifndef LT_PROGRAM_TRAINING_ROWS_H
#define LT_PROGRAM_TRAINING_ROWS_H

#include "program/learn.h"

struct lt_training_rows {
	struct lt_table all; /* labelled rows, then those of --unlabeled */
	uint64_t n_given;    /* the former */
	bool has_unlabeled;  /* --unlabeled was given, with rows or without */
	struct lt_table val;
	bool has_val;
	struct lt_model init;
	bool has_init;
	/* For each class: of labelled rows; of those that losses and rules count (--counts). */
	uint64_t *train_counts, *loss_counts;
	struct lt_norm norm; /* --init's, else the stream's, else of the labelled rows */
};

/*
 * Reads them all, by the options and operands of train, and fills the classes and counts of
 * learn->header.  pseudo: rows of --unlabeled must have labels; else those are forgotten.
 * LT_DATA where rows do not go together, a label is missing, or one is a prediction that
 * stands among the labelled rows.  Begin with { 0 }, and free in any case.
 */
int lt_training_rows_read(struct lt_training_rows *rows, struct lt_learn *learn, bool pseudo,
			  struct lt_error *err);
void lt_training_rows_free(struct lt_training_rows *rows);

#endif
