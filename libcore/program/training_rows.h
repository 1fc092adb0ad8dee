/*
 * The inputs of train: labelled rows, the rows of --unlabeled in the same table, the model of
 * --init, and the rows of --val; with the class counts.
 */
#ifndef LT_PROGRAM_TRAINING_ROWS_H
#define LT_PROGRAM_TRAINING_ROWS_H

#include "program/learn.h"

/* The options of train that determine its inputs. */
struct lt_training_files {
	const char *init, *unlabeled, *val; /* NULL: not given */
	/* Rows of --unlabeled must have labels, which are used; otherwise they are dropped. */
	bool pseudo;
	bool counts_all; /* losses and rules also count pseudo-labels */
	bool chooses;	 /* the best epoch, by the labels of --val */
};

struct lt_training_rows {
	struct lt_table all; /* labelled rows, followed by those of --unlabeled */
	uint64_t n_given;    /* the number of labelled rows */
	bool has_unlabeled;  /* --unlabeled was given, even if it has no rows */
	struct lt_table val;
	bool has_val;
	struct lt_model init;
	bool has_init;
	/*
	 * For each class: labelled rows, and the rows that losses and rules count (--counts).
	 */
	uint64_t *train_counts, *loss_counts;
	struct lt_norm norm; /* of --init, else of the stream, else of the labelled rows */
};

/*
 * Reads these files and the operands, and fills the classes and counts of learn->header.
 * LT_DATA if rows do not match, a label is missing, or a labelled row's label is a prediction.
 * Start with { 0 } and always free.
 */
int lt_training_rows_read(struct lt_training_rows *rows, struct lt_learn *learn,
			  const struct lt_training_files *files, struct lt_error *err);
void lt_training_rows_free(struct lt_training_rows *rows);

#endif
