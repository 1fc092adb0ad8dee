/*
 * What train learns from: labelled rows, the rows of --unlabeled in the same table, the model
 * of --init, and beside them the rows of --val; with the class counts of both kinds.
 */
#ifndef LT_PROGRAM_TRAINING_ROWS_H
#define LT_PROGRAM_TRAINING_ROWS_H

#include "program/learn.h"

/* What of train's options says which rows there are. */
struct lt_training_files {
	const char *init, *unlabeled, *val; /* NULL: not given */
	/* Rows of --unlabeled must have labels, which count; else those are forgotten. */
	bool pseudo;
	bool counts_all; /* losses and rules count the pseudo-labels too */
	bool chooses;	 /* the best epoch, by the labels of --val */
};

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
 * Reads them all, beside the operands, and fills the classes and counts of
 * learn->header.  LT_DATA where rows do not go together, a label is missing, or one is a
 * prediction that stands among the labelled rows.  Begin with { 0 }, and free in any case.
 */
int lt_training_rows_read(struct lt_training_rows *rows, struct lt_learn *learn,
			  const struct lt_training_files *files, struct lt_error *err);
void lt_training_rows_free(struct lt_training_rows *rows);

#endif
