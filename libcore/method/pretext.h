/*
 * Pre-training without labels: shared by the pretext tasks.  No function here or in the tasks
 * trains on labels; only the kNN accuracy of the contrastive tasks reads them, and it does not
 * change the weights.
 *
 * A task is one file and belongs to one of two kinds:
 *
 *	puzzle.h    an image is changed in one of several ways, and a classifier
 *	            predicts which: rotation.c, jigsaw.c
 *	contrast.h  two views of an image should be closer to each other than to
 *	            views of other images: moco.c, simclr.c
 */
#ifndef LT_METHOD_PRETEXT_H
#define LT_METHOD_PRETEXT_H

#include "data/table.h"
#include "method/batch.h"
#include "method/run.h"

/* Settings of a task.  Networks and table are owned by the caller and outlive the learner. */
struct lt_pretext_config {
	struct lt_network *net;
	const struct lt_table *table;
	struct lt_norm norm;
	const char *augment; /* recipe of the views, data/augment.h */
	bool blur;	     /* for the recipe moco: with its blur */
	double crop_area;    /* and the smallest share of the image in a view; 0: default */
	int batch;	     /* rows of a step */
	uint64_t seed;
};

/* A learner of any task, as the first member of the task's own struct. */
struct lt_pretext {
	struct lt_task task;
	struct lt_pretext_config config;
	struct lt_batcher *batcher;
	uint32_t *order; /* the epoch's order of rows */
	int steps;	 /* of an epoch */
	void (*free)(struct lt_pretext *self);
};

/*
 * Checks that there are enough rows.  whole: the rows of an epoch that do not fill a batch are
 * left out, and fewer rows than a batch are LT_DATA; otherwise the last batch can be smaller,
 * and only no rows at all are LT_DATA.  Learners check this themselves; programs that make
 * large networks check it before they do.
 */
int lt_pretext_check_rows(const struct lt_table *table, int batch, bool whole,
			  struct lt_error *err);

/*
 * The augmentation of the views, from augment, blur and crop_area; LT_USAGE as for
 * lt_augment_init.
 */
int lt_pretext_views(const struct lt_pretext_config *config, struct lt_augment *augment,
		     struct lt_error *err);

/* NULL is allowed. */
void lt_pretext_free(struct lt_pretext *self);

/* ------------------------------------------------------------------- for the tasks */

/*
 * Initialises a learner.  whole: as for lt_pretext_check_rows.  The task fills self->task and
 * self->free before.  Free self even after an error.
 */
int lt_pretext_begin(struct lt_pretext *self, const struct lt_pretext_config *config,
		     bool whole, struct lt_error *err);
/* Frees what lt_pretext_begin allocated. */
void lt_pretext_end(struct lt_pretext *self);

/*
 * For lt_task.plan, where self is the struct lt_pretext: draws a permutation of the rows for
 * each epoch.
 */
int lt_pretext_plan(void *self, int epoch, int *steps, struct lt_error *err);

/* The rows of a step, in view 0. */
struct lt_batch lt_pretext_batch(const struct lt_pretext *self, int epoch, int step);

#endif
